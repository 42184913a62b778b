"""Traces from what was recorded: the states of each document that a person worked on.

A state is the text at a moment that means something: when the document was opened, saved or run, or
its tests ran, or whenever another tool told the whole program.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from attrs import define, evolve, field, frozen

from foretrace_telemetry.events import (
    Body,
    Edited,
    Event,
    Foreign,
    Opened,
    Recorded,
    RunFinished,
    Saved,
    TestsFinished,
)
from foretrace_telemetry.exchange import places
from foretrace_telemetry.replay import Replay, take
from foretrace_telemetry.traces import State, Trace

_LANGUAGES = {".py": "python", ".c": "c", ".h": "c", ".coffee": "coffeescript"}
_STATES = (Opened, Saved, RunFinished, TestsFinished, Foreign)
# What other tools call the share of tests that pass, from 0 to 1.
_SCORE = "Score"


@frozen
class RecordedTrace:
    """A trace, and the names of the sessions that have events of its document, the oldest first."""

    trace: Trace
    sessions: tuple[str, ...]


@define
class _Document:
    language: str = ""
    worked_on: bool = False
    states: list[State] = field(factory=list)
    sessions: list[str] = field(factory=list)


def traces_of(sessions: Iterable[Iterable[Recorded]], coder: str = "") -> list[Trace]:
    """Return a trace for each document that a person worked on, by when they began.

    Sessions are one person's, the oldest first; a document that comes again in a later one goes on.
    What was only read, forgotten, or kept as metadata has no trace.
    """
    return [each.trace for each in recorded_traces_of(sessions, coder)]


def recorded_traces_of(
    sessions: Iterable[Iterable[Recorded]], coder: str = ""
) -> list[RecordedTrace]:
    """Return what `traces_of` does, each trace with the sessions that it was made of."""
    documents: dict[str, _Document] = {}
    for session in sessions:
        replay = Replay()
        for recorded in session:
            take(replay, recorded)
            uri, body = recorded.event.uri, recorded.event.body
            if uri is None:
                continue
            document = documents.setdefault(uri, _Document())
            if recorded.session not in document.sessions[-1:]:
                document.sessions.append(recorded.session)
            document.worked_on |= isinstance(body, (Edited, Foreign))
            if isinstance(body, Opened):
                document.language = body.language_id or document.language
            if isinstance(body, _STATES):
                _add_state(document.states, replay.texts.get(uri), recorded.event)
    return [
        RecordedTrace(
            Trace(
                coder,
                exercise_of(uri),
                document.language or _LANGUAGES.get(_path(uri).suffix.lower(), ""),
                tuple(document.states),
            ),
            tuple(document.sessions),
        )
        for uri, document in documents.items()
        if document.worked_on and document.states
    ]


def exercise_of(uri: str) -> str:
    """Return what a document is for, by its name: the problem it was imported for, or the file."""
    columns = places.columns_of(uri)
    return columns.get("ProblemID") or columns.get("AssignmentID") or _path(uri).stem


def _add_state(states: list[State], text: str | None, event: Event) -> None:
    """Add a state, or what is now known of the last one if the text is still the same."""
    if text is None or not text.strip():
        return
    passed = _passed(event.body)
    if not states or states[-1].text != text:
        states.append(State(text, event.wall_us, passed))
    elif passed is not None:
        states[-1] = evolve(states[-1], passed=passed)


def share_passed(body: Body) -> float | None:
    """Return the share of tests that pass, from 0 to 1, as an event tells it, else None."""
    if isinstance(body, TestsFinished) and body.passed + body.failed:
        return body.passed / (body.passed + body.failed)
    if isinstance(body, Foreign):
        told = dict(body.columns).get(_SCORE)
        try:
            return None if told is None else min(1.0, max(0.0, float(told)))
        except ValueError:
            return None
    return None


def _passed(body: Body) -> float | None:
    """Return the share of tests that pass at a state; a run that fails passes none."""
    if isinstance(body, RunFinished) and body.exit_code:
        return 0.0
    return share_passed(body)


def path_of(uri: str) -> PurePosixPath:
    """Return the path of a document's address; all of it where it is none.

    Who sends an event names its document as they like.
    """
    try:
        return PurePosixPath(unquote(urlsplit(uri).path))
    except ValueError:  # a host that cannot be one
        return PurePosixPath(uri)


def _path(uri: str) -> PurePosixPath:
    return path_of(places.columns_of(uri).get(places.SECTION, ""))
