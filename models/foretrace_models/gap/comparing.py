"""Real people beside simulated ones: each measure, how far the two are apart, and by how sure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import pstdev

from attrs import field, frozen

from foretrace_models.gap.distances import auc
from foretrace_models.gap.intervals import Estimate, between, over
from foretrace_models.gap.measures import MEASURES, Group
from foretrace_models.gap.overlap import Coverage, Distance, coverage_of, distances_between
from foretrace_models.gap.samples import Person, person_of, size_for
from foretrace_models.gap.streams import REST_S, Stream
from foretrace_models.gap.telling_apart import Told, tell_apart
from foretrace_models.learned.fitting import NoFittingError

_LONGEST_RUN = 4


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
    coverage = tuple(coverage_of(ours, theirs, n, seed) for n in range(1, _LONGEST_RUN + 1))
    distances = distances_between(ours, theirs, paired, seed)
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
