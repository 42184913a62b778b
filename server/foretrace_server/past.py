"""The past: what a person wrote in the open documents before, and which fixes they turned down.

What happens in this run of the server is held in memory. What came before it is read when a
document is opened, by a thread of its own, from what was recorded with consent.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Sequence
from contextlib import closing

from foretrace_server.earlier import EarlierTexts
from foretrace_server.offers import FixKey
from foretrace_server.rejections import Rejections, digests_of
from foretrace_telemetry.consent import Content
from foretrace_telemetry.gate import Gate
from foretrace_telemetry.home import Home
from foretrace_telemetry.recall import Recalled, recall
from foretrace_telemetry.store import NoTracesError, Store, UnreadableEventError

log = logging.getLogger(__name__)


class Past:
    """The past of all open documents."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._home = Home.default()
        self.earlier = EarlierTexts()
        self._rejections = Rejections()
        self._recalling: dict[str, asyncio.Task[None]] = {}

    def opened(self, uri: str) -> None:
        """Begin to read what was recorded of a document, if recording it is allowed now."""
        if self._is_kept(uri):
            self._recalling[uri] = asyncio.create_task(self._recall(uri))

    def closed(self, uri: str) -> None:
        """Forget the texts of a document; what was turned down in it stays so."""
        self._stop(uri)
        self.earlier.forget(uri)

    async def known(self, uri: str) -> None:
        """Wait until what was recorded of a document has been read."""
        if (recalling := self._recalling.get(uri)) is not None:
            await asyncio.wait((recalling,))

    def turn_down(self, uri: str, keys: Sequence[FixKey]) -> tuple[str, ...] | None:
        """Have changes not be offered again; return by what to record them, None for not at all.

        Raises:
            OSError: the key of digests can be neither read nor made.
        """
        self._rejections.add(uri, keys)
        return digests_of(keys, self._home.key()) if self._is_kept(uri) else None

    def was_turned_down(self, uri: str, key: FixKey) -> bool:
        """Return whether a change of a document was turned down, now or earlier."""
        return self._rejections.has(uri, key)

    def forget(self) -> None:
        """Forget all of it."""
        for uri in list(self._recalling):
            self._stop(uri)
        self.earlier.clear()
        self._rejections.clear()

    def _stop(self, uri: str) -> None:
        if (recalling := self._recalling.pop(uri, None)) is not None:
            recalling.cancel()

    async def _recall(self, uri: str) -> None:
        found, digest_key = await asyncio.to_thread(_recorded, self._home, uri)
        if self._is_kept(uri):
            self.earlier.recalled(uri, found.texts)
            self._rejections.recalled(uri, found.turned_down, digest_key)

    def _is_kept(self, uri: str) -> bool:
        return self._gate.content_for(uri) is Content.FULL


def _recorded(home: Home, uri: str) -> tuple[Recalled, bytes]:
    """Return what was recorded of a document and the key of its digests; nothing if none can be."""
    try:
        key = home.existing_key()
        if key is not None:
            with closing(Store.read(home)) as store:
                return recall(store, uri), key
    except NoTracesError:
        pass
    except (OSError, sqlite3.Error, UnreadableEventError) as error:
        log.warning("what was recorded of a document before is not used: %s", error)
    return Recalled(), b""
