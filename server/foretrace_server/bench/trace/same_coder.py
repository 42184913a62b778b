"""How alike what one coder made is: the intraclass correlation of a number, by coder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from statistics import fmean

from foretrace_models.traces.measures import count_comments
from foretrace_telemetry.traces import Trace


def intraclass_correlation(groups: Sequence[Sequence[float]]) -> float | None:
    """Return how much of the variance lies between groups, by a one-way analysis of variance.

    It is 1 where all in a group are equal, about 0 where groups are no more alike than any others,
    and can be below. None where there are not two groups, or no group of several, or no variance.
    """
    count, size = len(groups), sum(map(len, groups))
    if count < 2 or size == count or any(not group for group in groups):
        return None
    middle = fmean(value for group in groups for value in group)
    means = [fmean(group) for group in groups]
    between = sum(
        len(group) * (mean - middle) ** 2 for group, mean in zip(groups, means, strict=True)
    ) / (count - 1)
    within = sum(
        (value - mean) ** 2 for group, mean in zip(groups, means, strict=True) for value in group
    ) / (size - count)
    # The size of a group, where groups differ in size.
    usual = (size - sum(len(group) ** 2 for group in groups) / size) / (count - 1)
    whole = between + (usual - 1) * within
    return (between - within) / whole if whole else None


def by_coder(traces: Sequence[Trace]) -> dict[str, float | None]:
    """Return the intraclass correlation of each property of traces for one exercise."""
    return {
        name: intraclass_correlation(_groups(traces, value)) for name, value in PROPERTIES.items()
    }


def _groups(traces: Sequence[Trace], value: Callable[[Trace], float | None]) -> list[list[float]]:
    groups: dict[str, list[float]] = defaultdict(list)
    for trace in traces:
        number = value(trace)
        if number is not None:
            groups[trace.coder].append(number)
    return list(groups.values())


def _ended(trace: Trace) -> datetime | None:
    wall_us = trace.last.wall_us
    return None if wall_us is None else datetime.fromtimestamp(wall_us / 1e6, timezone.utc)


def _year(trace: Trace) -> float | None:
    ended = _ended(trace)
    return None if ended is None else ended.year


def _hour(trace: Trace) -> float | None:
    ended = _ended(trace)
    return None if ended is None else ended.hour


PROPERTIES: dict[str, Callable[[Trace], float | None]] = {
    "year": _year,
    "hour": _hour,
    "comments": lambda trace: count_comments(trace.last.text, trace.language),
    "states": lambda trace: len(trace.states),
    "length": lambda trace: len(trace.last.text),
}
