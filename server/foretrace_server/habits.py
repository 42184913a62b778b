"""Habits: what this person took and turned down, now and, where that was recorded, before."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import deque
from contextlib import closing

from foretrace_models.timing.personal import Decided, logit, offset_of
from foretrace_telemetry.events import Event, SuggestionMoved
from foretrace_telemetry.gate import Gate
from foretrace_telemetry.home import Home
from foretrace_telemetry.outcomes import outcomes
from foretrace_telemetry.store import NoTracesError, Store, UnreadableEventError

log = logging.getLogger(__name__)

_MOST_EVENTS = 2000
# A probability of none or all has no odds.
_SUREST = 1e-6


class Habits:
    """What became of suggestions that came by themselves."""

    def __init__(self, gate: Gate, session: str) -> None:
        self._gate = gate
        self._session = session
        self._before: list[SuggestionMoved] = []
        self._moves: deque[SuggestionMoved] = deque(maxlen=_MOST_EVENTS)
        self._reading: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Begin to read what was recorded before, if recording is allowed now."""
        if self._gate.content is not None:
            self._reading = asyncio.create_task(self._read())

    async def known(self) -> None:
        """Wait until what was recorded before has been read."""
        if self._reading is not None:
            await asyncio.wait((self._reading,))

    def observe(self, event: Event) -> None:
        """Look on as suggestions come and go."""
        if isinstance(event.body, SuggestionMoved):
            self._moves.append(event.body)

    def decided(self) -> list[Decided]:
        """Return what the person decided, in order."""
        return [
            Decided(
                logit(min(max(each.probability, _SUREST), 1 - _SUREST)),
                each.taken,
                each.propensity,
            )
            for each in outcomes([*self._before, *self._moves])
        ]

    def offset(self) -> float:
        """Return by how much this person's log-odds of taking something differ from others'."""
        return offset_of(self.decided())

    def forget(self) -> None:
        """Forget all of it."""
        if self._reading is not None:
            self._reading.cancel()
        self._before.clear()
        self._moves.clear()

    async def _read(self) -> None:
        found = await asyncio.to_thread(_recorded, self._session)
        if self._gate.content is not None:
            self._before = found


def _recorded(session: str) -> list[SuggestionMoved]:
    """Return what was recorded of suggestions in other sessions than this; none if it cannot be."""
    try:
        with closing(Store.read(Home.default())) as store:
            events = store.newest_of(SuggestionMoved.kind, _MOST_EVENTS, but=session)
    except NoTracesError:
        return []
    except (OSError, sqlite3.Error, UnreadableEventError) as error:
        log.warning("what was recorded of suggestions before is not used: %s", error)
        return []
    return [event.body for event in events if isinstance(event.body, SuggestionMoved)]
