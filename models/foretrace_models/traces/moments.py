"""Moments: where a coder stands in the work on a program, which is what a model is asked about."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from attrs import evolve, frozen

from foretrace_models.traces.line_edits import LineRange
from foretrace_telemetry.traces import State, Trace


class Gap(str, Enum):
    """How long it took from one state to the next, coarsely; never a date.

    With the calendar in its input, a model spends what it learns of a coder on the year in which
    they worked.
    """

    SECONDS = "0"
    MINUTE = "1"
    MINUTES = "2"
    HOUR = "3"
    DAY = "4"
    LONGER = "5"
    UNKNOWN = "?"


_LONGEST_SECONDS = (
    (Gap.SECONDS, 15),
    (Gap.MINUTE, 90),
    (Gap.MINUTES, 600),
    (Gap.HOUR, 5400),
    (Gap.DAY, 86_400),
)


@frozen
class Task:
    """What the program is for: its language as LSP names it, and its exercise in any words."""

    language: str
    name: str = ""


@frozen
class PastState:
    """A state that was left again; `works` where it is known, and how long the next one took."""

    text: str
    works: bool | None
    gap: Gap


@frozen
class Moment:
    """The text as it now is, `past` states before it, oldest first, and what it is for.

    `region` says which lines an edit is wanted for; None leaves that open.
    """

    task: Task
    text: str
    works: bool | None = None
    past: tuple[PastState, ...] = ()
    region: LineRange | None = None

    def remembering(self, count: int) -> Moment:
        """Return the moment with so many past states at most, the latest."""
        return evolve(self, past=self.past[len(self.past) - count :] if count else ())


def gap_between(before: State, after: State) -> Gap:
    """Return how long it took; a clock that was set back counts as no time."""
    if before.wall_us is None or after.wall_us is None:
        return Gap.UNKNOWN
    seconds = (after.wall_us - before.wall_us) / 1e6
    return next((gap for gap, longest in _LONGEST_SECONDS if seconds <= longest), Gap.LONGER)


def moments(trace: Trace) -> Iterator[tuple[Moment, str]]:
    """Yield each moment of a trace with the text that came next.

    After the last state nothing came: its text itself is yielded, which is no edit.
    """
    task = Task(trace.language, trace.exercise)
    past: list[PastState] = []
    for state, after in zip(trace.states, trace.states[1:], strict=False):
        yield Moment(task, state.text, state.works, tuple(past)), after.text
        past.append(PastState(state.text, state.works, gap_between(state, after)))
    last = trace.last
    yield Moment(task, last.text, last.works, tuple(past)), last.text
