"""The engine: a process of its own for work that takes long, may fail, or must be cancelled.

It reads requests from standard input and writes answers to standard output, one JSON object a
line: ``{"id", "method", "params"}`` in, ``{"id", "result"}`` or ``{"id", "error"}`` out, and
``{"method": "cancel", "id"}`` for a request that nobody waits for any more. Requests are worked
off one at a time, in their order. It ends when its input does.

Run as ``python -m foretrace_models.engine``.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from foretrace_models.repair.diagnosis import situation_from_json, to_json
from foretrace_models.repair.pipeline import diagnose

log = logging.getLogger(__name__)

Method = Callable[[Any, Callable[[], bool]], Any]


def _diagnose(params: Any, cancelled: Callable[[], bool]) -> Any:
    situation = situation_from_json(params["situation"])
    return to_json(diagnose(situation, params["seconds"], cancelled))


METHODS: dict[str, Method] = {"diagnose": _diagnose}


class Engine:
    """Works off requests one at a time; another thread reads them, so that any can be cancelled."""

    def __init__(self, answer: Callable[[dict[str, Any]], None]) -> None:
        self._answer = answer
        self._requests: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._cancelled: set[int] = set()

    def receive(self, message: dict[str, Any]) -> None:
        """Take a message in; safe from any thread."""
        if message["method"] == "cancel":
            self._cancelled.add(message["id"])
        else:
            self._requests.put(message)

    def close(self) -> None:
        """Have `serve` end once what was received is done."""
        self._requests.put(None)

    def serve(self) -> None:
        """Work off requests until closed."""
        while (request := self._requests.get()) is not None:
            number = request["id"]
            if number in self._cancelled:
                self._answer({"id": number, "error": "cancelled"})
                continue
            try:
                cancelled = partial(self._cancelled.__contains__, number)
                result = METHODS[request["method"]](request["params"], cancelled)
            except Exception as error:  # one bad request must not end the process
                log.exception("request %s failed", request["method"])
                self._answer({"id": number, "error": f"{type(error).__name__}: {error}"})
            else:
                self._answer({"id": number, "result": result})
            self._cancelled.discard(number)


def main() -> None:
    """Serve on standard input and output."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    # Whatever prints in this process must not get in between the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def answer(message: dict[str, Any]) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    engine = Engine(answer)

    def read() -> None:
        for line in sys.stdin:
            engine.receive(json.loads(line))
        # Nobody is left to answer, and a search need not be waited for.
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    engine.serve()


if __name__ == "__main__":
    main()
