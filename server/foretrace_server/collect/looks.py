"""Looks: who of a course was looked at one by one, when, and what for.

Each is noted before anything is shown, and the student can read it. No look is ever changed; those
that name somebody go when that student withdraws.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum

import sqlite_utils
from attrs import asdict, frozen

from foretrace_server.collect.course import Course
from foretrace_telemetry.transaction import writing

MOST = 1000
_BUSY_SECONDS = 5.0
_TO_BE_SCOURED = 1
_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS looks (
        id INTEGER PRIMARY KEY,
        looked_wall_us INTEGER NOT NULL,
        subject TEXT NOT NULL,
        what TEXT NOT NULL,
        session TEXT,
        purpose TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX IF NOT EXISTS looks_by_subject ON looks (subject)",
    """
    CREATE TRIGGER IF NOT EXISTS looks_stay BEFORE UPDATE ON looks
    BEGIN SELECT RAISE(ABORT, 'a look is never changed'); END
    """,
)


class What(str, Enum):
    """What was opened of a student."""

    PAGE = "page"
    PROGRESS = "progress"
    REPLAY = "replay"
    EXPORT = "export"


@frozen
class Look:
    """One student was looked at; `session` is the one that was replayed, by the laptop's name."""

    looked_wall_us: int
    subject: str
    what: What
    purpose: str
    session: str | None = None


class Looks:
    """The looks of a course. Each call opens the database anew, so any thread may ask."""

    def __init__(self, course: Course) -> None:
        self._path = course.home.path / "looks.db"

    def note(self, looks: Sequence[Look]) -> None:
        """Note looks, all or none of them; they are on the disk then.

        Raises:
            OSError: the file cannot be made.
            sqlite3.Error: it cannot be written.
        """
        with self._opened() as db, writing(db):
            db.table("looks").insert_all(asdict(look) for look in looks)

    def of(self, subject: str) -> list[Look]:
        """Return the newest looks at a student, up to `MOST`, the newest first.

        Raises:
            OSError: the file cannot be made.
            sqlite3.Error: it cannot be read.
        """
        return self._found("WHERE subject = ? ORDER BY id DESC LIMIT ?", [subject, MOST])

    def newest(self, most: int) -> list[Look]:
        """Return the newest looks at anybody, the newest first.

        Raises:
            OSError: the file cannot be made.
            sqlite3.Error: it cannot be read.
        """
        return self._found("ORDER BY id DESC LIMIT ?", [most])

    def forget(self, subject: str) -> None:
        """Erase the looks at a student, to the byte; what failed of that before is done as well.

        Raises:
            OSError: the file cannot be made.
            sqlite3.Error: it cannot be written.
        """
        if not self._path.exists():
            return
        with self._opened() as db:
            with writing(db):
                if db.execute("DELETE FROM looks WHERE subject = ?", [subject]).rowcount:
                    db.execute(f"PRAGMA user_version = {_TO_BE_SCOURED}")
            if db.execute("PRAGMA user_version").fetchone()[0] == _TO_BE_SCOURED:
                db.execute("VACUUM")  # a page that was split keeps copies of its rows
                db.execute("PRAGMA user_version = 0")

    def _found(self, rest: str, values: list[str | int]) -> list[Look]:
        query = f"SELECT looked_wall_us, subject, what, purpose, session FROM looks {rest}"  # noqa: S608
        with self._opened() as db:
            return [Look(**{**row, "what": What(row["what"])}) for row in db.query(query, values)]

    @contextmanager
    def _opened(self) -> Iterator[sqlite_utils.Database]:
        self._path.touch(mode=0o600)
        connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS)
        try:
            db = sqlite_utils.Database(connection, execute_plugins=False)
            db.execute("PRAGMA secure_delete = ON")
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA temp_store = MEMORY")
            for table in _TABLES:
                db.execute(table)
            yield db
        finally:
            connection.close()
