"""A profile in words: what a person can read, and contradict."""

from __future__ import annotations

from foretrace_models.coder.population import Population, observed_on
from foretrace_models.coder.profile import Observed, Profile
from foretrace_models.coder.traits import NUMBERS, Trait
from foretrace_models.style_marks import Habit

# What was seen less often says nothing yet.
_FEWEST = 5
# Further from the mean than this, in standard deviations, a coder differs from most.
_FAR = 1.0
# Traits that a habit says more exactly, where it is known.
_SAID_BY = {
    Trait.TAB_INDENT: Habit.INDENT,
    Trait.INDENT_OF_FOUR: Habit.INDENT,
    Trait.COMMA_SPACE: Habit.COMMA_SPACE,
    Trait.OPERATOR_SPACE: Habit.OPERATOR_SPACE,
    Trait.COMMENTS: Habit.COMMENTS,
}


def describe(profile: Profile, others: Population | None = None) -> list[str]:
    """Return what was seen of a coder, a line for each trait and habit with enough to go by.

    With others to compare with, a line says where the coder differs from most of them.
    """
    lines = []
    far = _far(profile, others) if others is not None else {}
    said = {trait for trait, habit in _SAID_BY.items() if habit in profile.style.chosen}
    for trait in Trait:
        seen = observed_on(profile, trait)
        if seen.count >= _FEWEST and trait not in said:
            lines.append(f"{trait.value}: {_amount(trait, seen)}{far.get(trait, '')}")
    for habit in Habit:
        ways = profile.style.chosen.get(habit)
        usual = profile.style.usual(habit)
        if ways and usual is not None and ways.total() >= _FEWEST:
            lines.append(
                f"{habit.value}: {usual} ({ways[usual] / ways.total():.0%} of {ways.total():,})"
            )
    return lines


def _amount(trait: Trait, seen: Observed) -> str:
    if trait in NUMBERS:
        return f"{seen.mean:.1f} on average (seen {seen.count:,} times)"
    return f"{seen.mean:.0%} of {seen.count:,}"


def _far(profile: Profile, others: Population) -> dict[Trait, str]:
    """Return words for the traits in which a coder differs from most others."""
    found = {}
    for (axis, _), deviations in zip(others.spreads, others.vector(profile), strict=True):
        if isinstance(axis, Trait) and abs(deviations) > _FAR:
            found[axis] = ", more than most" if deviations > 0 else ", less than most"
    return found
