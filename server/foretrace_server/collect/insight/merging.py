"""One person's work on one assignment, put together from several sessions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import evolve

from foretrace_server.collect.insight.told import ErrorCount, ErrorSource, Integrity, Work


def merged(works: Sequence[Work]) -> Work:
    """Return all work on an assignment as one, in whatever order it is given.

    Raises:
        IndexError: there is none.
    """
    shares = [each.best_share for each in works if each.best_share is not None]
    passed = [each.passed_wall_us for each in works if each.passed_wall_us is not None]
    signals = [signal for each in works for signal in each.signals]
    return Work(
        works[0].assignment,
        min(each.first_wall_us for each in works),
        max(each.last_wall_us for each in works),
        sum(each.time_seconds for each in works),
        sum(each.sessions for each in works),
        sum(each.edits for each in works),
        sum(each.runs for each in works),
        sum(each.failed_runs for each in works),
        sum(each.tests for each in works),
        max(shares, default=None),
        min(passed, default=None),
        merged_errors(error for each in works for error in each.errors),
        tuple(sorted(signals, key=lambda each: (each.first_wall_us, each.session))),
    )


def merged_errors(errors: Iterable[ErrorCount]) -> tuple[ErrorCount, ...]:
    """Return each kind of error once, the most frequent first."""
    found: dict[tuple[ErrorSource, str], ErrorCount] = {}
    for error in errors:
        other = found.get((error.source, error.kind))
        found[error.source, error.kind] = (
            error
            if other is None
            else evolve(
                other,
                times=other.times + error.times,
                last_wall_us=max(other.last_wall_us, error.last_wall_us),
            )
        )
    order = sorted(found.values(), key=lambda each: (-each.times, each.source.value, each.kind))
    return tuple(order)


def all_works(parts: Iterable[Work]) -> tuple[Work, ...]:
    """Return each assignment once, in the order in which they were begun."""
    by_assignment: dict[str, list[Work]] = {}
    for part in parts:
        by_assignment.setdefault(part.assignment, []).append(part)
    works = map(merged, by_assignment.values())
    return tuple(sorted(works, key=lambda each: (each.first_wall_us, each.assignment)))


def all_integrity(parts: Sequence[Integrity]) -> Integrity:
    """Return how far several sessions can be relied on together."""
    sessions = sum(each.sessions for each in parts)
    replayable = sum(each.replayable_sessions for each in parts)
    return Integrity(
        sessions,
        sum(each.events for each in parts),
        sum(each.erased_events for each in parts),
        sum(each.gaps for each in parts),
        sum(each.resyncs for each in parts),
        replayable,
        replayable / sessions if sessions else None,
    )
