"""Minimising: a fix without whatever it can do without."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from foretrace_models.repair.copies import Copies
from foretrace_models.repair.edits import TextEdit
from foretrace_models.repair.parse import syntax_error
from foretrace_models.repair.source import Source

# Edits that are made together or not at all.
Together = tuple[TextEdit, ...]


def minimised(
    parts: Sequence[Together], suffices: Callable[[Sequence[TextEdit]], bool]
) -> tuple[TextEdit, ...]:
    """Return the edits of some of the parts that still suffice, with no part to spare.

    Parts are dropped one at a time, the largest first: fixes have few. `suffices` is known to
    hold for all of them together.
    """
    kept = list(parts)
    for part in sorted(parts, key=_size, reverse=True):
        rest = [other for other in kept if other is not part]
        if rest and suffices(_flat(rest)):
            kept = rest
    return _flat(kept)


def alike(text: str, edits: Sequence[TextEdit]) -> list[Together]:
    """Return edits grouped: those that make the same change in copies of a line or function.

    What was wrong once was wrong in each copy, whether or not a check tells.
    """
    copies = Copies(Source(text)) if syntax_error(text) is None else None
    groups: list[list[TextEdit]] = []
    group_of: dict[object, list[TextEdit]] = {}
    for edit in edits:
        start = text.rfind("\n", 0, edit.start) + 1
        end = text.find("\n", edit.end)
        line = text[start : end if end >= 0 else len(text)]
        key = line, edit.start - start, edit.end - start, edit.new_text
        group = group_of.get(edit, group_of.get(key))
        if group is None:
            group = []
            groups.append(group)
        group.append(edit)
        group_of[key] = group
        for copy in copies.elsewhere(edit) if copies else ():
            group_of[copy] = group
    return [tuple(group) for group in groups]


def _size(part: Together) -> int:
    return sum(edit.end - edit.start + len(edit.new_text) for edit in part)


def _flat(parts: Sequence[Together]) -> tuple[TextEdit, ...]:
    return tuple(sorted(edit for part in parts for edit in part))
