"""Spare processes of the sandbox: started while nobody waits, told of no folder yet.

To start Python and what a program may want to import takes most of the time of a sandbox.
"""

from __future__ import annotations

import atexit
import threading

from foretrace_models.repair.sandbox.process import ServerProcess

_spares: list[ServerProcess] = []
_lock = threading.Lock()


def taken(count: int) -> list[ServerProcess]:
    """Return so many processes, spare ones first; they are the caller's from now on."""
    with _lock:
        some, _spares[:count] = _spares[:count], []
    there = [process for process in some if process.is_there]
    for process in some:
        if process not in there:
            process.close()
    return there + [ServerProcess() for _ in range(count - len(there))]


def leave(count: int) -> None:
    """Start processes until so many are spare."""
    with _lock:
        _spares.extend(ServerProcess() for _ in range(count - len(_spares)))


@atexit.register
def end() -> None:
    """End those that are spare."""
    for process in taken(len(_spares)):
        process.close()
