"""What one event says of an activity: a symbol of a small alphabet, for every editor the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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

_NEAR_LINES = 5
_PAUSE_S = 60


class Symbol(str, Enum):
    """What one event says."""

    INSERTED = "inserted"
    REMOVED = "removed"
    REPLACED = "replaced"
    COMMENTED = "commented"
    NEAR_FAILURE = "edited near the failure"
    ACCEPTED_CODE = "accepted code"
    ASKED = "asked an assistant"
    SAVED = "saved"
    RAN = "ran"
    RAN_AND_FAILED = "ran and failed"
    DEBUGGED = "debugged"
    MOVED = "moved the cursor"
    VIEWED = "viewed a file"
    COPIED = "copied"
    DISMISSED = "dismissed a suggestion"
    PAUSED = "paused"


@frozen
class Context:
    """The document at hand, and where its program last failed; lines count from 0."""

    uri: str
    text: str
    failed_line: int | None = None
    failure: str | None = None


def symbols_of(window: Sequence[Event], context: Context) -> Iterator[Symbol]:
    """Iterate over the symbols of events; some say nothing."""
    before_us = None
    for event in window:
        if before_us is not None and event.monotonic_us - before_us > _PAUSE_S * 1_000_000:
            yield Symbol.PAUSED
        before_us = event.monotonic_us
        symbol = _of_event(event, context)
        if symbol is not None:
            yield symbol


def symbols_of_commands(timed: Iterable[tuple[int, str]]) -> Iterator[Symbol]:
    """Iterate over the symbols of Visual Studio's commands, with their times in seconds."""
    before_s = None
    for time_s, command in timed:
        if before_s is not None and time_s - before_s > _PAUSE_S:
            yield Symbol.PAUSED
        before_s = time_s
        symbol = of_command(command)
        if symbol is not None:
            yield symbol


# By how the name of a command begins; the first that fits holds. None says nothing of its own: it
# comes with another command.
OF_COMMANDS: tuple[tuple[str, Symbol | None], ...] = (
    ("View.OnChange", None),
    ("View.VisualStudioBgOrFg", None),
    ("Edit.CommentSelection", Symbol.COMMENTED),
    ("Edit.UncommentSelection", Symbol.COMMENTED),
    ("Edit.BreakLine", Symbol.INSERTED),
    ("Edit.InsertTab", Symbol.INSERTED),
    ("Edit.CompleteWord", Symbol.INSERTED),
    ("Edit.Delete", Symbol.REMOVED),
    ("Edit.Cut", Symbol.REMOVED),
    ("Edit.LineCut", Symbol.REMOVED),
    ("Edit.LineDelete", Symbol.REMOVED),
    ("Edit.Paste", Symbol.REPLACED),
    ("Edit.Undo", Symbol.REPLACED),
    ("Edit.Redo", Symbol.REPLACED),
    ("Edit.Replace", Symbol.REPLACED),
    ("Edit.Format", Symbol.REPLACED),
    ("Edit.RemoveUnusedUsings", Symbol.REPLACED),
    ("Refactor.", Symbol.REPLACED),
    ("Edit.Copy", Symbol.COPIED),
    ("Edit.GoToDefinition", Symbol.VIEWED),
    ("Edit.FindAllReferences", Symbol.VIEWED),
    ("Edit.FindinFiles", Symbol.VIEWED),
    ("Edit.", Symbol.MOVED),
    ("File.Save", Symbol.SAVED),
    ("Build.BuildBegin", None),
    ("Build.BuildDone", None),
    ("Build.", Symbol.RAN),
    ("TestExplorer.", Symbol.RAN),
    ("Debug.StartDebugTarget", None),
    ("Debug.Start", Symbol.RAN),
    ("Debug.Debug Run Mode", None),
    ("Debug.Debug Break Mode", None),
    ("Debug.DebugType", None),
    ("Debug.Enter Design Mode", None),
    ("Debug.", Symbol.DEBUGGED),
    ("View.Call Stack", Symbol.DEBUGGED),
    ("View.Watch", Symbol.DEBUGGED),
    ("View.", Symbol.VIEWED),
    ("Window.", Symbol.VIEWED),
    ("ReSharper.", Symbol.VIEWED),
)


def of_command(command: str) -> Symbol | None:
    """Return the symbol of a command of Visual Studio, None where it says nothing."""
    return next((of for start, of in OF_COMMANDS if command.startswith(start)), None)


def _of_event(event: Event, context: Context) -> Symbol | None:
    body = event.body
    if isinstance(body, Edited):
        return _of_edit(event, body, context)
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
        ((CompletionAccepted,), Symbol.ACCEPTED_CODE),
        ((AgentAsked,), Symbol.ASKED),
        ((TerminalUsed,), Symbol.RAN),
        ((Debugged,), Symbol.DEBUGGED),
    ):
        if isinstance(body, kinds):
            return symbol
    return None


def _of_edit(event: Event, body: Edited, context: Context) -> Symbol:
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
