"""What a student forgot on their laptop is forgotten in the course: their own sessions only."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from attrs import frozen

from foretrace_telemetry.erase import FORGOTTEN, receipts
from foretrace_telemetry.exchange.forgetting import Forgetting
from foretrace_telemetry.forget_numbers import forget_numbers
from foretrace_telemetry.lineage import exports_of
from foretrace_telemetry.rewrite import is_to_be_scoured
from foretrace_telemetry.store import NoTracesError, Store


@frozen
class Forgotten:
    """The receipt of all that was forgotten of a session.

    `derived` went with it; `exports` that were begun before are out of reach, and told without
    where they lie. Until it is `complete`, old bytes stay in the files.
    """

    session: str
    events: int
    texts: int
    derived: tuple[str, ...]
    exports: tuple[dict[str, Any], ...]
    complete: bool


def forget_here(store: Store, key: bytes, name: str, forgetting: Forgetting) -> Forgotten:
    """Forget it of the session that is called `name` in the course; asked again, answer the same.

    Raises:
        sqlite3.Error: the store cannot be written; nothing was.
    """
    with suppress(NoTracesError):  # nothing of it ever came
        forget_numbers(store, key, name, forgetting)
    found = [
        receipt
        for receipt in receipts(store.db)
        if receipt["reason"] == FORGOTTEN and name in receipt["sessions"]
    ]
    newest = max((receipt["erased_wall_us"] for receipt in found), default=0)
    # One that was begun before, and is noted only now, may hold it as well.
    exports = [each for each in exports_of(store.db, {name}) if each.made_wall_us <= newest]
    return Forgotten(
        forgetting.session,
        sum(receipt["events"] for receipt in found),
        sum(receipt["texts_withheld"] for receipt in found),
        tuple(sorted({each for receipt in found for each in receipt["derived"]})),
        tuple({"made_wall_us": each.made_wall_us, "format": each.format} for each in exports),
        not is_to_be_scoured(store.db),
    )
