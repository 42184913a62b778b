"""Traces by who made them, models or people, and by what they are for."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from attrs import define, field, frozen

from foretrace_server.bench.trace.coder_or_calendar import Period
from foretrace_telemetry.readers import itap, rollouts
from foretrace_telemetry.readers.trace_sets import read_traces
from foretrace_telemetry.traces import Trace

REAL = "real"
# How long people worked: some weeks of one course, or some months in different years.
_PERIODS = {"itap": Period.WEEK, "exercism": Period.QUARTER}


@define
class Group:
    """Traces for one exercise by one maker, which is a model or `REAL`.

    `begun` is how many a model began and `reached_end` how many of them it came to an end with;
    None of people.
    """

    maker: str
    exercise: str
    traces: list[Trace] = field(factory=list)
    begun: int | None = None
    reached_end: int | None = None


@frozen
class Grouped:
    """The groups of a folder; `exercises_left_out` do not have traces of all makers.

    `period` is what coders are compared over; None where there are no times.
    """

    dataset: str
    groups: list[Group]
    period: Period | None
    exercises_left_out: int = 0


def load(folder: Path) -> Grouped:
    """Return the groups of a folder: those of the real traces in it, otherwise of rollouts.

    Raises:
        OSError: a file cannot be read.
        ValueError: a file is not what its name says, or there are no traces.
    """
    if rollouts.recognises(folder) and itap.find(folder) is None:
        return _rollouts(folder)
    found = read_traces(folder)
    by_exercise: dict[str, list[Trace]] = defaultdict(list)
    for trace in found.traces:
        by_exercise[trace.exercise].append(trace)
    groups = [Group(REAL, exercise, own) for exercise, own in sorted(by_exercise.items())]
    return Grouped(f"{found.name} ({folder.name})", groups, _PERIODS.get(found.name))


def _rollouts(folder: Path) -> Grouped:
    groups: dict[tuple[str, str], Group] = {}
    for rollout in rollouts.read(folder):
        key = rollout.trace.exercise, rollout.model
        group = groups.setdefault(key, Group(rollout.model, rollout.trace.exercise, [], 0, 0))
        group.begun = (group.begun or 0) + 1
        group.reached_end = (group.reached_end or 0) + rollout.reached_end
        if rollout.finished is not None:
            group.traces.append(rollout.finished)
    makers = {maker for _, maker in groups}
    exercises = {exercise for exercise, _ in groups}
    shared = {each for each in exercises if all((each, maker) in groups for maker in makers)}
    kept = [group for (exercise, _), group in sorted(groups.items()) if exercise in shared]
    left_out = len(exercises) - len(shared)
    return Grouped(f"rollouts ({folder.name})", kept, Period.YEAR, left_out)
