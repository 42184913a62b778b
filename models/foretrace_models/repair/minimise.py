"""Minimising: a fix without whatever it can do without."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from foretrace_models.repair.edits import TextEdit


def minimised(
    edits: Sequence[TextEdit], suffices: Callable[[Sequence[TextEdit]], bool]
) -> tuple[TextEdit, ...]:
    """Return a part of the edits that still suffices and has none to spare.

    Edits are dropped one at a time, the largest first: fixes have few. `suffices` is known to
    hold for all of them together.
    """
    kept = list(edits)
    for edit in sorted(edits, key=lambda edit: edit.start - edit.end - len(edit.new_text)):
        rest = [other for other in kept if other is not edit]
        if rest and suffices(rest):
            kept = rest
    return tuple(kept)
