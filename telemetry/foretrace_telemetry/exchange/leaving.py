"""What of a session leaves: its events without who somebody is, and a report of how whole it is.

A name is seldom typed in one piece. So a session is gone through twice: the first time its texts
are followed, each character with a number of its own, and names are looked for where a text
changed; the second time the characters found give way to those of pseudonyms, wherever they come
and go. A session that leaves while it goes on is gone through so a stretch at a time, and what left
before stays as it left. What is removed is taken from the text as it leaves, so that what leaves
replays as exactly as what stays. Keyed digests stay behind: nobody else has their key, and the
report says what they proved. So do the addresses of courses.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import attrs
from attrs import define, evolve, frozen

from foretrace_telemetry.events import (
    Body,
    ChangedOutside,
    ConditionHeld,
    Edited,
    Event,
    Foreign,
    Opened,
    Recorded,
    Redacted,
    Resynced,
    Saved,
    SuggestionMoved,
    Withheld,
)
from foretrace_telemetry.exchange.report import SessionReport
from foretrace_telemetry.identity import Identity, find_identity, scrub_identity
from foretrace_telemetry.replay import Replay, take

# A line longer than this is looked at only so far around a change.
_MOST_AROUND_CHARACTERS = 400
# A session with more places where it does not replay is not told them all.
_MOST_PROBLEMS = 20


@frozen
class Leaving:
    """A session on its way out: its report, and its events as they may leave, as often as asked."""

    report: SessionReport
    events: Callable[[], Iterator[Recorded]]


def leaving(
    events: Callable[[], Iterable[Recorded]],
    identity: Identity | None,
    digest_key: bytes | None,
    report: SessionReport,
) -> Leaving:
    """Go through the events of a session and return what of it may leave.

    `events` gives them anew each time; `identity` is None where who somebody is was taken out
    before; `digest_key` is that of the store's digests; `report` is filled in.
    """
    hidden = _survey(events(), identity, digest_key, report)
    if identity is None:
        return Leaving(report, lambda: map(_without_what_stays, events()))

    def leave() -> Iterator[Recorded]:
        veil = _Veil(identity, follows_texts=bool(hidden))
        veil.hide(hidden)
        return map(veil.leaves, events())

    return Leaving(report, leave)


class Stretches:
    """A session that leaves while it goes on, a stretch of events after the other.

    A name is hidden from the stretch on in which it is there to be seen: what of it left before
    cannot be taken back. What is removed is what stands there in the text as it left.
    """

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._numbering = _Numbering()
        self._veil = _Veil(identity, follows_texts=True)

    def leave(self, events: Sequence[Recorded]) -> list[Recorded]:
        """Return the next events of the session as they may leave."""
        first = self._numbering.next
        found: dict[int, str] = {}
        for recorded in events:
            if recorded.event.uri is not None:
                body = recorded.event.body
                _find(self._numbering, recorded.event.uri, body, self._identity, found)
        self._veil.hide({number: name for number, name in found.items() if number >= first})
        return [self._veil.leaves(recorded) for recorded in events]


@define
class _Text:
    """A text with a number for each of its characters; which ones they are, nothing else knows."""

    text: str
    numbers: array[int]


class _Numbering:
    """Follows the texts of a session, and numbers characters in the order in which they come."""

    def __init__(self) -> None:
        self.documents: dict[str, _Text] = {}
        self.next = 0

    def numbers(self, text: str) -> array[int]:
        first, self.next = self.next, self.next + len(text)
        return array("q", range(first, self.next))


def _survey(
    events: Iterable[Recorded],
    identity: Identity | None,
    digest_key: bytes | None,
    report: SessionReport,
) -> dict[int, str]:
    """Fill in the report; return the characters that must give way, by number, and to what."""
    hidden: dict[int, str] = {}
    numbering = _Numbering()
    replay, contents, words = Replay(), set(), 0
    resyncs = Counter[str]()
    for recorded in events:
        take(replay, recorded, digest_key)
        event, body = recorded.event, recorded.event.body
        contents.add(_content_of(body))
        if isinstance(body, Resynced):
            resyncs[_scrubbed_text(body.reason, identity)] += 1
        elif isinstance(body, Redacted):
            report.redactions += 1
            report.redacted_characters += body.characters
        elif body.kind == "erased":
            report.erasures += 1
        if identity is None:
            continue
        if not isinstance(body, Edited):
            words += _differing(_words(body), _words(_scrubbed(body, identity)))
        if event.uri is not None:
            _find(numbering, event.uri, body, identity, hidden)
    contents.discard(None)
    report.content = "mixed" if len(contents) > 1 else next(iter(contents), None) or "none"
    report.events, report.edits, report.exact = replay.events, replay.edits, replay.exact
    report.saves_checked, report.resyncs = replay.saves_checked, dict(resyncs)
    report.problems = [_scrubbed_text(each, identity) for each in replay.problems[:_MOST_PROBLEMS]]
    if (more := len(replay.problems) - _MOST_PROBLEMS) > 0:
        report.problems.append(f"and {more} more")
    report.pseudonyms_characters = len(hidden) + words
    return hidden


def _content_of(body: Body) -> str | None:
    texts = [getattr(body, name, None) for name in ("text", "inserted", "removed")]
    if any(isinstance(text, Withheld) for text in texts):
        return "metadata"
    return "full" if any(isinstance(text, str) for text in texts) else None


def _find(
    numbering: _Numbering, uri: str, body: Body, identity: Identity, hidden: dict[int, str]
) -> None:
    """Follow what an event does to its document, and look for names where that changed."""
    if isinstance(body, Edited):
        document = numbering.documents.get(uri)
        if isinstance(body.inserted, Withheld) or isinstance(body.removed, Withheld):
            numbering.documents.pop(uri, None)
            return
        numbers = numbering.numbers(body.inserted)
        if document is None:
            return
        start, end = body.offset, body.offset + len(body.removed)
        document.text = document.text[:start] + body.inserted + document.text[end:]
        document.numbers[start:end] = numbers
        first, last = _lines_around(document.text, start, start + len(body.inserted))
    else:
        stated = getattr(body, "text", None)
        if isinstance(stated, Withheld):
            numbering.documents.pop(uri, None)
        if not isinstance(stated, str):
            return
        document = _Text(stated, numbering.numbers(stated))
        numbering.documents[uri] = document
        first, last = 0, len(stated)
    for start, end in find_identity(document.text[first:last], identity):
        name = document.text[first + start : first + end]
        numbers = document.numbers[first + start : first + end]
        pairs = zip(name, identity.pseudonym(name), strict=True)
        hidden.update(
            (number, becomes)
            for number, (was, becomes) in zip(numbers, pairs, strict=True)
            if was != becomes
        )


def _lines_around(text: str, start: int, end: int) -> tuple[int, int]:
    least, most = max(0, start - _MOST_AROUND_CHARACTERS), end + _MOST_AROUND_CHARACTERS
    first = max(text.rfind("\n", least, start) + 1, least)
    last = text.find("\n", end, most)
    return first, last if last >= 0 else most


class _Veil:
    """Gives events with pseudonyms in the place of names, and without what stays behind.

    The texts as they leave are followed only where something is hidden, or may be later.
    """

    def __init__(self, identity: Identity, follows_texts: bool) -> None:
        self._identity = identity
        self._follows_texts = follows_texts
        self._hidden: dict[int, str] = {}
        self._numbers: list[int] = []
        self._numbered = 0
        self._texts: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def hide(self, hidden: Mapping[int, str]) -> None:
        """Hide characters by their numbers, none of which has left."""
        self._hidden.update(hidden)
        self._numbers += sorted(hidden)

    def leaves(self, recorded: Recorded) -> Recorded:
        """Return the next event as it leaves."""
        event, body, uri = recorded.event, recorded.event.body, recorded.event.uri
        texts = self._texts
        if uri is not None:
            if isinstance(body, Edited):
                if isinstance(body.inserted, Withheld) or isinstance(body.removed, Withheld):
                    texts.pop(uri, None)
                elif self._follows_texts:
                    body = evolve(body, inserted=self._text(body.inserted))
                    if uri in texts:
                        body = _edited(texts, uri, body)
            elif isinstance(stated := getattr(body, "text", None), str):
                assert isinstance(body, (Foreign, Opened, Resynced))
                if self._follows_texts:
                    texts[uri] = self._text(stated)
                    body = evolve(body, text=texts[uri])
            if uri not in self._names:
                self._names[uri] = scrub_identity(uri, self._identity)
            uri = self._names[uri]
        if not isinstance(body, Edited):
            body = _scrubbed(body, self._identity)
        return _without_what_stays(evolve(recorded, event=_event(event, body, uri)))

    def _text(self, text: str) -> str:
        """Return the next text that came, with what is hidden of it."""
        first, self._numbered = self._numbered, self._numbered + len(text)
        at = bisect_left(self._numbers, first)
        if at == len(self._numbers) or self._numbers[at] >= self._numbered:
            return text
        characters = list(text)
        for number in self._numbers[at : bisect_left(self._numbers, self._numbered)]:
            characters[number - first] = self._hidden[number]
        return "".join(characters)


def _edited(texts: dict[str, str], uri: str, body: Edited) -> Edited:
    """Return an edit that removes what stands there in the text as it leaves, and make it."""
    assert isinstance(body.inserted, str)
    assert isinstance(body.removed, str)
    text, end = texts[uri], body.offset + len(body.removed)
    removed = text[body.offset : end]
    texts[uri] = text[: body.offset] + body.inserted + text[end:]
    return evolve(body, removed=removed)


def _event(event: Event, body: Body, uri: str | None) -> Event:
    if body is event.body and uri == event.uri:
        return event
    return evolve(event, body=body, uri=uri)


def _scrubbed(body: Body, identity: Identity) -> Body:
    """Return the body with pseudonyms in all its words but those of a document."""
    changes: dict[str, object] = {}
    for attribute in attrs.fields(type(body)):
        value = getattr(body, attribute.name)
        if attribute.name == "columns":
            changed: object = tuple((name, scrub_identity(text, identity)) for name, text in value)
        elif attribute.name == "order":
            changed = tuple(scrub_identity(name, identity) for name in value)
        elif attribute.name not in ("text", "digest") and type(value) is str and value:
            changed = scrub_identity(value, identity)
        else:
            continue
        if changed != value:
            changes[attribute.name] = changed
    return evolve(body, **changes) if changes else body


def _scrubbed_text(text: str, identity: Identity | None) -> str:
    return text if identity is None else scrub_identity(text, identity)


def _words(body: Body) -> str:
    """Return all words of an event but those of a document."""
    values = (getattr(body, attribute.name) for attribute in attrs.fields(type(body)))
    stated = getattr(body, "text", None)
    return str([value for value in values if value is not stated])


def _differing(text: str, other: str) -> int:
    return 0 if text == other else sum(one != two for one, two in zip(text, other, strict=False))


def _without_what_stays(recorded: Recorded) -> Recorded:
    body: Body = recorded.event.body
    if isinstance(body, (Saved, ChangedOutside)) and body.digest is not None:
        body = evolve(body, digest=None)
    elif isinstance(body, SuggestionMoved) and body.turned_down is not None:
        body = evolve(body, turned_down=None)
    elif isinstance(body, ConditionHeld) and body.course:
        body = evolve(body, course="")
    else:
        return recorded
    return evolve(recorded, event=evolve(recorded.event, body=body))
