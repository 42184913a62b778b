"""Other traces: what a coder did before one of theirs, and who is most like them but another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from foretrace_telemetry.traces import Trace


def earlier(trace: Trace, traces: Sequence[Trace]) -> list[Trace]:
    """Return the traces of the same coder that come before one, of other exercises, in order.

    Each coder's traces stand in the order of their begin.
    """
    found: list[Trace] = []
    for other in traces:
        if other is trace:
            break
        if other.coder == trace.coder and other.exercise != trace.exercise:
            found.append(other)
    return found


def wrong_coder(trace: Trace, known: Sequence[Trace], traces: Sequence[Trace]) -> list[Trace]:
    """Return as many traces of another coder as are known of a trace's, as like those as can be.

    The other one is of the same cohort where there is such a one, did the same exercises, and wrote
    about as much; their traces of the exercise in hand are not among those.
    """
    if not known:
        return []
    exercises = {each.exercise for each in known}
    size = _size(known)
    others: dict[str, list[Trace]] = defaultdict(list)
    for other in traces:
        if other.coder != trace.coder and other.exercise != trace.exercise:
            others[other.coder].append(other)

    def likeness(own: list[Trace]) -> tuple[bool, bool, int, int]:
        chosen = _like(own, exercises, len(known))
        return (
            len(chosen) == len(known),
            own[0].cohort == trace.cohort,
            sum(each.exercise in exercises for each in chosen),
            -abs(_size(chosen) - size),
        )

    if not others:
        return []
    best = max(others.values(), key=likeness)
    return _like(best, exercises, len(known))


def _like(own: list[Trace], exercises: set[str], count: int) -> list[Trace]:
    return sorted(own, key=lambda each: each.exercise not in exercises)[:count]


def _size(traces: Sequence[Trace]) -> int:
    return sum(len(each.last.text.encode()) for each in traces)
