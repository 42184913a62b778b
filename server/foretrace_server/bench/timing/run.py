"""What a run of the benchmark is, and what all of its rows depend on."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from foretrace_server.bench.fit import Fit
from foretrace_server.bench.resume import Rows

Progress = Callable[[str], None]

# Learning is by chance, too: a figure is the mean over so many fits, each of which is told.
FITS = 3
_FEWEST_PEOPLE = 3


@frozen
class Run:
    """What to measure; `limit` is the most items, taken by the seed."""

    data: Path
    fit: Fit
    limit: int | None
    seed: int
    resume: Path | None

    @property
    def seeds(self) -> list[int]:
        """The seeds of the fits."""
        return [self.seed + number for number in range(FITS)]

    def rows(self, dataset: str, digest: str) -> Rows:
        """Return the rows that a run has so far.

        Raises:
            OSError: their file cannot be read or made.
            OtherRunError: they are of another run.
        """
        told = {"bench": "timing", "dataset": dataset, "sha256": digest, "fit": self.fit.value}
        return Rows(self.resume, {**told, "limit": self.limit, "seed": self.seed})

    def chosen(self, items: Sequence[str]) -> set[str]:
        """Return which items are scored."""
        if self.limit is None or self.limit >= len(items):
            return set(items)
        return set(random.Random(self.seed).sample(list(items), self.limit))  # noqa: S311


def need_people(people: Iterable[str]) -> list[str]:
    """Return the people to be left out one by one.

    Raises:
        ValueError: they are too few.
    """
    everybody = sorted(set(people))
    if len(everybody) < _FEWEST_PEOPLE:
        raise ValueError(
            f"--fit loo needs at least {_FEWEST_PEOPLE} people in the data, of whom one is left "
            f"out; there are {len(everybody)}"
        )
    return everybody


def mean_of(by_seed: Sequence[dict[str, float | None]]) -> dict[str, float | None]:
    """Return the mean of each figure over the fits; None where one of them has none."""
    means: dict[str, float | None] = {}
    for name in by_seed[0]:
        values = [figures[name] for figures in by_seed]
        known = [value for value in values if value is not None]
        means[name] = sum(known) / len(known) if len(known) == len(values) else None
    return means


Row = dict[str, Any]
