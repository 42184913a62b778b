"""Intervals of 95 % of many figures at once, by drawing whole persons again."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence

from foretrace_server.bench.intervals import DRAWS, middle
from foretrace_server.bench.timing.ranking import Counts

Figures = dict[str, float | None]


def intervals(
    people: Sequence[str], figures: Callable[[Counts], Figures], seed: int
) -> dict[str, list[float] | None]:
    """Return the interval of each figure; `people` says whose each item is.

    None where a figure cannot be had, or where there is one person only.
    """
    everybody = sorted(set(people))
    chance = random.Random(seed)  # noqa: S311 - no secret
    drawn: dict[str, list[float]] = {name: [] for name in figures([1] * len(people))}
    for _ in range(DRAWS if len(everybody) > 1 else 0):
        times = Counter(chance.choices(everybody, k=len(everybody)))
        for name, value in figures([times[person] for person in people]).items():
            if value is not None:
                drawn[name].append(value)
    return {name: middle(values) for name, values in drawn.items()}
