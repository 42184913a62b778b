"""Steps: the parts of a fix that can be taken one at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from foretrace_models.repair.edits import TextEdit, apply_edits


def first_step(
    text: str, edits: Sequence[TextEdit], no_worse: Callable[[str], bool]
) -> tuple[TextEdit, ...]:
    """Return the smallest part of a fix that leaves the program no worse, from its top.

    A single edit where one will do; otherwise as many as it takes, the whole fix if need be.
    """
    for edit in sorted(edits):
        if no_worse(apply_edits(text, [edit])):
            return (edit,)
    for count in range(2, len(edits)):
        part = tuple(sorted(edits)[:count])
        if no_worse(apply_edits(text, part)):
            return part
    return tuple(edits)
