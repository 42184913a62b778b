"""What the receipts of what was erased say together, of some sessions of one student."""

from __future__ import annotations

from collections.abc import Collection

import sqlite_utils
from attrs import frozen

from foretrace_telemetry.erase import receipts_of
from foretrace_telemetry.lineage import Export, exports_of


@frozen
class AllErased:
    """What went of sessions, and the exports that may still hold it: these are out of reach."""

    events: int
    texts: int
    documents: int
    derived: tuple[str, ...]
    exports: tuple[Export, ...]


def erased_of(db: sqlite_utils.Database, reason: str, sessions: Collection[str]) -> AllErased:
    """Return all that was erased of sessions for a reason.

    The work grows with how often something of these sessions was erased, and with the exports that
    were made; not with what others forgot.
    """
    found = list(receipts_of(db, reason, sessions))
    newest = max((receipt["erased_wall_us"] for receipt in found), default=0)
    # An export that was begun before, and is noted only now, may hold it as well.
    exports = [each for each in exports_of(db, {*sessions}) if each.made_wall_us <= newest]
    return AllErased(
        sum(receipt["events"] for receipt in found),
        sum(receipt["texts_withheld"] for receipt in found),
        sum(receipt["documents"] for receipt in found),
        tuple(sorted({each for receipt in found for each in receipt["derived"]})),
        tuple(exports),
    )
