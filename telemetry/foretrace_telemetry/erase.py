"""Erasing: recorded events are forgotten to the byte, and a receipt says so.

What is forgotten gives way to one `erased` event for each run of numbers. Texts outlive the events
that brought them: a later edit removes them, and a later opening states them anew. So of everything
later about the same documents the text goes, too, and when and how much stays.

Each erasure is a row of the table `erasures`. By it the writers of other processes learn what they
must not go on recording.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import sqlite_utils
from attrs import asdict, evolve, frozen

from foretrace_telemetry.digest import pseudonym_of
from foretrace_telemetry.events import Body, Erased, withhold
from foretrace_telemetry.exchange.forgetting import Forgetting, Numbers
from foretrace_telemetry.home import Home
from foretrace_telemetry.lineage import Export, derived_of, drop_derived, exports_of
from foretrace_telemetry.privacy import path_of
from foretrace_telemetry.rewrite import drop_unused, mark_to_be_scoured, replace_bodies
from foretrace_telemetry.sending.untold import note_forgotten
from foretrace_telemetry.store import Store
from foretrace_telemetry.tombstones import put_tombstone
from foretrace_telemetry.transaction import writing

FORGOTTEN = "forgotten"


@frozen
class Selection:
    """Which events to forget: those that all of this is true of. Without any of it, all events.

    `until_wall_us` is the first moment that is not in it. With `and_later_texts` the text of later
    events of the same documents goes as well, and they are not recorded with text until reopened.
    """

    sessions: frozenset[str] | None = None
    path: Path | None = None
    since_wall_us: int | None = None
    until_wall_us: int | None = None
    and_later_texts: bool = True

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return self == Selection()


@frozen
class Receipt:
    """What was forgotten, or would be: counts, names and times, but nothing of its content.

    `texts_withheld` counts later events whose text went; `exports` still hold what was forgotten.
    `complete` is false where another program kept reading the old bytes, or the disk was full.
    """

    erased_wall_us: int
    reason: str
    sessions: tuple[str, ...]
    documents: int
    events: int
    texts_withheld: int
    derived: tuple[str, ...]
    exports: tuple[Export, ...]
    damaged_databases: int
    complete: bool = True


@frozen
class Erasure:
    """What a writer must know of an erasure: `documents` are keyed hashes of names, None is all."""

    number: int
    erased_wall_us: int
    documents: frozenset[str] | None


@frozen
class _Row:
    """What decides about one event."""

    session: int
    sequence: int
    wall_us: int
    kind: str
    document: str | None


def preview(home: Home, selection: Selection) -> Receipt:
    """Return what `forget` would do, and do nothing.

    Raises:
        NoTracesError: nothing was recorded yet.
        OSError: the key of digests cannot be read.
        sqlite3.Error: the store cannot be read.
    """
    with contextlib.closing(Store.read(home)) as store:
        return _Plan(store.db, home, selection).receipt(FORGOTTEN, time.time_ns() // 1000)


def forget(
    home: Home, selection: Selection, reason: str = FORGOTTEN, travels: bool = True
) -> Receipt:
    """Forget events, with what was derived from their sessions, and leave nothing in the bytes.

    Where it `travels`, courses that have some of it are to be told.

    Raises:
        OSError: a file cannot be removed, or the key can be neither read nor made.
        sqlite3.Error: the store cannot be written.
    """
    with contextlib.closing(Store.create(home)) as store:
        db = store.db
        # SQLite would go through all events for each name of a document that goes.
        db.execute("PRAGMA foreign_keys = OFF")
        with writing(db):
            plan = _Plan(db, home, selection)
            receipt = plan.receipt(reason, time.time_ns() // 1000)
            plan.withhold_later_texts()
            erased = plan.put_tombstones(reason)
            if travels:
                for forgetting in plan.forgettings(erased):
                    note_forgotten(db, forgetting)
            drop_unused(db)
            drop_derived(db, plan.touched)
            keep_receipt(db, receipt, plan.documents_hashed(), plan.touched)
            mark_to_be_scoured(db)
        plan.remove_damaged()
        if selection.is_everything:
            home.key_file.unlink(missing_ok=True)
            home.signing_key.unlink(missing_ok=True)
            home.key()
        return evolve(receipt, complete=is_scoured(store))


def forget_derived(home: Home, kind: str, name: str) -> bool | None:
    """Forget what was derived under a kind and name, and leave nothing in the bytes.

    Returns None where there is none, and False where old bytes stay for now: see `Receipt`.

    Raises:
        OSError: the folder or the file cannot be made.
        sqlite3.Error: the store cannot be written.
    """
    with contextlib.closing(Store.create(home)) as store:
        with writing(store.db):
            gone = store.db.execute(
                "DELETE FROM derived WHERE kind = ? AND name = ?", [kind, name]
            ).rowcount
            if gone:
                mark_to_be_scoured(store.db)
        return is_scoured(store) if gone else None


def receipts(db: sqlite_utils.Database) -> Iterator[dict[str, Any]]:
    """Iterate over the receipts of all erasures, the oldest first."""
    if db["erasures"].exists():  # else it was last written by an older version
        for row in db.query("SELECT receipt FROM erasures ORDER BY id"):
            yield json.loads(row["receipt"])


def receipts_of(
    db: sqlite_utils.Database, reason: str, sessions: Collection[str]
) -> Iterator[dict[str, Any]]:
    """Iterate over the receipts, for a reason, of what sessions lost, the oldest first.

    No other receipt is read.
    """
    rows = db.query(
        "SELECT receipt FROM erasures WHERE reason = ? AND id IN ("
        "SELECT erasure FROM erased_sessions WHERE session IN (SELECT value FROM json_each(?))"
        ") ORDER BY id",
        [reason, json.dumps(sorted(sessions))],
    )
    for row in rows:
        yield json.loads(row["receipt"])


def sessions_erased_after(db: sqlite_utils.Database, number: int) -> set[str]:
    """Return the sessions that lost anything by erasures with a higher number."""
    rows = db.query("SELECT session FROM erased_sessions WHERE erasure > ?", [number])
    return {row["session"] for row in rows}


def erasures_after(db: sqlite_utils.Database, number: int, wall_us: int) -> list[Erasure]:
    """Return the erasures with a higher number that were made since a moment, in their order."""
    rows = db.query(
        "SELECT id, erased_wall_us, documents FROM erasures "
        "WHERE id > ? AND erased_wall_us >= ? ORDER BY id",
        [number, wall_us],
    )
    return [
        Erasure(
            row["id"],
            row["erased_wall_us"],
            frozenset(json.loads(row["documents"])) if row["documents"] is not None else None,
        )
        for row in rows
    ]


def is_scoured(store: Store) -> bool:
    """Scour the files; where that cannot be done yet, say so: who writes next tries it again."""
    try:
        return store.scour()
    except sqlite3.OperationalError:  # there is no room for the copy
        return False


class _Plan:
    """What is to be done in the store; made and carried out in one transaction."""

    def __init__(self, db: sqlite_utils.Database, home: Home, selection: Selection) -> None:
        self._db = db
        self._home = home
        self._selection = selection
        self._names: dict[int, str] = {
            row["id"]: row["name"] for row in db.query("SELECT id, name FROM sessions")
        }
        self._chosen: dict[int, list[_Row]] = {}
        self._later: dict[int, list[int]] = {}
        self._documents: dict[str, _Row] = {}
        self._choose()
        if selection.and_later_texts:
            self._follow()

    @property
    def touched(self) -> set[str]:
        """The names of the sessions that lose anything."""
        return {self._names[number] for number in {*self._chosen, *self._later}}

    def receipt(self, reason: str, now_wall_us: int) -> Receipt:
        """Return what this does."""
        touched = self.touched
        return Receipt(
            now_wall_us,
            reason,
            tuple(self._names[number] for number in sorted(self._chosen)),
            len(self._documents),
            sum(row.kind != Erased.kind for rows in self._chosen.values() for row in rows),
            sum(map(len, self._later.values())),
            tuple(derived_of(self._db, touched)),
            tuple(exports_of(self._db, touched)),
            len(self._damaged()),
        )

    def documents_hashed(self) -> list[str] | None:
        """Return the documents concerned by what stands for their names; None for all."""
        if self._selection.is_everything:
            return None
        if not self._selection.and_later_texts:
            return []
        key = self._home.key()
        return sorted(
            name if name.startswith("withheld:") else pseudonym_of(name, key)
            for name in self._documents
        )

    def withhold_later_texts(self) -> None:
        """Take the text out of later events that may hold what is forgotten."""
        key = self._home.key()
        for number, sequences in self._later.items():
            wanted = set(sequences)
            bodies: dict[int, Body] = {
                each.sequence: withhold(each.event.body)
                for each in Store(self._db, self._home).events(self._names[number])
                if each.sequence in wanted
            }
            replace_bodies(self._db, key, self._names[number], bodies)

    def put_tombstones(self, reason: str) -> dict[int, list[Numbers]]:
        """Put one event in the place of each run of forgotten ones; return these by session."""
        erased = {
            number: list(_runs(self._db, number, rows)) for number, rows in self._chosen.items()
        }
        for number, runs in erased.items():
            for first, last in runs:
                put_tombstone(self._db, number, first, last, reason)
        return erased

    def forgettings(self, erased: dict[int, list[Numbers]]) -> Iterator[Forgetting]:
        """Iterate over what each session loses, as a course is told it."""
        for number in sorted({*self._chosen, *self._later}):
            withheld = ((each, each) for each in self._later.get(number, ()))
            runs = tuple(erased.get(number, ()))
            yield Forgetting(self._names[number], runs, tuple(withheld))

    def remove_damaged(self) -> None:
        """Remove the databases that were set aside: nobody can tell what is in them."""
        for path in self._damaged():
            for each in path.parent.glob(f"{path.name}*"):
                each.unlink(missing_ok=True)

    def _damaged(self) -> list[Path]:
        if not self._selection.and_later_texts:
            return []
        return sorted(self._home.path.glob("damaged-*.db"))

    def _choose(self) -> None:
        wanted = self._selection
        about = self._about_path() if wanted.path is not None else None
        for row in self._rows():
            if (
                (about is None or row.document in about)
                and (wanted.since_wall_us is None or row.wall_us >= wanted.since_wall_us)
                and (wanted.until_wall_us is None or row.wall_us < wanted.until_wall_us)
            ):
                self._chosen.setdefault(row.session, []).append(row)
                if row.document is not None:
                    self._documents.setdefault(row.document, row)

    def _follow(self) -> None:
        """Find what came after about the same documents, and has text."""
        chosen = {(row.session, row.sequence) for rows in self._chosen.values() for row in rows}
        for row in self._rows(with_content=True):
            first = self._documents.get(row.document) if row.document is not None else None
            if first is None or (row.session, row.sequence) in chosen:
                continue
            if row.session == first.session:
                follows = row.sequence > first.sequence
            else:  # clocks jump, and two editors can be at one document
                follows = row.session > first.session or row.wall_us >= first.wall_us
            if follows:
                self._later.setdefault(row.session, []).append(row.sequence)

    def _rows(self, with_content: bool = False) -> Iterator[_Row]:
        """Iterate over the events of the sessions that are named, or all that have text."""
        wanted, sessions = self._selection.sessions, None
        if with_content:
            only = (
                "typeof(inserted) IN ('text', 'blob') OR typeof(removed) IN ('text', 'blob') "
                "OR json_extract(data, '$.digest', '$.function', '$.text') != '[null,null,null]'"
            )
        elif wanted is not None:
            # A course has many sessions of others, which nobody is to wait for.
            only = "events.session IN (SELECT value FROM json_each(:sessions))"
            sessions = json.dumps([id for id, name in self._names.items() if name in wanted])
        else:
            only = "true"
        rows = self._db.conn.execute(
            "SELECT events.session, sequence, wall_us, kind, name FROM events "  # noqa: S608
            f"LEFT JOIN documents ON documents.id = document WHERE {only} ORDER BY 1, 2",
            {"sessions": sessions},
        )
        for row in rows:
            yield _Row(*row)

    def _about_path(self) -> set[str]:
        """Return the names under which a file was recorded, and cells of a notebook."""
        path = self._selection.path
        assert path is not None
        paths = {path, path.resolve()}
        key = self._home.key()
        hashed = {pseudonym_of(each.as_uri(), key) for each in paths}
        names = (row["name"] for row in self._db.query("SELECT DISTINCT name FROM documents"))
        return {
            name for name in names if name in hashed or path_of(name.partition("#")[0]) in paths
        }


def _runs(db: sqlite_utils.Database, number: int, rows: list[_Row]) -> Iterator[tuple[int, int]]:
    """Iterate over first and last numbers of what is chosen without a gap, ends included."""
    ends = {
        row["sequence"]: row["last"]
        for row in db.query(
            "SELECT sequence, json_extract(data, '$.last') AS last FROM events "
            "WHERE session = ? AND kind = 'erased'",
            [number],
        )
    }
    first = last = 0
    for row in rows:
        if first and row.sequence != last + 1:
            yield first, last
            first = 0
        first = first or row.sequence
        last = ends.get(row.sequence, row.sequence)
    if first:
        yield first, last


def keep_receipt(
    db: sqlite_utils.Database,
    receipt: Receipt,
    documents: list[str] | None,
    sessions: Collection[str],
) -> None:
    """Keep a receipt, by which writers learn of it, in a transaction of the caller's.

    `sessions` lost anything. Of the exports it is not kept whose sessions else are in them: in a
    course that would be all of the class, for each receipt anew.
    """
    kept = asdict(receipt)
    for export in kept["exports"]:
        del export["sessions"]
    number = (
        db.table("erasures")
        .insert(
            {
                "erased_wall_us": receipt.erased_wall_us,
                "reason": receipt.reason,
                "sessions": json.dumps(receipt.sessions),
                "documents": None if documents is None else json.dumps(documents),
                "receipt": json.dumps(kept),
            }
        )
        .last_pk
    )
    db.conn.executemany(
        "INSERT INTO erased_sessions (session, erasure) VALUES (?, ?)",
        [(session, number) for session in sessions],
    )
