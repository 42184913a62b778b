"""The model's worker: a process of its own that holds a language model and works on many requests.

It loads the model on the first request, and ends when nothing was asked of it for a while, which
gives all its memory back. Run as ``python -m foretrace_models.model_worker``.
"""

from __future__ import annotations

import argparse
import os
import queue
import sys
import time
from collections.abc import Sequence
from typing import Any

# Read when the libraries are imported: serving never downloads anything.
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"

import torch
from attrs import define, field, frozen

from foretrace_models import language_model
from foretrace_models.batching import Batch, Reason, Task, Text, TextError
from foretrace_models.catalogue import FETCH, card_in_use, read_card, weights_of
from foretrace_models.language_model import RANDOM, LanguageModel, ModelError, Precision
from foretrace_models.memory import ceiling_bytes, limit_memory, used_bytes
from foretrace_models.model_tasks import TASKS
from foretrace_models.prompts import ReservedMarkerError
from foretrace_models.service import Request, Send, Service, run
from foretrace_telemetry.home import Home

_IDLE_SECONDS = 600.0
_NICE = 10
# What failed to load is not tried again at once: it takes seconds, and much memory.
_REST_SECONDS = 30.0


@frozen
class Options:
    """What the process was told on its command line."""

    model: str | None = None
    device: str = "auto"
    precision: Precision | None = None
    rows: int | None = None
    threads: int | None = None
    memory_bytes: int | None = None
    idle_seconds: float = _IDLE_SECONDS


@define(eq=False)
class _Running:
    """A request that is worked on, and the texts that it waits for."""

    request: Request
    task: Task
    texts: list[Text] = field(factory=list)


class ModelWorker(Service):
    """Works on all requests at once, a step of the model at a time."""

    def __init__(self, send: Send, options: Options) -> None:
        super().__init__(send)
        self._options = options
        self._batch: Batch | None = None
        self._model: LanguageModel | None = None
        self._running: list[_Running] = []
        self._closed = False
        self._refusal = ""
        self._rests_until = 0.0

    def serve(self) -> None:
        """Work off requests until closed, or until none came for long."""
        while not (self._closed and not self._running):
            try:
                self._take_in()
            except queue.Empty:
                return
            if self._batch is not None and self._batch.busy:
                self._step(self._batch)

    def _take_in(self) -> None:
        """Start what was asked; wait for a request only if there is nothing to work on."""
        while not self._closed:
            try:
                request = self.next_request(0 if self._running else self._options.idle_seconds)
            except queue.Empty:
                if not self._running:
                    raise
                return
            if request is None:
                self._closed = True
            else:
                self._start(request)

    def _start(self, request: Request) -> None:
        if request.cancelled:
            request.fail("cancelled")
            return
        try:
            if request.method == "info":
                if request.params.get("load"):
                    self._loaded()
                request.answer(self._info())
            elif request.method == "forget":
                self._forget()
                request.answer(None)
            else:
                task = TASKS[request.method](request.params, self._loaded())
                running = _Running(request, task)
                self._running.append(running)
                self._go_on(running, None)
        except ModelError as error:
            request.fail(str(error))
        except Exception as error:  # one bad request must not end the process
            request.fail(error)

    def _go_on(self, running: _Running, finished: list[Text] | None) -> None:
        """Give a task the texts that it waited for, and work on those it wants next."""
        assert self._batch is not None
        try:
            running.texts = running.task.send(finished)  # type: ignore[arg-type]
            while not running.texts:
                running.texts = running.task.send([])
            for text in running.texts:
                text.cancelled = lambda: running.request.cancelled
                self._batch.add(text)
        except StopIteration as done:
            self._running.remove(running)
            running.request.answer(done.value)
        except Exception as error:  # one bad request must not end the process
            for text in running.texts:
                text.cancelled = lambda: True
            self._running.remove(running)
            told = isinstance(error, (TextError, ReservedMarkerError))
            running.request.fail(str(error) if told else error)

    def _forget(self) -> None:
        """Drop what was read, so that what is asked next is measured from the start.

        Raises:
            RuntimeError: there is work under way.
        """
        if self._running:
            raise RuntimeError("there is work under way")
        if self._batch is not None:
            self._batch.drop()

    def _step(self, batch: Batch) -> None:
        try:
            batch.step()
        except (RuntimeError, MemoryError) as error:
            batch.drop()
            for each in self._running:
                each.request.fail(_words_of(error))
            self._running = []
            return
        for running in list(self._running):
            if any(text.reason is Reason.CANCELLED for text in running.texts):
                self._running.remove(running)
                running.request.fail("cancelled")
            elif all(text.reason is not None for text in running.texts):
                self._go_on(running, running.texts)

    def _loaded(self) -> LanguageModel:
        """Return the model, loaded first if it is not.

        Raises:
            ModelError: it cannot be loaded.
        """
        if self._model is None:
            if time.monotonic() < self._rests_until:
                raise ModelError(self._refusal)
            try:
                self._model = _load(self._options)
            except (ModelError, RuntimeError, MemoryError) as error:
                self._refusal = str(error) if isinstance(error, ModelError) else _words_of(error)
                self._rests_until = time.monotonic() + _REST_SECONDS
                raise ModelError(self._refusal) from error
            self._batch = Batch(self._model)
        return self._model

    def _info(self) -> dict[str, Any]:
        """Return what there is to know, a model not being loaded for that.

        Raises:
            ModelError: torch cannot use the device.
        """
        model = self._model
        device = model.device if model else language_model.device_of(self._options.device)
        asked = model.precision if model else self._options.precision
        about: dict[str, Any] = {
            "loaded": model is not None,
            "busy": len(self._running),
            "device": str(device),
            "precision": (asked or language_model.precision_of(device)).value,
            "memory_bytes": used_bytes(),
            "memory_ceiling_bytes": self._options.memory_bytes,
            "torch": str(torch.__version__),
            "threads": torch.get_num_threads(),
            "niceness": os.nice(0) if hasattr(os, "nice") else None,
        }
        if model is not None:
            about.update(
                name=model.name,
                context=model.context,
                rows=model.rows,
                rows_bytes=model.rows_bytes,
            )
        if device.type == "cuda":
            about["device_memory_bytes"] = torch.cuda.max_memory_allocated()
        return about


def _load(options: Options) -> LanguageModel:
    if options.model is not None and options.model.startswith(RANDOM):
        shape = options.model.removeprefix(RANDOM)
        return language_model.load_random(shape, options.device, options.precision, options.rows)
    home = Home.default()
    try:
        card = read_card(home, options.model) if options.model else card_in_use(home)
    except FileNotFoundError:
        raise ModelError(f"there is no model {options.model}; run `{FETCH}`") from None
    if card is None:
        raise ModelError(f"there are no weights of a language model; run `{FETCH}`")
    return language_model.load(
        weights_of(home, card), card.name, options.device, options.precision, options.rows
    )


def _words_of(error: Exception) -> str:
    words = str(error).splitlines()[0] if str(error) else type(error).__name__
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)) or "allocate" in words:
        return f"the model needs more memory than it may have: {words}"
    return f"the model failed: {words}"


def _options(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(prog="foretrace_models.model_worker")
    parser.add_argument("--model", help="a model that was fetched, or random:SHAPE")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--precision", type=Precision, choices=list(Precision))
    parser.add_argument("--rows", type=int)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--memory-bytes", type=int, default=ceiling_bytes())
    parser.add_argument("--idle-seconds", type=float, default=_IDLE_SECONDS)
    return Options(**vars(parser.parse_args(arguments)))


def main() -> None:
    """Serve on standard input and output."""
    options = _options(sys.argv[1:])
    if hasattr(os, "nice"):
        os.nice(_NICE)
    if options.memory_bytes is not None:
        limit_memory(options.memory_bytes)
    language_model.use_threads(options.threads)
    run(lambda send: ModelWorker(send, options))


if __name__ == "__main__":
    main()
