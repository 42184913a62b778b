"""Replay: the texts that recorded events lead to, and proof that they are the editor's own."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import define, field

from foretrace_telemetry.digest import digest_of
from foretrace_telemetry.events import (
    Closed,
    Edited,
    Erased,
    Foreign,
    Opened,
    Recorded,
    Redacted,
    Resynced,
    Saved,
    Withheld,
)


@define
class Replay:
    """What replaying events gave.

    `texts` holds the last text of each document, None where only metadata was recorded.
    `erased` lists what was forgotten, and `problems` names, in words, every place where the events
    do not fit together.
    """

    texts: dict[str, str | None] = field(factory=dict)
    events: int = 0
    edits: int = 0
    saves_checked: int = 0
    resyncs: int = 0
    redactions: int = 0
    problems: list[str] = field(factory=list)
    erased: list[Erased] = field(factory=list)
    _open: set[str] = field(factory=set)
    _expected: int = 1

    @property
    def exact(self) -> bool:
        """Whether every event fits and every saved text is the one that replay gave.

        That is up to `erased`, as what was forgotten is not there to fit, and up to the
        `redactions`: placeholders of equal length stand for secrets.
        """
        return not self.problems


def replay(events: Iterable[Recorded], key: bytes | None = None) -> Replay:
    """Apply events in their order; with the store's key, check each saved text by its digest."""
    result = Replay()
    for recorded in events:
        take(result, recorded, key)
    return result


def take(result: Replay, recorded: Recorded, key: bytes | None = None) -> None:
    """Apply the next event of a session to what replaying the ones before gave."""
    if recorded.sequence != result._expected:
        result.problems.append(f"event {result._expected} is missing")
    result._expected = recorded.sequence + 1
    result.events += 1
    result.redactions += isinstance(recorded.event.body, Redacted)
    if isinstance(recorded.event.body, Erased):
        result.erased.append(recorded.event.body)
        result._expected = recorded.event.body.last + 1
    _apply(result, recorded, key)


def _apply(result: Replay, recorded: Recorded, key: bytes | None) -> None:
    body, uri = recorded.event.body, recorded.event.uri
    if uri is None:
        return
    where = f"event {recorded.sequence} ({body.kind})"
    if isinstance(body, Foreign) and body.text is None:
        return
    if isinstance(body, (Foreign, Opened, Resynced)):
        result.texts[uri] = None if isinstance(body.text, Withheld) else body.text
        result.resyncs += isinstance(body, Resynced)
        result._open.add(uri)
        return
    if not isinstance(body, (Edited, Saved, Closed)):
        return
    if uri not in result._open and result.erased:
        # Its opening was forgotten, and with it the text of what came after.
        result.texts[uri] = None
        result._open.add(uri)
    if uri not in result._open:
        result.problems.append(f"{where} concerns a document that was not opened")
        return
    text = result.texts[uri]
    if isinstance(body, Closed):
        result._open.discard(uri)
    elif isinstance(body, Edited):
        result.edits += 1
        if (
            text is None
            or isinstance(body.removed, Withheld)
            or isinstance(body.inserted, Withheld)
        ):
            result.texts[uri] = None
            return
        end = body.offset + len(body.removed)
        if text[body.offset : end] != body.removed:
            result.problems.append(f"{where} removes what is not there")
            return
        result.texts[uri] = text[: body.offset] + body.inserted + text[end:]
    elif body.digest and key is not None and text is not None:
        result.saves_checked += 1
        if digest_of(text, key) != body.digest:
            result.problems.append(f"{where} was of another text")
