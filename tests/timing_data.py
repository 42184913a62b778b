"""Made-up data in the formats of CUPS and FITech, in which it can be learned when to speak."""

from __future__ import annotations

import csv
import gzip
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from foretrace_telemetry.readers import cups, fitech

PEOPLE = ("ada", "ben", "cai", "dua")
_COLUMNS = (
    "AssignmentID", "SubjectID", "EventType", "EditType", "X-CodeState", "X-ElapsedTime",
    "X-Intervene", "X-Why", "X-How",
)  # fmt: skip


def write_cups(folder: Path, people: Sequence[str] = PEOPLE, each: int = 30) -> Path:
    """Write what people did with suggestions: they take comments, mostly."""
    rows = [row for person in people for row in cups_rows(person, each)]
    return write_cups_rows(folder, rows)


def write_cups_rows(folder: Path, rows: list[dict[str, Any]]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with gzip.open(folder / cups.EVENTS, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return folder


def cups_rows(person: str, count: int) -> list[dict[str, Any]]:
    chance = random.Random(person)
    rows: list[dict[str, Any]] = []
    for number in range(count):
        is_comment = chance.random() < 0.5
        is_taken = is_comment != (chance.random() < 0.1)
        second = number * 10
        for kind, at in (("Shown", second), ("Accepted" if is_taken else "Rejected", second + 4)):
            rows.append(
                {
                    "user": person,
                    "i": len(rows),
                    "time": f"2022-06-01T10:{at // 60:02d}:{at % 60:02d}.000Z",
                    "event": kind,
                    "hidden_state": "UserTyping",
                    "label": "Prompt Crafting (V)",
                    "time_in_state": 5.0,
                    "prompt": "x = 1\n",
                    "suggestion": "# add it" if is_comment else "y = x + 1",
                    "measurements": {"documentLength": 6, "promptEndPos": 6},
                    "edit_pct": None,
                    "task": "t",
                    "experience": 1,
                }
            )
    return rows


def write_fitech(folder: Path, people: Sequence[str] = PEOPLE, each: int = 60) -> Path:
    """Write students' steps: experts step in a while after a run."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / fitech.TABLE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        for person in people:
            chance = random.Random(person)
            text, elapsed_s = "", 0.0
            for number in range(each):
                elapsed_s += chance.choice((1, 1, 2, 30))
                is_run = number % 15 == 14
                text += "" if is_run else chance.choice("ab(")
                kind = "File.Run" if is_run else "File.Edit"
                mark, why = ("", "")
                if is_run:
                    mark, why = chance.choice((("Y", "subgoal"), ("Y", "logical"), ("D", "trial")))
                row = ("A1", person, kind, "insert", text, elapsed_s, mark, why, "Look!")
                writer.writerow(row)
    return folder
