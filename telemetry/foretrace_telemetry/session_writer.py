"""Writing the events of one session: whole batches, numbered without gaps.

Nothing is written after something was forgotten until the writer has heeded that.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import sqlite_utils

from foretrace_telemetry.events import Erased, Event
from foretrace_telemetry.rows import LAST_SEQUENCE, Row, TextShelf, from_row, text_of, to_row
from foretrace_telemetry.transaction import writing

_READ_AT_ONCE = 100


class ForgottenError(Exception):
    """Something was forgotten since a writer last heeded it; nothing was written."""


class UnwritableEventError(ValueError):
    """The store cannot hold an event; nothing was written."""


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
    def begin(cls, db: sqlite_utils.Database, key: bytes, session: Row) -> SessionWriter:
        """Add a session by its row, in a transaction of the caller's, and return what writes it."""
        return cls(db, key, _inserted(db, "sessions", session))

    @classmethod
    def after_the_last(cls, db: sqlite_utils.Database, key: bytes, number: int) -> SessionWriter:
        """Return what writes on where a session ends."""
        writer = cls(db, key, number)
        last = db.execute(f"SELECT ({LAST_SEQUENCE}) FROM sessions WHERE id = ?", [number])  # noqa: S608
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
                yield row["sequence"], from_row(row, name, partial(text_of, self._db))
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


def _inserted(db: sqlite_utils.Database, table: str, row: Row) -> int:
    """Insert a row and return its number."""
    number = db.table(table).insert(row).last_pk
    assert isinstance(number, int)
    return number
