"""Replaying: one document's way through a session, for a page and its script to step through.

The steps are those of `playback`. A page gets a window of them with the text that it begins with,
so that it is as small for a hundred thousand steps as for a few hundred.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from contextlib import closing
from datetime import datetime, timezone
from typing import Any

from attrs import frozen

from foretrace_server.collect.pages.legible import Line, line_at, lines_around
from foretrace_telemetry.home import Home
from foretrace_telemetry.playback import (
    LengthEdited,
    Marked,
    Playback,
    Step,
    TextEdited,
    TextStated,
    playback,
)
from foretrace_telemetry.session_writer import newest_erasure
from foretrace_telemetry.store import NoTracesError, Store
from foretrace_telemetry.timeline import VERBS

WINDOW = 2000
_MOST_WORDS = 60
_UTF16 = "utf-16-le"


@frozen
class Shown:
    """A document at one step: `text` is None where it is not known, `step` counts from 1."""

    session: str
    document: str
    documents: tuple[str, ...]
    step: int
    steps: int
    wall_us: int
    words: str
    lines: tuple[Line, ...] | None
    left_out: int
    failures: tuple[int, ...]
    saves_checked: int
    problems: int
    window: dict[str, Any]


class Replays:
    """Replays of a course's sessions; the last one that was asked for is kept in memory."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._last: tuple[tuple[Any, ...], Playback] | None = None

    def show(self, session: str, document: int, step: int) -> Shown:
        """Return a session's document, by its place among them, at a step or the nearest one.

        Raises:
            NoTracesError: there is no such session, or nothing in it that can be replayed.
            TooLargeError: the session is too large.
            UnreadableEventError: an event cannot be made of its row.
            sqlite3.Error: the store cannot be read.
        """
        with closing(Store.read(self._home)) as store:
            documents = _documents(store, session)
            if not 0 <= document < len(documents):
                raise NoTracesError(f"session {session} has no such document")
            played = self._played(store, session, documents[document])
        if not played.steps:
            raise NoTracesError(f"session {session} has nothing to replay of this document")
        return _shown(played, documents, max(1, min(step, len(played.steps))))

    def place_of(self, session: str, event: int) -> tuple[int, int]:
        """Return the document, by its place, and the step at which an event of a session is.

        Raises as `show` does.
        """
        with closing(Store.read(self._home)) as store:
            row = store.db.execute(
                "SELECT documents.name FROM events "
                "JOIN sessions ON sessions.id = events.session "
                "JOIN documents ON documents.id = document "
                "WHERE sessions.name = ? AND sequence >= ? ORDER BY sequence LIMIT 1",
                [session, event],
            ).fetchone()
            if row is None:
                raise NoTracesError(f"session {session} has nothing of a document from there on")
            documents = _documents(store, session)
            played = self._played(store, session, row[0])
        return documents.index(row[0]), bisect_left(played.sequences, event) + 1

    def _played(self, store: Store, session: str, document: str) -> Playback:
        (events,) = store.db.execute(
            "SELECT count(*) FROM events JOIN sessions ON sessions.id = session WHERE name = ?",
            [session],
        ).fetchone()
        asked = (session, document, events, newest_erasure(store.db))
        with self._lock:
            if self._last is None or self._last[0] != asked:
                self._last = None
                self._last = asked, playback(store, session, document, self._home.existing_key())
            return self._last[1]


def _documents(store: Store, session: str) -> tuple[str, ...]:
    rows = store.db.execute(
        "SELECT documents.name FROM documents JOIN sessions ON sessions.id = documents.session "
        "WHERE sessions.name = ? ORDER BY documents.id",
        [session],
    )
    return tuple(row[0] for row in rows)


def _shown(played: Playback, documents: tuple[str, ...], step: int) -> Shown:
    begin = max(0, (step - 1) // WINDOW * WINDOW)
    window = played.steps[begin : begin + WINDOW]
    before = _text_after(played.steps[:begin])
    text = _text_after(played.steps[:step])
    here = played.steps[step - 1]
    changed = _changed_lines(text, here)
    failures = tuple(
        number
        for number, each in enumerate(played.steps, 1)
        if isinstance(each, Marked) and each.failed
    )
    lines = None if text is None else tuple(lines_around(text, changed))
    return Shown(
        played.session,
        played.document,
        documents,
        step,
        len(played.steps),
        played.started_wall_us + here.at_ms * 1000,
        words_of_step(here),
        lines,
        0 if text is None or lines is None else line_at(text, len(text)) - len(lines),
        failures,
        played.saves_checked,
        len(played.problems),
        {
            "first": begin + 1,
            "text": before,
            "started_ms": played.started_wall_us // 1000,
            "offset_ms": _offset_ms(played.started_wall_us),
            "failures": failures,
            "steps": [_to_json(each) for each in window],
        },
    )


def _text_after(steps: tuple[Step, ...]) -> str | None:
    """Return the text after steps that begin with those of the document, None where unknown."""
    begin = len(steps)
    while begin > 0 and not isinstance(steps[begin - 1], (TextStated, LengthEdited)):
        begin -= 1
    if begin == 0 or not isinstance(stated := steps[begin - 1], TextStated) or stated.text is None:
        return None
    units = bytearray(stated.text.encode(_UTF16, "surrogatepass"))
    for each in steps[begin:]:
        if isinstance(each, TextEdited):
            at = each.offset * 2
            units[at : at + each.removed * 2] = each.inserted.encode(_UTF16, "surrogatepass")
    return units.decode(_UTF16, "surrogatepass")


def _changed_lines(text: str | None, step: Step) -> tuple[int, int] | None:
    if text is None or not isinstance(step, TextEdited):
        return None
    raw = text.encode(_UTF16, "surrogatepass")[: step.offset * 2]
    offset = len(raw.decode(_UTF16, "surrogatepass"))
    return line_at(text, offset), line_at(text, offset + len(step.inserted))


def words_of_step(step: Step) -> str:
    """Return in a few words what a step did."""
    match step:
        case TextStated(words=words) | Marked(words=words):
            return words
        case TextEdited(removed=removed, inserted=inserted, origin=origin):
            verb = VERBS[origin]
            if inserted and not removed:
                return f"{verb} {_short(inserted)}"
            if removed and not inserted:
                return f"{verb}: {removed:,} removed"
            return f"{verb} {_short(inserted)} in the place of {removed:,}"
        case LengthEdited(removed=removed, inserted=inserted, origin=origin):
            return f"{VERBS[origin]}: {inserted:,} in, {removed:,} out; the text was not recorded"


def _offset_ms(wall_us: int) -> int:
    """Return how far the clock of this machine is ahead of UTC at a time."""
    offset = datetime.fromtimestamp(wall_us / 1e6, timezone.utc).astimezone().utcoffset()
    return 0 if offset is None else int(offset.total_seconds() * 1000)


def _short(text: str) -> str:
    return repr(text[:_MOST_WORDS]) + ("…" if len(text) > _MOST_WORDS else "")


def _to_json(step: Step) -> dict[str, Any]:
    told: dict[str, Any] = {"ms": step.at_ms, "words": words_of_step(step)}
    match step:
        case TextStated(text=text):
            return {**told, "text": text}
        case TextEdited(offset=offset, removed=removed, inserted=inserted):
            return {**told, "at": offset, "removed": removed, "inserted": inserted}
        case LengthEdited():
            return {**told, "text": None}
        case Marked(failed=failed):
            return {**told, "failed": True} if failed else told
