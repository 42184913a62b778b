"""Next edits: what somebody is likely to change next, as a fix that can be offered.

It is looked for where there is nothing to mend, from what they just did, and takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from foretrace_models.next_edit.engine import next_edit
from foretrace_models.next_edit.moment import moment_of
from foretrace_models.next_edit.proposal import NextEdit, Quiet, Silence
from foretrace_models.repair.diagnosis import Fix, Proof
from foretrace_models.repair.edits import TextEdit, apply_edits, unified_diff
from foretrace_telemetry.events import Edited, Event, Selected
from foretrace_telemetry.language import t

RULE = "next-edit"
# After so many that were turned down nothing more is proposed.
_MOST_TURNED_DOWN = 5
_LONGEST_SHOWN = 60


def find(
    text: str,
    language_id: str,
    uri: str,
    events: Sequence[Event],
    was_turned_down: Callable[[Fix], bool],
) -> Fix | Quiet:
    """Return the edit that is likely next in a document after some events, or why there is none.

    Raises:
        WeightsError: what is shipped is missing or spoiled.
    """
    turned_down, cursor = frozenset[tuple[TextEdit, ...]](), _cursor(events, uri)
    for _ in range(_MOST_TURNED_DOWN):
        moment = moment_of(text, events, uri, language_id, cursor, turned_down)
        found = next_edit(moment).edit
        if isinstance(found, Silence):
            return Quiet.TURNED_DOWN if turned_down else found.reason
        fix = _as_fix(text, found, uri.rpartition("/")[2])
        if not was_turned_down(fix):
            return fix
        turned_down |= {found.edits}
    return Quiet.TURNED_DOWN


def _as_fix(text: str, found: NextEdit, name: str) -> Fix:
    after = apply_edits(text, found.edits)
    return Fix(
        found.edits,
        t("next, line {n}: {words}", n=found.first_line + 1, words=_words(after, found)),
        unified_diff(text, after, name),
        Proof.GOES_ON,
        0,
        0,
        (RULE,),
        0,
    )


def _words(after: str, found: NextEdit) -> str:
    """Return the line as it will be, or what is done where that is more or longer than a line."""
    stays_one = found.first_line == found.last_line
    if stays_one and not any("\n" in edit.new_text for edit in found.edits):
        line = after.split("\n")[found.first_line].strip()
        if 0 < len(line) <= _LONGEST_SHOWN:
            return line
    return found.words


def _cursor(events: Sequence[Event], uri: str) -> int | None:
    """Return where the cursor was last seen in a document, None if nowhere."""
    for event in reversed(events):
        if event.uri != uri:
            continue
        if isinstance(event.body, Selected):
            return event.body.end_offset
        if isinstance(event.body, Edited):
            inserted = event.body.inserted
            return event.body.offset + (len(inserted) if isinstance(inserted, str) else 0)
    return None
