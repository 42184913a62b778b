"""Intervals of 95 %: of a share, and of any figure over rows that belong to persons."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

Row = dict[str, Any]

_Z = 1.959964
DRAWS = 1000
_TAIL = 0.025


def wilson(part: int, whole: int) -> list[float] | None:
    """Return the interval of Wilson's score for a share; None of nothing."""
    if whole == 0:
        return None
    share, square = part / whole, _Z * _Z / whole
    middle = share + square / 2
    reach = _Z * math.sqrt(share * (1 - share) / whole + square / (4 * whole))
    # All or none of a sample is exactly at the end, which the sums of floats may miss.
    low = 0.0 if part == 0 else (middle - reach) / (1 + square)
    high = 1.0 if part == whole else (middle + reach) / (1 + square)
    return [low, high]


def drawn_again(
    rows: Sequence[Row], figure: Callable[[Sequence[Row]], float | None], seed: int
) -> list[float] | None:
    """Return the interval of a figure by drawing whole persons again, or programs if none is known.

    None where the figure is none.
    """
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["person"] or row["id"]].append(row)
    several = list(groups.values())
    chance = random.Random(seed)  # noqa: S311 - no secret
    figures = []
    for _ in range(DRAWS if several else 0):
        value = figure([row for group in chance.choices(several, k=len(several)) for row in group])
        if value is not None:
            figures.append(value)
    return middle(figures)


def middle(values: Sequence[float]) -> list[float] | None:
    """Return between which values the middle 95 % lie; None of none."""
    if not values:
        return None
    ordered = sorted(values)
    edge = int(_TAIL * len(ordered))
    return [ordered[edge], ordered[-edge - 1]]
