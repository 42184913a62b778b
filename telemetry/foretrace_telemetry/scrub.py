"""Takes secrets out of a session's events, those to be written and those that were.

A secret seldom stands in one event: it is typed key by key, pasted in halves, mended. So the text
of each document is followed, and where a secret is found in it, its characters are traced back to
the events that brought them. There, and wherever they are removed later, a placeholder of equal
length takes their place: offsets stay right, and replay is exact up to the placeholders.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from attrs import define, evolve, field

from foretrace_telemetry.consent import Content
from foretrace_telemetry.digest import digest_of
from foretrace_telemetry.events import (
    Actor,
    Body,
    ChangedOutside,
    Closed,
    Edited,
    Event,
    Opened,
    Redacted,
    Resynced,
    Saved,
    Withheld,
)
from foretrace_telemetry.secrets import (
    KNOWN,
    PRIVATE_KEY,
    Secret,
    find_secrets,
    looks_random,
    placeholder_of,
)
from foretrace_telemetry.spans import Span, clipped, moved, united, without

# A line longer than this is looked at only so far around a change.
_MOST_AROUND_CHARACTERS = 4000
# A piece of a secret that is this long is known again wherever it turns up.
_PIECE_CHARACTERS = 8

Kept = tuple[Event, Content]
# The events of a document that are in the store, the newest first, with their numbers.
Past = Callable[[str], Iterator[tuple[int, Event]]]
# An event that may still be changed: where it lies in what waits or, in the store, its number.
_Place = tuple[int | None, int]


@define
class _Document:
    """The text of a document as replay will see it, but with its secrets, and where those are."""

    text: str
    secrets: list[Span] = field(factory=list)
    # What changed since it was last looked at, and whether that was typed, key by key.
    changed: Span | None = None
    is_typed: bool = False


class Scrubber:
    """Follows the documents of one session. Not safe for threads: the writer's is its only one.

    `rewritten` holds the bodies that must take the place of those in the store, by the numbers of
    their events, until somebody who put them there clears it. `learned` tells that there are new
    secrets, and that closed documents and earlier texts were not searched for them yet.
    """

    def __init__(self, digest_key: Callable[[], bytes], past: Past) -> None:
        self.rewritten: dict[int, Body] = {}
        self.learned = False
        self._digest_key = digest_key
        self._past = past
        self._documents: dict[str, _Document] = {}
        self._pieces: set[str] = set()
        self._only_known = False
        self._waiting: list[Kept] = []

    def looking_back(self, past: Past) -> Scrubber:
        """Return one that looks for nothing but what is known here, in events from the first on."""
        other = Scrubber(self._digest_key, past)
        other._pieces, other._only_known = self._pieces, True
        return other

    def heed(self, other: Scrubber) -> None:
        """Take for secrets in the open documents what another took for them in the same events."""
        for uri, document in self._documents.items():
            same = other._documents.get(uri)
            if same is not None and len(same.text) == len(document.text):
                hidden = _masked(same.text, same.secrets)
                more = [
                    Span(n, n + 1)
                    for n, (mine, its) in enumerate(zip(document.text, hidden, strict=True))
                    if mine != its
                ]
                document.secrets = united([*document.secrets, *more])

    def scrub(self, waiting: list[Kept], new: Iterable[Kept]) -> None:
        """Append new events, without their secrets, to those that wait to be written.

        A secret that only becomes whole now is taken out of earlier events, too: of those that
        wait at once, of those in the store by `rewritten`.
        """
        self._waiting = waiting
        for event, content in new:
            self._take(event, content)
        for uri in list(self._documents):
            self._look(uri)

    def _take(self, event: Event, content: Content) -> None:
        uri, body = event.uri, event.body
        if uri is None or content is not Content.FULL:
            self._waiting.append((event, content))
            return
        if isinstance(body, (Opened, Resynced)):
            self._waiting.append((event, content))
            self._documents.pop(uri, None)
            if isinstance(body.text, str):
                self._documents[uri] = _Document(body.text, changed=Span(0, len(body.text)))
                self._look(uri)
            return
        if isinstance(body, Edited) and isinstance(body.inserted, Withheld):
            self._documents.pop(uri, None)  # its text was forgotten
        if (document := self._documents.get(uri)) is not None:
            if isinstance(body, Edited):
                body = self._edit(uri, document, body)
            else:
                self._look(uri)
                if document.secrets:
                    body = self._restated(body, _masked(document.text, document.secrets))
            if isinstance(body, Closed):
                del self._documents[uri]
        if body is not event.body:
            event = evolve(event, body=body)
        self._waiting.append((event, content))

    def _edit(self, uri: str, document: _Document, body: Edited) -> Edited:
        """Make an edit in a document, and return it without what it removes of secrets."""
        assert isinstance(body.removed, str)
        assert isinstance(body.inserted, str)
        changed = document.changed
        is_typed = len(body.inserted) <= 1
        # What is typed on and on is looked at once, before anything of it can go again.
        if changed is not None and not (
            is_typed and document.is_typed and not body.removed and body.offset == changed.end
        ):
            self._look(uri)
            changed = None
        masked = body
        start, end = body.offset, body.offset + len(body.removed)
        grown = len(body.inserted) - len(body.removed)
        document.text = document.text[:start] + body.inserted + document.text[end:]
        if document.secrets:
            gone = moved(clipped(document.secrets, start, end), -start)
            masked = evolve(body, removed=_masked(body.removed, gone))
            before, after = clipped(document.secrets, 0, start), clipped(document.secrets, end)
            document.secrets = [*before, *moved(after, grown)]
        document.is_typed = is_typed
        if changed is None:
            document.changed = Span(start, start + len(body.inserted))
        else:
            document.changed = Span(changed.start, changed.end + grown)
        return masked

    def _look(self, uri: str) -> None:
        """Look for secrets where a document changed, and take out what is found."""
        document = self._documents[uri]
        if document.changed is None:
            return
        window = _lines_around(document.text, document.changed)
        document.changed = None
        part = document.text[window.start : window.end]
        found = [] if self._only_known else find_secrets(part, uri)
        found += self._known_in(part)
        if found:
            at = window.start
            self._take_out(uri, [Secret(s.start + at, s.end + at, s.kind) for s in found])

    def _known_in(self, text: str) -> Iterator[Secret]:
        if self._pieces:
            for start in range(len(text) - _PIECE_CHARACTERS + 1):
                if text[start : start + _PIECE_CHARACTERS] in self._pieces:
                    yield Secret(start, start + _PIECE_CHARACTERS, KNOWN)

    def _take_out(self, uri: str, found: list[Secret]) -> None:
        document = self._documents[uri]
        new = [
            span
            for span in without(united(Span(s.start, s.end) for s in found), document.secrets)
            if _hides(document.text[span.start : span.end])
        ]
        if not new:
            return
        grows = any(span.touches(other) for span in new for other in document.secrets)
        document.secrets = united([*document.secrets, *new])
        self._trace_back(uri, document, new)
        self._list(uri, _kind_of(found, new), sum(s.end - s.start for s in new), grows)
        learned = self._learn(document.text[s.start : s.end] for s in found if s.kind != KNOWN)
        if learned:
            self.learned = True
            for other, its in list(self._documents.items()):
                self._take_out(other, list(_occurrences(its.text, learned)))

    def _learn(self, secrets: Iterable[str]) -> set[str]:
        """Remember secrets by their pieces; return those that are new."""
        pieces = {
            secret[start : start + _PIECE_CHARACTERS]
            for secret in secrets
            if looks_random(secret)
            for start in range(len(secret) - _PIECE_CHARACTERS + 1)
        } - self._pieces
        self._pieces |= pieces
        return pieces

    def _trace_back(self, uri: str, document: _Document, spans: list[Span]) -> None:
        """Take characters that stand in a document out of the events that brought them."""
        text = _masked(document.text, document.secrets)
        for place, event in self._backwards(uri):
            body = event.body
            if isinstance(body, (Opened, Resynced)):
                if isinstance(body.text, str):
                    self._put(place, event, evolve(body, text=_masked(body.text, spans)))
                return
            if isinstance(body, Edited):
                if not (isinstance(body.removed, str) and isinstance(body.inserted, str)):
                    return  # its text was forgotten in the meantime, and all before it
                start, end = body.offset, body.offset + len(body.inserted)
                if mine := clipped(spans, start, end):
                    inserted = _masked(body.inserted, moved(mine, -start))
                    self._put(place, event, evolve(body, inserted=inserted))
                shrunk = len(body.removed) - len(body.inserted)
                spans = [*clipped(spans, 0, start), *moved(clipped(spans, end), shrunk)]
                if not spans:
                    return
                text = text[:start] + body.removed + text[end:]
            elif (restated := self._restated(body, text)) is not body:
                self._put(place, event, restated)

    def _restated(self, body: Body, text: str) -> Body:
        """Return the body with the digest of a text in which there is no secret any more."""
        if isinstance(body, Saved) and body.digest is not None:
            return evolve(body, digest=digest_of(text, self._digest_key()))
        if isinstance(body, ChangedOutside):
            return evolve(body, digest=None)  # of a text that is not known here
        return body

    def _list(self, uri: str, kind: str, characters: int, grows: bool) -> None:
        """Say in an event that something was taken out, or in the last one that it was more."""
        if grows or kind == PRIVATE_KEY:
            for place, event in self._backwards(uri):
                if isinstance(event.body, Redacted) and event.body.secret == kind:
                    more = evolve(event.body, characters=event.body.characters + characters)
                    self._put(place, event, more)
                    return
                if isinstance(event.body, (Opened, Resynced)):
                    break
        last = next(event for _, event in self._backwards(uri))
        now = self._waiting[-1][0] if self._waiting else last
        event = Event(
            now.wall_us,
            now.monotonic_us,
            Actor.TOOL,
            Redacted(kind, characters),
            uri,
            last.version,
        )
        self._waiting.append((event, Content.FULL))

    def _backwards(self, uri: str) -> Iterator[tuple[_Place, Event]]:
        """Iterate over the events of a document as they are now, the newest first."""
        for index in range(len(self._waiting) - 1, -1, -1):
            event, content = self._waiting[index]
            if event.uri == uri and content is Content.FULL:
                yield (index, 0), event
        for sequence, event in self._past(uri):
            yield (None, sequence), evolve(event, body=self.rewritten.get(sequence, event.body))

    def _put(self, place: _Place, event: Event, body: Body) -> None:
        index, sequence = place
        if index is None:
            self.rewritten[sequence] = body
        else:
            self._waiting[index] = evolve(event, body=body), self._waiting[index][1]


def _masked(text: str, spans: Iterable[Span]) -> str:
    """Return a text with placeholders in the place of spans."""
    for span in spans:
        hidden = placeholder_of(text[span.start : span.end])
        text = text[: span.start] + hidden + text[span.end :]
    return text


def _hides(text: str) -> bool:
    """Return whether a placeholder would hide anything of a text."""
    return placeholder_of(text) != text


def _kind_of(found: list[Secret], new: list[Span]) -> str:
    """Return the kind of secret that new spans belong to; the first that found it knows best."""
    return next(
        secret.kind
        for secret in found
        for span in new
        if secret.start < span.end and span.start < secret.end
    )


def _lines_around(text: str, span: Span) -> Span:
    """Return the lines that a span lies in; of a text with a private key all lines."""
    if "PRIVATE KEY-----" in text:
        return Span(0, len(text))
    least = max(0, span.start - _MOST_AROUND_CHARACTERS)
    most = min(len(text), span.end + _MOST_AROUND_CHARACTERS)
    start = max(text.rfind("\n", least, span.start), text.rfind("\r", least, span.start)) + 1
    ends = (text.find("\n", span.end, most), text.find("\r", span.end, most))
    return Span(max(start, least), min((end for end in ends if end >= 0), default=most))


def _occurrences(text: str, pieces: Iterable[str]) -> Iterator[Secret]:
    for piece in pieces:
        start = text.find(piece)
        while start >= 0:
            yield Secret(start, start + len(piece), KNOWN)
            start = text.find(piece, start + 1)
