"""A line to a language server's process, for messages that are bytes already."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from typing import IO, Any

from lsprotocol import converters, types

from foretrace_server.bench.histories import Message

_ANSWER_SECONDS = 600.0
_END_SECONDS = 30.0
# Neither server knows what a hover is; both answer that once they have come to it.
_QUESTION = types.TEXT_DOCUMENT_HOVER

_converter = converters.get_converter()


class LineError(RuntimeError):
    """The server does not answer any more."""


class Line:
    """A server process; leaving the context ends it."""

    def __init__(self, module: str, *options: str, environment: Mapping[str, str]) -> None:
        """Start a module as a server and make the first exchange.

        Raises:
            LineError: it does not answer.
        """
        self._process = subprocess.Popen(  # noqa: S603 - our own modules
            [sys.executable, "-m", module, *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(environment),
        )
        self._answers: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._number = 0
        threading.Thread(target=self._read, daemon=True).start()
        nobody: dict[str, Any] = {"processId": None, "rootUri": None, "capabilities": {}}
        self._ask(types.INITIALIZE, nobody)
        self._send(_packed({"method": types.INITIALIZED, "params": {}}))
        self._ask(_QUESTION, _NOWHERE)

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait(_END_SECONDS)

    def seconds(self, messages: bytes) -> float:
        """Send messages; return how long it takes until all of them are dealt with.

        Raises:
            LineError: the server ended.
        """
        started = time.perf_counter()
        self._send(messages)
        self._ask(_QUESTION, _NOWHERE)
        return time.perf_counter() - started

    def _ask(self, method: str, params: Any) -> None:
        self._number += 1
        self._send(_packed({"id": self._number, "method": method, "params": params}))
        try:
            while (answer := self._answers.get(timeout=_ANSWER_SECONDS)) != self._number:
                if answer is None:
                    raise LineError("the server ended")
        except queue.Empty:
            raise LineError(f"the server did not answer within {_ANSWER_SECONDS:g} s") from None

    def _send(self, data: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(data)
            self._process.stdin.flush()
        except OSError as error:
            raise LineError("the server ended") from error

    def _read(self) -> None:
        assert self._process.stdout is not None
        while (message := _next(self._process.stdout)) is not None:
            if "method" not in message:
                self._answers.put(message["id"])
        self._answers.put(None)


_NOWHERE = {"textDocument": {"uri": "file:///nowhere"}, "position": {"line": 0, "character": 0}}


def packed(messages: Iterable[Message]) -> bytes:
    """Return messages as they go over the line."""
    return b"".join(
        _packed({"method": each.method, "params": _converter.unstructure(each.params)})
        for each in messages
    )


def _packed(message: dict[str, Any]) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


def _next(stream: IO[bytes]) -> dict[str, Any] | None:
    length = 0
    while (line := stream.readline()) != b"\r\n":
        if not line:
            return None
        if line.lower().startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    found: dict[str, Any] = json.loads(stream.read(length))
    return found
