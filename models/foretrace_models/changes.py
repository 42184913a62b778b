"""Changes: what the last events did to a document, as lines of a diff."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from foretrace_telemetry.events import Edited, Event

_MOST_LINES = 12


def change_of(text: str, events: Sequence[Event], uri: str) -> str:
    """Return what some events did to a document that now has this text, as lines of a diff.

    Empty where that cannot be told or is too much for a few words.
    """
    before = text
    for event in reversed(events):
        body = event.body
        if event.uri != uri or not isinstance(body, Edited):
            continue
        removed, inserted, at = body.removed, body.inserted, body.offset
        if not isinstance(removed, str) or not isinstance(inserted, str):
            return ""
        if before[at : at + len(inserted)] != inserted:
            return ""
        before = before[:at] + removed + before[at + len(inserted) :]
    lines = [
        line
        for line in difflib.unified_diff(before.splitlines(), text.splitlines(), n=0, lineterm="")
        if line[1:].strip() and line[0] in "+-" and line[:3] not in ("+++", "---")
    ]
    return "\n".join(lines) + "\n" if 0 < len(lines) <= _MOST_LINES else ""
