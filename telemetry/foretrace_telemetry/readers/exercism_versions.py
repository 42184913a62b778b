"""Histories of solutions to Exercism: ``versions.jsonl.gz``, the versions of each file in Python.

Each line is one version: `developer`, `exercise`, `path`, `time` in seconds, and `code`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from foretrace_telemetry.readers.json_lines import read_lines
from foretrace_telemetry.traces import State, Trace, without_repeats

VERSIONS = "versions.jsonl.gz"


def recognises(folder: Path) -> bool:
    """Return whether a folder holds such histories."""
    return (folder / VERSIONS).is_file()


def read(folder: Path) -> Iterator[Trace]:
    """Iterate over the traces, one for each file, by developer and in the order of their begin.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not what it should be.
    """
    found: dict[tuple[str, str], list[tuple[int, State]]] = defaultdict(list)
    exercises: dict[tuple[str, str], str] = {}
    for developer, path, exercise, state in read_lines(folder / VERSIONS, _version):
        found[developer, path].append((state.wall_us or 0, state))
        exercises[developer, path] = exercise
    for own in found.values():
        own.sort(key=lambda pair: pair[0])
    for key in sorted(found, key=lambda key: (key[0], found[key][0][0], key[1])):
        states = without_repeats(state for _, state in found[key])
        yield Trace(key[0], exercises[key], "python", states)


def _version(row: dict[str, Any]) -> tuple[str, str, str, State]:
    state = State(row["code"], row["time"] * 1_000_000)
    return row["developer"], row["path"], row["exercise"], state
