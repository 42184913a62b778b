"""How well scores rank: figures over scored items, of which each can count any number of times.

Counting lets whole persons be drawn again without sorting anew. Items with equal scores are ranked
together, so that no figure depends on their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

Counts = Sequence[int]


class Ranking:
    """Items by falling score, each of which is meant or is not."""

    def __init__(self, scores: Sequence[float], meant: Sequence[bool]) -> None:
        """Sort items; what scores them and what is meant stand in the same order."""
        order = sorted(range(len(scores)), key=lambda place: -scores[place])
        self._ties = [list(group) for _, group in groupby(order, key=lambda place: scores[place])]
        self._meant = meant

    def _tied(self, counts: Counts) -> list[tuple[int, int]]:
        """Return how many of those with each score are meant, and how many are not."""
        found = []
        for group in self._ties:
            yes = sum(counts[place] for place in group if self._meant[place])
            found.append((yes, sum(counts[place] for place in group) - yes))
        return found

    def auc(self, counts: Counts) -> float | None:
        """Return how often one that is meant is above one that is not; None without both."""
        tied = self._tied(counts)
        yes_all, no_all = sum(yes for yes, _ in tied), sum(no for _, no in tied)
        if not yes_all or not no_all:
            return None
        below, won = no_all, 0.0
        for yes, no in tied:
            below -= no
            won += yes * (below + no / 2)
        return won / yes_all / no_all

    def average_precision(self, counts: Counts) -> float | None:
        """Return the precision at each score, averaged over those that are meant; None of none."""
        tied = self._tied(counts)
        yes_all = sum(yes for yes, _ in tied)
        if not yes_all:
            return None
        found, seen, total = 0, 0, 0.0
        for yes, no in tied:
            found += yes
            seen += yes + no
            total += yes * found / seen if seen else 0.0
        return total / yes_all


def brier(probabilities: Sequence[float], meant: Sequence[bool], counts: Counts) -> float:
    """Return the mean square of how far probabilities are from what came."""
    together = zip(probabilities, meant, counts, strict=True)
    return sum(n * (p - yes) ** 2 for p, yes, n in together) / sum(counts)


def calibration_error(
    probabilities: Sequence[float], meant: Sequence[bool], counts: Counts, bins: int = 10
) -> float:
    """Return how far, in bins of equal width, mean probability and share are apart on average."""
    sums = [0.0] * bins
    for probability, yes, count in zip(probabilities, meant, counts, strict=True):
        sums[min(int(probability * bins), bins - 1)] += count * (probability - yes)
    return sum(map(abs, sums)) / sum(counts)
