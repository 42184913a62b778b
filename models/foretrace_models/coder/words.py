"""A profile in words: what a person can read, and contradict."""

from __future__ import annotations

from enum import Enum

from attrs import frozen

from foretrace_models.coder.population import Population, observed_on
from foretrace_models.coder.profile import Profile
from foretrace_models.coder.traits import NUMBERS, WORKING, Trait
from foretrace_models.style_marks import Habit

# What was seen less often says nothing yet.
FEWEST = 5
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


class About(str, Enum):
    """What a statement is about."""

    WRITING = "writing"
    WORKING = "working"


@frozen
class Statement:
    """What is said of a trait or habit: its `value` in words, and how often it was `seen`.

    `share` is how often it was so, from 0 to 1; None where the value is no share but a mean. Where
    the coder differs from most others, `compared` says how.
    """

    about: About
    subject: str
    value: str
    seen: int
    share: float | None = None
    compared: str = ""


def describe(profile: Profile, others: Population | None = None) -> list[str]:
    """Return what was seen of a coder, a line for each trait and habit with enough to go by.

    With others to compare with, a line says where the coder differs from most of them.
    """
    return [_line(statement) for statement in statements(profile, others)]


def statements(profile: Profile, others: Population | None = None) -> list[Statement]:
    """Return what can be said of a coder: traits, then habits, of each that was seen enough."""
    far = _far(profile, others) if others is not None else {}
    found = []
    for trait in _unsaid(profile):
        seen = observed_on(profile, trait)
        if seen.count >= FEWEST:
            about = About.WORKING if trait in WORKING else About.WRITING
            share = None if trait in NUMBERS else seen.mean
            value = f"{seen.mean:.1f} on average" if share is None else f"{share:.0%}"
            found.append(
                Statement(about, trait.value, value, seen.count, share, far.get(trait, ""))
            )
    for habit in Habit:
        ways = profile.style.chosen.get(habit)
        usual = profile.style.usual(habit)
        if ways and usual is not None and ways.total() >= FEWEST:
            share = ways[usual] / ways.total()
            found.append(Statement(About.WRITING, habit.value, usual, ways.total(), share))
    return found


def not_known_yet(profile: Profile) -> list[str]:
    """Return the traits and habits of which too little was seen to say anything."""
    traits = [t.value for t in _unsaid(profile) if observed_on(profile, t).count < FEWEST]
    return [*traits, *(habit.value for habit in Habit if _seen(profile, habit) < FEWEST)]


def _line(statement: Statement) -> str:
    seen, value, share = statement.seen, statement.value, statement.share
    compared = f", {statement.compared}" if statement.compared else ""
    if share is None:
        return f"{statement.subject}: {value} (seen {seen:,} times){compared}"
    if value == f"{share:.0%}":
        return f"{statement.subject}: {value} of {seen:,}{compared}"
    return f"{statement.subject}: {value} ({share:.0%} of {seen:,})"


def _unsaid(profile: Profile) -> list[Trait]:
    """Return the traits that no known habit says more exactly."""
    said = {trait for trait, habit in _SAID_BY.items() if habit in profile.style.chosen}
    return [trait for trait in Trait if trait not in said]


def _seen(profile: Profile, habit: Habit) -> int:
    return profile.style.chosen[habit].total() if habit in profile.style.chosen else 0


def _far(profile: Profile, others: Population) -> dict[Trait, str]:
    """Return words for the traits in which a coder differs from most others."""
    found = {}
    for (axis, _), deviations in zip(others.spreads, others.vector(profile), strict=True):
        if isinstance(axis, Trait) and abs(deviations) > _FAR:
            found[axis] = "more than most" if deviations > 0 else "less than most"
    return found
