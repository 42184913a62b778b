"""The process behind the boundary: it forks children that make runs, and reports what came of them.

Spoken to in JSON, one object a line: first the set-up, answered by what the boundary is; then one
request at a time (programs, the runs to make of each, the limits of a run, and whether they are to
be `apart`, in a child of their own), answered by results.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import math
import os
import shutil
import sys
from typing import Any, BinaryIO

from foretrace_models.repair.sandbox import landlock, namespaces, seccomp
from foretrace_models.repair.sandbox.child import Child

# Programs commonly import these; loaded here once, they cost a run nothing.
_PRELOADED = (
    *("collections", "copy", "dataclasses", "datetime", "functools", "heapq", "itertools"),
    *("operator", "random", "re", "statistics", "string", "textwrap", "typing"),
)
# A child that stays for many requests is replaced long before it had this much.
_STANDING_CPU_SECONDS = 120


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
    standing: Child | None = None
    for line in requests:
        request = json.loads(line)
        if request["apart"]:
            child = Child(setup, null, _cpu_seconds(request))
            _reply(replies, child.run(request))
            child.end()
        else:
            standing = standing or Child(setup, null, _STANDING_CPU_SECONDS)
            _reply(replies, standing.run(request))
            if not standing.is_fit:
                standing.end()
                standing = None
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
                _in_throwaway(namespaces.enter, setup["readable"], setup["folder"])
                namespaces.enter(setup["readable"], setup["folder"])
            else:
                landlock.enter(setup["readable"], [setup["folder"]])
                namespaces.drop_capabilities()
        except OSError as error:
            refusals.append(f"{name}: {error.strerror or error}")
        else:
            return name, refusals
    return None, refusals


def _in_throwaway(step: Any, *arguments: Any) -> None:
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


def _cpu_seconds(request: dict[str, Any]) -> int:
    """Return how much of the processor a whole request may have."""
    runs = len(request["runs"]) * len(request["programs"])
    seconds: float = request["cpu_seconds"]
    return math.ceil(seconds * runs) + 1


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
