"""Coverage: only what a permission covered when it happened, and still does, may leave."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from foretrace_telemetry.consent import Action, Content, Scope, decide, grant
from foretrace_telemetry.coverage import Coverage
from foretrace_telemetry.home import Home

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def covered(home: Home, minutes: float) -> Content | None:
    lines = home.consent_log.read_bytes().splitlines(keepends=True)
    wall_us = int(at(minutes).timestamp() * 1e6)
    return Coverage(lines, Scope.INSTRUCTOR).content_at(wall_us)


def allow(home: Home, minutes: float, content: Content = Content.FULL, days: int = 365) -> None:
    grant(home, [Scope.INSTRUCTOR], content, "test", at(minutes), timedelta(days=days))


def test_what_happened_before_the_permission_is_not_covered(home: Home) -> None:
    grant(home, [Scope.LOCAL], Content.FULL, "test", at(0))
    allow(home, 10)
    assert [covered(home, m) for m in (-1, 0, 9.9)] == [None] * 3
    assert [covered(home, m) for m in (10, 500)] == [Content.FULL] * 2


def test_each_moment_has_the_content_that_held_then(home: Home) -> None:
    allow(home, 0, Content.METADATA)
    allow(home, 10, Content.FULL)
    allow(home, 20, Content.METADATA)
    told = [covered(home, minutes) for minutes in (5, 15, 25)]
    assert told == [Content.METADATA, Content.FULL, Content.METADATA]


def test_what_happened_in_a_pause_is_not_covered_and_what_came_before_is(home: Home) -> None:
    allow(home, 0)
    decide(home, Action.PAUSE, "test", at(10), until=at(20))
    assert [covered(home, m) for m in (5, 15, 25)] == [Content.FULL, None, Content.FULL]


def test_what_happened_before_a_permission_ended_by_itself_is_covered(home: Home) -> None:
    allow(home, 0, days=1)
    assert covered(home, 24 * 60 - 1) is Content.FULL
    assert covered(home, 24 * 60) is None


@pytest.mark.parametrize(
    ("action", "scopes"),
    [
        (Action.WITHDRAW, ()),
        (Action.WITHDRAW, (Scope.LOCAL,)),
        (Action.WITHDRAW, (Scope.INSTRUCTOR,)),
        (Action.DECLINE, ()),
    ],
)
def test_what_was_taken_back_is_not_covered_even_if_it_is_given_anew(
    home: Home, action: Action, scopes: tuple[Scope, ...]
) -> None:
    allow(home, 0)
    decide(home, action, "test", at(10), scopes)
    assert covered(home, 5) is None
    allow(home, 20)
    assert [covered(home, m) for m in (5, 15, 25)] == [None, None, Content.FULL]


def test_taking_another_scope_back_changes_nothing(home: Home) -> None:
    allow(home, 0)
    decide(home, Action.WITHDRAW, "test", at(10), [Scope.RESEARCH])
    assert covered(home, 5) is covered(home, 15) is Content.FULL


def test_a_line_that_cannot_be_read_takes_back_what_stands_before_it(home: Home) -> None:
    allow(home, 0)
    with home.consent_log.open("ab") as log:
        log.write(b"nonsense\n")
    assert covered(home, 5) is None
    allow(home, 20)
    assert [covered(home, m) for m in (5, 25)] == [None, Content.FULL]


def test_a_clock_that_was_put_back_covers_no_more_than_before(home: Home) -> None:
    allow(home, 10)
    decide(home, Action.PAUSE, "test", at(5))
    assert [covered(home, m) for m in (7, 15)] == [None, None]
    decide(home, Action.RESUME, "test", at(6))
    assert [covered(home, m) for m in (7, 15)] == [None, Content.FULL]


def test_a_moment_that_no_calendar_has_is_not_covered(home: Home) -> None:
    allow(home, 0)
    lines = home.consent_log.read_bytes().splitlines(keepends=True)
    assert Coverage(lines, Scope.INSTRUCTOR).content_at(2**63 - 1) is None
    assert Coverage([], Scope.INSTRUCTOR).content_at(0) is None


def test_it_is_told_from_when_on_something_is_covered(home: Home) -> None:
    def begins() -> int | None:
        lines = home.consent_log.read_bytes().splitlines(keepends=True)
        return Coverage(lines, Scope.INSTRUCTOR).begins_wall_us

    grant(home, [Scope.LOCAL], Content.FULL, "test", at(0))
    assert begins() is None
    allow(home, 10)
    allow(home, 20)
    assert begins() == int(at(10).timestamp() * 1e6)
    decide(home, Action.WITHDRAW, "test", at(30), [Scope.INSTRUCTOR])
    assert begins() is None
    allow(home, 40)
    assert begins() == int(at(40).timestamp() * 1e6)
