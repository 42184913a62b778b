"""Exercise sets: ``exercises.jsonl.gz`` (id, tests) and ``programs.jsonl.gz`` (students' work)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

EXERCISES = "exercises.jsonl.gz"
PROGRAMS = "programs.jsonl.gz"


@frozen
class Exercise:
    """An exercise: its tests, each with a call and the value expected, both as Python source.

    `reference` is a solution; it is there to score with, and nothing else may look at it.
    """

    id: str
    tests: tuple[tuple[str, str], ...]
    description: str = ""
    prelude: str = ""
    reference: str = ""


@frozen
class Program:
    """One submission to an exercise; `label` is ``correct`` or ``wrong``."""

    id: str
    exercise: str
    label: str
    code: str


def recognises(folder: Path) -> bool:
    """Return whether a folder holds an exercise set."""
    return (folder / EXERCISES).is_file()


def read_exercises(folder: Path) -> dict[str, Exercise]:
    """Return the exercises of a set by their id.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not what it should be.
    """
    exercises = {}
    for row in _rows(folder / EXERCISES):
        tests = tuple((test["call"], test["expected"]) for test in row["tests"])
        exercises[row["id"]] = Exercise(
            row["id"],
            tests,
            row.get("description", ""),
            row.get("prelude", ""),
            row.get("reference", ""),
        )
    return exercises


def read_programs(folder: Path) -> Iterator[Program]:
    """Iterate over the programs of a set.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not what it should be.
    """
    for row in _rows(folder / PROGRAMS):
        yield Program(row["id"], row["exercise"], row["label"], row["code"])


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)
