"""C-Pack of introductory programming assignments: ``submissions.jsonl.gz``, programs in C.

Each line is one submission: `year`, `lab`, `exercise`, `student`, `submission` (a student's number,
in order), `label` (``ok``, ``sem`` or ``syn``), `code`, and how many tests passed, `n_correct`, and
failed, `n_incorrect`, where it compiled. There are no times.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from foretrace_telemetry.readers.json_lines import read_lines
from foretrace_telemetry.traces import State, Trace, without_repeats

SUBMISSIONS = "submissions.jsonl.gz"


def recognises(folder: Path) -> bool:
    """Return whether a folder holds such submissions."""
    return (folder / SUBMISSIONS).is_file()


def read(folder: Path) -> Iterator[Trace]:
    """Iterate over the traces by student, each student's in the order of their first submissions.

    Line ends are those of Unix. Who took the course again has a trace for each year.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not what it should be.
    """
    found: dict[tuple[str, str, str], list[tuple[int, State]]] = defaultdict(list)
    for student, year, exercise, number, state in read_lines(folder / SUBMISSIONS, _submission):
        found[student, year, exercise].append((number, state))
    for own in found.values():
        own.sort(key=lambda pair: pair[0])
    in_order = sorted(found, key=lambda key: (key[0], key[1], found[key][0][0]))
    for student, year, exercise in in_order:
        states = (state for _, state in found[student, year, exercise])
        yield Trace(student, exercise, "c", without_repeats(states), cohort=year)


def _submission(row: dict[str, Any]) -> tuple[str, str, str, int, State]:
    passed = 0.0
    if row["label"] != "syn":
        passed = row["n_correct"] / (row["n_correct"] + row["n_incorrect"])
    state = State(row["code"].replace("\r\n", "\n"), passed=passed)
    exercise = f"{row['lab']}/{row['exercise']}"
    return row["student"], row["year"], exercise, row["submission"], state
