"""Asking: repair as an editor asks for it, with the rules here and a model's samples after them."""

from __future__ import annotations

import asyncio
import threading
import time
from functools import partial

from foretrace_models.repair.diagnosis import Diagnosis, Situation
from foretrace_models.repair.pipeline import diagnose
from foretrace_models.repair.sandbox import spares
from foretrace_models.repair.sources import Sources
from foretrace_server.diagnosing import Lately, asked, proposed, soonest
from foretrace_server.model import Model


class Asking:
    """Asks for one diagnosis after the other; a `model` serves all of them."""

    def __init__(self, model: Model | None, seconds: float) -> None:
        self._model = model
        self._seconds = seconds
        self._loop = asyncio.new_event_loop()

    def diagnosis(
        self, situation: Situation, sources: Sources, sampled: bool
    ) -> tuple[Diagnosis, float]:
        """Return what repair finds in the time that it has, and the seconds that it took.

        It finds what `soonest` tells, with samples of the model or without; a thread of this
        process is in the place of each worker.
        """
        found = self._loop.run_until_complete(self._diagnosis(situation, sources, sampled))
        spares.leave()
        return found

    async def _diagnosis(
        self, situation: Situation, sources: Sources, sampled: bool
    ) -> tuple[Diagnosis, float]:
        over = threading.Event()
        running: list[asyncio.Task[Diagnosis]] = []

        async def in_thread(what: Situation, seconds: float) -> Diagnosis:
            task = asyncio.create_task(
                asyncio.to_thread(diagnose, what, seconds, over.is_set, sources)
            )
            running.append(task)
            return await asyncio.shield(task)

        models = []
        if self._model is not None and sampled:
            told = asked(situation, Lately())
            models.append(partial(proposed, self._model, told, situation, in_thread))
        started = time.perf_counter()
        try:
            found = await soonest(in_thread(situation, self._seconds), models, self._seconds)
            return found, time.perf_counter() - started
        finally:
            # What comes next is not to run beside what nobody waits for.
            over.set()
            await asyncio.gather(*running)

    def close(self) -> None:
        """End the model's process, and wait for what is still tried."""
        if self._model is not None:
            self._loop.run_until_complete(self._model.end())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def __enter__(self) -> Asking:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
