"""Streams of what Foretrace recorded: what people did, without what it did itself."""

from __future__ import annotations

from collections import defaultdict

from foretrace_models.gap.streams import Stream
from foretrace_telemetry.events import (
    Actor,
    AgentAsked,
    Body,
    Closed,
    CompletionAccepted,
    Copied,
    Debugged,
    Edited,
    Event,
    Foreign,
    Opened,
    RunFinished,
    Saved,
    Selected,
    SuggestionMoved,
    SuggestionStage,
    TerminalUsed,
    TestsFinished,
    Viewed,
)
from foretrace_telemetry.store import SessionSummary, Store

_YOU = "you"
_OWN_ACTS = (
    Opened,
    Saved,
    Closed,
    Viewed,
    Selected,
    Copied,
    TerminalUsed,
    Debugged,
    CompletionAccepted,
    AgentAsked,
    RunFinished,
    TestsFinished,
)
_DECISIONS = (SuggestionStage.ACCEPTED, SuggestionStage.DISMISSED)


def recorded_streams(store: Store) -> list[Stream]:
    """Return a stream for each person in the store, oneself and those who were imported.

    Raises:
        NoTracesError: a session was removed meanwhile.
        UnreadableEventError: an event cannot be made of its row.
    """
    rows: dict[str, list[tuple[int, str, str | None]]] = defaultdict(list)
    for session in store.sessions():
        own = rows[_person(session)]
        for each in store.events(session.name):
            name = name_of(each.event)
            if name is not None:
                own.append((each.event.wall_us // 1_000_000, name, each.event.uri))
    streams = []
    for person, own in rows.items():
        own.sort(key=lambda row: row[0])
        if own:
            streams.append(Stream(person, *map(tuple, zip(*own, strict=True))))
    return streams


def name_of(event: Event) -> str | None:
    """Return what a person did, None for what they did not do."""
    if event.actor not in (Actor.USER, Actor.UNKNOWN):
        return None
    return _name(event.body)


def _name(body: Body) -> str | None:
    if isinstance(body, Edited):
        return f"edit {body.origin.value}"
    if isinstance(body, SuggestionMoved):
        return f"suggestion {body.stage.value}" if body.stage in _DECISIONS else None
    if isinstance(body, Foreign):
        return body.event_type
    return body.kind if isinstance(body, _OWN_ACTS) else None


def _person(session: SessionSummary) -> str:
    return _YOU if session.source is None else session.subject or session.name
