"""What the pictures of a gap show: points and bars, no drawing."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence

from attrs import frozen

from foretrace_models.gap import rhythm
from foretrace_models.gap.diversity import NGram, next_entropy_bits, ngram_entropy_bits, ngrams
from foretrace_models.gap.intervals import Estimate, over
from foretrace_models.gap.samples import Person

_POINTS = 120
_LONGEST_RUN = 4
_FEWEST_PEOPLE = 0.1


@frozen
class Entropies:
    """Bits for a run of n events, and for the last of them when the others are known."""

    n: int
    run: Estimate
    last: Estimate


@frozen
class Transition:
    """From one event to another: its mean share in a person's pairs, on both sides."""

    before: str
    after: str
    real: float
    simulated: float

    @property
    def doublings(self) -> float:
        """How often the real share is to be doubled for the simulated one."""
        return math.log2(self.simulated / self.real)


def entropies(people: Sequence[Person], seed: int) -> list[Entropies]:
    """Return the entropies of runs, as means over people, by the length of the run."""
    found = []
    for n in range(1, _LONGEST_RUN + 1):
        run = over([ngram_entropy_bits(person.sample, n) for person in people], seed)
        told = [next_entropy_bits(person.sample, n - 1) for person in people]
        last = over([bits for bits in told if bits is not None], seed)
        if run is not None and last is not None:
            found.append(Entropies(n, run, last))
    return found


def gaps_s(people: Sequence[Person]) -> list[int]:
    """Return the gaps of all samples, sorted."""
    return sorted(gap for person in people for gap in rhythm.all_gaps_s(person.sample))


def session_events(people: Sequence[Person]) -> list[int]:
    """Return how many events each session of everybody has, sorted."""
    return sorted(len(session) for person in people for session in person.sessions)


def session_minutes(people: Sequence[Person]) -> list[float]:
    """Return how long each session of everybody lasts, sorted; those in no time are left out."""
    lasting = (session.lasts_s / 60 for person in people for session in person.sessions)
    return sorted(minutes for minutes in lasting if minutes)


def reaching(values: Sequence[float]) -> list[tuple[float, float]]:
    """Return points (value, share of all that are at least so large), evenly far on a log scale.

    The values are sorted; what is below 1 is left out of the points, not of the shares.
    """
    if not values or values[-1] < 1:
        return []
    longest = math.log(values[-1])
    marks = [math.exp(longest * at / _POINTS) for at in range(_POINTS)] + [values[-1]]
    return [(mark, 1 - bisect_left(values, mark) / len(values)) for mark in marks]


def transitions(
    real: Sequence[Person], simulated: Sequence[Person], most: int
) -> tuple[list[Transition], list[Transition]]:
    """Return those that the simulated have too little, and too much, the clearest first.

    Only what one in ten people does at least, on either side, so that nobody's habit stands for
    all; a transition that a side does not have counts as one in all of its pairs.
    """
    shares, having = zip(*(_shares(side) for side in (real, simulated)), strict=True)
    floors = [_floor(side) for side in (real, simulated)]
    fewest = [max(1.0, _FEWEST_PEOPLE * len(side)) for side in (real, simulated)]
    found = [
        Transition(
            *pair, *(max(own[pair], least) for own, least in zip(shares, floors, strict=True))
        )
        for pair in {**shares[0], **shares[1]}
        if any(own[pair] >= few for own, few in zip(having, fewest, strict=True))
    ]
    # By how much of the divergence they make: a large factor of next to nothing says little.
    found.sort(key=lambda each: (-_weight(each), each.before, each.after))
    lacking = [each for each in found if each.doublings < 0][:most]
    beyond = [each for each in found if each.doublings > 0][:most]
    return lacking, beyond


def _weight(each: Transition) -> float:
    mean = (each.real + each.simulated) / 2
    return each.real * math.log2(each.real / mean) + each.simulated * math.log2(
        each.simulated / mean
    )


def _shares(people: Sequence[Person]) -> tuple[dict[NGram, float], Counter[NGram]]:
    """Return the mean share of each pair in a person's pairs, and how many people have it."""
    shares: dict[NGram, float] = defaultdict(float)
    having: Counter[NGram] = Counter()
    for person in people:
        pairs = ngrams(person.sample, 2)
        having.update(pairs.keys())
        for pair, count in pairs.items():
            shares[pair] += count / pairs.total() / len(people)
    return shares, having


def _floor(people: Sequence[Person]) -> float:
    return 1 / max(1, sum(len(session) for person in people for session in person.sample))
