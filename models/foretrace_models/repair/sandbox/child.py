"""A child of the process behind the boundary: it makes runs of programs until it is not fit to."""

from __future__ import annotations

import contextlib
import json
import math
import os
import resource
import select
import signal
import sys
import threading
import time
from typing import Any

from foretrace_models.repair.sandbox import audit, harness, seccomp

_MEMORY_BYTES = 1 << 30
_FILE_BYTES = 1 << 20
_OPEN_FILES = 64
_RESULT_BYTES = 8 << 20
# So long a child may stay, in all that it does, before another one takes its place.
_STAYS_SECONDS = 20.0


class Child:
    """One forked process, confined before it sees any program.

    Each request has programs, the runs to make of each, and the limits of a run. A run that ends
    the child leaves the rest unmade: its program's results are the last ones.
    """

    def __init__(self, setup: dict[str, Any], null: int, cpu_seconds: int) -> None:
        """Fork.

        Args:
            setup: where programs run, and behind what.
            null: an open descriptor of the null device.
            cpu_seconds: when the system ends the child, should a run get around what is to end it.
        """
        from_server, self._requests = os.pipe()
        self._results, to_server = os.pipe()
        self._seconds = 0.0
        self._pid = os.fork()
        if not self._pid:
            try:
                os.close(self._requests)
                os.close(self._results)
                _confine(setup, null, cpu_seconds)
                _serve(from_server, to_server, setup["folder"])
            finally:
                os._exit(0)
        os.close(from_server)
        os.close(to_server)
        self.is_fit = True

    def run(self, request: dict[str, Any]) -> dict[str, Any]:
        """Make all runs of all programs of a request; return their results, program by program."""
        runs = len(request["runs"])
        wanted = runs * len(request["programs"])
        started = time.monotonic()
        with contextlib.suppress(BrokenPipeError):
            _write(self._requests, json.dumps(request).encode() + b"\n")
        output, in_time = _read(self._results, request["wall_seconds"], wanted + 1)
        self._seconds += time.monotonic() - started
        lines = output.splitlines(keepends=True)
        results = []
        for line in lines[:wanted]:
            with contextlib.suppress(ValueError):
                results.append(dict(json.loads(line)))
        self.is_fit = lines[wanted:] == [b"true\n"] and self._seconds < _STAYS_SECONDS
        if len(results) < wanted:
            status = self.end()
            ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
            late = not in_time or ended_by in (signal.SIGPROF, signal.SIGXCPU)
            results.append({"status": "timeout" if late else "died"})
        return {"results": [results[at : at + runs] for at in range(0, len(results), runs)]}

    def end(self) -> int:
        """End the process, if it has not ended; return its status."""
        if not self._pid:
            return 0
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        _, status = os.waitpid(self._pid, 0)
        os.close(self._requests)
        os.close(self._results)
        self._pid = 0
        self.is_fit = False
        return status


def _serve(requests: int, results: int, folder: str) -> None:
    """Answer requests, each run with a line, and at the end with whether there may be another."""
    with os.fdopen(requests, "rb") as lines, os.fdopen(results, "wb", buffering=0) as pipe:
        for line in lines:
            _make_runs(json.loads(line), pipe, folder)
            pipe.write(b"true\n" if threading.active_count() == 1 else b"false\n")


def _make_runs(request: dict[str, Any], pipe: Any, folder: str) -> None:
    for program in request["programs"]:
        _settle(folder)
        endless = False
        for run in request["runs"]:
            result: dict[str, Any] = {"status": "not made"}
            if not endless:
                seconds = min(request["cpu_seconds"], run.get("cpu_seconds", math.inf))
                result = harness.execute(program, run, seconds)
                endless = result["status"] == "timeout"
            pipe.write(json.dumps(result).encode() + b"\n")


def _settle(folder: str) -> None:
    """Undo what a program before may have changed, where honest ones do that."""
    sys.setrecursionlimit(1000)
    with contextlib.suppress(OSError):
        os.chdir(folder)


def _confine(setup: dict[str, Any], null: int, cpu_seconds: int) -> None:
    """Give this process just what a run may have. It has a single thread here."""
    sys.path.insert(0, setup["folder"])
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    limits = {
        resource.RLIMIT_AS: _MEMORY_BYTES,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_FSIZE: _FILE_BYTES,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
    }
    for limit, most in limits.items():
        resource.setrlimit(limit, (most, most))
    if seccomp.available():
        seccomp.install()
    if setup["boundary"] is None:
        audit.install()


def _write(pipe: int, message: bytes) -> None:
    view = memoryview(message)
    while view:
        view = view[os.write(pipe, view) :]


def _read(pipe: int, wall_seconds: float, lines: int) -> tuple[bytes, bool]:
    """Return what a child wrote, and whether it ended in time and within bounds.

    Each run has `wall_seconds` of its own.
    """
    parts: list[bytes] = []
    size = read = 0
    deadline = time.monotonic() + wall_seconds
    while size <= _RESULT_BYTES and read < lines:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            return b"".join(parts), False
        part = os.read(pipe, 1 << 16)
        if not part:
            return b"".join(parts), True
        if b"\n" in part:
            deadline = time.monotonic() + wall_seconds
        parts.append(part)
        size, read = size + len(part), read + part.count(b"\n")
    return b"".join(parts), size <= _RESULT_BYTES
