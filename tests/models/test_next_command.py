"""Which command comes next, from counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretrace_models.learned.card import Card, WeightsError
from foretrace_models.next_command.commands import commands_of
from foretrace_models.next_command.counts import (
    PAUSE,
    Counts,
    Vocabulary,
    counts_of,
    moments,
    suffixes,
)
from foretrace_models.next_command.keeping import WEIGHTS, load, save
from foretrace_models.next_command.predicting import shares

_SENTENCES = st.lists(st.lists(st.integers(1, 4), max_size=30), min_size=1, max_size=4)


def _person(numbers: list[int]) -> Counts:
    vocabulary = Vocabulary("abcd")
    timed = [(second, "abcd"[number - 1]) for second, number in enumerate(numbers)]
    return counts_of(moments(timed, vocabulary))


def test_echoes_are_no_commands_and_a_run_of_equal_ones_is_one() -> None:
    messages = [
        (1, "Edit.Paste"),
        (2, "View.OnChangeCaretLine"),
        (3, "Edit.Paste"),
        (4, "Debug.Start"),
        (5, "Debug.Debug Run Mode"),
        (6, "Edit.Paste"),
    ]
    assert list(commands_of(messages)) == [(1, "Edit.Paste"), (4, "Debug.Start"), (6, "Edit.Paste")]


def test_a_long_rest_stands_among_what_came_before() -> None:
    vocabulary = Vocabulary()
    told = list(moments([(0, "a"), (10, "b"), (1000, "a")], vocabulary))
    assert told == [((), 1), ((1,), 2), ((1, 2, PAUSE), 1)]


def test_what_always_followed_is_expected() -> None:
    counts = Counts()
    counts.add(_person([1, 2, 3] * 30))
    assert shares(counts, (1, 2), 4).likeliest(1) == [3]


def test_one_person_counts_less_than_many() -> None:
    counts = Counts()
    counts.add(_person([1, 2] * 100))
    for _ in range(30):
        counts.add(_person([1, 3] * 3))
    assert shares(counts, (1,), 4).likeliest(1) == [3]


def test_habits_outweigh_the_others_only_after_a_while() -> None:
    counts, own = Counts(), Counts()
    for _ in range(30):
        counts.add(_person([1, 3] * 3))
    own.note((1,), 2)
    assert shares(counts, (1,), 4, own).likeliest(1) == [3]
    for _ in range(50):
        own.note((1,), 2)
    assert shares(counts, (1,), 4, own).likeliest(1) == [2]


@given(_SENTENCES, st.lists(st.integers(0, 4), max_size=6))
def test_shares_add_up_to_one(people: list[list[int]], context: list[int]) -> None:
    counts = Counts()
    for person in people:
        counts.add(_person(person))
    found = shares(counts, tuple(context), 4, _person(people[0]))
    assert sum(found.of(number) for number in range(1, 5)) == pytest.approx(1)
    without = found.without(2)
    assert without.of(2) == 0
    assert sum(without.of(number) for number in range(1, 5)) == pytest.approx(1)


@given(_SENTENCES, st.lists(st.integers(1, 4), max_size=30))
def test_who_is_taken_away_leaves_nothing_behind(people: list[list[int]], last: list[int]) -> None:
    counts, with_last = Counts(), Counts()
    for person in people:
        counts.add(_person(person))
        with_last.add(_person(person))
    with_last.add(_person(last))
    with_last.remove(_person(last))
    assert with_last.followers.keys() == counts.followers.keys()
    for context, of in counts.followers.items():
        assert with_last.followers[context] == pytest.approx(of)


def test_the_ends_of_a_context_begin_with_the_empty_one() -> None:
    assert list(suffixes((1, 2, 3), 2)) == [(), (3,), (2, 3)]


def test_what_is_kept_says_nearly_the_same_when_it_is_read_again(tmp_path: Path) -> None:
    pytest.importorskip("numpy", reason="numpy is not installed")
    counts = Counts()
    for _ in range(9):
        counts.add(_person([1, 2, 3, 4, 1, 3] * 5))
    card = Card("next command", "MIT", "none", 1, (), (), tuple("abcd"))
    save(tmp_path, counts, card)
    read, vocabulary, its_card = load(tmp_path)
    assert (vocabulary.names, its_card) == (("a", "b", "c", "d"), card)
    for context in ((), (1,), (1, 2), (4, 1, 3)):
        before, after = shares(counts, context, 4), shares(read, context, 4)
        for number in range(1, 5):
            assert after.of(number) == pytest.approx(before.of(number), abs=1e-3)


def test_counts_that_are_no_counts_are_named(tmp_path: Path) -> None:
    pytest.importorskip("numpy", reason="numpy is not installed")
    save(tmp_path, Counts(), Card("next command", "MIT", "none", 1, (), (), ()))
    (tmp_path / WEIGHTS).write_bytes(b"spoiled")
    with pytest.raises(WeightsError, match="cannot be used"):
        load(tmp_path)
