"""This person's own way with suggestions, on top of what other people do.

What they took and turned down moves the log-odds of what the pooled model says by one number. It
starts at none and is drawn there, so that habits enter slowly.

Silence censors: what was not shown cannot be taken, so only what was shown counts. Where it was
shown by chance, it stands for those that were not, and counts for more ("A Generalization of
Sampling Without Replacement from a Finite Universe", Horvitz and Thompson 1952).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from attrs import frozen

# As many suggestions as would have to be decided on for a person to count as much as the others.
PRIOR_WEIGHT = 40
# The information that one decision has at the usual rate of taking, a quarter to a third.
_INFORMATION = 0.2
# The most that one decision counts for, so that a single chance does not decide.
_HEAVIEST = 5.0
_STEPS = 25
_ENOUGH = 1e-9


@frozen
class Decided:
    """A suggestion that was shown with a probability, and whether it was taken.

    `log_odds` is what the pooled model said of it.
    """

    log_odds: float
    taken: bool
    propensity: float = 1.0


def offset_of(decided: Sequence[Decided]) -> float:
    """Return by how much a person's log-odds of taking a suggestion differ from other people's."""
    weights = weights_of(decided)
    prior = PRIOR_WEIGHT * _INFORMATION
    offset = 0.0
    for _ in range(_STEPS):
        slope, bend = -prior * offset, prior
        for each, weight in zip(decided, weights, strict=True):
            likely = sigmoid(each.log_odds + offset)
            slope += weight * (each.taken - likely)
            bend += weight * likely * (1 - likely)
        # No longer than one, where the curve is too flat for the step to be trusted.
        step = min(max(slope / bend, -1.0), 1.0)
        offset += step
        if abs(step) < _ENOUGH:
            break
    return offset


def weights_of(decided: Sequence[Decided]) -> list[float]:
    """Return what each decision counts for; together as much as they are worth (Kish 1965)."""
    raw = [min(1 / each.propensity, _HEAVIEST) for each in decided]
    squares = sum(weight * weight for weight in raw)
    return [weight * sum(raw) / squares for weight in raw]


def sigmoid(log_odds: float) -> float:
    """Return the probability that log-odds stand for."""
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    return math.exp(log_odds) / (1 + math.exp(log_odds))


def logit(probability: float) -> float:
    """Return the log-odds of a probability strictly between 0 and 1."""
    return math.log(probability / (1 - probability))
