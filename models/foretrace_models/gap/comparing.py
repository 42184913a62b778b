"""Real people beside simulated ones: each measure, how far the two are apart, and by how sure."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from statistics import fmean, pstdev

from attrs import field, frozen

from foretrace_models.gap import rhythm
from foretrace_models.gap.distances import auc, jensen_shannon_bits, kolmogorov_smirnov
from foretrace_models.gap.diversity import NGram, covered, ngrams
from foretrace_models.gap.intervals import Estimate, between, over
from foretrace_models.gap.measures import MEASURES, Group
from foretrace_models.gap.samples import Person, person_of, size_for
from foretrace_models.gap.streams import REST_S, Session, Stream
from foretrace_models.gap.telling_apart import Told, tell_apart
from foretrace_models.learned.fitting import NoFittingError

_LONGEST_RUN = 4
_SPLITS = 20
_FEWEST_FOR_HALVES = 4


@frozen
class Compared:
    """A measure on both sides, over people, and how much more the simulated have.

    `shift` is how often somebody simulated has more than somebody real, less how often they have
    less: from -1 to 1 (Cliff's delta). The spreads are standard deviations between people.
    """

    name: str
    group: Group
    unit: str
    people: int
    real: Estimate
    simulated: Estimate
    difference: Estimate
    shift: float
    real_spread: float
    simulated_spread: float


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


@frozen
class Gap:
    """All that was compared, with the people that it was measured on.

    `events` is how many of each person were. `paired` tells whether each simulated person stands
    for a real one. `told` is None where nothing could learn to tell them apart, which `untold`
    explains.
    """

    seed: int
    events: int
    rest_s: int
    paired: bool
    real: tuple[Person, ...] = field(repr=False)
    simulated: tuple[Person, ...] = field(repr=False)
    left_out: tuple[int, int]
    measures: tuple[Compared, ...]
    coverage: tuple[Coverage, ...]
    distances: tuple[Distance, ...]
    told: tuple[Told, ...] | None
    untold: str | None


def compare(
    real: Sequence[Stream],
    simulated: Sequence[Stream],
    seed: int,
    tell: Callable[[str], None],
) -> Gap:
    """Compare real people with simulated ones; `tell` hears how far it is.

    Where both have the same names, only these are compared, each with their own.

    Raises:
        ValueError: there are too few people or events.
    """
    size = size_for(real, simulated)
    tell(f"drawing {size:,} events of each person in whole sessions")
    sides = [
        {person.name: person for stream in side if (person := person_of(stream, size, seed))}
        for side in (real, simulated)
    ]
    common = sorted(sides[0].keys() & sides[1].keys())
    paired = bool(common)
    ours, theirs = (
        tuple(side[name] for name in (common if paired else sorted(side))) for side in sides
    )
    tell(f"measuring {len(ours)} real people and {len(theirs)} simulated ones")
    measures = _measures(ours, theirs, paired, seed)
    tell("comparing what they do one after the other")
    coverage = tuple(_coverage(ours, theirs, n, seed) for n in range(1, _LONGEST_RUN + 1))
    distances = _distances(ours, theirs, paired, seed)
    tell("learning to tell their windows apart")
    told, untold = None, None
    try:
        told = tell_apart(ours, theirs, seed)
    except NoFittingError as error:
        untold = str(error)
    return Gap(
        seed=seed,
        events=size,
        rest_s=REST_S,
        paired=paired,
        real=ours,
        simulated=theirs,
        left_out=(len(real) - len(ours), len(simulated) - len(theirs)),
        measures=measures,
        coverage=coverage,
        distances=distances,
        told=told,
        untold=untold,
    )


def _measures(
    real: Sequence[Person], simulated: Sequence[Person], paired: bool, seed: int
) -> tuple[Compared, ...]:
    compared = []
    for measure in MEASURES:
        one, other = ([measure.of(person) for person in side] for side in (real, simulated))
        if paired:
            both = [
                (a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None
            ]
            ours, theirs = [a for a, _ in both], [b for _, b in both]
            difference = over([b - a for a, b in both], seed, measure.middle)
        else:
            ours = [value for value in one if value is not None]
            theirs = [value for value in other if value is not None]
            difference = between(theirs, ours, seed, measure.middle)
        of_ours, of_theirs = over(ours, seed, measure.middle), over(theirs, seed, measure.middle)
        if of_ours is None or of_theirs is None or difference is None:
            continue  # it cannot be told of anybody, as with files in a log of commands
        compared.append(
            Compared(
                measure.name,
                measure.group,
                measure.unit,
                min(len(ours), len(theirs)),
                of_ours,
                of_theirs,
                difference,
                2 * auc(theirs, ours) - 1,
                pstdev(ours),
                pstdev(theirs),
            )
        )
    return tuple(compared)


def _coverage(real: Sequence[Person], simulated: Sequence[Person], n: int, seed: int) -> Coverage:
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


def _distances(
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

    None where there are too few. Those who stand for people of the first half are not among the
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
