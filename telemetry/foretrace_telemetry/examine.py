"""Examining a data folder: what is wrong with it, in words, and what to do about each.

Nothing is changed, and nothing is made.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from attrs import frozen

from foretrace_telemetry.consent import read_consent
from foretrace_telemetry.home import KEY_BYTES, Home
from foretrace_telemetry.replay import replay
from foretrace_telemetry.store import NoTracesError, Store, UnreadableEventError

# Below this a day of editing may not find room, and SQLite needs some to move events into place.
_ENOUGH_FREE_BYTES = 200 << 20
# SQLite moves events into the database every four megabytes, unless somebody holds it up.
_LARGE_LOG_BYTES = 64 << 20
_MOST_PROBLEMS = 3


@frozen
class Finding:
    """What was looked at, whether it is in order, and what there is to know or to do."""

    name: str
    ok: bool
    message: str


def examine(home: Home, now: datetime) -> Iterator[Finding]:
    """Look at one thing after the other; the sessions come last, for each is replayed."""
    yield folder(home)
    yield _disk(home)
    yield consent(home, now)
    yield _key(home)
    sound = database(home)
    yield sound
    yield _write_ahead_log(home)
    yield _set_aside(home)
    if sound.ok and home.traces.exists():
        yield from _sessions(home)


def folder(home: Home) -> Finding:
    """Say whether the data folder can be written."""
    try:
        with tempfile.TemporaryFile(dir=_nearest_existing(home.path)):
            pass
    except OSError as error:
        advice = "nothing can be recorded; make it writable, or name another with FORETRACE_HOME"
        return Finding(
            "folder", False, f"{home.path} cannot be written: {error.strerror}; {advice}"
        )
    made = "" if home.path.exists() else " (made when first needed)"
    return Finding("folder", True, f"{home.path}{made}")


def _disk(home: Home) -> Finding:
    free = shutil.disk_usage(_nearest_existing(home.path)).free
    words = f"{free / 1e6:,.0f} MB are free on the disk of {home.path}"
    if free < _ENOUGH_FREE_BYTES:
        return Finding("disk", False, f"{words}; make room, or events will wait in memory only")
    return Finding("disk", True, words)


def consent(home: Home, now: datetime) -> Finding:
    """Say what may be recorded, and whether the log of decisions can be read."""
    holds = read_consent(home, now)
    words = holds.content.value if holds.content else "nothing is recorded"
    return Finding("consent", "cannot be read" not in holds.reason, f"{words}: {holds.reason}")


def _key(home: Home) -> Finding:
    try:
        key = home.existing_key()
    except OSError as error:
        advice = "make it readable; without it nothing can be recorded"
        return Finding("key", False, f"{home.key_file} cannot be read: {error.strerror}; {advice}")
    if key is not None and len(key) != KEY_BYTES:
        advice = "put back the one that was there; what was saved cannot be checked with this one"
        return Finding("key", False, f"{home.key_file} is damaged: {len(key)} bytes; {advice}")
    if key is None and home.traces.exists():
        advice = (
            "put it back if you can; a new one is made, "
            "but with that the texts of earlier saves cannot be checked"
        )
        return Finding("key", False, f"{home.key_file} is missing; {advice}")
    return Finding("key", True, "there is none yet" if key is None else f"{home.key_file}")


def database(home: Home) -> Finding:
    """Say whether the database can be read and is sound."""
    try:
        with closing(Store.read(home)) as store:
            problem = store.check()
    except NoTracesError:
        return Finding("database", True, "there is none yet")
    except (OSError, sqlite3.OperationalError) as error:
        advice = "see that your account can read it, and write to its folder"
        return Finding("database", False, f"{home.traces} cannot be opened: {error}; {advice}")
    except sqlite3.DatabaseError as error:
        problem = str(error)
    if problem is None:
        return Finding("database", True, f"{home.traces} is sound")
    advice = (
        "an editor that records sets it aside and begins a new one; "
        "what can still be read of it, `sqlite3 traces.db .recover` gives"
    )
    return Finding("database", False, f"{home.traces} is damaged ({problem}); {advice}")


def _write_ahead_log(home: Home) -> Finding:
    log = home.write_ahead_log
    size = log.stat().st_size if log.exists() else 0
    name = "write-ahead log"
    if size and not home.traces.exists():
        advice = "what it holds belongs to a database that is gone; put that back, or delete it"
        return Finding(name, False, f"{log} was left behind; {advice}")
    if size > _LARGE_LOG_BYTES:
        advice = "close what reads the database, then the editors that record; they take it in"
        return Finding(name, False, f"{log} has grown to {size / 1e6:,.0f} MB; {advice}")
    if size:
        words = "an editor records, or ended without closing; the next to record takes it in"
        return Finding(name, True, f"{size / 1e6:.1f} MB not yet moved into the database: {words}")
    return Finding(name, True, "empty")


def _set_aside(home: Home) -> Finding:
    found = sorted(home.path.glob("damaged-*")) if home.path.is_dir() else []
    if not found:
        return Finding("set aside", True, "no database was damaged")
    names = ", ".join(path.name for path in found)
    advice = (
        "recording went on in a new one; get out what you need of it "
        "(`sqlite3 FILE .recover`), then delete it, for it holds what you typed"
    )
    return Finding("set aside", False, f"damaged earlier: {names}; {advice}")


def _sessions(home: Home) -> Iterator[Finding]:
    try:
        key = home.existing_key()
    except OSError:
        key = None  # which was told already
    exact = 0
    try:
        store = Store.read(home)
    except NoTracesError:
        return  # its tables are being made
    with closing(store):
        for name in store.names():
            problems = _problems(store, name, key)
            if problems:
                yield Finding(f"session {name}", False, _in_words(problems))
            else:
                exact += 1
    yield Finding("sessions", True, f"{exact} replay exactly")


def _problems(store: Store, name: str, key: bytes | None) -> list[str]:
    try:
        return replay(store.events(name), key).problems
    except (sqlite3.Error, UnreadableEventError) as error:
        return [str(error)]


def _in_words(problems: list[str]) -> str:
    more = len(problems) - _MOST_PROBLEMS
    words = "; ".join(problems[:_MOST_PROBLEMS]) + (f"; and {more} more" if more > 0 else "")
    return f"replay is not exact: {words}; its texts cannot be relied on from there"


def _nearest_existing(path: Path) -> Path:
    return next(place for place in (path, *path.parents) if place.exists())
