"""Connections that do no harm: a request comes in time, and says in one way where it ends."""

from __future__ import annotations

import asyncio

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from typing_extensions import override
from uvicorn.protocols.http.h11_impl import H11Protocol

_HEAD_SECONDS = 30.0


class Impatient(H11Protocol):
    """A connection that is closed where the head of the next request does not come in time.

    uvicorn waits for it without an end, once the first byte is there, and connections are counted.
    """

    _waiting: asyncio.TimerHandle | None = None

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    @override
    def on_response_complete(self) -> None:
        self._wait()
        super().on_response_complete()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = self.loop.call_later(_HEAD_SECONDS, self._give_up)

    def _give_up(self) -> None:
        if self.cycle is None or self.cycle.response_complete:
            self.transport.close()


class Framed:
    """Refuses requests that say in two ways where they end.

    A proxy on the way may go by the other one, and take a part of one request for the next.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have the app do it."""
        names = [name for name, _ in scope["headers"]] if scope["type"] == "http" else []
        if b"transfer-encoding" in names and b"content-length" in names:
            answer = {"error": "unreadable", "message": "the request has two lengths; send one"}
            app: ASGIApp = JSONResponse(answer, 400, {"Connection": "close"})
        else:
            app = self._app
        await app(scope, receive, send)
