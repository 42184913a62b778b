"""PyDex: programs of novices that do not parse, each with the same student's later correct one.

A file for each exercise, ``*_syntaxincorrect_correct_pair.json``, with what its programs read and
must print.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

PAIRS = "*_syntaxincorrect_correct_pair.json"


@frozen
class Pair:
    """A program that does not parse, and what its author came to write."""

    broken: str
    correct: str


@frozen
class PairedExercise:
    """An exercise with its pairs; `tests` are what a program reads and what it must print."""

    id: str
    tests: tuple[tuple[str, str], ...]
    pairs: tuple[Pair, ...]


def recognises(folder: Path) -> bool:
    """Return whether a folder holds such files."""
    return any(folder.glob(PAIRS))


def read(folder: Path) -> Iterator[PairedExercise]:
    """Iterate over the exercises in the order of their files.

    Raises:
        OSError: a file cannot be read.
        ValueError: a file is not what its name says.
    """
    for path in sorted(folder.glob(PAIRS)):
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            yield PairedExercise(
                path.name.partition("_")[0],
                tuple((each["input"], each["output"]) for each in data["IO_example"]),
                tuple(
                    Pair(each["syntax_incorrect"], each["semantics_correct"])
                    for each in data["submission"]
                ),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} cannot be read: {error!r}") from error
