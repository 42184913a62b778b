"""Profiles and populations as JSON: the ones for a person's database, the others for weights."""

from __future__ import annotations

from collections import Counter
from typing import Any

from foretrace_models.coder.population import Axis, Population, Spread
from foretrace_models.coder.profile import Observed, Profile
from foretrace_models.coder.traits import Trait
from foretrace_models.style import Style
from foretrace_models.style_marks import Habit


def profile_to_json(profile: Profile) -> dict[str, Any]:
    """Return a profile as a JSON object."""
    return {
        "traces": profile.traces,
        "observed": {t.name: [seen.total, seen.count] for t, seen in profile.observed.items()},
        "style": {habit.name: dict(ways) for habit, ways in profile.style.chosen.items()},
    }


def profile_from_json(value: dict[str, Any]) -> Profile:
    """Return the profile that a JSON object was made from.

    Raises:
        KeyError: a trait or habit is not known; a part is missing.
    """
    return Profile(
        {Trait[name]: Observed(*seen) for name, seen in value["observed"].items()},
        Style({Habit[name]: Counter(ways) for name, ways in value["style"].items()}),
        value["traces"],
    )


def population_to_json(population: Population) -> list[list[Any]]:
    """Return a population as a JSON array, in the order of its vectors."""
    return [[*_names(axis), spread.mean, spread.deviation] for axis, spread in population.spreads]


def population_from_json(value: list[list[Any]]) -> Population:
    """Return the population that a JSON array was made from.

    Raises:
        KeyError: a trait or habit is not known.
        ValueError: an entry does not have four parts.
    """
    spreads: list[tuple[Axis, Spread]] = []
    for name, way, mean, deviation in value:
        axis = Trait[name] if way is None else (Habit[name], way)
        spreads.append((axis, Spread(mean, deviation)))
    return Population(tuple(spreads))


def deviations_to_json(profile: Profile, population: Population) -> dict[str, float]:
    """Return where a coder stands on each axis of a population, in standard deviations."""
    places = zip(population.spreads, population.vector(profile), strict=True)
    return {" ".join(filter(None, _names(axis))): place for (axis, _), place in places}


def _names(axis: Axis) -> tuple[str, str | None]:
    if isinstance(axis, Trait):
        return axis.name, None
    habit, way = axis
    return habit.name, way
