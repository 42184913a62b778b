"""What a window of events looks like, in numbers that somebody can read."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from statistics import fmean, pstdev

from attrs import frozen

from foretrace_models.gap import rhythm
from foretrace_models.gap.diversity import entropy_bits
from foretrace_models.gap.exploring import event_revisits, straight_back, switches
from foretrace_models.gap.kinds import Kind, kind_of
from foretrace_models.gap.samples import Person
from foretrace_models.gap.streams import REST_S, Session

WINDOW = 50


@frozen
class Window:
    """So many events in a row, and the seconds before each of them but the first."""

    events: Sequence[str]
    gaps_s: Sequence[int]


def windows_of(person: Person) -> Iterator[Window]:
    """Iterate over the windows of a person's sample, none of which overlap."""
    events = [event for session in person.sample for event in session.events]
    gaps: list[int] = []
    for session in person.sample:
        gaps.append(REST_S if session.rest_before_s is None else session.rest_before_s)
        gaps.extend(after - before for before, after in pairwise(session.times_s))
    for start in range(0, len(events) - WINDOW + 1, WINDOW):
        yield Window(events[start : start + WINDOW], gaps[start + 1 : start + WINDOW])


def looks_of(window: Window, common: Sequence[str]) -> dict[str, float]:
    """Return what can be seen in the events of a window; `common` are those counted by name."""
    counts = Counter(window.events)
    kinds = Counter(map(kind_of, window.events))
    session = (Session(range(len(window.events)), window.events),)
    return {
        "different events": len(counts),
        "entropy": entropy_bits(counts.values()),
        "different pairs": len(set(pairwise(window.events))),
        "longest run of one event": max(len(list(run)) for _, run in groupby(window.events)),
        "repeats": fmean(a == b for a, b in pairwise(window.events)),
        "returns": event_revisits(session) or 0.0,
        "straight back": straight_back(session) or 0.0,
        "switches of kind": switches(session) or 0.0,
        **{f"share of {kind.value}": kinds[kind] / len(window.events) for kind in Kind},
        **{f"share of {event!r}": counts[event] / len(window.events) for event in common},
    }


def pace_of(window: Window) -> dict[str, float]:
    """Return what can be seen in the gaps of a window."""
    logs = [math.log1p(gap) for gap in window.gaps_s]
    return {
        "mean gap": fmean(logs),
        "spread of gaps": pstdev(logs),
        "longest gap": max(logs),
        "gaps under a second": fmean(gap == 0 for gap in window.gaps_s),
        "gaps over a minute": fmean(gap > 60 for gap in window.gaps_s),
        "burstiness": rhythm.burstiness(window.gaps_s) or 0.0,
        "memory of gaps": rhythm.memory([window.gaps_s]) or 0.0,
    }
