"""A made-up log of the ITAP tutor, for tests that learn from traces."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path


def write_log(
    folder: Path,
    traces: Iterable[tuple[str, str, Sequence[str]]],
    passed: Callable[[str], float] = lambda _: 0.0,
) -> Path:
    """Write traces, each a student, a problem and its states, in the order of their begin.

    `passed` says which share of the tests a state passes.
    """
    order = 0
    with gzip.open(folder / "sequences.jsonl.gz", "wt", encoding="utf-8") as file:
        for student, problem, states in traces:
            for code in states:
                order += 1
                row = {
                    "student": student,
                    "problem": problem,
                    "order": order,
                    "time": f"2020-02-02T{order // 60:02}:{order % 60:02}:00",
                    "event": "Submit",
                    "label": "FALSE",
                    "oracle_pass": passed(code),
                    "code": code,
                }
                file.write(json.dumps(row) + "\n")
    return folder


def write_exercises(folder: Path, tests: Mapping[str, Sequence[tuple[str, str]]]) -> None:
    """Write the tests of each problem: calls, and the values that they are to give."""
    with gzip.open(folder / "exercises.jsonl.gz", "wt", encoding="utf-8") as file:
        for problem, several in tests.items():
            told = [{"call": call, "expected": expected} for call, expected in several]
            file.write(json.dumps({"id": problem, "tests": told}) + "\n")
