"""Judging: whether an edit is one that the person then made, and whether it goes back."""

from __future__ import annotations

from collections.abc import Sequence

from foretrace_models.next_edit.moment import Moment
from foretrace_models.next_edit.settling import settle
from foretrace_models.repair.edits import TextEdit, apply_edits, distance, edits_between

_BURSTS_BACK = 5


def is_exact(text: str, edits: Sequence[TextEdit], after: str) -> bool:
    """Return whether edits make of a text what the next burst made of it."""
    return apply_edits(text, edits) == after


def is_right(text: str, edits: Sequence[TextEdit], texts: Sequence[str]) -> bool:
    """Return whether edits are among those that lead to one of the texts that followed.

    Both are compared line by line, so that it does not matter how an edit was put.
    """
    proposed = apply_edits(text, edits)
    wanted = set(edits_between(text, proposed))
    return any(proposed == after or wanted <= set(edits_between(text, after)) for after in texts)


def reverses(moment: Moment, edits: Sequence[TextEdit]) -> bool:
    """Return whether edits bring a text nearer to what it was before one of the last bursts.

    Told by the Levenshtein distance, so that going back a part of the way counts. Idea of the
    measure: the reversal ratio of Zed's edit predictions.
    """
    after = apply_edits(moment.text, edits)
    before = moment.text
    for burst in reversed(settle(moment.text, moment.keystrokes, _BURSTS_BACK)):
        end = burst.offset + len(burst.inserted)
        before = before[: burst.offset] + burst.removed + before[end:]
        if distance(after, before) < distance(moment.text, before):
            return True
    return False
