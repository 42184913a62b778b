"""The tables of the store, one function for each change of them ever made. Append only."""

from __future__ import annotations

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("foretrace")


@migrations()
def m001_first_tables(db: sqlite_utils.Database) -> None:
    """Sessions, their documents, long texts, and one table for every kind of event.

    The columns `removed` and `inserted` hold text in one of three forms: TEXT is the text,
    INTEGER the number of characters of a text that consent did not cover, BLOB the key of a row
    of `texts`. Opening or restating a document counts as inserting its whole text. What a kind
    has besides stands in `data`, a JSON object.
    """
    for statement in (
        """
        CREATE TABLE sessions (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            started_wall_us INTEGER NOT NULL,
            schema_version INTEGER NOT NULL,
            foretrace_version TEXT NOT NULL,
            editor TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE documents (
            id INTEGER PRIMARY KEY,
            session INTEGER NOT NULL REFERENCES sessions(id),
            name TEXT NOT NULL,
            UNIQUE (session, name)
        ) STRICT
        """,
        """
        CREATE TABLE texts (
            id INTEGER PRIMARY KEY,
            key BLOB NOT NULL UNIQUE,
            deflated BLOB NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE events (
            session INTEGER NOT NULL REFERENCES sessions(id),
            sequence INTEGER NOT NULL,
            wall_us INTEGER NOT NULL,
            monotonic_us INTEGER NOT NULL,
            actor TEXT NOT NULL,
            kind TEXT NOT NULL,
            document INTEGER REFERENCES documents(id),
            version INTEGER,
            offset INTEGER,
            removed ANY,
            inserted ANY,
            origin TEXT,
            rule TEXT,
            data TEXT,
            PRIMARY KEY (session, sequence)
        ) STRICT, WITHOUT ROWID
        """,
    ):
        db.execute(statement)


@migrations()
def m002_imported_sessions(db: sqlite_utils.Database) -> None:
    """Whose work a session is and where it was imported from; neither for a person's own."""
    db.execute("ALTER TABLE sessions ADD COLUMN subject TEXT")
    db.execute("ALTER TABLE sessions ADD COLUMN source TEXT")


@migrations()
def m003_lineage_and_erasures(db: sqlite_utils.Database) -> None:
    """What was made of sessions, and the receipts of what was forgotten.

    `sessions` is a JSON array of names of sessions, `documents` one of keyed hashes of names of
    documents, or NULL where it concerns all documents.
    """
    for statement in (
        """
        CREATE TABLE exports (
            id INTEGER PRIMARY KEY,
            made_wall_us INTEGER NOT NULL,
            format TEXT NOT NULL,
            path TEXT NOT NULL,
            sessions TEXT NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE derived (
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            sessions TEXT NOT NULL,
            content BLOB NOT NULL,
            PRIMARY KEY (kind, name)
        ) STRICT
        """,
        """
        CREATE TABLE erasures (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            erased_wall_us INTEGER NOT NULL,
            reason TEXT NOT NULL,
            sessions TEXT NOT NULL,
            documents TEXT,
            receipt TEXT NOT NULL
        ) STRICT
        """,
    ):
        db.execute(statement)


@migrations()
def m004_outbox(db: sqlite_utils.Database) -> None:
    """What of each session was sent to which course, and how a course that cannot be reached fares.

    A row of `outbox` is a run of events that the course has or, with a `refusal`, would not take;
    what happened before `since_wall_us` was not in it.
    """
    for statement in (
        """
        CREATE TABLE outbox (
            course TEXT NOT NULL,
            session TEXT NOT NULL,
            first INTEGER NOT NULL,
            last INTEGER NOT NULL,
            since_wall_us INTEGER NOT NULL,
            answered_wall_us INTEGER NOT NULL,
            refusal TEXT,
            PRIMARY KEY (course, session, first)
        ) STRICT
        """,
        """
        CREATE TABLE outbox_troubles (
            course TEXT PRIMARY KEY,
            trouble TEXT NOT NULL,
            failures INTEGER NOT NULL,
            failed_wall_us INTEGER NOT NULL,
            retry_wall_us INTEGER NOT NULL
        ) STRICT
        """,
    ):
        db.execute(statement)


@migrations()
def m005_forgetting_travels(db: sqlite_utils.Database) -> None:
    """What was forgotten here after a course had it: what the course is to hear, what it answered.

    `erased` and `withheld` are JSON arrays of first and last numbers, both empty once the course
    has forgotten all of it.
    """
    db.execute(
        """
        CREATE TABLE outbox_forgotten (
            course TEXT NOT NULL,
            session TEXT NOT NULL,
            erased TEXT NOT NULL,
            withheld TEXT NOT NULL,
            receipt TEXT,
            PRIMARY KEY (course, session)
        ) STRICT
        """
    )


@migrations()
def m006_sessions_of_erasures(db: sqlite_utils.Database) -> None:
    """Which sessions lost anything by which erasure: who asks for one reads no others' receipts."""
    for statement in (
        """
        CREATE TABLE erased_sessions (
            session TEXT NOT NULL,
            erasure INTEGER NOT NULL REFERENCES erasures(id),
            PRIMARY KEY (session, erasure)
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX erased_sessions_by_erasure ON erased_sessions (erasure)",
        """
        INSERT OR IGNORE INTO erased_sessions (session, erasure)
        SELECT value, erasures.id FROM erasures, json_each(erasures.sessions)
        """,
    ):
        db.execute(statement)
