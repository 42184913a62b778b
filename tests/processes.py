"""The processes that a server starts, as the system sees them (Linux)."""

from __future__ import annotations

import time
from pathlib import Path

import pytest


def descendants(process: int) -> set[int]:
    """Return the ids of all processes that were started by one, or by those."""
    if not Path("/proc/self/stat").exists():
        pytest.skip("processes are looked up in /proc")
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and (fields := _stat(int(entry.name))):
            parents[int(entry.name)] = int(fields[1])
    found = {process}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {process}


def have_ended(processes: set[int], seconds: float = 15.0) -> bool:
    """Return whether these processes end in time."""
    deadline = time.monotonic() + seconds
    while any(_stat(process)[:1] not in ([], ["Z"]) for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _stat(process: int) -> list[str]:
    """Return the fields that follow a process's name, its state and parent first."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def is_asleep(process: int) -> bool:
    """Return whether a process waits for something, so that nothing of it runs."""
    return _stat(process)[:1] == ["S"]


def command_of(process: int) -> str:
    """Return a process's command line, empty once it is gone."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""
