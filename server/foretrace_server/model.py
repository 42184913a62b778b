"""A model as the server has it: another process, which may be missing, slow or dead.

Whatever goes wrong with it is a reason to do without, never an error.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from foretrace_models.catalogue import describe
from foretrace_models.trace_model.card import describe_shipped
from foretrace_server.worker import Worker, WorkerError
from foretrace_telemetry.home import Home

log = logging.getLogger(__name__)

# The model stops by itself at the time that it is told, within a step.
_GRACE_SECONDS = 2.0
# What is missing can be got while the server runs.
_KNOWN_SECONDS = 5.0


class Model:
    """Asks a model's process, which starts on first need, where all that it needs is there.

    `describe` says whether it is, as a JSON object.
    """

    def __init__(self, worker: Worker, describe: Callable[[], dict[str, Any]]) -> None:
        self._worker = worker
        self._describe = describe
        self._known: dict[str, Any] = {}
        self._known_at = float("-inf")
        self._trouble: str | None = None

    @property
    def status(self) -> dict[str, Any]:
        """What a person wants to know: whether it can help, and else what is missing."""
        known = self._latest()
        return {
            "available": known["available"],
            "reason": self._trouble if known["available"] and self._trouble else known["reason"],
            "name": known["name"],
            "missing": known["missing"],
            "worker": self._worker.state,
        }

    @property
    def available(self) -> bool:
        """Whether all that the model needs is there."""
        return bool(self._latest()["available"])

    @property
    def running(self) -> bool:
        """Whether its process is there, so that little things can be asked of it, too."""
        return self._worker.state == "running"

    async def ask(self, method: str, params: dict[str, Any], seconds: float) -> Any:
        """Return an answer of the model, None where there is none in time.

        Cancelling this call stops the model, within a token or an edit.
        """
        if not self.available:
            return None
        try:
            told = {**params, "seconds": seconds}
            answer = await self._worker.ask(method, told, seconds + _GRACE_SECONDS)
        except WorkerError as error:
            self._trouble = str(error)
            log.info("a model gives no answer: %s", error)
            return None
        self._trouble = None
        return answer

    def close(self) -> None:
        """End its process."""
        self._worker.close()

    async def end(self) -> None:
        """End its process, and wait until it is gone."""
        await self._worker.end()

    def _latest(self) -> dict[str, Any]:
        if time.monotonic() - self._known_at > _KNOWN_SECONDS:
            self._known, self._known_at = self._describe(), time.monotonic()
        return self._known


def language_model(home: Home) -> Model:
    """Return the language model that was fetched, if one was."""
    worker = Worker("the model's process", "-m", "foretrace_models.model_worker")
    return Model(worker, partial(describe, home))


def trace_model() -> Model:
    """Return the trace model that is shipped."""
    worker = Worker("the trace model's process", "-m", "foretrace_models.trace_model.worker")
    return Model(worker, describe_shipped)
