"""A linear classifier: multinomial logistic regression over standardised numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from attrs import frozen


@frozen
class Linear:
    """Weights and a bias for each class; numbers are first made to vary like each other.

    `means` and `scales` have one number for each feature, `weights` a row for each class.
    """

    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]
    biases: tuple[float, ...]

    def probabilities(self, values: Sequence[float]) -> list[float]:
        """Return the probability of each class, given one number for each feature."""
        standard = self._standard(values)
        return softmax(
            [
                bias + sum(map(float.__mul__, row, standard))
                for row, bias in zip(self.weights, self.biases, strict=True)
            ]
        )

    def pulls(self, values: Sequence[float], of_class: int) -> list[float]:
        """Return how far each feature pulls to a class rather than to the others, in log-odds."""
        standard = self._standard(values)
        rows = [row for number, row in enumerate(self.weights) if number != of_class]
        return [
            value * (own - sum(others) / len(others))
            for value, own, *others in zip(standard, self.weights[of_class], *rows, strict=True)
        ]

    def _standard(self, values: Sequence[float]) -> list[float]:
        spreads = zip(values, self.means, self.scales, strict=True)
        return [(value - mean) / scale for value, mean, scale in spreads]


def softmax(scores: Sequence[float]) -> list[float]:
    """Return probabilities that are as far apart as scores are, in log-odds."""
    highest = max(scores)
    weights = [math.exp(score - highest) for score in scores]
    total = sum(weights)
    return [weight / total for weight in weights]
