"""A process that works for another one: requests come in on a pipe, and each gets an answer.

Messages are JSON objects, one a line: ``{"id", "method", "params"}`` in, ``{"id", "result"}`` or
``{"id", "error"}`` out, and ``{"method": "cancel", "id"}`` for a request that nobody waits for any
more. The process ends when its input does.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import sys
import threading
from collections.abc import Callable
from typing import Any

from attrs import field, frozen

from foretrace_telemetry import logs

log = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], None]


class RequestError(Exception):
    """A request cannot be answered; the message says why to whoever asked."""


@frozen(eq=False)
class Request:
    """One request; exactly one of `answer` and `fail` is to be called, once."""

    number: int
    method: str
    params: Any
    _send: Send
    _cancelled: set[int] = field(repr=False)

    @property
    def cancelled(self) -> bool:
        """Whether nobody waits for the answer any more."""
        return self.number in self._cancelled

    def work_off(self, work: Callable[[Request], Any]) -> None:
        """Send what comes of some work, or why there is nothing; what goes wrong ends here."""
        if self.cancelled:
            self.fail("cancelled")
            return
        try:
            result = work(self)
        except RequestError as error:
            self.fail(str(error))
        except Exception as error:  # one bad request must not end the process
            self.fail(error)
        else:
            self.answer(result)

    def answer(self, result: Any) -> None:
        """Send the result."""
        self._cancelled.discard(self.number)
        self._send({"id": self.number, "result": result})

    def fail(self, problem: str | Exception) -> None:
        """Send why there is no result."""
        if isinstance(problem, Exception):
            log.error("request %s failed", self.method, exc_info=problem)
            problem = f"it failed with {type(problem).__name__}; the log says where"
        self._cancelled.discard(self.number)
        self._send({"id": self.number, "error": problem})


class Service:
    """Takes messages in from one thread and hands out requests to another."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._requests: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._cancelled: set[int] = set()

    def receive(self, message: dict[str, Any]) -> None:
        """Take a message in; safe from any thread."""
        if message["method"] == "cancel":
            self._cancelled.add(message["id"])
        else:
            number, method, params = message["id"], message["method"], message["params"]
            self._requests.put(Request(number, method, params, self._send, self._cancelled))

    def close(self) -> None:
        """Have `serve` end once what was received is done."""
        self._requests.put(None)

    def next_request(self, timeout_seconds: float | None = None) -> Request | None:
        """Return the next request, waiting for it; None once closed.

        Raises:
            queue.Empty: none came in time.
        """
        return self._requests.get(timeout=timeout_seconds)

    def serve(self) -> None:
        """Work off requests until closed."""
        raise NotImplementedError


def run(service_of: Callable[[Send], Service]) -> None:
    """Serve on standard input and output."""
    logs.set_up("warning")
    # Whatever prints in this process must not get in between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def send(message: dict[str, Any]) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    service = service_of(send)

    def read() -> None:
        for line in sys.stdin:
            service.receive(json.loads(line))
        # Nobody is left to answer, and what is under way need not be waited for.
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    service.serve()
