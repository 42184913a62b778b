"""Text edits: places in a text and what is to stand there instead. The rest stays as it is."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from attrs import frozen
from rapidfuzz.distance import Levenshtein


@frozen(order=True)
class TextEdit:
    """Replace the text from `start` to `end` (code points) by `new_text`."""

    start: int
    end: int
    new_text: str


class OverlapError(ValueError):
    """Two edits change the same place."""


def apply_edits(text: str, edits: Iterable[TextEdit]) -> str:
    """Return the text with all edits made; their places are those of the given text.

    Raises:
        OverlapError: two edits change the same place.
    """
    parts: list[str] = []
    at = 0
    for edit in sorted(edits):
        if edit.start < at:
            raise OverlapError(f"edits overlap at {edit.start}")
        parts += (text[at : edit.start], edit.new_text)
        at = edit.end
    parts.append(text[at:])
    return "".join(parts)


def edits_between(old: str, new: str) -> tuple[TextEdit, ...]:
    """Return the edits that lead from one text to another: one for each line that differs.

    Lines that came, went, or were replaced by another number of lines make one edit together.
    """
    edits = []
    a, b = old.splitlines(keepends=True), new.splitlines(keepends=True)
    starts = [0]
    for line in a:
        starts.append(starts[-1] + len(line))
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if i2 - i1 == j2 - j1:
            pairs = [
                (i, i + 1, j, j + 1) for i, j in zip(range(i1, i2), range(j1, j2), strict=True)
            ]
        else:
            pairs = [(i1, i2, j1, j2)]
        for first, last, new_first, new_last in pairs:
            replaced = TextEdit(starts[first], starts[last], "".join(b[new_first:new_last]))
            edits.append(trimmed(old, replaced))
    return tuple(edits)


def trimmed(text: str, edit: TextEdit) -> TextEdit:
    """Return the edit without what it puts back unchanged at its start and end."""
    old, new = text[edit.start : edit.end], edit.new_text
    shortest = min(len(old), len(new))
    head = 0
    while head < shortest and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shortest - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return TextEdit(edit.start + head, edit.end - tail, new[head : len(new) - tail])


def unified_diff(old: str, new: str, name: str) -> str:
    """Return the change from one text to another in the form that ``diff -u`` has."""
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), name, name, n=2
    )
    return "".join(line if line.endswith("\n") else line + "\n" for line in lines)


def distance(old: Sequence[str], new: Sequence[str]) -> int:
    """Return the Levenshtein distance between two sequences."""
    return Levenshtein.distance(old, new)
