"""The process behind the boundary: it forks one child for each request and reports what came of it.

Spoken to in JSON, one object a line: first the set-up, answered by what the boundary is; then one
request at a time (programs, the runs to make of each, the limits of a run), answered by results.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import math
import os
import resource
import select
import shutil
import signal
import sys
import time
from typing import Any, BinaryIO

from foretrace_models.repair.sandbox import audit, harness, landlock, namespaces, seccomp

# Programs commonly import these; loaded here once, they cost a run nothing.
_PRELOADED = (
    *("collections", "copy", "dataclasses", "datetime", "functools", "heapq", "itertools"),
    *("operator", "random", "re", "statistics", "string", "textwrap", "typing"),
)
_MEMORY_BYTES = 1 << 30
_FILE_BYTES = 1 << 20
_OPEN_FILES = 64
_RESULT_BYTES = 8 << 20


def main() -> None:
    """Serve until standard input ends."""
    namespaces.die_with_parent()
    requests, replies = sys.stdin.buffer, sys.stdout.buffer
    null = os.open(os.devnull, os.O_RDWR)
    for name in _PRELOADED:
        importlib.import_module(name)
    setup = json.loads(requests.readline())
    setup["boundary"], refusals = _enter_boundary(setup)
    _reply(replies, {"boundary": setup["boundary"], "refusals": refusals})
    gc.freeze()  # so that collecting in a child does not copy what it shares with this process
    for line in requests:
        _reply(replies, _run_in_child(json.loads(line), setup, null))
        if setup["boundary"] == "namespaces":
            _empty(namespaces.SCRATCH)


def _enter_boundary(setup: dict[str, Any]) -> tuple[str | None, list[str]]:
    """Go behind the first of the wanted boundaries that the kernel grants; return its name."""
    refusals = []
    if not seccomp.available():
        return None, ["the system calls of this machine are not known"]
    for name in setup["boundaries"]:
        try:
            if name == "namespaces":
                _in_spare_process(namespaces.enter, setup["readable"], setup["folder"])
                namespaces.enter(setup["readable"], setup["folder"])
            else:
                landlock.enter(setup["readable"], [setup["folder"]])
                namespaces.drop_capabilities()
        except OSError as error:
            refusals.append(f"{name}: {error.strerror or error}")
        else:
            return name, refusals
    return None, refusals


def _in_spare_process(step: Any, *arguments: Any) -> None:
    """Try a step that leaves a process useless when it fails; raise OSError if it does."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            step(*arguments)
        except OSError as error:
            os.write(writer, f"{error.strerror or error}".encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as answer:
        problem = answer.read().decode()
    os.waitpid(child, 0)
    if problem:
        raise OSError(problem)


def _run_in_child(request: dict[str, Any], setup: dict[str, Any], null: int) -> dict[str, Any]:
    """Fork a child that makes all runs of all programs of a request.

    A run that ends the child leaves the rest unmade: its program's results are the last ones.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.close(reader)
            with os.fdopen(writer, "wb", buffering=0) as pipe:
                _confine(request, setup, null)
                _make_runs(request, pipe)
        finally:
            os._exit(0)
    os.close(writer)
    wanted = len(request["runs"]) * len(request["programs"])
    with os.fdopen(reader, "rb", buffering=0) as pipe:
        output, in_time = _read(pipe, request["wall_seconds"], wanted)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    results = []
    for line in output.splitlines(keepends=True)[:wanted]:
        with contextlib.suppress(ValueError):
            results.append(dict(json.loads(line)))
    if len(results) < wanted:
        ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        late = not in_time or ended_by in (signal.SIGPROF, signal.SIGXCPU)
        results.append({"status": "timeout" if late else "died"})
    runs = len(request["runs"])
    return {"results": [results[at : at + runs] for at in range(0, len(results), runs)]}


def _make_runs(request: dict[str, Any], pipe: Any) -> None:
    for program in request["programs"]:
        endless = False
        for run in request["runs"]:
            result: dict[str, Any] = {"status": "not made"}
            if not endless:
                result = harness.execute(program, run, request["cpu_seconds"])
                endless = result["status"] == "timeout"
            pipe.write(json.dumps(result).encode() + b"\n")


def _confine(request: dict[str, Any], setup: dict[str, Any], null: int) -> None:
    """Give this process just what a run may have. It has a single thread here."""
    with contextlib.suppress(OSError):
        os.chdir(setup["folder"])
    sys.path.insert(0, setup["folder"])
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    runs = len(request["runs"]) * len(request["programs"])
    limits = {
        resource.RLIMIT_AS: _MEMORY_BYTES,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: math.ceil(request["cpu_seconds"] * runs) + 1,
        resource.RLIMIT_FSIZE: _FILE_BYTES,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
    }
    for limit, most in limits.items():
        resource.setrlimit(limit, (most, most))
    sys.setrecursionlimit(1000)
    if seccomp.available():
        seccomp.install()
    if setup["boundary"] is None:
        audit.install()


def _read(pipe: Any, wall_seconds: float, runs: int) -> tuple[bytes, bool]:
    """Return what a child wrote, and whether it ended in time and within bounds.

    Each run has `wall_seconds` of its own.
    """
    output = b""
    deadline = time.monotonic() + wall_seconds
    while len(output) <= _RESULT_BYTES and output.count(b"\n") < runs:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            return output, False
        part = pipe.read(1 << 16)
        if not part:
            return output, True
        if b"\n" in part:
            deadline = time.monotonic() + wall_seconds
        output += part
    return output, len(output) <= _RESULT_BYTES


def _empty(folder: str) -> None:
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                os.unlink(entry.path)  # noqa: PTH108 - the entry is at hand


def _reply(replies: BinaryIO, message: dict[str, Any]) -> None:
    replies.write(json.dumps(message).encode() + b"\n")
    replies.flush()
