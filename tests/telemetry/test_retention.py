"""Retention: what was kept as long as agreed goes by itself, and nothing else."""

from __future__ import annotations

import os
import time
from datetime import datetime, timezone

from tests.forensics import found_in
from tests.stored import sessions

from foretrace_telemetry.consent import Content, grant
from foretrace_telemetry.events import Actor, Edited, Erased, Event, Opened
from foretrace_telemetry.gate import Gate
from foretrace_telemetry.home import Home
from foretrace_telemetry.replay import replay
from foretrace_telemetry.retention import EXPIRED, expire
from foretrace_telemetry.store import SessionInfo, Store
from foretrace_telemetry.writer import Writer

DAY_US = 24 * 3600 * 1_000_000
NOW_US = time.time_ns() // 1000
URI = "file:///a.py"
MARKS = {"old-words", "new-words"}


def _sessions(home: Home) -> None:
    """Write a session of forty days ago and one of ten, which both have the same file open."""
    store = Store.create(home)
    for name, days in (("old", 40), ("new", 10)):
        wall_us = NOW_US - days * DAY_US
        store.begin_session(SessionInfo(name, wall_us, "0")).append(
            [
                Event(wall_us, 1, Actor.USER, Opened("x"), URI, 1),
                Event(wall_us, 2, Actor.USER, Edited(0, "", f"{name}-words"), URI, 2),
            ]
        )
    store.close()


def test_only_sessions_that_are_old_enough_go(home: Home) -> None:
    _sessions(home)
    assert expire(home, 41, NOW_US) is None
    assert found_in(home.path, MARKS) == MARKS
    receipt = expire(home, 30, NOW_US)
    assert receipt is not None
    assert (receipt.sessions, receipt.events) == (("old",), 2)
    assert found_in(home.path, MARKS) == {"new-words"}
    old, new = sessions(home)
    assert [each.event.body for each in old] == [Erased(1, 2, EXPIRED)]
    assert replay(new).texts == {URI: "new-wordsx"}
    assert expire(home, 30, NOW_US) is None


def test_databases_that_were_set_aside_long_ago_go(home: Home) -> None:
    _sessions(home)
    for name, days in (("damaged-1-traces.db", 40), ("damaged-2-traces.db", 10)):
        path = home.path / name
        path.touch()
        os.utime(path, (time.time() - days * 86400,) * 2)
    expire(home, 30, NOW_US)
    assert [path.name for path in home.path.glob("damaged-*")] == ["damaged-2-traces.db"]


def test_who_records_forgets_what_was_kept_long_enough(home: Home) -> None:
    _sessions(home)
    grant(home, [], Content.FULL, "test", datetime.now(timezone.utc), keep_days=30)
    writer = Writer(home, Gate(home), SessionInfo("s", NOW_US, "0"), lambda _: None)
    writer.put(Event(NOW_US, 1, Actor.USER, Opened("today "), URI, 1), Content.FULL)
    assert writer.flush()
    writer.put(Event(NOW_US, 2, Actor.USER, Edited(6, "", "and on"), URI, 2), Content.FULL)
    assert writer.flush()
    writer.close()
    assert found_in(home.path, MARKS) == {"new-words"}
    assert replay(sessions(home)[-1]).texts == {URI: "today and on"}
    assert writer.status.lost == 0


def test_what_another_editor_removed_meanwhile_holds_nothing_up(home: Home) -> None:
    _sessions(home)
    (home.path / "damaged-1-traces.db").symlink_to(home.path / "gone")
    receipt = expire(home, 30, NOW_US)
    assert receipt is not None
    assert receipt.sessions == ("old",)
