"""Rewriting: the one way in which what already stands in the store changes.

What gives way must be gone from the bytes of the files as well. `secure_delete` overwrites most of
it, but a page that was split keeps copies of rows that moved out of it, and the write-ahead log
keeps every page as it was: `scour` sees to both.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

import sqlite_utils

from foretrace_telemetry.events import Actor, Body, Event, Withheld
from foretrace_telemetry.rows import TextShelf, to_row
from foretrace_telemetry.transaction import writing

_TO_BE_SCOURED = 1

_BODY_COLUMNS = ("offset", "removed", "inserted", "origin", "rule", "data")


def rewrite(
    db: sqlite_utils.Database, key: bytes, session: str, bodies: Mapping[int, Body]
) -> None:
    """Give events of a session other bodies of the same kind, all of them or none.

    An event that was forgotten, or lost its text, in the meantime stays as it is. Nothing is gone
    from the bytes of the files before `scour`.

    Raises:
        sqlite3.Error: the store cannot be written; nothing was.
    """
    with writing(db):
        replace_bodies(db, key, session, bodies)
        drop_unused(db)
        mark_to_be_scoured(db)


def replace_bodies(
    db: sqlite_utils.Database, key: bytes, session: str, bodies: Mapping[int, Body]
) -> None:
    """Do what `rewrite` does, inside of a transaction of the caller's."""
    shelf = TextShelf(key)
    rows = []
    for sequence, body in bodies.items():
        row = to_row(Event(0, 0, Actor.UNKNOWN, body), shelf)
        brings_text = not any(
            isinstance(getattr(body, name, None), Withheld) for name in ("text", "inserted")
        )
        rows.append({**row, "sequence": sequence, "session": session, "brings_text": brings_text})
    texts = ({"key": key, "deflated": text} for key, text in shelf.shelved.items())
    db.table("texts").insert_all(texts, ignore=True)
    columns = ", ".join(f"{column} = :{column}" for column in _BODY_COLUMNS)
    db.conn.executemany(
        f"UPDATE events SET {columns} "  # noqa: S608 - the names are those above
        "WHERE session = (SELECT id FROM sessions WHERE name = :session) "
        "AND sequence = :sequence AND kind = :kind "
        "AND NOT (:brings_text AND typeof(inserted) = 'integer')",
        rows,
    )


def drop_unused(db: sqlite_utils.Database) -> None:
    """Delete long texts and names of documents that no event refers to any more."""
    db.conn.execute(
        "DELETE FROM texts WHERE key NOT IN ("
        "SELECT removed FROM events WHERE typeof(removed) = 'blob' UNION "
        "SELECT inserted FROM events WHERE typeof(inserted) = 'blob')"
    )
    db.conn.execute(
        "DELETE FROM documents WHERE id NOT IN "
        "(SELECT document FROM events WHERE document IS NOT NULL)"
    )


def scour(db: sqlite_utils.Database) -> bool:
    """Leave nothing in the files but what stands in the tables now.

    Returns False where another program kept reading or writing: what gave way is then gone from
    the tables, but not from the bytes, until this is done once more.

    Raises:
        sqlite3.Error: the store cannot be written.
    """
    db.execute("PRAGMA temp_store = MEMORY")  # SQLite would put the copy into a file elsewhere
    try:
        db.execute("VACUUM")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        return False
    busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if not busy and is_to_be_scoured(db):
        db.execute("PRAGMA user_version = 0")
    return not busy


def mark_to_be_scoured(db: sqlite_utils.Database) -> None:
    """Note it in the store: should this process die before, the next one that writes knows."""
    db.execute(f"PRAGMA user_version = {_TO_BE_SCOURED}")


def is_to_be_scoured(db: sqlite_utils.Database) -> bool:
    """Return whether something was rewritten and the bytes were not scoured since."""
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    return version == _TO_BE_SCOURED
