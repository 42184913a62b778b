"""How far two distributions are apart.

The distances are 0 where they are the same and 1 where they share nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from foretrace_models.gap.diversity import entropy_bits

Thing = TypeVar("Thing", bound=Hashable)


def jensen_shannon_bits(one: Mapping[Thing, int], other: Mapping[Thing, int]) -> float:
    """Return the Jensen-Shannon divergence of two distributions given by counts.

    Raises:
        ValueError: one of them is empty.
    """
    totals = sum(one.values()), sum(other.values())
    if not all(totals):
        raise ValueError("an empty distribution is at no distance from anything")
    # Counts of the mean of both, at a common total.
    mean = Counter({thing: count * totals[1] for thing, count in one.items()})
    mean.update({thing: count * totals[0] for thing, count in other.items()})
    apart = (entropy_bits(one.values()) + entropy_bits(other.values())) / 2
    return max(0.0, entropy_bits(mean.values()) - apart)


def kolmogorov_smirnov(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the largest difference of two cumulative distributions.

    Raises:
        ValueError: one of them is empty.
    """
    if not one or not other:
        raise ValueError("an empty distribution is at no distance from anything")
    one, other = sorted(one), sorted(other)
    return max(
        abs(bisect_right(one, value) / len(one) - bisect_right(other, value) / len(other))
        for value in {*one, *other}
    )


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
