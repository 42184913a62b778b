"""Filters: what keeps a proposal from being made, each a small function that says why.

A filter gets the scene and a proposal, and returns the reason to be silent or None.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable

from foretrace_models.next_edit.proposal import Proposal, Quiet
from foretrace_models.next_edit.reversing import (
    brings_back_a_line,
    goes_part_of_the_way,
    inverts_a_burst,
    returns_to_a_text,
)
from foretrace_models.next_edit.scene import Scene
from foretrace_models.repair.edits import OverlapError, apply_edits

_MOST_LINES = 3
_MOST_CHARACTERS = 400
# What stands at the left edge and still belongs to what is above it.
_HANGS_ON = (")", "]", "}", "else", "elif", "except", "finally")

Filter = Callable[[Scene, Proposal], Quiet | None]


def changes_nothing(scene: Scene, proposal: Proposal) -> Quiet | None:
    """It leaves the text as it is, or its edits overlap."""
    try:
        same = apply_edits(scene.text, proposal.edits) == scene.text
    except OverlapError:
        same = True
    return Quiet.CHANGES_NOTHING if same else None


def too_large(scene: Scene, proposal: Proposal) -> Quiet | None:
    """It is more than one looks through at a glance."""
    first, last = scene.touched(proposal.edits)
    written = sum(len(edit.new_text) + edit.end - edit.start for edit in proposal.edits)
    large = last - first >= _MOST_LINES or written > _MOST_CHARACTERS
    return Quiet.TOO_LARGE if large else None


def turned_down(scene: Scene, proposal: Proposal) -> Quiet | None:
    """It was offered before and refused."""
    return Quiet.TURNED_DOWN if proposal.edits in scene.moment.turned_down else None


def under_cursor(scene: Scene, proposal: Proposal) -> Quiet | None:
    """It changes the line that is being typed.

    A new line after it disturbs nobody, if the cursor is at its end.
    """
    cursor = scene.moment.cursor_offset
    if cursor is None or not 0 <= cursor <= len(scene.text):
        return None
    line = scene.lines.at(cursor)
    start, end = scene.lines.starts[line], scene.lines.ends[line]
    for edit in proposal.edits:
        adds_line = edit.start == edit.end == end == cursor and edit.new_text[:1] in ("\n", "\r")
        if edit.start <= end and edit.end >= start and not adds_line:
            return Quiet.UNDER_CURSOR
    return None


def not_code(scene: Scene, proposal: Proposal) -> Quiet | None:
    """It changes a string or comment where code was changed, or the other way round."""
    if not scene.changes:
        return None
    change = scene.changes[-1]
    if change.new is None or change.line >= len(scene.lines):
        return None
    old = change.old or ""
    column = next(
        (at for at, pair in enumerate(zip(old, change.new, strict=False)) if pair[0] != pair[1]),
        min(len(old), len(change.new)),
    )
    there = scene.in_quiet(scene.lines.starts[change.line] + (column if change.old else 0))
    if any(scene.in_quiet(edit.start) != there for edit in proposal.edits):
        return Quiet.NOT_CODE
    return None


def already_there(scene: Scene, proposal: Proposal) -> Quiet | None:
    """It writes a line that stands beside it already."""
    for edit in proposal.edits:
        written = edit.new_text.strip()
        if edit.start != edit.end or "\n" not in edit.new_text.replace("\r", "\n"):
            continue
        line = scene.lines.at(edit.start)
        beside = scene.lines.contents[max(0, line - 1) : line + 3]
        if any(written == content.strip() for content in beside):
            return Quiet.ALREADY_THERE
    return None


def breaks_syntax(scene: Scene, proposal: Proposal) -> Quiet | None:
    """It breaks a part of a Python program that parses; other languages are not known so well."""
    if scene.language != "python":
        return None
    first, last = scene.touched(proposal.edits)
    contents = scene.lines.contents
    while first > 0 and not _begins_part(contents[first]):
        first -= 1
    while last + 1 < len(contents) and not _begins_part(contents[last + 1]):
        last += 1
    start, end = scene.lines.starts[first], scene.lines.ends[last]
    if not _parses(scene.text[start:end]):
        return None
    length = len(scene.text) - end
    after = apply_edits(scene.text, proposal.edits)
    return None if _parses(after[start : len(after) - length]) else Quiet.BREAKS_SYNTAX


FILTERS: tuple[Filter, ...] = (
    changes_nothing,
    too_large,
    turned_down,
    under_cursor,
    returns_to_a_text,
    brings_back_a_line,
    inverts_a_burst,
    goes_part_of_the_way,
    not_code,
    already_there,
    breaks_syntax,
)


def _begins_part(line: str) -> bool:
    return line[:1].strip() != "" and not line.startswith(_HANGS_ON)


def _parses(text: str) -> bool:
    try:
        with warnings.catch_warnings():  # what Python thinks odd is nobody's concern here
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
