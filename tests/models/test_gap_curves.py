from __future__ import annotations

import pytest
from tests.models.gap_people import session

from foretrace_models.gap import curves
from foretrace_models.gap.samples import Person
from foretrace_models.gap.windows import WINDOW, looks_of, pace_of, windows_of


def person(*texts: str, name: str = "ada", gap_s: int = 1) -> Person:
    sessions = [session(text, gap_s, 4000 if number else None) for number, text in enumerate(texts)]
    return Person(name, sessions, sessions)


def test_the_share_that_reaches_a_value_falls_from_all_to_the_largest_ones() -> None:
    points = curves.reaching([1, 1, 10, 100])
    assert points[0] == (1, 1)
    assert points[-1] == (100, 0.25)
    assert [share for _, share in points] == sorted((share for _, share in points), reverse=True)
    assert curves.reaching([0, 0]) == curves.reaching([]) == []
    # What is below a second is not shown but counted.
    assert curves.reaching([0, 5])[0][1] == 0.5


def test_entropies_are_told_for_runs_of_one_to_four() -> None:
    found = curves.entropies([person("abababab"), person("abababab", name="bob")], 7)
    assert [each.n for each in found] == [1, 2, 3, 4]
    assert found[0].run.value == found[0].last.value == pytest.approx(1)
    assert found[1].last.value == pytest.approx(0)


def test_transitions_are_what_is_too_rare_and_too_frequent() -> None:
    # Of eight pairs on each side: ab 4 and 4, ba 2 and 3; bc and ca on one alone, bb on the other.
    lacking, beyond = curves.transitions([person("ababcabab")], [person("ababababb")], 3)
    assert [each.before + each.after for each in beyond] == ["ba", "bb"]
    assert {each.before + each.after for each in lacking} == {"bc", "ca"}
    assert beyond[0].doublings == pytest.approx(0.585, abs=0.001)
    # One in eight, and in place of none one in the nine events.
    assert lacking[0].doublings == pytest.approx(-0.17, abs=0.001)


def test_what_one_of_many_people_does_stands_for_nobody_else() -> None:
    real = [person("ab" * 5, name=f"p{number}") for number in range(20)]
    one = person("ac" * 5, name="p0")
    lacking, beyond = curves.transitions([one, *real[1:]], real, 9)
    assert {each.before + each.after for each in [*lacking, *beyond]} == {"ab", "ba"}


def test_windows_follow_each_other_through_the_sessions() -> None:
    windows = list(windows_of(person("ab" * 30, "c" * 50)))
    assert [len(each.events) for each in windows] == [WINDOW, WINDOW]
    assert [len(each.gaps_s) for each in windows] == [WINDOW - 1, WINDOW - 1]
    assert 4000 in windows[1].gaps_s
    assert "".join(windows[1].events) == "ab" * 5 + "c" * 40


def test_what_is_seen_of_a_window_can_be_counted_by_hand() -> None:
    (window,) = windows_of(person("a" * 25 + "b" * 25, gap_s=2))
    seen = looks_of(window, ["a"])
    assert seen["different events"] == 2
    assert seen["entropy"] == pytest.approx(1)
    assert seen["longest run of one event"] == 25
    assert seen["repeats"] == pytest.approx(48 / 49)
    assert seen["returns"] == seen["straight back"] == 0
    assert seen["share of 'a'"] == 0.5
    pace = pace_of(window)
    assert pace["burstiness"] == -1
    assert pace["spread of gaps"] == pytest.approx(0)
