"""`foretrace traces doctor`: it names what is wrong with a data folder, and changes nothing."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.command import foretrace
from tests.disks import read_only, small_disk
from tests.stored import contents

from foretrace_telemetry.digest import digest_of
from foretrace_telemetry.events import Actor, Body, Edited, Event, Opened, Saved
from foretrace_telemetry.home import Home
from foretrace_telemetry.store import SessionInfo, Store

URI = "file:///a.py"


@pytest.fixture
def recorded(consented: Home) -> Home:
    """A data folder with two sessions in which all is in order."""
    for name in ("one", "two"):
        _record(consented, name, Opened("a"), Edited(1, "", "b"))
        saved = Saved(digest_of("ab", consented.key()))
        _record(consented, f"{name}-saved", Opened("ab"), saved)
    return consented


def _record(home: Home, name: str, *bodies: Body) -> None:
    store = Store.create(home)
    events = [Event(n, n, Actor.USER, body, URI, n) for n, body in enumerate(bodies)]
    store.begin_session(SessionInfo(name, 0, "0")).append(events)
    store.close()


def _change(home: Home, statement: str) -> None:
    with closing(sqlite3.connect(home.traces)) as connection, connection:
        connection.execute(statement)


def _files(home: Home) -> dict[str, bytes | None]:
    """Return all files but those that SQLite makes to read a database."""
    return {
        name: content
        for name, content in contents(home.path).items()
        if name != "traces.db-shm" and content != b""
    }


def _troubles(home: Home) -> dict[str, str]:
    """Return what the doctor finds wrong, after seeing that it says so and changes nothing."""
    before = _files(home)
    done = foretrace(home, "traces", "doctor", "--json")
    found: dict[str, Any] = json.loads(done.stdout)
    troubles = {name: each["message"] for name, each in found.items() if not each["ok"]}
    assert done.returncode == (1 if troubles else 0)
    assert _files(home) == before
    for name, message in troubles.items():
        assert f"LOOK {name}: {message}" in foretrace(home, "traces", "doctor").stdout
    return troubles


def test_a_folder_in_order_needs_nothing(recorded: Home) -> None:
    done = foretrace(recorded, "traces", "doctor")
    assert done.returncode == 0, done.stdout
    assert "ok   sessions: 4 replay exactly\n" in done.stdout
    assert f"ok   database: {recorded.traces} is sound\n" in done.stdout
    assert _troubles(recorded) == {}


def test_nothing_recorded_yet_needs_nothing_and_makes_nothing(home: Home) -> None:
    assert _troubles(home) == {}
    assert not home.path.exists()


def test_a_damaged_database_is_named(recorded: Home) -> None:
    recorded.traces.write_bytes(b"this is no database" * 500)
    (message,) = _troubles(recorded).values()
    assert "is damaged" in message
    assert "sets it aside" in message


def test_pages_that_are_damaged_are_named(recorded: Home) -> None:
    with recorded.traces.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    assert "is damaged" in _troubles(recorded)["database"]


def test_databases_that_were_set_aside_are_listed(recorded: Home) -> None:
    (recorded.path / "damaged-20261125T120000-1-traces.db").write_bytes(b"x")
    (message,) = _troubles(recorded).values()
    assert "damaged-20261125T120000-1-traces.db" in message
    assert "then delete it" in message


def test_decisions_that_cannot_be_read_are_named(recorded: Home) -> None:
    recorded.consent_log.write_text("nonsense\n")
    assert "cannot be read" in _troubles(recorded)["consent"]


def test_a_key_that_is_missing_is_named(recorded: Home) -> None:
    recorded.key_file.unlink()
    troubles = _troubles(recorded)
    assert list(troubles) == ["key"]
    assert "is missing" in troubles["key"]


def test_a_key_that_was_cut_short_or_changed_is_named(recorded: Home) -> None:
    recorded.key_file.write_bytes(b"short")
    troubles = _troubles(recorded)
    assert "is damaged: 5 bytes" in troubles["key"]
    assert list(troubles) == ["key", "session one-saved", "session two-saved"]


def test_a_session_with_a_gap_is_named(recorded: Home) -> None:
    _record(recorded, "gap", Opened("a"), Edited(1, "", "b"), Edited(2, "", "c"))
    session = "(SELECT id FROM sessions WHERE name = 'gap')"
    _change(recorded, f"DELETE FROM events WHERE session = {session} AND sequence = 2")
    troubles = _troubles(recorded)
    assert list(troubles) == ["session gap"]
    assert "event 2 is missing" in troubles["session gap"]


def test_a_session_that_lost_its_beginning_is_named(recorded: Home) -> None:
    session = "(SELECT id FROM sessions WHERE name = 'one')"
    _change(recorded, f"DELETE FROM events WHERE session = {session} AND sequence = 1")
    assert "event 1 is missing" in _troubles(recorded)["session one"]


def test_an_event_that_is_none_is_named(recorded: Home) -> None:
    _change(recorded, "UPDATE events SET kind = 'unheard-of' WHERE sequence = 2 AND session = 1")
    assert "event 2 of session one is not one" in _troubles(recorded)["session one"]


def test_a_log_without_its_database_is_named(consented: Home) -> None:
    consented.write_ahead_log.write_bytes(b"x" * 100)
    assert "was left behind" in _troubles(consented)["write-ahead log"]


def test_a_folder_that_cannot_be_written_is_named(recorded: Home, tmp_path: Path) -> None:
    with read_only(tmp_path / "disk", recorded.path) as folder:
        troubles = _troubles(Home(folder))
    assert "cannot be written" in troubles["folder"]
    assert "session one" not in troubles


def test_a_disk_that_is_nearly_full_is_named(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        assert "make room" in _troubles(Home(disk.path / "home"))["disk"]
