"""Figures over people, with intervals of 95 % by drawing whole people again."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from statistics import fmean

from attrs import frozen

DRAWS = 1000
_TAIL = 0.025

Figure = Callable[[Sequence[float]], float]


@frozen
class Estimate:
    """A figure over people; `low` and `high` are None where there is one person only."""

    value: float
    low: float | None
    high: float | None


def over(people: Sequence[float], seed: int, figure: Figure = fmean) -> Estimate | None:
    """Return a figure, by default the mean, of what each person has; None of nobody."""
    if not people:
        return None
    interval = drawn_again(lambda chance: figure(_again(people, chance)), seed)
    return _estimate(figure(people), interval, len(people))


def between(
    one: Sequence[float], other: Sequence[float], seed: int, figure: Figure = fmean
) -> Estimate | None:
    """Return how much larger a figure is for one group of people than for another group."""
    if not one or not other:
        return None
    interval = drawn_again(
        lambda chance: figure(_again(one, chance)) - figure(_again(other, chance)), seed
    )
    return _estimate(figure(one) - figure(other), interval, min(len(one), len(other)))


def _again(people: Sequence[float], chance: random.Random) -> list[float]:
    return chance.choices(people, k=len(people))


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
