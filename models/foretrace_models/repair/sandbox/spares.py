"""Spare processes of the sandbox: started while nobody waits, told of no folder yet.

To start Python and what a program may want to import takes most of the time of a sandbox. A spare
process ends with the thread that started it, so that is to be one which stays.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import threading

from foretrace_models.repair.sandbox.process import ServerProcess

_COUNT = min(2, os.cpu_count() or 1)

_spares: list[ServerProcess] = []
_lock = threading.Lock()


def taken() -> list[ServerProcess]:
    """Return as many processes as a sandbox has, the spare ones first, for the caller to end."""
    some = _all()
    there = [process for process in some if process.is_there]
    for process in some:
        if process not in there:
            process.close()
    return there + _started(_COUNT - len(there))


def leave() -> None:
    """Start what the next sandbox will need. Where none can be started, it will say so."""
    with _lock, contextlib.suppress(OSError):
        _spares.extend(_started(_COUNT - len(_spares)))


@atexit.register
def end() -> None:
    """End those that are spare."""
    for process in _all():
        process.close()


def _started(count: int) -> list[ServerProcess]:
    return [ServerProcess() for _ in range(count)]


def _all() -> list[ServerProcess]:
    with _lock:
        some = list(_spares)
        _spares.clear()
    return some
