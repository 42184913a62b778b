"""Samples of intents, in the shape of ProCodeBench: what somebody did, and what they were after.

``samples.jsonl`` or ``samples.jsonl.gz``, a JSON object on each line: `id`, `developer`, `events`,
`context` and `intent`. An event has a `type`, one of the eight of that study, `time_ms`, and what
the type tells: an `edit` its `offset`, `removed` and `inserted`, a `cursor` its `start` and `end`,
and so on. The context is the `text` of the file at hand at their end.

Source of the shape: "An Empirical Study of Proactive Coding Assistants in Real-World Software
Development" (Li et al.), as far as it tells of it.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import frozen

from foretrace_telemetry.events import (
    Actor,
    AgentAsked,
    Body,
    CompletionAccepted,
    Copied,
    Debugged,
    Edited,
    Event,
    Origin,
    Selected,
    TerminalUsed,
    Viewed,
)

NAMES = ("samples.jsonl", "samples.jsonl.gz")
URI = "sample:file"


@frozen
class Sample:
    """What one developer did, the text that it led to, and what they were after, in words."""

    id: str
    person: str
    events: tuple[Event, ...]
    text: str
    intent: str


_BODIES: dict[str, Callable[[dict[str, Any]], Body]] = {
    "edit": lambda row: Edited(row["offset"], row["removed"], row["inserted"]),
    "copy": lambda row: Copied(row["characters"]),
    "paste": lambda row: Edited(
        row["offset"], row.get("removed", ""), row["inserted"], Origin.PASTE
    ),
    "view": lambda _: Viewed(),
    "cursor": lambda row: Selected(row["start"], row["end"]),
    "terminal": lambda row: TerminalUsed(row.get("command_class", ""), row.get("exit_code")),
    "debug": lambda row: Debugged(row.get("category", ""), row.get("characters", 0)),
    "completion": lambda row: CompletionAccepted(row.get("characters", 0)),
    "agent": lambda row: AgentAsked(row.get("agent", "")),
}


def find(path: Path) -> Path | None:
    """Return the samples at a path, or None where there are none."""
    files = [path] if path.name in NAMES else [path / name for name in NAMES]
    return next((file for file in files if file.is_file()), None)


def read(file: Path) -> list[Sample]:
    """Return the samples of a file, in its order.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not what it should be; the message names the line.
    """
    samples, number = [], 0
    try:
        opened = gzip.open if file.suffix == ".gz" else open
        with opened(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                number += 1
                if line.strip():
                    samples.append(_sample(json.loads(line)))
    except (EOFError, gzip.BadGzipFile, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"line {number} of {file} cannot be read: {error!r}") from error
    return samples


def _sample(row: dict[str, Any]) -> Sample:
    return Sample(
        str(row["id"]),
        str(row["developer"]),
        tuple(_event(event) for event in row["events"]),
        row["context"]["text"],
        row["intent"],
    )


def _event(row: dict[str, Any]) -> Event:
    time_us = round(row["time_ms"] * 1000)
    if row["type"] not in _BODIES:
        known = ", ".join(_BODIES)
        raise ValueError(f"there is no event of type {row['type']!r}; there are {known}")
    return Event(time_us, time_us, Actor.USER, _BODIES[row["type"]](row), URI)
