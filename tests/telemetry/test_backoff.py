"""Back-off: a course that cannot be reached is asked ever more seldom, and not by all at once."""

from __future__ import annotations

import itertools

import pytest

from foretrace_telemetry.sending.backoff import delay_seconds


def test_the_delay_grows_up_to_a_cap() -> None:
    delays = [delay_seconds(failures, 0.0) for failures in range(1, 40)]
    assert all(a <= b for a, b in itertools.pairwise(delays))
    assert delays[0] < delays[3] < delays[-1] == delays[-20] == 600


def test_chance_takes_up_to_half_of_it() -> None:
    for failures in (1, 5, 50):
        longest = delay_seconds(failures, 0.0)
        assert delay_seconds(failures, 1.0) == longest / 2
        assert longest / 2 < delay_seconds(failures, 0.5) < longest


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_what_the_course_asks_for_is_heeded_up_to_a_day(chance: float) -> None:
    assert delay_seconds(1, chance, 120.0) >= 120.0
    assert delay_seconds(50, chance, 1.0) >= 300.0
    assert delay_seconds(1, chance, 1e9) < 2 * 24 * 3600


def test_a_class_does_not_come_back_at_the_moment_that_was_asked_for() -> None:
    assert delay_seconds(1, 0.1, 120.0) != delay_seconds(1, 0.9, 120.0)
