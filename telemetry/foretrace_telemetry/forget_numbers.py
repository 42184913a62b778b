"""Forgetting by numbers: what its writer forgot elsewhere goes here, too, and never more than that.

Nothing comes in this way. An event gives way to what says that it was forgotten, or keeps all but
its text.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Sequence

import sqlite_utils
from attrs import frozen

from foretrace_telemetry.erase import FORGOTTEN, Receipt, keep_receipt
from foretrace_telemetry.events import Body, Erased, withhold
from foretrace_telemetry.exchange.forgetting import Forgetting, Numbers
from foretrace_telemetry.lineage import drop_derived, exports_of
from foretrace_telemetry.rewrite import mark_to_be_scoured, replace_bodies
from foretrace_telemetry.store import Store
from foretrace_telemetry.tombstones import put_tombstone
from foretrace_telemetry.transaction import writing


@frozen
class _Row:
    sequence: int
    last: int
    kind: str
    document: int | None


def forget_numbers(store: Store, key: bytes, name: str, forgetting: Forgetting) -> bool:
    """Forget events of the session `name`, with what was derived from it; return whether any were.

    Numbers that are not here are left out. What was forgotten is gone from the tables, and from
    the bytes of the files once unused texts were dropped and the files scoured. The work grows with
    the events from the first number to the last, and with what was derived and exported; not with
    what was forgotten before.

    Raises:
        NoTracesError: there is no such session.
        sqlite3.Error: the store cannot be written; nothing was.
    """
    db = store.db
    with writing(db):
        number = store.number_of(name)
        events, documents = 0, set[int | None]()
        for first, last in forgetting.erased:
            rows = _rows(db, number, first, last)
            gone = [row for row in rows if row.kind != Erased.kind]
            if gone:
                put_tombstone(db, number, rows[0].sequence, max(r.last for r in rows), FORGOTTEN)
                events += len(gone)
                documents |= {row.document for row in gone}
        bodies = _without_text(store, name, forgetting.withheld)
        replace_bodies(db, key, name, bodies)
        if not events and not bodies:
            return False
        derived = drop_derived(db, {name})
        receipt = Receipt(
            time.time_ns() // 1000,
            FORGOTTEN,
            (name,),
            len(documents - {None}),
            events,
            len(bodies),
            tuple(derived),
            tuple(exports_of(db, {name})),
            damaged_databases=0,
        )
        keep_receipt(db, receipt, [], {name})
        mark_to_be_scoured(db)
    return True


def _rows(db: sqlite_utils.Database, number: int, first: int, last: int) -> list[_Row]:
    """Return the events whose own numbers are between two, ends included."""
    rows = db.conn.execute(
        "SELECT sequence, CASE kind WHEN 'erased' THEN json_extract(data, '$.last') "
        "ELSE sequence END, kind, document FROM events "
        "WHERE session = ? AND sequence BETWEEN ? AND ? ORDER BY sequence",
        [number, first, last],
    )
    return [_Row(*row) for row in rows]


def _without_text(store: Store, name: str, runs: Sequence[Numbers]) -> dict[int, Body]:
    """Return the bodies, without their text, of the events in the runs that have one."""
    if not runs:
        return {}
    firsts = [first for first, _ in runs]
    found: dict[int, Body] = {}
    for recorded in store.events(name, first=firsts[0]):
        if recorded.sequence > runs[-1][1]:
            break
        at = bisect_right(firsts, recorded.sequence) - 1
        if at < 0 or recorded.sequence > runs[at][1]:
            continue
        body = withhold(recorded.event.body)
        if body != recorded.event.body:
            found[recorded.sequence] = body
    return found
