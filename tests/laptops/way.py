"""The way between laptops and their course, on which things go wrong: a proxy on the loopback.

It takes a request whole before it passes it on. Some then come twice, some late or again when later
ones were there before, some break off, and of some the answer gets lost.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from enum import Enum

from attrs import define, field

_LATER_SECONDS = (2.0, 20.0)
_SLOW_SECONDS = (0.1, 3.0)
_PATIENCE_SECONDS = 60.0
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_TOKEN = re.compile(rb"\r\nauthorization: *bearer +(\S+)", re.IGNORECASE)


class Fault(Enum):
    """What becomes of a request on its way."""

    TWICE = "comes twice at once"
    AGAIN = "comes again later"
    HELD = "comes later, and nobody is told"
    SLOW = "comes slowly"
    CUT = "breaks off"
    LOST = "comes, and the answer is lost"


@define
class Way:
    """The proxy. `share` of the requests get a fault; `port` is the course's, None without one.

    `noticed` is told the token of who was hit. Nothing is hit any more once `share` is 0.
    """

    share: float
    chance: random.Random
    noticed: Callable[[str], None]
    port: int | None = None
    requests: int = 0
    faults: Counter[Fault] = field(factory=Counter)
    _later: set[asyncio.Task[None]] = field(factory=set)

    async def open(self) -> asyncio.Server:
        """Listen, and return what does; its port is what laptops are told."""
        return await asyncio.start_server(self._passes, "127.0.0.1", 0, backlog=1000)

    async def settled(self) -> None:
        """Wait until everything is there that comes later."""
        while self._later:
            await asyncio.gather(*self._later)

    async def _passes(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(OSError, EOFError, asyncio.LimitOverrunError, asyncio.TimeoutError):
                request = await _request(reader)
                self.requests += 1
                if answer := await self._answered(request):
                    writer.write(answer)
                    await writer.drain()
        finally:
            writer.close()

    async def _answered(self, request: bytes) -> bytes:
        """Return what the laptop is answered, which may be nothing."""
        if self.chance.random() >= self.share:
            return await self._asked(request)
        fault = self.chance.choice(list(Fault))
        self.faults[fault] += 1
        if token := _TOKEN.search(request):
            self.noticed(token[1].decode())
        if fault is Fault.TWICE:
            both = await asyncio.gather(self._asked(request), self._asked(request))
            return self.chance.choice(both)
        if fault is Fault.AGAIN:
            self._comes_later(request)
            return await self._asked(request)
        if fault is Fault.HELD:
            self._comes_later(request)
            return b""
        if fault is Fault.SLOW:
            await asyncio.sleep(self.chance.uniform(*_SLOW_SECONDS))
            return await self._asked(request)
        if fault is Fault.CUT:
            await self._asked(request[: self.chance.randrange(len(request))], breaks_off=True)
            return b""
        await self._asked(request)
        return b""

    def _comes_later(self, request: bytes) -> None:
        async def come() -> None:
            await asyncio.sleep(self.chance.uniform(*_LATER_SECONDS))
            await self._asked(request)

        task = asyncio.create_task(come())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _asked(self, request: bytes, breaks_off: bool = False) -> bytes:
        """Return what the course answers, nothing where it is not there."""
        if self.port is None:
            return b""
        with suppress(OSError, EOFError, asyncio.TimeoutError):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            try:
                writer.write(request)
                await writer.drain()
                if breaks_off:
                    return b""
                return await asyncio.wait_for(reader.read(), _PATIENCE_SECONDS)
            finally:
                writer.close()
        return b""


async def _request(reader: asyncio.StreamReader) -> bytes:
    """Return a request whole; it says itself how long it is."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return head + await reader.readexactly(int(length[1]) if length else 0)
