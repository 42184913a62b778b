"""A timeline: what somebody did, in moments that a person can read.

Events are kept as they came; here they are put together. A run of edits that touch each other, of
one origin and without a pause between them, is one moment: what stood there before, and what after.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from attrs import asdict, define, evolve, field, frozen

from foretrace_telemetry.events import (
    Body,
    ChangedOutside,
    Closed,
    ConditionHeld,
    Copied,
    Diagnosed,
    Edited,
    Event,
    IntentNoted,
    Opened,
    Origin,
    OriginStated,
    Recorded,
    RecordingChanged,
    Redacted,
    Resynced,
    RunFinished,
    Saved,
    Selected,
    SuggestionMoved,
    TestsFinished,
    Viewed,
    Withheld,
)
from foretrace_telemetry.origins import origins_told

_TOGETHER_US = 10_000_000


@frozen
class Moment:
    """One thing that somebody did; `line` counts from 1, None where it concerns none.

    Edits say what stood there `before` and what `after`, where that is known.
    """

    first: int
    last: int
    started_wall_us: int
    seconds: float
    document: str | None
    line: int | None
    words: str
    before: str | None = None
    after: str | None = None


def timeline(events: Iterable[Recorded]) -> Iterator[Moment]:
    """Put events together to moments, in their order."""
    return _Timeline().moments(list(events))


@define
class _Run:
    """A run of edits: what stood in a region of the text before it, and what stands there now."""

    origin: Origin
    events: list[Recorded]
    line: int | None
    start: int
    before: str | None = ""
    after: str | None = ""
    removed_characters: int = 0
    inserted_characters: int = 0

    def touches(self, body: Edited) -> bool:
        """Return whether an edit lies in the region or next to it."""
        if self.after is None:
            return True
        end = body.offset + _length(body.removed)
        return end >= self.start and body.offset <= self.start + len(self.after)

    def take_in(self, each: Recorded, body: Edited) -> None:
        """Add an edit that touches the region, which grows by what it removed outside of it."""
        self.events.append(each)
        self.removed_characters += _length(body.removed)
        self.inserted_characters += _length(body.inserted)
        removed, inserted = body.removed, body.inserted
        if (
            self.before is None
            or self.after is None
            or isinstance(removed, Withheld)
            or isinstance(inserted, Withheld)
        ):
            self.before = self.after = None
            return
        left = removed[: max(0, self.start - body.offset)]
        beyond = body.offset + len(removed) - (self.start + len(self.after))
        right = removed[len(removed) - beyond :] if beyond > 0 else ""
        self.before = left + self.before + right
        after = left + self.after + right
        self.start = min(self.start, body.offset)
        at = body.offset - self.start
        self.after = after[:at] + inserted + after[at + len(removed) :]


@define
class _Timeline:
    _texts: dict[str, str | None] = field(factory=dict)
    _run: _Run | None = None
    _cursor: list[Recorded] = field(factory=list)

    def moments(self, events: list[Recorded]) -> Iterator[Moment]:
        origins = origins_told(events)
        for each in events:
            body = each.event.body
            if isinstance(body, OriginStated):
                continue
            if isinstance(body, Edited):
                origin = origins.get(each.sequence, body.origin)
                yield from self._edited(each, body, origin)
                self._apply(each.event, body)
            elif isinstance(body, Selected):
                yield from self._ended_run()
                if self._cursor and self._cursor[-1].event.uri != each.event.uri:
                    yield from self._ended_moves()
                self._cursor.append(each)
            else:
                yield from self._ended()
                if isinstance(body, (Opened, Resynced)) and each.event.uri is not None:
                    known = isinstance(body.text, str)
                    self._texts[each.event.uri] = str(body.text) if known else None
                yield _moment([each], None, words_of(body))
        yield from self._ended()

    def _edited(self, each: Recorded, body: Edited, origin: Origin) -> Iterator[Moment]:
        yield from self._ended_moves()
        run = self._run
        if run is not None:
            last = run.events[-1].event
            apart_us = each.event.monotonic_us - last.monotonic_us
            same = run.origin is origin and last.uri == each.event.uri
            if not (same and apart_us <= _TOGETHER_US and run.touches(body)):
                yield from self._ended_run()
        if self._run is None:
            text = self._texts.get(each.event.uri or "")
            line = None if text is None else text.count("\n", 0, body.offset) + 1
            self._run = _Run(origin, [], line, body.offset)
        self._run.take_in(each, body)

    def _apply(self, event: Event, body: Edited) -> None:
        text, uri = self._texts.get(event.uri or ""), event.uri or ""
        if (
            text is None
            or isinstance(body.removed, Withheld)
            or isinstance(body.inserted, Withheld)
        ):
            self._texts[uri] = None
            return
        end = body.offset + len(body.removed)
        self._texts[uri] = text[: body.offset] + body.inserted + text[end:]

    def _ended(self) -> Iterator[Moment]:
        yield from self._ended_run()
        yield from self._ended_moves()

    def _ended_run(self) -> Iterator[Moment]:
        run, self._run = self._run, None
        if run is not None:
            moment = _moment(run.events, run.line, _words_of_run(run))
            yield evolve(moment, before=run.before, after=run.after)

    def _ended_moves(self) -> Iterator[Moment]:
        moves, self._cursor = self._cursor, []
        if moves:
            body, event = moves[-1].event.body, moves[-1].event
            text = self._texts.get(event.uri or "")
            assert isinstance(body, Selected)
            line = None if text is None else text.count("\n", 0, body.start_offset) + 1
            selected = body.end_offset - body.start_offset
            words = f"selected {selected} characters" if selected else "moved the cursor"
            yield _moment(moves, line, words)


def _moment(events: list[Recorded], line: int | None, words: str) -> Moment:
    first, last = events[0], events[-1]
    seconds = (last.event.monotonic_us - first.event.monotonic_us) / 1e6
    return Moment(
        first.sequence,
        last.sequence,
        first.event.wall_us,
        seconds,
        first.event.uri,
        line,
        words,
    )


def _length(text: str | Withheld) -> int:
    return text.characters if isinstance(text, Withheld) else len(text)


VERBS = {
    Origin.TYPED: "typed",
    Origin.PASTE: "pasted",
    Origin.UNDO: "undid",
    Origin.REDO: "did again",
    Origin.COMPLETION: "completed",
    Origin.ASSISTANT: "took from Foretrace",
    Origin.FORMAT: "formatted",
    Origin.EXTERNAL: "read from disk",
    Origin.UNKNOWN: "changed",
}


def _words_of_run(run: _Run) -> str:
    verb = VERBS[run.origin]
    if run.before is None or run.after is None:
        return f"{verb}: +{run.inserted_characters} -{run.removed_characters} characters"
    if run.before == run.after:
        return f"{verb} and took it back"
    if not run.before:
        return f"{verb} {run.after!r}"
    if not run.after:
        return f"removed {run.before!r}"
    return f"{verb} {run.after!r} for {run.before!r}"


def words_of(body: Body) -> str:
    """Return in a few words what happened, of an event that is no edit."""
    match body:
        case Opened(text=str(text)):
            lines = text.count("\n") + 1
            return f"opened, {lines} line" + ("s" if lines > 1 else "")
        case Opened():
            return "opened"
        case Resynced(reason=reason):
            return f"the text is stated anew: {reason}"
        case Saved():
            return "saved"
        case Closed():
            return "closed"
        case ChangedOutside(change=change):
            return f"{change} on disk by another program"
        case Viewed():
            return "looked at it"
        case Copied(characters=characters):
            return f"copied {characters} characters"
        case RunFinished(error_type=str(error), line=line):
            return f"ran: {error}" + (f" in line {line}" if line is not None else "")
        case RunFinished(exit_code=code):
            return "ran" if code is None else f"ran: exit code {code}"
        case TestsFinished(passed=passed, failed=failed):
            return f"tested: {passed} passed, {failed} failed"
        case Diagnosed(errors=errors, warnings=warnings):
            return f"the editor shows {errors} errors, {warnings} warnings"
        case SuggestionMoved(stage=stage):
            sizes = f"+{body.inserted_characters} -{body.removed_characters} characters"
            return f"a fix was {stage.value} ({sizes})"
        case IntentNoted(stage=stage, label=label, confidence=None):
            return f"activity {stage.value}: {label}"
        case IntentNoted(stage=stage, label=label, confidence=confidence):
            return f"activity {stage.value}: {label} ({confidence:.0%})"
        case Redacted(secret=secret, characters=characters):
            return f"a secret was taken out ({secret}, {characters} characters)"
        case ConditionHeld(study=study, condition=""):
            return f"no condition of the study {study} any more"
        case ConditionHeld(study=study, condition=condition):
            return f"in the condition {condition} of the study {study}"
        case RecordingChanged(state=state, reason=reason):
            return f"recording: {state}" + (f" ({reason})" if reason else "")
        case _:
            details = (f"{key} {value}" for key, value in _plain(body).items())
            return f"{body.kind}: {', '.join(details)}".removesuffix(": ")


def _plain(body: Body) -> dict[str, Any]:
    return {key: value for key, value in asdict(body).items() if value not in (None, "")}
