"""Which line of one function is which of another."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

Words = tuple[str, ...]

_DEEPER = 0.5
_TOGETHER, _DROPPED, _ADDED = range(3)


def pairs(
    mine: Sequence[Words],
    theirs: Sequence[Words],
    my_depths: Sequence[int] | None = None,
    their_depths: Sequence[int] | None = None,
) -> list[tuple[int, int]]:
    """Return which lines belong together, in order: so that the fewest tokens are changed.

    A line without one on the other side costs its tokens; of two that belong together the tokens
    by which they differ, and a little where one stands deeper, if depths are given.
    """
    rows, columns = len(mine), len(theirs)
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    way = [[_TOGETHER] * (columns + 1) for _ in range(rows + 1)]
    for j in range(columns):
        best[rows][j] = sum(len(line) for line in theirs[j:])
        way[rows][j] = _ADDED
    for i in range(rows):
        best[i][columns] = sum(len(line) for line in mine[i:])
        way[i][columns] = _DROPPED
    for i in range(rows - 1, -1, -1):
        row, below = best[i], best[i + 1]
        for j in range(columns - 1, -1, -1):
            apart: float = Levenshtein.distance(mine[i], theirs[j])
            if my_depths is not None and their_depths is not None:
                apart += _DEEPER * abs(my_depths[i] - their_depths[j])
            costs = {
                _TOGETHER: apart + below[j + 1],
                _DROPPED: len(mine[i]) + below[j],
                _ADDED: len(theirs[j]) + row[j + 1],
            }
            way[i][j] = min(costs, key=costs.__getitem__)
            row[j] = costs[way[i][j]]
    found = []
    i = j = 0
    while i < rows or j < columns:
        step = way[i][j]
        if step == _TOGETHER:
            found.append((i, j))
        i += step != _ADDED
        j += step != _DROPPED
    return found
