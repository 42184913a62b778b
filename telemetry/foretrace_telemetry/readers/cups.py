"""CUPS: what programmers did with Copilot's suggestions, and what they say they were doing then.

``events.jsonl.gz``, a JSON object on each line: one event of the life of a suggestion, with the
state that the programmer gave, looking back at a video, to the time that ends with the event.

Source: "Reading Between the Lines: Modeling User Behavior and Costs in AI-Assisted Programming"
(Mozannar et al., CHI 2024), github.com/microsoft/coderec_programming_states.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from attrs import frozen

from foretrace_telemetry.readers.json_lines import read_lines

EVENTS = "events.jsonl.gz"
SHOWN, REPLAY, BROWSING = "Shown", "Replay", "Browsing"
ACCEPTED, REJECTED = "Accepted", "Rejected"
# The programmer did not know what to say.
UNKNOWN_STATE = "IDK"
_LETTER = re.compile(r"\s*\([A-Z]\)$")


@frozen
class CupsEvent:
    """One event; `state` is what was done in the `seconds` that end with it.

    `prompt` is the text before the cursor, or the end of it. `measures` are those that Copilot
    took of the suggestion and of the document, in its own names.
    """

    time_us: int
    kind: str
    how: str
    state: str
    seconds: float
    prompt: str
    suggestion: str
    measures: dict[str, float]


@frozen
class CupsSession:
    """What one programmer did, in order."""

    person: str
    task: str
    events: tuple[CupsEvent, ...]

    def suggestions(self) -> list[tuple[CupsEvent, ...]]:
        """Return the events of each suggestion: from when it is shown to what ends it."""
        starts = [n for n, event in enumerate(self.events) if event.kind == SHOWN]
        bounds = [*starts, len(self.events)]
        return [self.events[start:end] for start, end in pairwise(bounds)]


def find(path: Path) -> Path | None:
    """Return the events at a path, or None where there are none."""
    file = path if path.name == EVENTS else path / EVENTS
    return file if file.is_file() else None


def read(file: Path) -> list[CupsSession]:
    """Return the sessions of a file, one for each programmer.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not what it should be; the message names the line.
    """
    events: dict[str, list[tuple[int, CupsEvent]]] = defaultdict(list)
    tasks: dict[str, str] = {}
    for person, task, order, event in read_lines(file, _event):
        tasks.setdefault(person, task)
        events[person].append((order, event))
    return [
        CupsSession(person, tasks[person], tuple(event for _, event in sorted(own, key=_first)))
        for person, own in events.items()
    ]


def _event(row: dict[str, Any]) -> tuple[str, str, int, CupsEvent]:
    measures = {name: float(value) for name, value in row["measurements"].items() if value}
    event = CupsEvent(
        round(_time(row["time"]).timestamp() * 1e6),
        row["event"],
        row["hidden_state"],
        _LETTER.sub("", row["label"]),
        float(row["time_in_state"]),
        row["prompt"],
        row["suggestion"],
        measures,
    )
    return str(row["user"]), row["task"], row["i"], event


def _time(text: str) -> datetime:
    # Python 3.10 reads neither the Z nor two digits of a second.
    whole, _, part = text.removesuffix("Z").partition(".")
    return datetime.fromisoformat(f"{whole}.{part.ljust(6, '0')[:6]}+00:00")


def _first(pair: tuple[int, CupsEvent]) -> int:
    return pair[0]
