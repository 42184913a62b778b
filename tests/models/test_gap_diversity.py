from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.models.gap_people import session

from foretrace_models.gap.distances import auc, jensen_shannon_bits, kolmogorov_smirnov
from foretrace_models.gap.diversity import (
    covered,
    distinct,
    entropy_bits,
    next_entropy_bits,
    ngram_entropy_bits,
    ngrams,
    repeats,
)

words = st.lists(st.text("abc", min_size=1, max_size=30), min_size=1, max_size=5)


def test_the_entropy_of_equal_shares_is_the_logarithm_of_their_number() -> None:
    assert entropy_bits([3, 3, 3, 3]) == pytest.approx(2)
    assert entropy_bits([2, 1, 1]) == pytest.approx(1.5)
    assert entropy_bits([5]) == entropy_bits([]) == 0


def test_runs_do_not_go_from_one_session_to_the_next() -> None:
    assert ngrams([session("ab"), session("cd")], 2) == {("a", "b"): 1, ("c", "d"): 1}
    assert distinct([session("abab")], 2) == 2


def test_an_event_that_always_follows_another_has_no_entropy_once_that_is_known() -> None:
    sessions = [session("abcabcabc")]
    assert ngram_entropy_bits(sessions, 1) == pytest.approx(math.log2(3))
    assert next_entropy_bits(sessions, 1) == pytest.approx(0)
    assert next_entropy_bits([session("a")], 1) is None


def test_what_comes_after_one_of_two_equal_ways_has_one_bit() -> None:
    # After a comes b or c, two times each; after these always a.
    assert next_entropy_bits([session("ab"), session("ac")], 1) == pytest.approx(1)


@given(words)
def test_what_came_before_never_makes_the_next_event_harder_to_foretell(texts: list[str]) -> None:
    sessions = [session(text) for text in texts]
    pairs = ngrams(sessions, 2)
    told = next_entropy_bits(sessions, 1)
    if told is not None:
        seconds: dict[str, int] = {}
        for (_, second), count in pairs.items():
            seconds[second] = seconds.get(second, 0) + count
        assert -1e-9 <= told <= entropy_bits(seconds.values()) + 1e-9


def test_repeats_and_coverage_are_shares() -> None:
    assert repeats([session("aab")]) == 0.5
    assert repeats([session("a")]) is None
    assert covered(ngrams([session("aab")], 1), {("a",)}) == pytest.approx(2 / 3)
    assert covered(ngrams([], 1), {("a",)}) is None


def test_what_shares_nothing_is_one_bit_apart() -> None:
    assert jensen_shannon_bits({"a": 3}, {"b": 1}) == pytest.approx(1)
    assert jensen_shannon_bits({"a": 3, "b": 3}, {"a": 1, "b": 1}) == pytest.approx(0)
    # Halves of a and b beside a alone: 1 bit + 0, less the entropy of 3/4 and 1/4.
    expected = entropy_bits([3, 1]) - 0.5
    assert jensen_shannon_bits({"a": 1, "b": 1}, {"a": 7}) == pytest.approx(expected)


def test_the_largest_step_between_two_distributions_is_their_distance() -> None:
    assert kolmogorov_smirnov([1, 2, 3, 4], [1, 2, 3, 4]) == 0
    assert kolmogorov_smirnov([1, 2], [3, 4]) == 1
    assert kolmogorov_smirnov([1, 2, 3, 4], [3, 4, 5, 6]) == 0.5


def test_ties_count_as_half_in_an_auc() -> None:
    assert auc([2, 3], [0, 1]) == 1
    assert auc([1], [1]) == 0.5
    assert auc([1, 3], [2]) == 0.5
    assert auc([0, 1], [1, 2]) == pytest.approx(0.125)


def test_nothing_is_at_no_distance_from_anything() -> None:
    with pytest.raises(ValueError, match="empty"):
        jensen_shannon_bits({}, {"a": 1})
    with pytest.raises(ValueError, match="empty"):
        kolmogorov_smirnov([], [1])
    with pytest.raises(ValueError, match="both sides"):
        auc([], [1])
