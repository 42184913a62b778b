"""What kind of edit a step is.

After "Modeling Student Learning with 3.8 Million Program Traces", as its code has it: lines are
compared with difflib; an added line belongs to the nearest removed one above it, a removed line to
the nearest added one below it, however far, and lines that have found each other are modified. What
is told apart are texts, not places: a line whose text was met in a modified one is not counted
again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import Differ
from enum import Enum

from attrs import frozen

_LARGE = 5
_FUNCTION = re.compile("->")


class EditCategory(str, Enum):
    """The kind of an edit; each step has one."""

    LARGE_ADD = "large_add"
    LARGE_DELETE = "large_del"
    SMALL_ADD = "small_add"
    SMALL_DELETE = "small_del"
    MODIFY = "modify_existing"


@frozen
class LineCounts:
    """How many lines a step adds, removes and modifies.

    Of the added ones, so many are `comments` and so many begin a function, in CoffeeScript.
    """

    added: int
    removed: int
    modified: int
    comments: int
    functions: int

    @property
    def category(self) -> EditCategory:
        """The kind of the step: a large change before a small one, what came before what went."""
        if self.added >= _LARGE:
            return EditCategory.LARGE_ADD
        if self.removed >= _LARGE:
            return EditCategory.LARGE_DELETE
        if self.added:
            return EditCategory.SMALL_ADD
        if self.removed:
            return EditCategory.SMALL_DELETE
        return EditCategory.MODIFY


def count_lines(before: str, after: str) -> LineCounts:
    """Return how many lines changed from one state to the next."""
    compared = Differ().compare(before.splitlines(), after.splitlines())
    changes = [(line[0], line[2:]) for line in compared if line[0] in "+-"]
    met: set[str] = set()
    modified = 0
    for place, (sign, line) in enumerate(changes):
        if line in met:
            continue
        other = _other(changes, place, sign)
        if other is not None:
            met |= {line, other}
            # An empty line is met, but nothing is modified with it.
            modified += other != ""
    added = [line for sign, line in changes if sign == "+" and line not in met]
    removed = [line for sign, line in changes if sign == "-" and line not in met]
    return LineCounts(
        len(added),
        len(removed),
        modified,
        sum(line.lstrip().startswith("#") for line in added),
        sum(_FUNCTION.search(line) is not None for line in added),
    )


def _other(changes: Sequence[tuple[str, str]], place: int, sign: str) -> str | None:
    """Return the line that a changed one belongs to; None if there is none."""
    candidates = changes[:place][::-1] if sign == "+" else changes[place + 1 :]
    return next((line for other, line in candidates if other != sign), None)
