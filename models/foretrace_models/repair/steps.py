"""Steps: the parts of a fix, in an order in which they can be taken one at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

from foretrace_models.repair.edits import TextEdit, apply_edits

# More edits than this are not tried in every order.
_MOST_EDITS = 8

Part = tuple[TextEdit, ...]
# How many checks each of some texts passes, -1 where it does not parse.
Passing = Callable[[Sequence[str]], Sequence[int]]


def steps_of(
    text: str, edits: Sequence[TextEdit], passing: Passing, before: int
) -> tuple[Part, ...]:
    """Return the edits of a fix in parts, each as small as can be, in the order to take them.

    After each part the program parses and passes no fewer checks than before it, the best first;
    of two that are as good, the upper one. Neighbouring edits that are of no use alone are taken
    together. `before` is what the text itself passes.
    """
    left = sorted(edits)
    if len(left) > _MOST_EDITS:
        return (tuple(left),)
    parts: list[Part] = []
    while left:
        part, before = _next_part(text, list(chain(*parts)), left, passing, before)
        parts.append(part)
        left = [edit for edit in left if edit not in part]
    return tuple(parts)


def _next_part(
    text: str,
    taken: Sequence[TextEdit],
    left: Sequence[TextEdit],
    passing: Passing,
    before: int,
) -> tuple[Part, int]:
    for size in range(1, len(left)):
        parts = [tuple(left[n : n + size]) for n in range(len(left) - size + 1)]
        counts = passing([apply_edits(text, [*taken, *part]) for part in parts])
        best = max(range(len(parts)), key=lambda n: (counts[n], -n))
        if counts[best] >= max(before, 0):
            return parts[best], counts[best]
    return tuple(left), before
