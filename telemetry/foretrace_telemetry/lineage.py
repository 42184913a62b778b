"""Lineage: what was made of recorded sessions.

What was derived from them and lies here (a vector fitted on them, say) goes with them when they are
forgotten. What was exported is out of reach; where it went is kept, so that it can be named then.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

import sqlite_utils
from attrs import asdict, frozen

from foretrace_telemetry.home import Home
from foretrace_telemetry.session_writer import ForgottenError, newest_erasure
from foretrace_telemetry.store import Store
from foretrace_telemetry.transaction import writing

# The format of an export that is none of files: what went to a course, by its address.
COURSE = "course"
# Where any of the sessions that are `wanted` is among those of a row.
_ANY_OF = (
    "EXISTS (SELECT 1 FROM json_each(sessions) AS own "
    "WHERE own.value IN (SELECT value FROM json_each(:wanted)))"
)


@frozen
class Export:
    """A file, a folder or a course that sessions went to."""

    made_wall_us: int
    format: str
    path: str
    sessions: tuple[str, ...]


@frozen
class Derived:
    """Something computed from sessions, kept under its kind and name."""

    kind: str
    name: str
    sessions: tuple[str, ...]
    content: bytes


def note_export(home: Home, export: Export) -> None:
    """Keep in mind that sessions were exported.

    Raises:
        OSError: the folder or the file cannot be made.
        sqlite3.Error: the store cannot be written.
    """
    with closing(Store.create(home)) as store, writing(store.db):
        keep_export(store.db, export)


def keep_export(db: sqlite_utils.Database, export: Export) -> None:
    """Keep in mind that sessions were exported, in a transaction of the caller's."""
    _insert(db, "exports", asdict(export))


def drop_export(home: Home, export: Export) -> None:
    """Forget one export that was noted and came to nothing.

    Raises:
        OSError: the folder or the file cannot be made.
        sqlite3.Error: the store cannot be written.
    """
    with closing(Store.create(home)) as store, writing(store.db):
        store.db.execute(
            "DELETE FROM exports WHERE made_wall_us = ? AND format = ? AND path = ?",
            [export.made_wall_us, export.format, export.path],
        )


def drop_exports(db: sqlite_utils.Database, form: str, path: str) -> None:
    """Forget exports that are no more, in a transaction of the caller's."""
    db.execute("DELETE FROM exports WHERE format = ? AND path = ?", [form, path])


def exports_of(db: sqlite_utils.Database, sessions: set[str]) -> list[Export]:
    """Return the exports that hold any of the sessions, the oldest first."""
    if not db["exports"].exists():  # it was last written by an older version
        return []
    rows = db.query(
        f"SELECT made_wall_us, format, path, sessions FROM exports WHERE {_ANY_OF} ORDER BY id",  # noqa: S608
        {"wanted": json.dumps(sorted(sessions))},
    )
    return [Export(**{**row, "sessions": tuple(json.loads(row["sessions"]))}) for row in rows]


def keep_derived(home: Home, derived: Derived, after_erasure: int = 0) -> None:
    """Keep what was derived, in the place of what had its kind and name before.

    `after_erasure` is the number of the newest erasure when its sessions were read.

    Raises:
        ForgottenError: something was forgotten since; nothing was written.
        OSError: the folder or the file cannot be made.
        sqlite3.Error: the store cannot be written.
    """
    keep_all_derived(home, [derived], after_erasure)


def keep_all_derived(home: Home, several: Iterable[Derived], after_erasure: int = 0) -> None:
    """Do what `keep_derived` does for several at once, all of them or none."""
    with closing(Store.create(home)) as store, writing(store.db):
        if newest_erasure(store.db) != after_erasure:
            raise ForgottenError
        for each in several:
            _insert(store.db, "derived", asdict(each), replace=True)


def derived(
    db: sqlite_utils.Database, kind: str | None = None, name: str | None = None
) -> Iterator[Derived]:
    """Iterate over everything derived, or what is of a kind, or has a name."""
    if not db["derived"].exists():  # it was last written by an older version
        return
    rows = db.query(
        "SELECT kind, name, sessions, content FROM derived WHERE (:kind IS NULL OR kind = :kind) "
        "AND (:name IS NULL OR name = :name) ORDER BY kind, name",
        {"kind": kind, "name": name},
    )
    for row in rows:
        yield Derived(**{**row, "sessions": tuple(json.loads(row["sessions"]))})


def derived_of(db: sqlite_utils.Database, sessions: set[str]) -> list[str]:
    """Return what was derived from any of the sessions, by kind and name."""
    rows = db.query(
        f"SELECT kind, name FROM derived WHERE {_ANY_OF} ORDER BY kind, name",  # noqa: S608
        {"wanted": json.dumps(sorted(sessions))},
    )
    return [f"{row['kind']} {row['name']}" for row in rows]


def drop_derived(db: sqlite_utils.Database, sessions: set[str]) -> list[str]:
    """Delete what was derived from any of the sessions, in a transaction of the caller's.

    Returns what it was, as `derived_of` does.
    """
    stale = derived_of(db, sessions)
    db.execute(
        f"DELETE FROM derived WHERE {_ANY_OF}",  # noqa: S608
        {"wanted": json.dumps(sorted(sessions))},
    )
    return stale


def _insert(
    db: sqlite_utils.Database, table: str, row: dict[str, Any], replace: bool = False
) -> None:
    row["sessions"] = json.dumps(row["sessions"])
    db.table(table).insert(row, replace=replace)
