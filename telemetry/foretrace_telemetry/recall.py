"""Recall: what was recorded of one document before, for help with it now.

That is how its text stood when the person stopped to look at it, and which fixes they turned down.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve, frozen

from foretrace_telemetry.events import (
    Closed,
    Recorded,
    RunFinished,
    Saved,
    SuggestionMoved,
    TestsFinished,
)
from foretrace_telemetry.replay import Replay, take
from foretrace_telemetry.secrets import PLACEHOLDER, WIDE_PLACEHOLDER
from foretrace_telemetry.store import Store

_MOMENTS = (Saved, RunFinished, TestsFinished, Closed)
_MOST_SESSIONS = 8
_MOST_EVENTS = 10_000
_MOST_TEXTS = 20
_MOST_CHARACTERS = 20_000


@frozen
class Recalled:
    """What is known of a document's past.

    `texts` are those that it had, the latest last and none twice; `turned_down` the keyed hashes of
    the changes that were not wanted.
    """

    texts: tuple[str, ...] = ()
    turned_down: frozenset[str] = frozenset()


def recall(store: Store, document: str) -> Recalled:
    """Return what the last sessions have of a document, but no more than is read in a moment.

    A session that is too long is not begun, nor are those before it.

    Raises:
        UnreadableEventError: an event cannot be made of its row.
        sqlite3.Error: the store cannot be read.
    """
    latest_first: dict[str, None] = {}
    turned_down: set[str] = set()
    left = _MOST_EVENTS
    for session in store.sessions_with(document)[:_MOST_SESSIONS]:
        events = _at_most(left, store.events(session, document))
        if events is None:
            break
        left -= len(events)
        latest_first |= dict.fromkeys(reversed(list(_texts(events, document))))
        for recorded in events:
            if isinstance(recorded.event.body, SuggestionMoved):
                turned_down.update(recorded.event.body.turned_down or ())
    return Recalled(tuple(list(latest_first)[:_MOST_TEXTS])[::-1], frozenset(turned_down))


def _at_most(count: int, events: Iterator[Recorded]) -> list[Recorded] | None:
    """Return all events, None where there are more than so many."""
    found: list[Recorded] = []
    for recorded in events:
        if len(found) == count:
            return None
        found.append(recorded)
    return found


def _texts(events: Iterable[Recorded], document: str) -> Iterator[str]:
    """Yield the texts of a document in a session, up to where its events do not fit together."""
    known = Replay()
    for number, recorded in enumerate(events, start=1):
        # Only this document's events are here, so their own numbers have gaps.
        take(known, evolve(recorded, sequence=number))
        if known.problems:
            return
        if isinstance(recorded.event.body, _MOMENTS):
            yield from _useful(known.texts.get(document))
    yield from _useful(known.texts.get(document))


def _useful(text: str | None) -> Iterator[str]:
    """Yield a text that was kept whole, unless it is too long to be of use."""
    if text is None or not text.strip() or len(text) > _MOST_CHARACTERS:
        return
    if PLACEHOLDER not in text and WIDE_PLACEHOLDER not in text:
        yield text
