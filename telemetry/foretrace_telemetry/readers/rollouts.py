"""Pencil Code rollouts: ``traces.jsonl.gz``, traces that models wrote in the place of students.

They come with "Modeling Student Learning with 3.8 Million Program Traces". Each line is one trace:
`model`, `title`, `user`, `complete` and `states`, pairs of a time and a program in CoffeeScript.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from foretrace_telemetry.readers.json_lines import read_lines
from foretrace_telemetry.traces import State, Trace

TRACES = "traces.jsonl.gz"


@frozen
class Rollout:
    """A trace that the `model` wrote; `reached_end` says whether it came to an end by itself."""

    model: str
    reached_end: bool
    trace: Trace

    @property
    def finished(self) -> Trace | None:
        """The trace without a last state that was cut off or is empty; None if nothing is left.

        So the paper's own code reads rollouts.
        """
        states = self.trace.states if self.reached_end else self.trace.states[:-1]
        if states and not states[-1].text.strip():
            states = states[:-1]
        return evolve(self.trace, states=states) if states else None


def recognises(folder: Path) -> bool:
    """Return whether a folder holds rollouts."""
    return (folder / TRACES).is_file()


def read(folder: Path) -> Iterator[Rollout]:
    """Iterate over the rollouts; their states are as they were written, repeated ones too.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not what it should be.
    """
    return read_lines(folder / TRACES, _rollout)


def _rollout(row: dict[str, Any]) -> Rollout:
    states = tuple(State(text, _wall_us(time)) for time, text in row["states"])
    if not states:
        raise ValueError("a trace without states")
    trace = Trace(row["user"], row["title"], "coffeescript", states)
    return Rollout(row["model"], bool(row["complete"]), trace)


def _wall_us(time: str) -> int:
    """Return a time without a zone as microseconds; what is known of it is the clock's face."""
    moment = datetime.strptime(time, "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc)
    return int(moment.timestamp()) * 1_000_000
