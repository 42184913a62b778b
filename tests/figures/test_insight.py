"""What the insight into a class costs: to work out, to bring up to date, to ask."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import quantiles
from typing import Any

import pytest

from foretrace_server.collect.course import Course
from foretrace_server.collect.insight.insight import Insight
from foretrace_server.collect.insight.keeping import KIND
from foretrace_telemetry.events import Actor, Event, RunFinished
from foretrace_telemetry.lineage import derived
from foretrace_telemetry.store import Store
from tests.itap_class import class_of_itap
from tests.made_up_class import made_up_class

STUDENTS, SESSIONS, EVENTS = 300, 5, 667
_UPDATES = 40
_CALLS = 200


@pytest.mark.figures
def test_a_class_of_74_is_told_of_at_once(tmp_path: Path, data: Path) -> None:
    print(json.dumps(figures(class_of_itap(tmp_path / "course", data)), indent=2))


@pytest.mark.figures
def test_a_million_events_of_300_are_told_of_at_once(tmp_path: Path) -> None:
    course = made_up_class(tmp_path / "course", STUDENTS, SESSIONS, EVENTS)
    told = figures(course)
    assert told["events"] > 1_000_000
    print(json.dumps(told, indent=2))


def figures(course: Course) -> dict[str, Any]:
    """Return the seconds of building, and the milliseconds of all else, as p50 and p95.

    It is time of this process on a processor, so that what else runs does not count.
    """
    begun, begun_s = time.process_time(), time.perf_counter()
    insight = Insight.open(course)
    built_seconds, waited_seconds = time.process_time() - begun, time.perf_counter() - begun_s
    begun = time.process_time()
    Insight.open(course)
    opened_seconds = time.process_time() - begun
    with closing(Store.read(course.home)) as store:
        kept_bytes = sum(len(each.content) for each in derived(store.db, KIND))
    overview = insight.class_overview()
    assert overview.integrity is not None
    assignment = overview.assignments[0].assignment
    rows = [row for row in insight.roster() if row.sessions]
    return {
        "people": overview.people.value,
        "sessions": overview.integrity.sessions,
        "events": overview.integrity.events,
        "build_s": round(built_seconds, 2),
        "build_by_the_clock_s": round(waited_seconds, 2),
        "open_again_s": round(opened_seconds, 3),
        "kept_megabytes": round(kept_bytes / 1e6, 2),
        "nothing_new_ms": _milliseconds(insight.refresh, 20),
        "one_session_more_ms": _updates(course, insight, [row.subject for row in rows]),
        "overview_first_ms": _first(insight, insight.class_overview),
        "sections_first_ms": _first(insight, insight.sections),
        "overview_ms": _milliseconds(insight.class_overview),
        "assignments_ms": _milliseconds(insight.assignments),
        "assignment_ms": _milliseconds(lambda: insight.assignment(assignment)),
        "sections_ms": _milliseconds(insight.sections),
        "roster_ms": _milliseconds(insight.roster),
        "progress_ms": _milliseconds(lambda: insight.progress(assignment)),
        "subject_ms": _milliseconds(lambda: insight.subject(rows[0].subject)),
    }


def _updates(course: Course, insight: Insight, subjects: list[str]) -> list[float]:
    """Return what it takes to take in one event more of the session that somebody added to last."""
    told = []
    for number in range(_UPDATES):
        subject = subjects[number % len(subjects)]
        found = insight.subject(subject)
        assert found is not None
        last = found.sessions[-1]
        store = Store.create(course.home)
        at_us = last.ended_wall_us + number * 1_000_000
        body = RunFinished(1, 5, "NameError", 1)
        store.continue_session(last.name).append_whole([Event(at_us, at_us, Actor.USER, body)])
        store.close()
        told += _times(insight.refresh, 1)
    return _spread(told)


def _first(insight: Insight, call: Callable[[], object]) -> list[float]:
    """Return what a call takes that is the first after something new was taken in."""
    told = []
    for _ in range(20):
        insight.refresh()
        told += _times(call, 1)
    return _spread(told)


def _milliseconds(call: Callable[[], object], calls: int = _CALLS) -> list[float]:
    return _spread(_times(call, calls))


def _times(call: Callable[[], object], calls: int) -> list[float]:
    times = []
    for _ in range(calls):
        begun = time.process_time()
        call()
        times.append(1000 * (time.process_time() - begun))
    return times


def _spread(times: list[float]) -> list[float]:
    """Return the p50 and the p95."""
    cut = quantiles(times, n=20, method="inclusive")
    return [round(cut[9], 3), round(cut[18], 3)]
