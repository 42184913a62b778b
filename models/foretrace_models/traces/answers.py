"""Answers: the next state of a program, as a model writes it, in one of three encodings.

No edit is an answer like others: nothing, and then the end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum

from foretrace_models.traces.line_edits import (
    LINE_END,
    LineRange,
    line_edits,
    lines_of,
    replaced,
)
from foretrace_models.traces.markers import (
    EDIT,
    END,
    INTO,
    NOW,
    FormatError,
    escaped,
    unescaped,
)

_RANGE = re.compile(r"([1-9][0-9]{0,6})(\+|-([1-9][0-9]{0,6}))?")

_Change = tuple[LineRange, Sequence[str]]


class Encoding(str, Enum):
    """How the next state is told.

    `LINES`: which lines give way, by number, and what comes in their place. `BLOCKS`: some lines
    that occur once, as they are and as they will be. `WHOLE`: all lines.
    """

    LINES = "lines"
    BLOCKS = "blocks"
    WHOLE = "whole"


def write_answer(before: str, after: str, encoding: Encoding = Encoding.LINES) -> str:
    """Return the answer that leads from one text to another, its end included."""
    if before == after:
        return END
    if encoding is Encoding.WHOLE:
        return NOW + write_lines(lines_of(after)) + END
    changes = [(edit.lines, edit.added) for edit in line_edits(before, after)]
    if encoding is Encoding.LINES:
        hunks = [EDIT + write_range(lines) + write_lines(added) for lines, added in changes]
    else:
        old = lines_of(before)
        hunks = [
            EDIT + write_lines(old[lines.first : lines.end]) + INTO + write_lines(added)
            for lines, added in _unmistakable(old, changes)
        ]
    return "".join(hunks) + END


def read_answer(before: str, answer: str, encoding: Encoding = Encoding.LINES) -> str:
    """Return the text that an answer leads to from another.

    Raises:
        FormatError: the answer is not in the encoding, does not end, or does not fit the text.
    """
    body, end, rest = answer.partition(END)
    if not end or rest:
        raise FormatError("the answer does not end, or goes on after its end")
    if not body:
        return before
    if encoding is Encoding.WHOLE:
        if body[0] != NOW:
            raise FormatError("the answer does not begin with a state")
        return LINE_END.join(read_lines(body[1:]))
    head, *hunks = body.split(EDIT)
    if head or not hunks:
        raise FormatError("the answer does not begin with an edit")
    read = _read_numbered if encoding is Encoding.LINES else _read_block
    try:
        return replaced(before, [read(lines_of(before), hunk) for hunk in hunks])
    except ValueError as error:
        raise FormatError(str(error)) from error


def edit_size_bytes(before: str, after: str) -> int:
    """Return the size of an edit, its places and its text, which is the same in every encoding."""
    return len(write_answer(before, after).removesuffix(END).encode())


def write_lines(lines: Sequence[str]) -> str:
    """Return lines as text, each after a line end, so that no line differs from an empty one."""
    return "".join(LINE_END + escaped(line) for line in lines)


def read_lines(text: str) -> tuple[str, ...]:
    """Return the lines that were written.

    Raises:
        FormatError: they do not begin with a line end.
    """
    if text and text[0] != LINE_END:
        raise FormatError("a line does not begin where it should")
    return tuple(unescaped(line) for line in text.split(LINE_END)[1:])


def write_range(lines: LineRange) -> str:
    """Return a range as people count lines: "3", "3-5", and "3+" for the place before line 3."""
    if lines.first == lines.end:
        return f"{lines.first + 1}+"
    return f"{lines.first + 1}" + (f"-{lines.end}" if lines.end > lines.first + 1 else "")


def read_range(text: str) -> LineRange:
    """Return the range that was written.

    Raises:
        FormatError: it is none.
    """
    match = _RANGE.fullmatch(text)
    if match is None:
        raise FormatError(f"{text!r} is no range of lines")
    first = int(match[1]) - 1
    if match[2] == "+":
        return LineRange(first, first)
    lines = LineRange(first, int(match[3] or match[1]))
    if write_range(lines) != text:
        raise FormatError(f"{text!r} is no range of lines")
    return lines


def _read_numbered(_: list[str], hunk: str) -> _Change:
    place, end, added = hunk.partition(LINE_END)
    return read_range(place), read_lines(end + added)


def _read_block(old: list[str], hunk: str) -> _Change:
    original, into, updated = hunk.partition(INTO)
    block = list(read_lines(original))
    if not into or not block:
        raise FormatError("a block is not there as it is and as it will be")
    places = _places(old, block)
    if len(places) != 1:
        raise FormatError(f"a block occurs {len(places)} times")
    return LineRange(places[0], places[0] + len(block)), read_lines(updated)


def _unmistakable(old: list[str], changes: Sequence[_Change]) -> list[_Change]:
    """Return changes with so many lines around them that what is replaced occurs once.

    Those that then overlap become one.
    """
    blocks: list[tuple[LineRange, list[_Change]]] = []
    for change in changes:
        block, own = _widened(old, change[0]), [change]
        while blocks and blocks[-1][0].end > block.first:
            other, earlier = blocks.pop()
            block = LineRange(min(other.first, block.first), max(other.end, block.end))
            own = earlier + own
        blocks.append((block, own))
    return [(block, _filled(old, block, own)) for block, own in blocks]


def _widened(old: list[str], lines: LineRange) -> LineRange:
    """Return a range with lines after and before it, in turn, until it occurs once."""
    first, end = lines.first, lines.end
    before_next = False
    while first == end or len(_places(old, old[first:end])) > 1:
        if (before_next and first > 0) or end == len(old):
            first -= 1
        else:
            end += 1
        before_next = not before_next
    return LineRange(first, end)


def _filled(old: list[str], block: LineRange, changes: Sequence[_Change]) -> list[str]:
    """Return the lines of a block after the changes in it."""
    filled: list[str] = []
    done = block.first
    for lines, added in changes:
        filled += [*old[done : lines.first], *added]
        done = lines.end
    return filled + old[done : block.end]


def _places(old: list[str], block: list[str]) -> list[int]:
    """Return where a block of lines begins, each time it occurs."""
    length = len(block)
    return [n for n in range(len(old) - length + 1) if old[n : n + length] == block]
