"""Profiles: what can be said of the person by their traces, made once for all who ask meanwhile.

One is kept in memory for as long as nothing is recorded and nothing forgotten.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from foretrace_server.mine import Profile
    from foretrace_telemetry.writer import Writer


class Profiles:
    """Makes profiles, one at a time, of what `writer` and those before it wrote."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._known: Profile | None = None
        self._making: asyncio.Task[Profile] | None = None
        self._times_forgotten = 0

    async def told(self) -> dict[str, Any]:
        """Return the profile, of this moment or of when somebody asked who still waits for it.

        Raises:
            JsonRpcInternalError: what was recorded cannot be read.
        """
        if self._making is None:
            self._making = asyncio.create_task(self._make())
        # Who takes their request back does not take it from the others.
        return (await asyncio.shield(self._making)).told

    def forget(self) -> None:
        """Forget the profile, and have one that is being made be made anew."""
        self._known = None
        self._times_forgotten += 1

    async def _make(self) -> Profile:
        try:
            while True:
                before = self._times_forgotten
                made = await asyncio.to_thread(self._flush_and_make)
                if before == self._times_forgotten:
                    self._known = made
                    return made
        finally:
            self._making = None

    def _flush_and_make(self) -> Profile:
        from foretrace_server import mine

        self._writer.flush()
        return mine.profile(self._known)
