"""The store: sessions and their events in one SQLite file.

Opening it for writing makes the file and brings its tables up to date. Each process that records
has one `Store` for writing, used by one thread; others read beside it (write-ahead log).
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import sqlite_utils
from attrs import asdict, frozen

from foretrace_telemetry import rewrite
from foretrace_telemetry.events import SCHEMA_VERSION, Body, Event, Recorded
from foretrace_telemetry.home import Home
from foretrace_telemetry.migrations import migrations
from foretrace_telemetry.rows import LAST_SEQUENCE, from_row, text_of
from foretrace_telemetry.session_writer import SessionWriter
from foretrace_telemetry.transaction import writing

# Each commit waits until the disk has it: it survives the death of the process, and a power cut.
# Commits are few, for events are written in batches, so that this costs next to nothing.
SYNCHRONOUS = "FULL"

_BUSY_SECONDS = 5.0


class NoTracesError(LookupError):
    """There is nothing recorded, or not the session that was asked for."""


class UnreadableEventError(ValueError):
    """What the store holds for an event is none, or one of a later version."""


@frozen
class SessionInfo:
    """What a session is known by before its first event.

    One that was imported has a `subject`, whose work it is, and a `source`, where it came from.
    """

    name: str
    started_wall_us: int
    foretrace_version: str
    editor: str = ""
    subject: str | None = None
    source: str | None = None


@frozen
class SessionSummary:
    """One session in a list."""

    name: str
    started_wall_us: int
    ended_wall_us: int
    editor: str
    documents: int
    events: int
    edits: int
    foretrace_version: str = ""
    subject: str | None = None
    source: str | None = None


class Store:
    """A connection to the store; use it from the thread that made it."""

    def __init__(self, db: sqlite_utils.Database, home: Home) -> None:
        self._db = db
        self._home = home
        self._file = home.traces.stat()

    @classmethod
    def create(cls, home: Home, busy_seconds: float = _BUSY_SECONDS) -> Store:
        """Open the store for writing, and make what is missing of it.

        `busy_seconds` is how long it waits for another program that writes or reads.

        Raises:
            OSError: the folder or the file cannot be made.
            sqlite3.Error: the file is no database, is damaged, or cannot be written.
        """
        home.create()
        home.traces.touch(mode=0o600)
        connection = sqlite3.connect(home.traces, timeout=busy_seconds)
        try:
            db = sqlite_utils.Database(connection, execute_plugins=False)
            db.execute("PRAGMA secure_delete = ON")
            db.execute("PRAGMA foreign_keys = ON")
            db.enable_wal()
            db.execute(f"PRAGMA synchronous = {SYNCHRONOUS}")
            with writing(db):
                migrations.apply(db)
        except BaseException:
            connection.close()
            raise
        return cls(db, home)

    @classmethod
    def read(cls, home: Home) -> Store:
        """Open the store for reading only.

        Raises:
            NoTracesError: nothing was recorded yet.
            sqlite3.Error: the file is no database or is damaged.
        """
        if not home.traces.exists():
            raise NoTracesError(f"nothing is recorded in {home.path}")
        uri = f"{home.traces.as_uri()}?mode=ro"
        if not os.access(home.path, os.W_OK) and not home.write_ahead_log.exists():
            # SQLite makes files beside the database even to read it, unless nobody can write it.
            uri += "&immutable=1"
        connection = sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS)
        try:
            db = sqlite_utils.Database(connection, execute_plugins=False)
            if not db["sessions"].exists():  # its tables are being made, or could not be
                raise NoTracesError(f"nothing is recorded in {home.path}")
        except BaseException:
            connection.close()
            raise
        return cls(db, home)

    @property
    def db(self) -> sqlite_utils.Database:
        """The connection, for what is kept beside sessions and events."""
        return self._db

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def is_in_place(self) -> bool:
        """Return whether the file is still there and the one that was opened."""
        try:
            return os.path.samestat(self._home.traces.stat(), self._file)
        except (FileNotFoundError, NotADirectoryError):
            return False

    def begin_session(self, info: SessionInfo) -> SessionWriter:
        """Add a session and return what writes its events.

        Raises:
            OSError: the key of digests can be neither read nor made.
            sqlite3.Error: the session cannot be written.
        """
        key = self._home.key()
        with writing(self._db):
            row = {**asdict(info), "schema_version": SCHEMA_VERSION}
            return SessionWriter.begin(self._db, key, row)

    def rewrite(self, session: str, bodies: Mapping[int, Body]) -> bool:
        """Give events of a session other bodies, and leave nothing of the old ones in the files.

        Returns False where another program kept reading, and `scour` is to be tried again.

        Raises:
            OSError: the key of digests can be neither read nor made.
            sqlite3.Error: the store cannot be written.
        """
        rewrite.rewrite(self._db, self._home.key(), session, bodies)
        return self.scour()

    def scour(self) -> bool:
        """Leave nothing in the files but what stands in the tables; False if it is to be retried.

        Raises:
            sqlite3.Error: the store cannot be written.
        """
        return rewrite.scour(self._db)

    def continue_session(self, name: str) -> SessionWriter:
        """Return what adds events to a session that is there.

        Raises:
            NoTracesError: there is no such session.
            OSError: the key of digests can be neither read nor made.
        """
        return SessionWriter.after_the_last(self._db, self._home.key(), self.number_of(name))

    def check(self) -> str | None:
        """Return what SQLite finds wrong with the file, or None."""
        try:
            found = [row[0] for row in self._db.conn.execute("PRAGMA quick_check(3)")]
        except sqlite3.Error as error:
            return str(error)
        return None if found == ["ok"] else "; ".join(found)

    def info_of(self, name: str) -> SessionInfo:
        """Return what a session is known by.

        Raises:
            NoTracesError: there is no such session.
        """
        columns = "name, started_wall_us, foretrace_version, editor, subject, source"
        for row in self._db.query(f"SELECT {columns} FROM sessions WHERE name = ?", [name]):  # noqa: S608
            return SessionInfo(**row)
        raise NoTracesError(f"there is no session {name!r}")

    def names(self) -> list[str]:
        """Return the names of all sessions, the oldest first, without looking at their events."""
        return [row["name"] for row in self._db.query("SELECT name FROM sessions ORDER BY id")]

    def own_names(self) -> list[str]:
        """Return the names of the sessions that were recorded here, the oldest first."""
        if not self._knows_imports():
            return self.names()
        rows = self._db.query("SELECT name FROM sessions WHERE source IS NULL ORDER BY id")
        return [row["name"] for row in rows]

    def sessions(self) -> Iterator[SessionSummary]:
        """Iterate over all sessions, the oldest first."""
        imported = self._knows_imports()
        rows = self._db.query(
            f"""
            SELECT name, started_wall_us, editor, foretrace_version,
                   {"subject, source" if imported else "NULL AS subject, NULL AS source"},
                   coalesce(max(wall_us), started_wall_us) AS ended_wall_us,
                   count(DISTINCT document) AS documents,
                   count(sequence) AS events,
                   count(CASE kind WHEN 'edit' THEN 1 END) AS edits
            FROM sessions LEFT JOIN events ON events.session = sessions.id
            GROUP BY sessions.id ORDER BY sessions.id
            """  # noqa: S608 - no part of it comes from outside
        )
        for row in rows:
            yield SessionSummary(**row)

    def sessions_with(self, document: str) -> list[str]:
        """Return the names of the sessions recorded here that have a document, the newest first."""
        rows = self._db.query(
            f"""
            SELECT sessions.name FROM sessions JOIN documents ON documents.session = sessions.id
            WHERE documents.name = ? {"AND source IS NULL" if self._knows_imports() else ""}
            ORDER BY sessions.id DESC
            """,  # noqa: S608 - no part of it comes from outside
            [document],
        )
        return [row["name"] for row in rows]

    def events(
        self, session: str, document: str | None = None, first: int = 1, most: int | None = None
    ) -> Iterator[Recorded]:
        """Iterate over the events of a session in their order, or over those of one document.

        They begin with the event that has the number `first`, or stands for it, and are `most` at
        most.

        Raises:
            NoTracesError: there is no such session.
            UnreadableEventError: the next event cannot be made of its row.
        """
        number = self.number_of(session)
        names = {
            row["id"]: row["name"]
            for row in self._db.query("SELECT id, name FROM documents WHERE session = ?", [number])
        }
        rows = self._db.query(
            """
            SELECT * FROM events WHERE session = :session AND (:document IS NULL OR document IN (
                SELECT id FROM documents WHERE session = :session AND name = :document
            )) AND sequence >= coalesce((
                SELECT max(sequence) FROM events WHERE session = :session AND sequence <= :first
            ), 1)
            ORDER BY sequence LIMIT :most
            """,
            {
                "session": number,
                "document": document,
                "first": first,
                "most": -1 if most is None else most,
            },
        )
        for row in rows:
            try:
                event = from_row(row, names.get(row["document"]), partial(text_of, self._db))
            except Exception as error:  # whatever is wrong with a row, it is to be named
                raise UnreadableEventError(
                    f"event {row['sequence']} of session {session} is not one ({error!r})"
                ) from error
            yield Recorded(session, row["sequence"], event)

    def last_sequences(self, subject: str) -> dict[str, int]:
        """Return the number of the last event of each session of a subject, 0 where it has none."""
        rows = self._db.query(
            f"""
            SELECT name, coalesce(({LAST_SEQUENCE}), 0) AS last
            FROM sessions WHERE subject = ? ORDER BY id
            """,  # noqa: S608 - no part of it comes from outside
            [subject],
        )
        return {row["name"]: row["last"] for row in rows}

    def all_last_sequences(self) -> dict[str, dict[str, int]]:
        """Return what `last_sequences` does, for each subject."""
        rows = self._db.query(
            f"""
            SELECT subject, name, coalesce(({LAST_SEQUENCE}), 0) AS last
            FROM sessions WHERE subject IS NOT NULL ORDER BY id
            """  # noqa: S608 - no part of it comes from outside
        )
        found: dict[str, dict[str, int]] = {}
        for row in rows:
            found.setdefault(row["subject"], {})[row["name"]] = row["last"]
        return found

    def newest_of(self, kind: str, most: int, but: str = "") -> list[Event]:
        """Return the latest events of a kind in the sessions recorded here, the oldest first.

        `but` names a session that is left out. Documents are not named.

        Raises:
            UnreadableEventError: an event cannot be made of its row.
        """
        rows = self._db.query(
            f"""
            SELECT events.* FROM events JOIN sessions ON sessions.id = events.session
            WHERE kind = ? AND name != ? {"AND source IS NULL" if self._knows_imports() else ""}
            ORDER BY events.session DESC, sequence DESC LIMIT ?
            """,  # noqa: S608 - no part of it comes from outside
            [kind, but, most],
        )
        try:
            found = [from_row(row, None, partial(text_of, self._db)) for row in rows]
        except Exception as error:  # whatever is wrong with a row, it is to be named
            raise UnreadableEventError(
                f"an event of the kind {kind} is not one ({error!r})"
            ) from error
        return found[::-1]

    def foreign_columns(self, sessions: Sequence[str]) -> tuple[str, ...]:
        """Return the names of all columns that other tools' events in the sessions have, sorted."""
        rows = self._db.query(
            """
            SELECT DISTINCT json_extract(columns.value, '$[0]') AS name
            FROM events, json_each(events.data, '$.columns') AS columns
            WHERE kind = 'foreign' AND session IN (
                SELECT id FROM sessions WHERE name IN (SELECT value FROM json_each(?))
            )
            ORDER BY name
            """,
            [json.dumps(sessions)],
        )
        return tuple(row["name"] for row in rows)

    def _knows_imports(self) -> bool:
        """Return whether there are columns for them; an older version made the tables without."""
        return {"subject", "source"} <= self._db["sessions"].columns_dict.keys()

    def number_of(self, session: str) -> int:
        """Return what rows of events call a session.

        Raises:
            NoTracesError: there is no such session.
        """
        found = list(self._db.query("SELECT id FROM sessions WHERE name = ?", [session]))
        if not found:
            raise NoTracesError(f"there is no session {session!r}")
        number = found[0]["id"]
        assert isinstance(number, int)
        return number
