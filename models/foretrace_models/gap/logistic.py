"""Logistic regression on standardised numbers and their squares, small enough for plain Python.

With the squares it also sees what is too much in the middle or too far from it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from statistics import fmean, pstdev

from attrs import frozen

_EPOCHS = 12
_RATE = 0.1
_DECAY = 1e-3
_FARTHEST = 4.0

Row = Sequence[float]


@frozen
class Logistic:
    """What was learned; a score above 0 says that the label is more likely true."""

    means: tuple[float, ...]
    deviations: tuple[float, ...]
    weights: tuple[float, ...]

    def score(self, row: Row) -> float:
        """Return the log odds that the label of a row is true."""
        inputs = _inputs(row, self.means, self.deviations)
        return sum(map(float.__mul__, self.weights, inputs))


def learned(rows: Sequence[Row], labels: Sequence[bool], seed: int) -> Logistic:
    """Learn from rows; each step goes by how much a weight has moved already (AdaGrad)."""
    columns = list(zip(*rows, strict=True))
    means = tuple(map(fmean, columns))
    deviations = tuple(pstdev(column) or 1.0 for column in columns)
    examples = [
        (_inputs(row, means, deviations), 1.0 if label else 0.0)
        for row, label in zip(rows, labels, strict=True)
    ]
    chance = random.Random(seed)  # noqa: S311 - no secret
    size = len(examples[0][0])
    weights, moved = [0.0] * size, [1e-6] * size
    for _ in range(_EPOCHS):
        chance.shuffle(examples)
        for inputs, label in examples:
            wrong = _probability(sum(map(float.__mul__, weights, inputs))) - label
            for at, value in enumerate(inputs):
                slope = wrong * value + _DECAY * weights[at]
                moved[at] += slope * slope
                weights[at] -= _RATE * slope / math.sqrt(moved[at])
    return Logistic(means, deviations, tuple(weights))


def auc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Return how often a positive score is above a negative one, ties being half.

    Raises:
        ValueError: there are none of one side.
    """
    if not positive or not negative:
        raise ValueError("an AUC needs scores of both sides")
    ranked = sorted([(score, 1) for score in positive] + [(score, 0) for score in negative])
    wins, below, at = 0.0, 0, 0
    while at < len(ranked):
        end, tied = at, [0, 0]
        while end < len(ranked) and ranked[end][0] == ranked[at][0]:
            tied[ranked[end][1]] += 1
            end += 1
        wins += tied[1] * (below + tied[0] / 2)
        below += tied[0]
        at = end
    return wins / (len(positive) * len(negative))


def _inputs(row: Row, means: Row, deviations: Row) -> list[float]:
    standard = [
        max(-_FARTHEST, min(_FARTHEST, (value - mean) / deviation))
        for value, mean, deviation in zip(row, means, deviations, strict=True)
    ]
    return [1.0, *standard, *(value * value - 1 for value in standard)]


def _probability(score: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
