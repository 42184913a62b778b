"""Memory of this process: how much it uses, and a ceiling over it."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

_SHARE = 0.5


def used_bytes() -> int | None:
    """Return how much memory this process holds; None where that cannot be told."""
    with contextlib.suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return None


def ceiling_bytes() -> int | None:
    """Return how much a process may use at most, half of what there is; None if not known."""
    with contextlib.suppress(AttributeError, ValueError, OSError):
        return int(_SHARE * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return None


def limit_memory(most_bytes: int) -> None:
    """Have this process get errors, not more memory, beyond so many bytes; where that works.

    Only Linux counts what a process has allocated rather than what it has reserved.
    """
    if sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if hard != resource.RLIM_INFINITY:
            most_bytes = min(most_bytes, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (most_bytes, hard))
