"""What real and simulated people have in common, and how far they are apart as groups."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from statistics import fmean

from attrs import frozen

from foretrace_models.gap import rhythm
from foretrace_models.gap.distances import jensen_shannon_bits, kolmogorov_smirnov
from foretrace_models.gap.diversity import NGram, covered, ngrams
from foretrace_models.gap.intervals import Estimate, over
from foretrace_models.gap.samples import Person
from foretrace_models.gap.streams import Session

_SPLITS = 20
_FEWEST_FOR_HALVES = 4


@frozen
class Coverage:
    """Which share of somebody's runs of n events others have, too.

    `simulated_by_real` is how much of what the simulated do real people do; `real_by_real` is
    between real people, beyond which nobody can go. None where there is nobody else.
    """

    n: int
    real_by_simulated: Estimate | None
    simulated_by_real: Estimate | None
    real_by_real: Estimate | None


@frozen
class Distance:
    """How far half of the real people are from the other half, real and simulated.

    `real` is None where there are too few people for halves; then it is between all of both sides.
    """

    name: str
    simulated: float
    real: float | None


def coverage_of(real: Sequence[Person], simulated: Sequence[Person], n: int, seed: int) -> Coverage:
    """Return the coverage of runs of n events, on both sides and among real people."""
    ours, theirs = (
        {person.name: ngrams(person.sample, n) for person in side} for side in (real, simulated)
    )
    return Coverage(
        n,
        _covered_by_others(ours, theirs, seed),
        _covered_by_others(theirs, ours, seed),
        _covered_by_others(ours, ours, seed),
    )


def _covered_by_others(
    people: dict[str, Counter[NGram]], others: dict[str, Counter[NGram]], seed: int
) -> Estimate | None:
    """Return the mean share covered by others, whoever has the same name left out."""
    having = Counter(chain.from_iterable(others.values()))
    shares = []
    for name, own in people.items():
        same = others.get(name)
        if len(others) > (same is not None):
            known = {run for run in own if having[run] > (same is not None and run in same)}
            shares.append(covered(own, known))
    return over([share for share in shares if share is not None], seed)


def distances_between(
    real: Sequence[Person], simulated: Sequence[Person], paired: bool, seed: int
) -> tuple[Distance, ...]:
    """Measure distances between halves, so that people are as different in both comparisons."""
    halves = _halves(real, simulated, paired, seed)
    found = []
    for name, way in _DISTANCES.items():
        if halves:
            apart = [way(one, drawn) for one, _, drawn in halves]
            among = [way(one, other) for one, other, _ in halves]
        else:
            apart, among = [way(real, simulated)], []
        mean = _mean(apart)
        if mean is not None:  # else nobody did so many things in a row
            found.append(Distance(name, mean, _mean(among)))
    return tuple(found)


def _halves(
    real: Sequence[Person], simulated: Sequence[Person], paired: bool, seed: int
) -> list[tuple[list[Person], list[Person], list[Person]]]:
    """Return two halves of the real people and simulated ones in the place of the second.

    Nothing where there are too few. Those who stand for people of the first half are not among the
    simulated ones.
    """
    if min(len(real), len(simulated)) < _FEWEST_FOR_HALVES:
        return []
    chance = random.Random(seed)  # noqa: S311 - no secret
    halves = []
    for _ in range(_SPLITS):
        order = chance.sample(range(len(real)), len(real))
        first, second = order[: len(order) // 2], order[len(order) // 2 :]
        other = [real[at] for at in second]
        drawn = (
            [simulated[at] for at in second]
            if paired
            else chance.sample(simulated, min(len(other), len(simulated)))
        )
        halves.append(([real[at] for at in first], other, drawn))
    return halves


def _runs_apart(n: int, one: Sequence[Person], other: Sequence[Person]) -> float | None:
    counts = [ngrams(_sessions(side), n) for side in (one, other)]
    return jensen_shannon_bits(*counts) if all(counts) else None


def _gaps_apart(one: Sequence[Person], other: Sequence[Person]) -> float | None:
    return kolmogorov_smirnov(*(rhythm.all_gaps_s(_sessions(side)) for side in (one, other)))


_DISTANCES: dict[str, Callable[[Sequence[Person], Sequence[Person]], float | None]] = {
    "events, Jensen-Shannon in bits": partial(_runs_apart, 1),
    "pairs, Jensen-Shannon in bits": partial(_runs_apart, 2),
    "triples, Jensen-Shannon in bits": partial(_runs_apart, 3),
    "gaps, Kolmogorov-Smirnov": _gaps_apart,
}


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def _sessions(people: Sequence[Person]) -> list[Session]:
    return [session for person in people for session in person.sample]
