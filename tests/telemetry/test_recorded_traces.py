"""Traces from what was recorded: which moments are states, and of which documents."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from foretrace_telemetry.events import (
    Actor,
    Body,
    Closed,
    Edited,
    Erased,
    Event,
    Foreign,
    Opened,
    Recorded,
    RunFinished,
    Saved,
    TestsFinished,
    Withheld,
)
from foretrace_telemetry.exchange.incoming import ImportReport
from foretrace_telemetry.readers import itap
from foretrace_telemetry.recorded_traces import (
    exercise_of,
    recorded_traces_of,
    traces_of,
)
from foretrace_telemetry.traces import State, Trace

URI = "file:///home/search.py"


def session(*bodies: Body, uri: str = URI, name: str = "s") -> list[Recorded]:
    return [
        Recorded(name, number, Event(number, number, Actor.USER, body, uri))
        for number, body in enumerate(bodies, start=1)
    ]


def states(*bodies: Body) -> tuple[State, ...]:
    (trace,) = traces_of([session(*bodies)])
    return trace.states


def test_a_document_is_a_trace_of_the_texts_that_were_opened_saved_run_and_tested() -> None:
    bodies = (
        Opened("a", "python"),
        Edited(1, "", "b"),
        Edited(2, "", "c"),
        Saved(None),
        Edited(0, "a", ""),
        RunFinished(0),
        Edited(0, "b", ""),
        TestsFinished(1, 3),
        Edited(0, "", "x"),
        Closed(),
    )
    assert traces_of([session(*bodies)], "me") == [
        Trace(
            "me",
            "search",
            "python",
            (State("a", 1), State("abc", 4), State("bc", 6), State("c", 8, 0.25)),
        )
    ]


def test_what_tests_and_runs_say_is_said_of_the_text_as_it_is() -> None:
    opened = Opened("", "python")
    written = Edited(0, "", "x")
    assert states(opened, written, Saved(None), TestsFinished(2, 0)) == (State("x", 3, 1.0),)
    assert states(opened, written, RunFinished(1)) == (State("x", 3, 0.0),)
    assert states(opened, written, RunFinished(0)) == (State("x", 3),)
    assert states(opened, written, TestsFinished(0, 0)) == (State("x", 3),)


def test_a_document_that_was_only_read_has_no_trace() -> None:
    assert traces_of([session(Opened("x"), Saved(None), Closed())]) == []


def test_a_document_goes_on_in_a_later_session() -> None:
    first = session(Opened("a"), Edited(1, "", "b"), Saved(None), Closed(), name="1")
    second = session(Opened("ab"), Edited(2, "", "c"), Saved(None), name="2")
    (trace,) = traces_of([first, second])
    assert [state.text for state in trace.states] == ["a", "ab", "abc"]


def test_a_trace_knows_the_sessions_that_it_was_made_of() -> None:
    written = (Opened("a"), Edited(1, "", "b"), Saved(None))
    other = "file:///home/other.py"
    sessions = [
        session(*written, name="1"),
        session(*written, uri=other, name="2"),
        session(*written, name="3") + session(*written, name="3"),
    ]
    assert [each.sessions for each in recorded_traces_of(sessions)] == [("1", "3"), ("2",)]


def test_what_is_not_known_is_no_state() -> None:
    withheld = session(Opened(Withheld(1)), Edited(0, Withheld(0), Withheld(1)), Saved(None))
    assert traces_of([withheld]) == []
    erased = [
        Recorded("s", 1, Event(0, 0, Actor.USER, Erased(1, 3, "asked"), None)),
        Recorded("s", 4, Event(0, 0, Actor.USER, Edited(0, "", "x"), URI)),
        Recorded("s", 5, Event(0, 0, Actor.USER, Saved(None), URI)),
    ]
    assert traces_of([erased]) == []


@pytest.mark.parametrize(
    ("score", "passed"), [("0.5", 0.5), ("1", 1.0), ("7", 1.0), ("none", None)]
)
def test_a_program_that_another_tool_tells_is_a_state(score: str, passed: float | None) -> None:
    foreign = session(Foreign("Submit", "x", (("Score", score),)), uri="imported:a.c?problem=p1")
    assert traces_of([foreign]) == [Trace("", "p1", "c", (State("x", 1, passed),))]


def test_what_a_document_is_for_is_told_by_its_name() -> None:
    assert exercise_of("file:///home/two%20words.py") == "two words"
    assert exercise_of("imported:main.py?problem=p1") == "p1"
    assert exercise_of("imported:main.py") == "main"
    assert exercise_of("imported:?assignment=a1") == "a1"


def test_an_imported_log_has_the_traces_that_its_reader_reads(data: Path) -> None:
    folder = data / "csedm2019_itap"
    own: list[Trace] = []
    for incoming in itap.read(folder / itap.SEQUENCES, ImportReport("itap", str(folder))):
        recorded = [Recorded("s", n, event) for n, event in enumerate(incoming.events(), start=1)]
        own += traces_of([recorded], incoming.info.subject or "")
    assert Counter(own) == Counter(
        Trace(t.coder, t.exercise, "", t.states) for t in itap.read_traces(folder)
    )
