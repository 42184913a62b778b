"""The recorder: what an editor reports goes in, one event for each thing that happened comes out.

It runs on the keystroke path and does no more than the text needs. Every event goes to `observe`,
which lives in memory and so may see everything: help works without consent. Only what the gate
lets through goes to `keep`, with the content that consent covered at that moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from attrs import define, frozen

from foretrace_telemetry.clock import Clock, system_clock
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
    Origin,
    Resynced,
    Saved,
)
from foretrace_telemetry.gate import Gate
from foretrace_telemetry.text import (
    Document,
    OutOfStepError,
    Position,
    PositionEncoding,
    Replacement,
    canonical_bytes,
)

# Editors close a bracket or quote as it is typed.
_PAIRS = frozenset(("()", "[]", "{}", '""', "''", "``"))


@frozen
class Change:
    """One change as an editor reports it; without places it replaces the whole text."""

    text: str
    start: Position | None = None
    end: Position | None = None


@define
class OpenDocument:
    """A document that an editor has open."""

    uri: str
    version: int
    language_id: str
    document: Document
    # What of it is being kept: events follow on from each other only while this stays the same.
    kept: Content | None = None
    # What the editor last wrote to disk, as far as this program knows: the disk may be looked at
    # when the editor has already gone on.
    on_disk: str = ""
    # What Foretrace offers to do to this version: an edit that equals one of these is its own.
    offered: frozenset[Replacement] = frozenset()


class Recorder:
    """Keeps the text of every open document and tells what happens to it.

    Not safe for threads: all calls come from the editor's one stream of messages, in its order.
    """

    def __init__(
        self,
        gate: Gate,
        keep: Callable[[Event, Content], None],
        observe: Callable[[Event], None],
        digest_key: Callable[[], bytes],
        encoding: PositionEncoding = PositionEncoding.UTF16,
        clock: Clock = system_clock,
    ) -> None:
        self._gate = gate
        self._keep = keep
        self._observe = observe
        self._digest_key = digest_key
        self._encoding = encoding
        self._clock = clock
        self._open: dict[str, OpenDocument] = {}

    def __getitem__(self, uri: str) -> OpenDocument:
        """Return an open document. Raises KeyError where it is not open."""
        return self._open[uri]

    def get(self, uri: str) -> OpenDocument | None:
        """Return an open document, or None where it is not open."""
        return self._open.get(uri)

    def __iter__(self) -> Iterator[OpenDocument]:
        """Iterate over the open documents."""
        return iter(self._open.values())

    def opened(self, uri: str, version: int, language_id: str, text: str) -> None:
        """Take over a document that the editor opened."""
        document = Document.of(text, self._encoding)
        self._open[uri] = OpenDocument(uri, version, language_id, document, on_disk=text)
        self._gate.opened(uri, self._clock())
        self._emit(Opened(text, language_id), uri, Actor.USER)

    def changed(self, uri: str, version: int, changes: Iterable[Change]) -> None:
        """Apply the changes that lead to a version, in their order.

        A change that names a place which this text does not have is applied at the nearest one,
        and the text is stated anew, so that replay says "resynced" and never guesses.

        Raises:
            KeyError: the document is not open.
        """
        state = self._open[uri]
        before, state.version = state.version, version
        for change in changes:
            try:
                replacement = _apply(state.document, change)
            except OutOfStepError as error:
                _apply_at_nearest(state.document, change)
                self._restate(state, str(error))
            else:
                self._edited(state, replacement, whole_text=change.start is None)
        if version <= before:
            self._restate(state, f"version {version} came after version {before}")
        state.offered = frozenset()

    def saved(self, uri: str, text: str | None) -> None:
        """Note that the editor saved a document; `text` is what it saved, where it says so.

        Raises:
            KeyError: the document is not open.
        """
        state = self._open[uri]
        if text is not None and canonical_bytes(text) != canonical_bytes(state.document.text):
            state.document.reset(text)
            self._restate(state, "the editor saved another text than was recorded")
        state.on_disk = state.document.text
        self._emit(Saved(self._digest(uri, state.on_disk)), uri, Actor.USER)

    def closed(self, uri: str) -> None:
        """Let go of a document that the editor closed.

        Raises:
            KeyError: the document is not open.
        """
        self._emit(Closed(), uri, Actor.USER)
        del self._open[uri]

    def changed_outside(self, uri: str, change: str, text: str | None) -> None:
        """Note that the file of an open document changed on disk, unless by this editor's saving.

        `text` is what it now holds, None where that is nothing or cannot be read as text.

        Raises:
            KeyError: the document is not open.
        """
        state = self._open[uri]
        if text is None:
            self._emit(ChangedOutside(change), uri, Actor.EXTERNAL)
        elif canonical_bytes(text) not in map(
            canonical_bytes, (state.document.text, state.on_disk)
        ):
            state.on_disk = text
            self._emit(ChangedOutside(change, self._digest(uri, text)), uri, Actor.EXTERNAL)

    def noted(
        self,
        body: Body,
        uri: str | None = None,
        actor: Actor = Actor.USER,
        version: int | None = None,
    ) -> None:
        """Note anything else that happened; it concerns the present version unless told."""
        self._emit(body, uri, actor, version)

    def restate_all(self, reason: str) -> None:
        """State the text of every open document anew: events about them were lost."""
        for state in self._open.values():
            self._restate(state, reason)

    def _edited(self, state: OpenDocument, replacement: Replacement, whole_text: bool) -> None:
        origin, rule = infer_origin(replacement, state.offered, whole_text)
        actor = Actor.ASSISTANT if origin is Origin.ASSISTANT else Actor.USER
        self._emit(
            Edited(replacement.offset, replacement.removed, replacement.inserted, origin, rule),
            state.uri,
            actor,
        )

    def _restate(self, state: OpenDocument, reason: str) -> None:
        self._emit(Resynced(state.document.text, reason), state.uri, Actor.TOOL)

    def _digest(self, uri: str, text: str) -> str | None:
        # The key is made on first use, and without consent nothing may be made.
        if self._gate.content_for(uri) is not Content.FULL:
            return None
        return digest_of(text, self._digest_key())

    def _emit(self, body: Body, uri: str | None, actor: Actor, version: int | None = None) -> None:
        wall_us, monotonic_us = self._clock()
        state = self._open.get(uri) if uri is not None else None
        if version is None and state is not None:
            version = state.version
        event = Event(wall_us, monotonic_us, actor, body, uri, version)
        self._observe(event)
        content = self._gate.content_for(uri)
        if state is not None and state.kept is not content:
            state.kept = content
            if content is not None and not isinstance(body, (Opened, Resynced)):
                text = Resynced(state.document.text, "recording began")
                self._keep(Event(wall_us, monotonic_us, Actor.TOOL, text, uri, version), content)
                if isinstance(body, Edited):
                    return  # the text just stated has this edit in it
        if content is not None:
            self._keep(event, content)


def _apply(document: Document, change: Change) -> Replacement:
    if change.start is None or change.end is None:
        return document.reset(change.text)
    return document.replace(change.start, change.end, change.text)


def _apply_at_nearest(document: Document, change: Change) -> None:
    assert change.start is not None
    assert change.end is not None
    document.replace(document.clamp(change.start), document.clamp(change.end), change.text)


def infer_origin(
    replacement: Replacement, offered: frozenset[Replacement], whole_text: bool
) -> tuple[Origin, str]:
    """Return where an edit came from, as far as the protocol lets it be known, and by which rule.

    The editor may know better and say so later (`OriginStated`).
    """
    if replacement in offered:
        return Origin.ASSISTANT, "offered-edit"
    if whole_text:
        return Origin.UNKNOWN, "whole-text"
    removed, inserted = replacement.removed, replacement.inserted
    if len(inserted) == 1 or (len(removed) == 1 and not inserted):
        return Origin.TYPED, "one-character"
    if inserted.lstrip("\r\n").strip(" \t") == "" and inserted.count("\n") == 1:
        return Origin.TYPED, "new-line"
    if not removed and inserted in _PAIRS:
        return Origin.TYPED, "bracket-pair"
    return Origin.UNKNOWN, "several-characters"
