"""Line edits: what changed from one state of a program to the next, in whole lines.

Lines end with a line feed and nothing else, so that the lines of a text, joined, are the text. An
empty text is one empty line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from attrs import frozen

LINE_END = "\n"


@frozen
class LineRange:
    """Lines of a text, counted from 0: from `first` on and before `end`; there may be none."""

    first: int
    end: int


@frozen
class LineEdit:
    """The lines `removed`, which stand from line `first` on, give way to the lines `added`.

    `first` counts from 0 in the text before, also where several edits make up one change.
    """

    first: int
    removed: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def lines(self) -> LineRange:
        """Where it removes, in the text before."""
        return LineRange(self.first, self.first + len(self.removed))


def lines_of(text: str) -> list[str]:
    """Return the lines of a text, without their ends."""
    return text.split(LINE_END)


def line_edits(before: str, after: str) -> tuple[LineEdit, ...]:
    """Return the edits that lead from one text to another, the first ones first."""
    old, new = lines_of(before), lines_of(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return tuple(
        LineEdit(a_start, tuple(old[a_start:a_end]), tuple(new[b_start:b_end]))
        for kind, a_start, a_end, b_start, b_end in matcher.get_opcodes()
        if kind != "equal"
    )


def replaced(before: str, changes: Iterable[tuple[LineRange, Sequence[str]]]) -> str:
    """Return a text with the lines of each range replaced; the ranges are in order, all apart.

    Raises:
        ValueError: a range lies outside the text or begins before the end of the one before it.
    """
    old = lines_of(before)
    new: list[str] = []
    done = 0
    for lines, added in changes:
        if not done <= lines.first <= lines.end <= len(old):
            raise ValueError(f"lines {lines.first} to {lines.end} of a text of {len(old)} lines")
        new += old[done : lines.first]
        new += added
        done = lines.end
    return LINE_END.join(new + old[done:])


def undone(after: str, edits: Iterable[LineEdit]) -> str:
    """Return the text that some edits were made to, from what they led to.

    Raises:
        ValueError: they did not lead to that text.
    """
    lines = lines_of(after)
    back = []
    moved = 0
    for edit in edits:
        first = edit.first + moved
        end = first + len(edit.added)
        if tuple(lines[first:end]) != edit.added:
            raise ValueError(f"what was put at line {edit.first} is not there")
        back.append((LineRange(first, end), edit.removed))
        moved += len(edit.added) - len(edit.removed)
    return replaced(after, back)
