"""RealHumanEval: what programmers asked of a chat model while they solved tasks in Python.

``chat_data.csv``, one turn on each row; `request` is the whole conversation up to the question.
``tasks_data.csv`` has the function that each task is to write.

Source: "The RealHumanEval: Evaluating Large Language Models' Abilities to Support Programmers"
(Mozannar et al., 2024), github.com/clinicalml/realhumaneval.
"""

from __future__ import annotations

import ast
import csv
from pathlib import Path

from attrs import frozen

CHAT, TASKS = "chat_data.csv", "tasks_data.csv"


@frozen
class Turn:
    """One question and what was asked before it in the same conversation, the first first."""

    person: str
    task: str
    time_s: float
    question: str
    before: tuple[str, ...]


def find(path: Path) -> Path | None:
    """Return the turns at a path, or None where there are none."""
    file = path if path.name == CHAT else path / CHAT
    return file if file.is_file() else None


def read(file: Path) -> list[Turn]:
    """Return the turns of a file, in its order; conversations without a question are none.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not what it should be; the message names the row.
    """
    turns, number = [], 1
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                number += 1
                said = ast.literal_eval(row["request"])
                asked = [each["content"] for each in said if each["role"] == "user"]
                if asked:
                    person, task = row["programmer_id"], row["task_name"]
                    time_s = float(row["timestamp"])
                    turns.append(Turn(person, task, time_s, asked[-1], tuple(asked[:-1])))
    except (KeyError, TypeError, ValueError, SyntaxError, csv.Error) as error:
        raise ValueError(f"row {number} of {file} cannot be read: {error!r}") from error
    return turns


def read_signatures(folder: Path) -> dict[str, str]:
    """Return the first line of the function that each task is about; none without the file.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not what it should be.
    """
    file = folder / TASKS
    if not file.is_file():
        return {}
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            return {row["name"]: row["function_signature"] for row in csv.DictReader(lines)}
    except (KeyError, csv.Error) as error:
        raise ValueError(f"{file} cannot be read: {error!r}") from error
