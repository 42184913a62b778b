"""Playback: one document's way through a session, step by step, for an editor to scrub through.

It goes the way of `replay`, event by event, and is exact where that is. Offsets and lengths count
UTF-16 units, as editors do. Cursor moves, views and what was only guessed are no steps.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from attrs import field, frozen

from foretrace_telemetry.events import (
    ChangedOutside,
    Closed,
    Edited,
    Erased,
    Foreign,
    IntentNoted,
    IntentStage,
    Opened,
    Origin,
    Recorded,
    Redacted,
    Resynced,
    RunFinished,
    Saved,
    SuggestionMoved,
    SuggestionStage,
    TestsFinished,
    Text,
    Withheld,
)
from foretrace_telemetry.origins import origins_told
from foretrace_telemetry.replay import Replay, take
from foretrace_telemetry.store import NoTracesError, Store
from foretrace_telemetry.text import PositionEncoding, width
from foretrace_telemetry.timeline import words_of

# More than this an editor's page should not hold.
MOST_EVENTS = 250_000
MOST_UNITS = 16_000_000
MOST_CHARACTERS_READ = 64_000_000


class TooLargeError(ValueError):
    """A session is too large to be played back."""


@frozen
class TextStated:
    """The whole text is stated, or None where it was not kept; `words` say why."""

    at_ms: int
    text: str | None
    words: str


@frozen
class TextEdited:
    """At `offset` so many units gave way to `inserted`."""

    at_ms: int
    offset: int
    removed: int
    inserted: str
    origin: Origin


@frozen
class LengthEdited:
    """An edit of which only the lengths are known, in characters."""

    at_ms: int
    removed: int
    inserted: int
    origin: Origin


@frozen
class Marked:
    """Something happened beside the text, of a kind; `failed` says whether it went wrong."""

    at_ms: int
    kind: str
    words: str
    failed: bool = False


Step = TextStated | TextEdited | LengthEdited | Marked


@frozen
class Playback:
    """The steps of a document in a session, their times in milliseconds after `started_wall_us`.

    `sequences` has the number of the event of each step. `problems` names what does not fit
    together in the session, as replaying it does.
    """

    session: str
    document: str
    started_wall_us: int
    steps: tuple[Step, ...] = field(repr=False)
    sequences: tuple[int, ...] = field(repr=False)
    saves_checked: int
    redactions: int
    problems: tuple[str, ...]


def playback(store: Store, session: str, document: str, key: bytes | None) -> Playback:
    """Return the steps of a document in a session.

    Raises:
        NoTracesError: there is no such session, or nothing of the document in it.
        TooLargeError: the session is too large.
        UnreadableEventError: an event cannot be made of its row.
        sqlite3.Error: the store cannot be read.
    """
    rows = store.db.query(
        "SELECT count(*) AS events FROM events JOIN sessions ON sessions.id = session "
        "WHERE name = ?",
        [session],
    )
    if (events := next(rows)["events"]) > MOST_EVENTS:
        raise TooLargeError(_too_large(session, f"{events:,} events"))
    replay, steps, sequences, units = Replay(), list[Step](), list[int](), 0
    recorded = list(_within_memory(store.events(session), session))
    origins = origins_told(recorded)
    start = next((each.event.wall_us for each in recorded if each.event.uri == document), None)
    if start is None:
        raise NoTracesError(f"session {session} has nothing of {document}")
    for each in recorded:
        before, problems = replay.texts.get(document), len(replay.problems)
        take(replay, each, key)
        if each.event.uri not in (document, None):
            continue
        at_ms = (each.event.wall_us - start) // 1000
        for step in _steps(each, at_ms, before, replay.texts.get(document), origins):
            steps.append(step)
            units += _units(step)
            if units > MOST_UNITS:
                raise TooLargeError(_too_large(session, f"more than {MOST_UNITS:,} characters"))
        for problem in replay.problems[problems:]:
            steps.append(Marked(at_ms, "problem", problem, failed=True))
        sequences += [each.sequence] * (len(steps) - len(sequences))
    return Playback(
        session,
        document,
        start,
        tuple(steps),
        tuple(sequences),
        replay.saves_checked,
        replay.redactions,
        tuple(replay.problems),
    )


def steps_to_json(steps: tuple[Step, ...]) -> str:
    """Return steps as a JSON array, each as an array that begins with its kind and its time."""
    return json.dumps([_to_json(step) for step in steps], separators=(",", ":"))


def _within_memory(events: Iterable[Recorded], session: str) -> Iterator[Recorded]:
    """Iterate over events that there is room for: a text that they share is there once for each."""
    read = 0
    for each in events:
        texts = (getattr(each.event.body, name, None) for name in ("text", "inserted", "removed"))
        read += sum(len(text) for text in texts if isinstance(text, str))
        if read > MOST_CHARACTERS_READ:
            raise TooLargeError(
                _too_large(session, f"more than {MOST_CHARACTERS_READ:,} characters in all")
            )
        yield each


def _steps(
    each: Recorded, at_ms: int, before: str | None, after: str | None, origins: dict[int, Origin]
) -> Iterator[Step]:
    body = each.event.body
    if isinstance(body, Edited):
        origin = origins.get(each.sequence, body.origin)
        if before is None or after is None:
            yield LengthEdited(at_ms, _length(body.removed), _length(body.inserted), origin)
        elif (
            isinstance(body.removed, str)
            and isinstance(body.inserted, str)
            and before[body.offset : body.offset + len(body.removed)] == body.removed
        ):
            yield TextEdited(
                at_ms,
                width(before[: body.offset], PositionEncoding.UTF16),
                width(body.removed, PositionEncoding.UTF16),
                body.inserted,
                origin,
            )
    elif isinstance(body, (Opened, Resynced)):
        yield TextStated(at_ms, after, words_of(body))
    elif isinstance(body, Foreign) and body.text is not None:
        yield TextStated(at_ms, after, body.event_type)
    elif isinstance(body, Erased):
        yield Marked(at_ms, body.kind, f"{body.last - body.first + 1} events were forgotten here")
    elif _is_told(each):
        failed = isinstance(body, RunFinished) and body.failed
        failed |= isinstance(body, TestsFinished) and body.failed > 0
        yield Marked(at_ms, body.kind, words_of(body), failed)


def _is_told(each: Recorded) -> bool:
    """Return whether an event that changes no text is a step: what was only guessed is none."""
    body = each.event.body
    if isinstance(body, SuggestionMoved):
        return body.stage is not SuggestionStage.WITHHELD
    if isinstance(body, IntentNoted):
        return body.stage is not IntentStage.PREDICTED
    return each.event.uri is not None and isinstance(
        body, (Saved, Closed, ChangedOutside, RunFinished, TestsFinished, Redacted)
    )


def _length(text: Text) -> int:
    return text.characters if isinstance(text, Withheld) else len(text)


def _units(step: Step) -> int:
    match step:
        case TextStated(text=str(text)) | TextEdited(inserted=text):
            return len(text)
        case _:
            return 0


def _to_json(step: Step) -> list[Any]:
    match step:
        case TextStated():
            return ["text", step.at_ms, step.text, step.words]
        case TextEdited():
            origin = step.origin.value
            return ["edit", step.at_ms, step.offset, step.removed, step.inserted, origin]
        case LengthEdited():
            return ["length", step.at_ms, step.removed, step.inserted, step.origin.value]
        case Marked():
            return ["mark", step.at_ms, step.kind, step.words, step.failed]


def _too_large(session: str, size: str) -> str:
    return (
        f"this session is too large to be played back here ({size}); "
        f"`foretrace traces replay {session}` gives its texts"
    )
