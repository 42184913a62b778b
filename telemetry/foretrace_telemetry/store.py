"""The store: sessions and their events in one SQLite file.

Opening it for writing makes the file and brings its tables up to date. Each process that records
has one `Store` for writing, used by one thread; others read beside it (write-ahead log).
"""

from __future__ import annotations

import json
import os
import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import sqlite_utils
from attrs import asdict, frozen

from foretrace_telemetry import rewrite
from foretrace_telemetry.events import SCHEMA_VERSION, Body, Erased, Event, Recorded
from foretrace_telemetry.home import Home
from foretrace_telemetry.migrations import migrations
from foretrace_telemetry.rows import TextShelf, from_row, to_row
from foretrace_telemetry.transaction import writing

# Each commit waits until the disk has it: it survives the death of the process, and a power cut.
# Commits are few, for events are written in batches, so that this costs next to nothing.
SYNCHRONOUS = "FULL"

_BUSY_SECONDS = 5.0
_READ_AT_ONCE = 100
# What stands for forgotten events has the numbers of all of them.
_LAST_SEQUENCE = """
    SELECT CASE kind WHEN 'erased' THEN json_extract(data, '$.last') ELSE sequence END
    FROM events WHERE events.session = sessions.id ORDER BY sequence DESC LIMIT 1
"""


class NoTracesError(LookupError):
    """There is nothing recorded, or not the session that was asked for."""


class ForgottenError(Exception):
    """Something was forgotten since a writer last heeded it; nothing was written."""


class UnwritableEventError(ValueError):
    """The store cannot hold an event; nothing was written."""


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
            number = _inserted(self._db, "sessions", row)
        return SessionWriter(self._db, key, number)

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
                event = from_row(row, names.get(row["document"]), partial(_text_of, self._db))
            except Exception as error:  # whatever is wrong with a row, it is to be named
                raise UnreadableEventError(
                    f"event {row['sequence']} of session {session} is not one ({error!r})"
                ) from error
            yield Recorded(session, row["sequence"], event)

    def last_sequences(self, subject: str) -> dict[str, int]:
        """Return the number of the last event of each session of a subject, 0 where it has none."""
        rows = self._db.query(
            f"""
            SELECT name, coalesce(({_LAST_SEQUENCE}), 0) AS last
            FROM sessions WHERE subject = ? ORDER BY id
            """,  # noqa: S608 - no part of it comes from outside
            [subject],
        )
        return {row["name"]: row["last"] for row in rows}

    def all_last_sequences(self) -> dict[str, dict[str, int]]:
        """Return what `last_sequences` does, for each subject."""
        rows = self._db.query(
            f"""
            SELECT subject, name, coalesce(({_LAST_SEQUENCE}), 0) AS last
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
            found = [from_row(row, None, partial(_text_of, self._db)) for row in rows]
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


class SessionWriter:
    """Appends events to one session and numbers them without gaps, from 1."""

    def __init__(self, db: sqlite_utils.Database, key: bytes, number: int) -> None:
        self._db = db
        self._key = key
        self._number = number
        self._last_sequence = 0
        self._documents: dict[str, int] = {}
        self._last_erasure = newest_erasure(self._db)

    @classmethod
    def after_the_last(cls, db: sqlite_utils.Database, key: bytes, number: int) -> SessionWriter:
        """Return what writes on where a session ends."""
        writer = cls(db, key, number)
        last = db.execute(f"SELECT ({_LAST_SEQUENCE}) FROM sessions WHERE id = ?", [number])  # noqa: S608
        writer._last_sequence = last.fetchone()[0] or 0
        writer._documents = writer._known_documents()
        return writer

    @property
    def last_sequence(self) -> int:
        """The number of the last event, 0 before the first."""
        return self._last_sequence

    def append_whole(self, events: Sequence[Event]) -> None:
        """Write events in one transaction, all of them or none.

        Raises:
            ForgottenError: `heed_forgetting` comes first.
            UnwritableEventError: one of them cannot be written at all.
            sqlite3.Error: none of them can be written now.
        """
        with self._appending():
            try:
                self._insert(events)
            except sqlite3.Error:
                raise
            except Exception as error:  # a number too large, and what else nobody thought of
                raise UnwritableEventError("an event cannot be written") from error

    def append(self, events: Sequence[Event]) -> list[Event]:
        """Write events in one transaction; return those that cannot be written at all.

        Raises:
            ForgottenError: `heed_forgetting` comes first; nothing was written.
            sqlite3.Error: none of them can be written now; nothing was.
        """
        with self._appending():
            return self._append(events)

    @contextmanager
    def _appending(self) -> Iterator[None]:
        """Do everything inside in one transaction, or nothing."""
        before = self._last_sequence, dict(self._documents)
        try:
            with writing(self._db):
                if newest_erasure(self._db) != self._last_erasure:
                    raise ForgottenError
                yield
        except BaseException:
            self._last_sequence, self._documents = before
            raise

    def heed_forgetting(self) -> None:
        """Take note that something was forgotten: documents may have no row any more."""
        self._last_erasure = newest_erasure(self._db)
        self._documents = self._known_documents()

    def _known_documents(self) -> dict[str, int]:
        query = "SELECT id, name FROM documents WHERE session = ?"
        return {row["name"]: row["id"] for row in self._db.query(query, [self._number])}

    def newest_first(self, name: str, before: int | None = None) -> Iterator[tuple[int, Event]]:
        """Iterate over what was written of a document, with the numbers, the newest first.

        With `before`, those from the event of that number on are left out.

        Raises:
            sqlite3.Error: the events cannot be read.
        """
        before = before or self._last_sequence + 1
        while True:
            # All at once, as a reading that is not at its end would keep others from writing.
            rows = list(
                self._db.query(
                    "SELECT * FROM events WHERE session = ? AND sequence < ? AND document = ? "
                    "ORDER BY sequence DESC LIMIT ?",
                    [self._number, before, self._documents.get(name), _READ_AT_ONCE],
                )
            )
            for row in rows:
                yield row["sequence"], from_row(row, name, partial(_text_of, self._db))
            if len(rows) < _READ_AT_ONCE:
                return
            before = rows[-1]["sequence"]

    def _append(self, events: Sequence[Event]) -> list[Event]:
        before = self._last_sequence, dict(self._documents)
        try:
            with self._db.atomic():
                self._insert(events)
            return []
        except sqlite3.Error:
            raise
        except Exception:  # a number too large for SQLite, and what else nobody thought of
            self._last_sequence, self._documents = before
            if len(events) == 1:
                return list(events)
            return [bad for event in events for bad in self._append([event])]

    def _insert(self, events: Sequence[Event]) -> None:
        shelf = TextShelf(self._key)
        rows = [to_row(event, shelf) for event in events]
        texts = ({"key": key, "deflated": text} for key, text in shelf.shelved.items())
        self._db.table("texts").insert_all(texts, ignore=True)
        for row, event in zip(rows, events, strict=True):
            self._last_sequence += 1
            row["session"] = self._number
            row["sequence"] = self._last_sequence
            row["document"] = self._document(event.uri)
            if isinstance(event.body, Erased):
                self._last_sequence = event.body.last
        # Not `insert_all`, which looks at each value in Python and takes four times as long.
        columns = rows[0].keys()
        values = ", ".join(f":{column}" for column in columns)
        statement = f"INSERT INTO events ({', '.join(columns)}) VALUES ({values})"  # noqa: S608
        self._db.conn.executemany(statement, rows)

    def _document(self, name: str | None) -> int | None:
        if name is None:
            return None
        if name not in self._documents:
            row = {"session": self._number, "name": name}
            self._documents[name] = _inserted(self._db, "documents", row)
        return self._documents[name]


def newest_erasure(db: sqlite_utils.Database) -> int:
    """Return the number of the newest erasure, 0 where nothing was ever forgotten."""
    newest: int = db.execute("SELECT coalesce(max(id), 0) FROM erasures").fetchone()[0]
    return newest


def _text_of(db: sqlite_utils.Database, key: bytes) -> str:
    row = db.conn.execute("SELECT deflated FROM texts WHERE key = ?", [key]).fetchone()
    if row is None:
        raise KeyError(f"text {key.hex()} is missing from the store")
    return zlib.decompress(row[0]).decode("utf-8", "surrogatepass")


def _inserted(db: sqlite_utils.Database, table: str, row: dict[str, Any]) -> int:
    """Insert a row and return its number."""
    number = db.table(table).insert(row).last_pk
    assert isinstance(number, int)
    return number
