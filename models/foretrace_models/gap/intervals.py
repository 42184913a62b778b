"""Means over people, with intervals of 95 % by drawing whole people again."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from statistics import fmean

from attrs import frozen

DRAWS = 1000
_TAIL = 0.025


@frozen
class Estimate:
    """A mean over people; `low` and `high` are None where there is one person only."""

    value: float
    low: float | None
    high: float | None


def mean_of(values: Sequence[float], seed: int) -> Estimate | None:
    """Return the mean of what each person has; None of nobody."""
    if not values:
        return None
    interval = drawn_again(lambda chance: fmean(chance.choices(values, k=len(values))), seed)
    return _estimate(fmean(values), interval, len(values))


def difference_of(one: Sequence[float], other: Sequence[float], seed: int) -> Estimate | None:
    """Return how much larger the mean of one group of people is than that of another group."""
    if not one or not other:
        return None

    def again(chance: random.Random) -> float:
        drawn = (chance.choices(side, k=len(side)) for side in (one, other))
        return fmean(next(drawn)) - fmean(next(drawn))

    fewest = min(len(one), len(other))
    return _estimate(fmean(one) - fmean(other), drawn_again(again, seed), fewest)


def drawn_again(
    figure: Callable[[random.Random], float], seed: int, draws: int = DRAWS
) -> tuple[float, float]:
    """Return the interval of a figure that draws its people anew each time."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    figures = sorted(figure(chance) for _ in range(draws))
    edge = int(_TAIL * draws)
    return figures[edge], figures[-edge - 1]


def _estimate(value: float, interval: tuple[float, float], people: int) -> Estimate:
    return Estimate(value, *(interval if people > 1 else (None, None)))
