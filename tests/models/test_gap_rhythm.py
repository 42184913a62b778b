from __future__ import annotations

import random

import pytest
from tests.models.gap_people import session, stream

from foretrace_models.gap import rhythm
from foretrace_models.gap.streams import REST_S, Stream, sessions_of


def test_a_metronome_has_a_burstiness_of_minus_one() -> None:
    assert rhythm.burstiness([5, 5, 5]) == -1


def test_gaps_by_pure_chance_have_a_burstiness_near_nothing() -> None:
    chance = random.Random(1)
    gaps = [chance.expovariate(0.1) for _ in range(20_000)]
    assert rhythm.burstiness(gaps) == pytest.approx(0, abs=0.02)


def test_many_short_gaps_and_a_long_one_are_a_burst() -> None:
    # The mean is 25 and the deviation about 247.
    bursty = rhythm.burstiness([0] * 99 + [2500])
    assert bursty == pytest.approx((248.747 - 25) / (248.747 + 25), abs=1e-4)


def test_no_gap_or_none_that_lasts_has_no_burstiness() -> None:
    assert rhythm.burstiness([]) is None
    assert rhythm.burstiness([0, 0]) is None


def test_gaps_that_stay_as_they_are_have_memory_and_those_that_alternate_the_opposite() -> None:
    assert rhythm.memory([[1, 9] * 10]) == pytest.approx(-1)
    assert (rhythm.memory([[1] * 10 + [9] * 10]) or 0) > 0.8
    assert rhythm.memory([[1, 1, 1]]) is None
    assert rhythm.memory([[1], [2]]) is None


def test_a_gap_is_remembered_within_its_session_only() -> None:
    assert rhythm.memory([[1, 1], [9, 9]]) == pytest.approx(1)


def test_a_session_ends_where_nothing_happens_for_half_an_hour() -> None:
    sessions = sessions_of(stream("ada", "abcd", [5, REST_S, REST_S - 1]))
    assert [list(each.events) for each in sessions] == [["a", "b"], ["c", "d"]]
    assert [each.rest_before_s for each in sessions] == [None, REST_S]
    assert [each.lasts_s for each in sessions] == [5, REST_S - 1]


def test_nobody_who_does_nothing_has_a_session() -> None:
    assert sessions_of(Stream("ada", (), ())) == []


def test_all_gaps_have_the_rests_and_those_of_sessions_do_not() -> None:
    sessions = [session("abc", gap_s=2), session("de", gap_s=3, rest_before_s=4000)]
    assert rhythm.all_gaps_s(sessions) == [2, 2, 4000, 3]
    assert rhythm.gaps_s(sessions) == [[2, 2], [3]]


def test_a_quantile_is_one_of_the_values() -> None:
    assert rhythm.quantile([4, 1, 3, 2], 0.5) == 2
    assert rhythm.quantile(range(1, 11), 0.9) == 9
    assert rhythm.quantile([7], 0.9) == 7
    assert rhythm.quantile([], 0.5) is None


def test_sessions_are_told_by_the_one_in_the_middle() -> None:
    sessions = [session("ab", 60), session("abcd", 60), session("abcde", 60)]
    assert rhythm.session_events(sessions) == 4
    assert rhythm.session_minutes(sessions) == 3
    assert rhythm.sessions_per_thousand(sessions) == pytest.approx(1000 * 3 / 11)
