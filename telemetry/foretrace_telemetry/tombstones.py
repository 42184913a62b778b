"""Tombstones: the one event that stands in the place of a run of forgotten ones."""

from __future__ import annotations

import json

import sqlite_utils
from attrs import asdict

from foretrace_telemetry.events import Erased


def put_tombstone(
    db: sqlite_utils.Database, session: int, first: int, last: int, reason: str
) -> None:
    """Put it in the place of the events that are there, in a transaction of the caller's.

    `session` is the number of the session; `first` that of an event, `last` that of one or the last
    that one stands for.
    """
    events = "FROM events WHERE session = ? AND sequence BETWEEN ? AND ?"
    times = "min(wall_us) AS wall_us, min(monotonic_us) AS monotonic_us"
    (found,) = db.query(f"SELECT {times} {events}", [session, first, last])
    db.execute(f"DELETE {events}", [session, first, last])
    data = json.dumps(asdict(Erased(first, last, reason)), separators=(",", ":"))
    db.execute(
        "INSERT INTO events (session, sequence, wall_us, monotonic_us, actor, kind, data) "
        "VALUES (?, ?, ?, ?, 'user', ?, ?)",
        [session, first, found["wall_us"], found["monotonic_us"], Erased.kind, data],
    )
