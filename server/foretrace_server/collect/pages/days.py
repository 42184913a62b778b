"""Days: when a student worked, a figure for each day from their first session to their last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone

from attrs import frozen

from foretrace_server.collect.insight.told import SessionTold

MOST_DAYS = 366


@frozen
class Day:
    """A day by the clock of the machine that serves the course, and what was sent of it."""

    date: date
    sessions: int
    events: int


def days_of(sessions: Sequence[SessionTold]) -> tuple[Day, ...]:
    """Return each day from the first session to the last, the last `MOST_DAYS` of them."""
    found: dict[date, list[int]] = {}
    for each in sessions:
        begun = datetime.fromtimestamp(each.started_wall_us / 1e6, timezone.utc).astimezone().date()
        found.setdefault(begun, []).append(each.integrity.events)
    if not found:
        return ()
    last = max(found)
    first = max(min(found), last - timedelta(days=MOST_DAYS - 1))
    all_days = (first + timedelta(days=after) for after in range((last - first).days + 1))
    return tuple(Day(day, len(found.get(day, ())), sum(found.get(day, ()))) for day in all_days)
