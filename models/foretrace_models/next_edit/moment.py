"""What is known of a document when its next edit is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from foretrace_models.repair.edits import TextEdit
from foretrace_telemetry.events import Edited, Event
from foretrace_telemetry.text import Replacement

# Keystrokes further back than this have no say.
_MOST_KEYSTROKES = 200


@frozen
class Keystroke:
    """A change as the editor told it: at `offset` code points, `removed` gave way to `inserted`.

    `wall_us` is when, in microseconds; None where that is not known.
    """

    offset: int
    removed: str
    inserted: str
    wall_us: int | None = None


@frozen
class Moment:
    """A document now, and the changes that led there, the last one last.

    `language` is the language id of the protocol, such as ``python``, empty where it is not known;
    `cursor_offset` is None where no cursor is known. `turned_down` are edits that were offered for
    this document and refused.
    """

    text: str
    keystrokes: tuple[Keystroke, ...] = ()
    language: str = ""
    cursor_offset: int | None = None
    turned_down: frozenset[tuple[TextEdit, ...]] = frozenset()


def moment_of(
    text: str,
    events: Sequence[Event],
    uri: str,
    language: str = "",
    cursor_offset: int | None = None,
    turned_down: frozenset[tuple[TextEdit, ...]] = frozenset(),
) -> Moment:
    """Return the moment of a document that has this text after these events, oldest first.

    Events of other documents are left out, and those before an edit whose content was withheld.
    """
    keystrokes: list[Keystroke] = []
    for event in reversed(events):
        body = event.body
        if event.uri != uri or not isinstance(body, Edited):
            continue
        if not (isinstance(body.removed, str) and isinstance(body.inserted, str)):
            break
        keystrokes.append(Keystroke(body.offset, body.removed, body.inserted, event.wall_us))
        if len(keystrokes) == _MOST_KEYSTROKES:
            break
    return Moment(text, tuple(reversed(keystrokes)), language, cursor_offset, turned_down)


def keystroke_of(replacement: Replacement, wall_us: int | None = None) -> Keystroke:
    """Return a replacement in a text as a keystroke."""
    return Keystroke(replacement.offset, replacement.removed, replacement.inserted, wall_us)
