"""A worker: starts a process of its own for heavy work, asks it, and starts it anew if it dies."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
import sys
import time
from typing import Any

log = logging.getLogger(__name__)

_BACK_OFF_SECONDS = (0.0, 1.0, 2.0, 5.0, 15.0, 60.0)
_HEALTHY_SECONDS = 60.0
_EXIT_SECONDS = 2.0
_LONGEST_ANSWER_BYTES = 64 << 20


class WorkerError(RuntimeError):
    """The worker did not answer: it died, failed, or is resting after it did."""


class Worker:
    """One process, started on first need. All calls come from one event loop."""

    def __init__(self, name: str, *command: str) -> None:
        """Name the process for messages, and give what Python is to run as it."""
        self._name = name
        self._command = (sys.executable, *command)
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._pending: dict[int, asyncio.Future[Any]] = {}
        self._numbers = itertools.count(1)
        self._deaths = 0
        self._started_at = 0.0
        self._rests_until = 0.0
        self._closed = False
        self._starting = asyncio.Lock()

    @property
    def state(self) -> str:
        """One of `not started`, `running`, `resting` and `closed`."""
        if self._closed:
            return "closed"
        if self._process is not None:
            return "running"
        return "resting" if time.monotonic() < self._rests_until else "not started"

    async def ask(self, method: str, params: Any, timeout_seconds: float) -> Any:
        """Send a request and return its result; cancelling this call cancels the request.

        Raises:
            WorkerError: there is no answer, or it is an error.
        """
        process = await self._ensure_running()
        number = next(self._numbers)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._pending[number] = future
        try:
            self._send(process, {"id": number, "method": method, "params": params})
            return await asyncio.wait_for(future, timeout_seconds)
        except asyncio.TimeoutError:
            raise WorkerError(f"no answer within {timeout_seconds:g} s") from None
        finally:
            del self._pending[number]
            if future.cancelled():
                with contextlib.suppress(WorkerError):
                    self._send(process, {"method": "cancel", "id": number})

    def close(self) -> None:
        """End the process."""
        self._closed = True
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def end(self) -> None:
        """End the process, and wait until it is gone."""
        self.close()
        if self._reader is not None:
            await self._reader

    def _send(self, process: asyncio.subprocess.Process, message: dict[str, Any]) -> None:
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(message).encode() + b"\n")
        except OSError as error:
            raise WorkerError(f"{self._name} is gone: {error}") from error

    async def _ensure_running(self) -> asyncio.subprocess.Process:
        async with self._starting:
            if self._closed:
                raise WorkerError(f"{self._name} is closed")
            if self._process is not None:
                return self._process
            rest = self._rests_until - time.monotonic()
            if rest > 0:
                raise WorkerError(f"{self._name} died and rests for another {rest:.0f} s")
            try:
                process = await asyncio.create_subprocess_exec(
                    *self._command,
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    # `-m` looks for modules in the current folder first, and that may be a
                    # workspace with a random.py in it.
                    cwd=sys.prefix,
                    limit=_LONGEST_ANSWER_BYTES,
                )
            except OSError as error:
                raise WorkerError(f"{self._name} cannot be started: {error}") from error
            self._process = process
            self._started_at = time.monotonic()
            self._reader = asyncio.create_task(self._read(process))
            return process

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        with contextlib.suppress(ValueError, OSError):  # an answer too long to be one
            async for line in process.stdout:
                answer = json.loads(line)
                future = self._pending.get(answer["id"])
                if future is None or future.done():
                    continue
                if "error" in answer:
                    future.set_exception(WorkerError(answer["error"]))
                else:
                    future.set_result(answer["result"])
        try:
            code = await asyncio.wait_for(process.wait(), _EXIT_SECONDS)
        except asyncio.TimeoutError:
            process.kill()
            code = await process.wait()
        self._died(code)

    def _died(self, code: int) -> None:
        self._process = None
        for future in self._pending.values():
            if not future.done():
                future.set_exception(WorkerError(f"{self._name} died (exit code {code})"))
        if self._closed or code == 0:  # nothing was asked of it for a while
            return
        if time.monotonic() - self._started_at > _HEALTHY_SECONDS:
            self._deaths = 0
        rest = _BACK_OFF_SECONDS[min(self._deaths, len(_BACK_OFF_SECONDS) - 1)]
        self._deaths += 1
        self._rests_until = time.monotonic() + rest
        log.warning("%s died (exit code %s); it may start again in %s s", self._name, code, rest)
