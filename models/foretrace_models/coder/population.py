"""The population: how coders are on the whole, beside which one is seen.

A coder of whom little is known is taken to be much like the others, and one of whom nothing is
known is the mean: a vector of zeros.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import fmean, pstdev

from attrs import frozen

from foretrace_models.coder.profile import Observed, Profile
from foretrace_models.coder.traits import Trait
from foretrace_models.style_marks import Habit

# What the population is worth beside what was seen of a coder, in observations.
_PRIOR = 5
# A way of a habit is a number of its own if so many coders have it.
_FEWEST_CODERS = 3

Axis = Trait | tuple[Habit, str]


@frozen
class Spread:
    """The mean of a number over coders, and its standard deviation, which is not 0."""

    mean: float
    deviation: float


@frozen
class Population:
    """How the numbers of a vector are spread over coders, in the order of the vector."""

    spreads: tuple[tuple[Axis, Spread], ...]

    def vector(self, profile: Profile) -> tuple[float, ...]:
        """Return where a coder stands, in standard deviations from the mean.

        What was seen is drawn to the mean, the more so the less was seen.
        """
        return tuple(
            _deviations(observed_on(profile, axis), spread) for axis, spread in self.spreads
        )


def population_of(profiles: Sequence[Profile]) -> Population:
    """Return the population that some coders make up, each with one profile."""
    spreads = []
    for axis in _axes(profiles):
        seen = [observed_on(profile, axis) for profile in profiles]
        means = [each.mean for each in seen if each.count]
        deviation = pstdev(means) if means else 0.0
        if deviation > 0:
            spreads.append((axis, Spread(fmean(means), deviation)))
    return Population(tuple(spreads))


def observed_on(profile: Profile, axis: Axis) -> Observed:
    """Return what was seen of a trait, or of a way of a habit; nothing is no observation."""
    if isinstance(axis, Trait):
        return profile.observed.get(axis, Observed(0, 0))
    habit, way = axis
    ways: Counter[str] = profile.style.chosen.get(habit, Counter())
    return Observed(ways[way], ways.total())


def _axes(profiles: Iterable[Profile]) -> list[Axis]:
    """Return all traits, and the ways of habits that several coders have."""
    coders: Counter[tuple[Habit, str]] = Counter()
    for profile in profiles:
        coders.update((h, way) for h, ways in profile.style.chosen.items() for way in ways)
    common = {axis for axis, count in coders.items() if count >= _FEWEST_CODERS}
    habits = list(Habit)
    return [*Trait, *sorted(common, key=lambda axis: (habits.index(axis[0]), axis[1]))]


def _deviations(seen: Observed, spread: Spread) -> float:
    if not seen.count:
        return 0.0
    drawn = (seen.total + _PRIOR * spread.mean) / (seen.count + _PRIOR)
    return (drawn - spread.mean) / spread.deviation
