"""What a student forgot on their laptop is forgotten in the course: their own sessions only."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from attrs import frozen

from foretrace_server.collect.receipts import erased_of
from foretrace_telemetry.erase import FORGOTTEN
from foretrace_telemetry.exchange.forgetting import Forgetting
from foretrace_telemetry.forget_numbers import forget_numbers
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

    The work grows with that session and how often something of it was forgotten, as the receipt
    tells all of it; not with what was forgotten of others.

    Raises:
        sqlite3.Error: the store cannot be written; nothing was.
    """
    with suppress(NoTracesError):  # nothing of it ever came
        forget_numbers(store, key, name, forgetting)
    erased = erased_of(store.db, FORGOTTEN, {name})
    return Forgotten(
        forgetting.session,
        erased.events,
        erased.texts,
        erased.derived,
        tuple({"made_wall_us": e.made_wall_us, "format": e.format} for e in erased.exports),
        not is_to_be_scoured(store.db),
    )
