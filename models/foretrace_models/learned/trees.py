"""Boosted trees: many small decision trees, each adding a little to the score of one class.

Source: Friedman, "Greedy Function Approximation: A Gradient Boosting Machine" (2001).
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from foretrace_models.learned.linear import softmax

LEAF = -1


@frozen
class Tree:
    """The nodes of a tree, the root first.

    A node asks whether the number of its feature is at most its threshold, and goes left if so; a
    leaf has the feature `LEAF`, and its value is what it adds to the score of `of_class`.
    """

    of_class: int
    features: tuple[int, ...]
    thresholds: tuple[float, ...]
    lefts: tuple[int, ...]
    rights: tuple[int, ...]
    values: tuple[float, ...]

    def value(self, numbers: Sequence[float]) -> float:
        """Return the value of the leaf that numbers lead to."""
        node = 0
        while (feature := self.features[node]) != LEAF:
            is_left = numbers[feature] <= self.thresholds[node]
            node = self.lefts[node] if is_left else self.rights[node]
        return self.values[node]


@frozen
class Boosted:
    """Trees, and the score that each class begins with."""

    biases: tuple[float, ...]
    trees: tuple[Tree, ...]

    def probabilities(self, values: Sequence[float]) -> list[float]:
        """Return the probability of each class, given one number for each feature."""
        scores = list(self.biases)
        for tree in self.trees:
            scores[tree.of_class] += tree.value(values)
        return softmax(scores)
