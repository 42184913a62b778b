"""A lock between processes, given up by the system when its holder dies."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_AGAIN_SECONDS = 0.05
# Where Windows locks: it lets nobody read what is locked.
_BEYOND_ANY_FILE = 2**30


class HeldError(Exception):
    """Another process holds the lock."""


@contextmanager
def holding(path: Path, patience_seconds: float = 0.0) -> Iterator[None]:
    """Hold the lock that a file stands for; its folder must be there.

    Raises:
        HeldError: another process held it for all that time.
        OSError: the file cannot be made.
    """
    deadline = time.monotonic() + patience_seconds
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not _take(descriptor):
            if time.monotonic() >= deadline:
                raise HeldError(f"another program holds {path}")
            time.sleep(_AGAIN_SECONDS)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, _BEYOND_ANY_FILE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
