"""Small logs of what people did, in the formats of CUPS, ABB, RealHumanEval and ProCodeBench."""

from __future__ import annotations

import csv
import gzip
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

STATES = (
    "Writing New Functionality (Z)",
    "Prompt Crafting (V)",
    "Thinking/Verifying Suggestion (A)",
)


def write_cups(folder: Path, people: Sequence[str], suggestions: int = 24) -> Path:
    """Write a log where comments are prompts, and what is looked at long is thought about."""
    chance = random.Random(1)
    rows: list[dict[str, Any]] = []
    for person in people:
        for number in range(suggestions):
            state = number % len(STATES)
            prompt = ("x = 1\ny", "# add two numbers\n# fast", "x = 1\nwhile ")[state]
            shown_seconds = (0.3, 0.5, 9.0)[state] * (1 + chance.random())
            for event, seconds in (("Shown", 2.0), ("Accepted", shown_seconds)):
                at = len(rows)
                rows.append(
                    {
                        "user": person,
                        "i": at,
                        "time": f"2022-08-08T16:{at // 60 % 60:02}:{at % 60:02}.{at % 10}Z",
                        "event": event,
                        "hidden_state": "UserTyping",
                        "label": STATES[state],
                        "time_in_state": seconds,
                        "prompt": prompt,
                        "suggestion": "= 2",
                        "measurements": {"documentLength": 40.0, "promptEndPos": 20.0},
                        "edit_pct": [0, 0, 0, 0, 0],
                        "task": "Classes",
                        "experience": {},
                    }
                )
    folder.mkdir(parents=True, exist_ok=True)
    with gzip.open(folder / "events.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return folder


def write_abb(folder: Path, people: Sequence[str], rounds: int = 40) -> Path:
    """Write a log where everybody edits, builds and looks, in an order that four commands tell."""
    folder.mkdir(parents=True, exist_ok=True)
    round_of = ("Edit.Paste", "Build.BuildSolution", "View.Output", "Edit.Paste", "Debug.Start")
    with gzip.open(folder / "events.csv.gz", "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["timestamp", "developer_id", "message"])
        for person in people:
            for number, message in enumerate(round_of * rounds):
                time = (
                    f"2013-10-01 {10 + number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}"
                )
                writer.writerow([time, person, message])
                writer.writerow([time, person, "View.OnChangeCaretLine"])
    return folder


def write_questions(folder: Path, people: Sequence[str]) -> Path:
    """Write what people asked about two tasks, each first in its own words and then for more."""
    folder.mkdir(parents=True, exist_ok=True)
    names = ["request", "programmer_id", "timestamp", "task_name"]
    with (folder / "chat_data.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        for person in people:
            for task in ("sum_product", "is_bored"):
                words = task.replace("_", " ")
                said = [{"role": "user", "content": f"How do I compute {words} of a list?"}]
                for question in (said, [*said, {"role": "user", "content": f"{words}, faster?"}]):
                    writer.writerow(
                        dict(zip(names, [repr(question), person, "1.5", task], strict=True))
                    )
    return folder


def write_samples(folder: Path, intents: Sequence[str]) -> Path:
    """Write samples of intents: somebody types, each on a line of a function."""
    folder.mkdir(parents=True, exist_ok=True)
    text = "def total(items):\n    return 0\n"
    with (folder / "samples.jsonl").open("w", encoding="utf-8") as file:
        for number, intent in enumerate(intents):
            events = [
                {"type": "edit", "time_ms": 10 * n, "offset": 30, "removed": "", "inserted": "x"}
                for n in range(9)
            ]
            row = {
                "id": number,
                "developer": f"d{number % 2}",
                "events": [*events, {"type": "view", "time_ms": 100}],
                "context": {"text": text},
                "intent": intent,
            }
            file.write(json.dumps(row) + "\n")
    return folder
