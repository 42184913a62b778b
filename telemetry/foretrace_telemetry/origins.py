"""Origins: what an editor told of its edits, which outranks what was inferred of them."""

from __future__ import annotations

from collections.abc import Iterable

from foretrace_telemetry.events import Edited, Opened, Origin, OriginStated, Recorded


def origins_told(events: Iterable[Recorded]) -> dict[int, Origin]:
    """Return the origins that the editor told, by the sequence numbers of the edits of a session.

    It tells them by the version that the edits led to, and mostly after them. Versions start again
    whenever a document is opened.
    """
    openings: dict[str | None, int] = {}
    edits: dict[int, tuple[str | None, int, int | None]] = {}
    told: dict[tuple[str | None, int, int | None], Origin] = {}
    for each in events:
        uri = each.event.uri
        if isinstance(each.event.body, Opened):
            openings[uri] = openings.get(uri, 0) + 1
        text = uri, openings.get(uri, 0), each.event.version
        if isinstance(each.event.body, Edited):
            edits[each.sequence] = text
        elif isinstance(each.event.body, OriginStated) and each.event.version is not None:
            told[text] = each.event.body.origin
    return {sequence: told[text] for sequence, text in edits.items() if text in told}
