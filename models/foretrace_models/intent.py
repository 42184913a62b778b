"""Intent: what a person seems to be doing, from their last events.

A hidden Markov model over a handful of activities. Each event is a symbol; activities differ in
which symbols they bring forth, and one activity tends to go on. The numbers are pseudo-counts set
by hand, small and readable; where the events say little, so does the answer ("don't know").

The activities follow CUPS (Mozannar et al., "Reading Between the Lines: Modeling User Behavior
and Costs in AI-Assisted Programming"): docs/intent.md has the map.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum

from attrs import frozen

from foretrace_telemetry.events import (
    AgentAsked,
    ChangedOutside,
    CompletionAccepted,
    Copied,
    Debugged,
    Edited,
    Event,
    Opened,
    Origin,
    RunFinished,
    Saved,
    Selected,
    SuggestionMoved,
    SuggestionStage,
    TerminalUsed,
    TestsFinished,
    Viewed,
)

WINDOW = 50
_FEWEST_EVENTS = 3
_LEAST_CONFIDENCE = 0.4
_NEAR_LINES = 5
_PAUSE_US = 60_000_000


class Activity(str, Enum):
    """What somebody who programs can be doing."""

    WRITING = "writing new code"
    EDITING = "changing existing code"
    FIXING = "fixing a failure"
    TESTING = "running and testing"
    READING = "reading code"
    DOCUMENTING = "writing comments"
    REVIEWING = "looking at a suggestion"


class Symbol(str, Enum):
    """What one event says to the model."""

    INSERTED = "inserted"
    REMOVED = "removed"
    REPLACED = "replaced"
    COMMENTED = "commented"
    NEAR_FAILURE = "edited near the failure"
    ACCEPTED_CODE = "accepted code"
    SAVED = "saved"
    RAN = "ran"
    RAN_AND_FAILED = "ran and failed"
    MOVED = "moved the cursor"
    VIEWED = "viewed a file"
    COPIED = "copied"
    DISMISSED = "dismissed a suggestion"
    PAUSED = "paused"


_A, _S = Activity, Symbol
# How often, out of about twenty events, an activity brings forth each symbol.
_EMISSIONS: dict[Activity, dict[Symbol, float]] = {
    _A.WRITING: {_S.INSERTED: 15, _S.REMOVED: 2, _S.ACCEPTED_CODE: 1, _S.MOVED: 1, _S.SAVED: 0.5},
    _A.EDITING: {_S.INSERTED: 5, _S.REMOVED: 6, _S.REPLACED: 4, _S.MOVED: 4, _S.COPIED: 1},
    _A.FIXING: {
        _S.NEAR_FAILURE: 10,
        _S.RAN_AND_FAILED: 4,
        _S.MOVED: 3,
        _S.REMOVED: 1,
        _S.INSERTED: 1,
        _S.SAVED: 1,
    },
    _A.TESTING: {_S.RAN: 8, _S.RAN_AND_FAILED: 5, _S.SAVED: 4, _S.VIEWED: 1, _S.MOVED: 1},
    _A.READING: {_S.MOVED: 9, _S.VIEWED: 6, _S.COPIED: 2, _S.PAUSED: 2},
    _A.DOCUMENTING: {_S.COMMENTED: 14, _S.INSERTED: 2, _S.REMOVED: 2, _S.MOVED: 1},
    _A.REVIEWING: {_S.DISMISSED: 9, _S.ACCEPTED_CODE: 6, _S.MOVED: 3, _S.PAUSED: 1},
}
_EMISSION_FLOOR = 0.3
# Of about twenty events, how many follow on the same activity; what else a change leads to.
_STAYS = 17.0
_LEADS = 0.5
_OFTEN_LEADS: dict[tuple[Activity, Activity], float] = {
    (_A.TESTING, _A.FIXING): 3.0,
    (_A.FIXING, _A.TESTING): 2.0,
    (_A.WRITING, _A.TESTING): 1.5,
    (_A.WRITING, _A.EDITING): 1.0,
    (_A.REVIEWING, _A.WRITING): 1.5,
    (_A.REVIEWING, _A.EDITING): 1.5,
}
_AT_FIRST = {_A.WRITING: 3.0, _A.READING: 3.0, _A.EDITING: 2.0}


@frozen
class Place:
    """Some lines of a document, counted from 0; `end_line` is the last of them."""

    uri: str
    start_line: int
    end_line: int
    confidence: float


@frozen
class Intent:
    """What a person seems to be doing: ranked activities, none where it is not known."""

    activities: tuple[tuple[Activity, float], ...] = ()
    statement: str = ""
    place: Place | None = None


@frozen
class Context:
    """The document at hand, and where its program last failed (lines count from 0)."""

    uri: str
    text: str
    failed_line: int | None = None
    failure: str | None = None


def predict(events: Sequence[Event], context: Context) -> Intent:
    """Return what the last events of a session say about what the person is doing."""
    window = events[-WINDOW:]
    symbols = list(_symbols(window, context))
    if len(symbols) < _FEWEST_EVENTS:
        return Intent()
    belief = _normalised({activity: _AT_FIRST.get(activity, 1.0) for activity in Activity})
    for symbol in symbols:
        belief = _normalised(
            {
                activity: _emission(activity, symbol)
                * sum(belief[before] * _transition(before, activity) for before in Activity)
                for activity in Activity
            }
        )
    ranked = sorted(belief.items(), key=lambda item: -item[1])
    if ranked[0][1] < _LEAST_CONFIDENCE:
        return Intent()
    last_line = _last_edited_line(window, context)
    activity, confidence = ranked[0]
    return Intent(
        tuple((each, round(share, 3)) for each, share in ranked if share >= 0.05),
        _statement(activity, context, last_line),
        _place(activity, confidence, context, last_line),
    )


def _symbols(window: Sequence[Event], context: Context) -> Iterator[Symbol]:
    before_us = None
    for event in window:
        if before_us is not None and event.monotonic_us - before_us > _PAUSE_US:
            yield Symbol.PAUSED
        before_us = event.monotonic_us
        symbol = _symbol(event, context)
        if symbol is not None:
            yield symbol


def _symbol(event: Event, context: Context) -> Symbol | None:
    body = event.body
    if isinstance(body, Edited):
        return _edit_symbol(event, body, context)
    if isinstance(body, RunFinished):
        return Symbol.RAN_AND_FAILED if body.error_type or body.exit_code else Symbol.RAN
    if isinstance(body, TestsFinished):
        return Symbol.RAN_AND_FAILED if body.failed else Symbol.RAN
    if isinstance(body, SuggestionMoved):
        # That one was offered does not say that it was looked at.
        return {
            SuggestionStage.DISMISSED: Symbol.DISMISSED,
            SuggestionStage.ACCEPTED: Symbol.ACCEPTED_CODE,
        }.get(body.stage)
    for kinds, symbol in (
        ((Saved,), Symbol.SAVED),
        ((Selected,), Symbol.MOVED),
        ((Opened, Viewed, ChangedOutside), Symbol.VIEWED),
        ((Copied,), Symbol.COPIED),
        ((CompletionAccepted, AgentAsked), Symbol.ACCEPTED_CODE),
        ((TerminalUsed, Debugged), Symbol.RAN),
    ):
        if isinstance(body, kinds):
            return symbol
    return None


def _edit_symbol(event: Event, body: Edited, context: Context) -> Symbol:
    if body.origin in (Origin.ASSISTANT, Origin.COMPLETION):
        return Symbol.ACCEPTED_CODE
    inserted = body.inserted if isinstance(body.inserted, str) else ""
    if event.uri == context.uri:
        line = context.text.count("\n", 0, body.offset)
        if context.failed_line is not None and abs(line - context.failed_line) <= _NEAR_LINES:
            return Symbol.NEAR_FAILURE
        start = context.text.rfind("\n", 0, body.offset) + 1
        if context.text[start : body.offset + 1].lstrip().startswith(("#", '"""', "'''")):
            return Symbol.COMMENTED
    if body.removed and inserted:
        return Symbol.REPLACED
    return Symbol.REMOVED if body.removed else Symbol.INSERTED


def _emission(activity: Activity, symbol: Symbol) -> float:
    counts = _EMISSIONS[activity]
    total = sum(counts.values()) + _EMISSION_FLOOR * len(Symbol)
    return (counts.get(symbol, 0.0) + _EMISSION_FLOOR) / total


def _transition(before: Activity, after: Activity) -> float:
    counts = {
        each: _STAYS if each is before else _OFTEN_LEADS.get((before, each), _LEADS)
        for each in Activity
    }
    return counts[after] / sum(counts.values())


def _normalised(weights: dict[Activity, float]) -> dict[Activity, float]:
    total = sum(weights.values())
    return {activity: weight / total for activity, weight in weights.items()}


def _last_edited_line(window: Sequence[Event], context: Context) -> int | None:
    for event in reversed(window):
        if isinstance(event.body, Edited) and event.uri == context.uri:
            return context.text.count("\n", 0, event.body.offset)
    return None


def _statement(activity: Activity, context: Context, line: int | None) -> str:
    if activity is Activity.FIXING and context.failed_line is not None:
        line = context.failed_line
    function = _function_at(context.text, line) if line is not None else None
    where = f" in {function}" if function else ""
    if activity is Activity.FIXING and context.failure:
        return f"You seem to be fixing {context.failure}{where}."
    return f"You seem to be {activity.value}{where}."


def _place(
    activity: Activity, confidence: float, context: Context, line: int | None
) -> Place | None:
    if activity is Activity.FIXING and context.failed_line is not None:
        return Place(context.uri, context.failed_line, context.failed_line, round(confidence, 3))
    if line is None:
        return None
    # Most next edits are near the last one; how many is not measured yet.
    last = min(line + 2, context.text.count("\n"))
    return Place(context.uri, max(line - 2, 0), last, round(confidence / 2, 3))


def _function_at(text: str, line: int) -> str | None:
    """Return the name of the function that a line lies in; the text need not parse."""
    lines = text.split("\n")
    if not lines[line : line + 1]:
        return None
    depth = None
    for row in reversed(lines[: line + 1]):
        if not row.strip():
            continue
        indent = len(row) - len(row.lstrip())
        if depth is None or indent < depth:
            if match := re.match(r"\s*(?:async\s+)?def\s+(\w+)", row):
                return match[1]
            depth = indent
            if indent == 0:
                return None
    return None
