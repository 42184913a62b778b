"""Hunks: where some lines, written anew by somebody else, part from the old ones and come back.

What is written anew mostly repeats. As soon as it is back among the old lines, the rest of them is
taken to stay, so that it need not be written to its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from attrs import frozen

# More lines than these, old or new, are not looked through at a glance.
MOST_LINES = 3
# So many old lines in a row say that what is written is back among them.
_BACK_LINES = 2


@frozen
class Hunk:
    """The old lines from `first` up to `last`, which is not included, give way to `new`."""

    first: int
    last: int
    new: tuple[str, ...]


@frozen
class Astray:
    """What was written parts from the old lines and does not come back."""


def hunk_in(old: Sequence[str], written: Sequence[str], finished: bool) -> Hunk | Astray | None:
    """Return the first hunk that whole lines written so far have; None where they have none yet.

    White space at the end of lines counts for nothing. What is `finished` may end where the old
    lines do; what ends before them is astray, for small models often just break off.
    """
    old, written = [line.rstrip() for line in old], [line.rstrip() for line in written]
    shared = 0
    while shared < min(len(old), len(written)) and old[shared] == written[shared]:
        shared += 1
    if shared == len(written):
        return Astray() if finished and shared < len(old) else None
    most_gone, most_came = (min(MOST_LINES, len(each) - shared) for each in (old, written))
    counts = product(range(most_gone + 1), range(most_came + 1))
    for gone, came in sorted(counts, key=lambda pair: (max(pair), pair[0] != pair[1])):
        if gone + came and _is_back(old[shared + gone :], written[shared + came :], finished):
            new = tuple(written[shared : shared + came])
            repeats = not gone and tuple(written[max(0, shared - came) : shared]) == new
            return Astray() if repeats else Hunk(shared, shared + gone, new)
    is_far = len(written) - shared >= MOST_LINES + _BACK_LINES
    return Astray() if finished or is_far else None


def _is_back(old: Sequence[str], written: Sequence[str], finished: bool) -> bool:
    """Return whether lines that were written go on as the old ones do."""
    if finished and len(written) <= _BACK_LINES:
        return written == old
    return len(written) >= _BACK_LINES and written[:_BACK_LINES] == old[:_BACK_LINES]
