"""Thresholds: from which probability on it is worth to speak.

A suggestion that is taken counts for one, one that is turned down costs so many. Showing it is
worth that on average where its probability is at least cost / (1 + cost).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from attrs import frozen


@frozen
class Told:
    """What was said of a suggestion, and whether it was taken."""

    probability: float
    taken: bool


def threshold_of(cost: float) -> float:
    """Return the probability from which on showing is worth it."""
    return cost / (1 + cost)


def cost_of(threshold: float) -> float:
    """Return the cost of one that is turned down at which a threshold is the right one."""
    return threshold / (1 - threshold)


def keeping(share: float, told: Sequence[Told]) -> float:
    """Return the highest threshold that keeps at least a share of what was taken.

    Source: "When to Show a Suggestion? Integrating Human Feedback in AI-Assisted Programming"
    (Mozannar et al., AAAI 2024), which hides suggestions under such a guarantee.
    """
    taken = sorted((each.probability for each in told if each.taken), reverse=True)
    return taken[math.ceil(share * len(taken)) - 1] if taken else 0.0


def kept(threshold: float, told: Sequence[Told]) -> tuple[int, int]:
    """Return how many of those taken would be shown, and how many of the others hidden."""
    shown = sum(each.taken and each.probability >= threshold for each in told)
    hidden = sum(not each.taken and each.probability < threshold for each in told)
    return shown, hidden
