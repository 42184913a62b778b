"""Figures of answers that are probabilities: how often right, how sure, and how sure they may be.

A row has `truth`, the class that it is of, `said`, the probability of each class, and `prior`, the
share of each class among those whom the answer was learned from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import Any

from foretrace_server.bench.intervals import Row, drawn_again

_BINS = 10


def best(said: Mapping[str, float]) -> str:
    """Return the likeliest class."""
    return max(said, key=lambda name: said[name])


def accuracy(rows: Sequence[Row], answer: str = "answer") -> float | None:
    """Return the share of rows whose answer is right."""
    return fmean(row[answer] == row["truth"] for row in rows) if rows else None


def macro_f1(rows: Sequence[Row], answer: str = "answer") -> float | None:
    """Return the mean of F1 over the classes that there are."""
    classes = {row["truth"] for row in rows}
    return fmean(_f1(rows, answer, each) for each in classes) if classes else None


def _f1(rows: Sequence[Row], answer: str, of_class: str) -> float:
    right = sum(bool(row["truth"] == of_class == row[answer]) for row in rows)
    either = sum([row["truth"], row[answer]].count(of_class) for row in rows)
    return 2.0 * right / either


def brier(rows: Sequence[Row], said: str = "said") -> float | None:
    """Return the mean squared distance between probabilities and what was, over all classes.

    Source: Brier, "Verification of Forecasts Expressed in Terms of Probability" (1950).
    """
    return fmean(_distance(row[said], row["truth"]) for row in rows) if rows else None


def _distance(said: Mapping[str, float], truth: str) -> float:
    names = {*said, truth}
    return sum((said.get(name, 0.0) - (name == truth)) ** 2 for name in names)


def brier_skill(rows: Sequence[Row]) -> float | None:
    """Return how much of the way from the prior to what was the answers go."""
    own, prior = brier(rows), brier(rows, "prior")
    return 1.0 - own / prior if own is not None and prior else None


def calibration_error(rows: Sequence[Row]) -> float | None:
    """Return how far apart sureness and success are on the mean, over ten bins of sureness.

    Source: Naeini et al., "Obtaining Well Calibrated Probabilities Using Bayesian Binning" (2015).
    """
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for row in rows:
        sure = max(row["said"].values())
        right = best(row["said"]) == row["truth"]
        bins[min(int(sure * _BINS), _BINS - 1)].append((sure, right))
    if not rows:
        return None
    return sum(
        abs(fmean(sure for sure, _ in own) - fmean(right for _, right in own)) * len(own)
        for own in bins.values()
    ) / len(rows)


def answered(rows: Sequence[Row], least: float) -> dict[str, Any]:
    """Return how often an answer is at least so sure, and how often it is right then."""
    sure = [row for row in rows if max(row["said"].values()) >= least]
    return {
        "least_confidence": least,
        "share": len(sure) / len(rows) if rows else None,
        "accuracy": accuracy(sure),
    }


Figure = Callable[[Sequence[Row], str], float | None]


def above(rows: Sequence[Row], figure: Figure, baseline: str, seed: int) -> dict[str, Any]:
    """Return how far a figure of the answers is above that of a baseline, with its interval."""

    def difference(some: Sequence[Row]) -> float | None:
        own, other = figure(some, "answer"), figure(some, baseline)
        return own - other if own is not None and other is not None else None

    return {
        "baseline": baseline,
        "difference": difference(rows),
        "interval": drawn_again(rows, difference, seed),
    }
