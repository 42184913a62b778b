"""FITech: students' programs in Dart, token by token, and where experts would have stepped in.

A ``MainTable.csv`` of ProgSnap2 with columns of its own: `X-CodeState` is the whole program,
`X-ElapsedTime` the seconds since the task began, `X-Intervene` what two experts say of the step.

Source: github.com/Programming-Steps-Working-Group-2022/public-datasets, ``FITech``.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from enum import Enum
from pathlib import Path

from attrs import frozen

TABLE = "MainTable.csv"
_COLUMNS = {"AssignmentID", "SubjectID", "EventType", "EditType", "X-CodeState", "X-Intervene"}
RUN, SUBMIT = "File.Run", "File.Submit"
SUBGOAL = "subgoal"
# The table has it misspelt, too.
_SUBGOALS = ("subgoal", "suboal")


class Mark(str, Enum):
    """What two experts say of stepping in after a step."""

    NONE = ""
    AGREED = "Y"
    DISAGREED = "D"
    # No: the results of the tests, which the student sees anyway, are enough.
    TESTS_SUFFICE = "R"


@frozen
class Step:
    """A student's program after one step; `why` and `how` are the experts' reason and words."""

    kind: str
    edit: str
    text: str
    elapsed_s: float
    mark: Mark
    why: str
    how: str


@frozen
class StepSequence:
    """One student's steps on one assignment, in order."""

    person: str
    assignment: str
    steps: tuple[Step, ...]


def find(path: Path) -> Path | None:
    """Return the table at a path or in a folder below it, or None where there is none."""
    files = [path] if path.is_file() else sorted(path.rglob(TABLE))
    return next((file for file in files if _is_table(file)), None)


def read(file: Path) -> list[StepSequence]:
    """Return the sequences of a table.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not what it should be; the message names the line.
    """
    steps: dict[tuple[str, str], list[Step]] = defaultdict(list)
    number = 1
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                number += 1
                steps[row["SubjectID"], row["AssignmentID"]].append(_step(row))
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise ValueError(f"row {number} of {file} cannot be read: {error!r}") from error
    return [StepSequence(*key, tuple(own)) for key, own in steps.items()]


def _step(row: dict[str, str]) -> Step:
    why = row["X-Why"]
    return Step(
        row["EventType"],
        row["EditType"],
        row["X-CodeState"],
        float(row["X-ElapsedTime"] or 0),
        Mark(row["X-Intervene"]),
        SUBGOAL if why in _SUBGOALS else why,
        row["X-How"],
    )


def _is_table(file: Path) -> bool:
    if file.name != TABLE:
        return False
    with file.open(encoding="utf-8", newline="") as lines:
        return set(next(csv.reader(lines), [])) >= _COLUMNS
