"""Which line of one function is which of another."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

Words = tuple[str, ...]

_DEEPER = 0.5


def pairs(
    mine: Sequence[Words],
    theirs: Sequence[Words],
    my_depths: Sequence[int] | None = None,
    their_depths: Sequence[int] | None = None,
) -> list[tuple[int, int]]:
    """Return which lines belong together, in order: so that the fewest tokens are changed.

    A line without one on the other side costs its tokens; of two that belong together the tokens
    by which they differ, and a little where one stands deeper.
    """
    return _aligned(mine, theirs, my_depths, their_depths)[1]


def cost(
    mine: Sequence[Words],
    theirs: Sequence[Words],
    my_depths: Sequence[int],
    their_depths: Sequence[int],
) -> float:
    """Return how far two functions lie apart, in tokens."""
    return _aligned(mine, theirs, my_depths, their_depths)[0]


def _aligned(
    mine: Sequence[Words],
    theirs: Sequence[Words],
    my_depths: Sequence[int] | None,
    their_depths: Sequence[int] | None,
) -> tuple[float, list[tuple[int, int]]]:
    rows, columns = len(mine), len(theirs)
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    way = [[0] * (columns + 1) for _ in range(rows + 1)]
    for j in range(columns):
        best[rows][j] = sum(len(line) for line in theirs[j:])
        way[rows][j] = 2
    for i in range(rows):
        best[i][columns] = sum(len(line) for line in mine[i:])
        way[i][columns] = 1
    for i in range(rows - 1, -1, -1):
        row, below = best[i], best[i + 1]
        mine_i = mine[i]
        size = len(mine_i)
        for j in range(columns - 1, -1, -1):
            apart: float = 0.0
            if mine_i != theirs[j]:
                apart = Levenshtein.distance(mine_i, theirs[j])
            if my_depths is not None and their_depths is not None:
                apart += _DEEPER * abs(my_depths[i] - their_depths[j])
            together = apart + below[j + 1]
            dropped = size + below[j]
            added = len(theirs[j]) + row[j + 1]
            if together <= dropped and together <= added:
                row[j], way[i][j] = together, 0
            elif dropped <= added:
                row[j], way[i][j] = dropped, 1
            else:
                row[j], way[i][j] = added, 2
    found = []
    i = j = 0
    while i < rows or j < columns:
        step = way[i][j]
        if step == 0:
            found.append((i, j))
        i += step != 2
        j += step != 1
    return best[0][0], found
