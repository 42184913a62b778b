"""Rules: how much help a course allows with which assignment, from when until when.

Values in, values out; times are microseconds of the wall clock. Of several rules that hold at once
the strictest does.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from foretrace_models.repair.assignment import Level
from foretrace_telemetry.machine_policy import MachinePolicy

# As many as a course has assignments, and more; and no moments in what is no time of a course.
MOST_RULES = 100
MOST_CHARACTERS = 200
YEARS = range(2000, 3000)


@frozen(kw_only=True)
class Span:
    """From a moment, included, until another one, excluded; without an end where it is None."""

    from_wall_us: int | None = None
    until_wall_us: int | None = None

    def holds_at(self, wall_us: int) -> bool:
        """Return whether a moment is within it."""
        began = self.from_wall_us is None or self.from_wall_us <= wall_us
        return began and not self.is_over_at(wall_us)

    def is_over_at(self, wall_us: int) -> bool:
        """Return whether it ended before a moment."""
        return self.until_wall_us is not None and self.until_wall_us <= wall_us


@frozen(kw_only=True)
class Rule(Span):
    """The most help that is given with an assignment; where that is None, with any program."""

    ceiling: Level
    assignment: str | None = None

    def concerns(self, assignment: str | None) -> bool:
        """Return whether it is about an assignment, or about a program without one."""
        return self.assignment in (None, assignment)


@frozen
class Limit:
    """What the rules come to at a moment, and until when they come to that; None: for good."""

    ceiling: Level
    until_wall_us: int | None = None


@frozen(kw_only=True)
class Part(Span):
    """The part that a student has in a study; `told` are the names of all conditions, if told."""

    study: str
    condition: str
    told: tuple[str, ...] = ()


@frozen(kw_only=True)
class Policy:
    """The policy of a course for one student. A later one has a higher number."""

    course: str
    subject: str
    number: int
    rules: tuple[Rule, ...] = ()
    part: Part | None = None

    def part_at(self, wall_us: int) -> Part | None:
        """Return the part that the student has in a study at a moment."""
        return self.part if self.part is not None and self.part.holds_at(wall_us) else None


@frozen
class HelpLimit:
    """How much help a course allows now, or the policy of the machine where `course` is None.

    `assignment` is None where that is so with any program. `because` follows on words of it.
    """

    course: str | None
    assignment: str | None
    limit: Limit
    because: str = ""


def strictest(levels: Iterable[Level]) -> Level:
    """Return the level that gives the least help; the whole fix where there is none."""
    return min(levels, key=list(Level).index, default=Level.FIX)


def limit(rules: Iterable[Rule], assignment: str | None, wall_us: int) -> Limit:
    """Return how much help rules allow with an assignment at a moment, and until when."""
    about = [rule for rule in rules if rule.concerns(assignment)]
    ceiling = _ceiling(about, wall_us)
    edges = (edge for rule in about for edge in (rule.from_wall_us, rule.until_wall_us))
    later = sorted(edge for edge in edges if edge is not None and edge > wall_us)
    return Limit(
        ceiling, next((edge for edge in later if _ceiling(about, edge) is not ceiling), None)
    )


def limits(policy: Policy, wall_us: int) -> list[HelpLimit]:
    """Return the limits of a policy at a moment: that of all programs, then those that differ."""
    of_all = limit(policy.rules, None, wall_us)
    found = [HelpLimit(policy.course, None, of_all)] if of_all.ceiling is not Level.FIX else []
    for name in sorted({rule.assignment for rule in policy.rules if rule.assignment is not None}):
        own = limit(policy.rules, name, wall_us)
        if own.ceiling is not of_all.ceiling:
            found.append(HelpLimit(policy.course, name, own))
    return found


def machine_limit(policy: MachinePolicy) -> HelpLimit | None:
    """Return how much help the policy of the machine allows; None where it sets no limit."""
    if policy.ceiling is None:
        return None
    return HelpLimit(None, None, Limit(Level(policy.ceiling)), policy.because)


def limit_of(found: Iterable[HelpLimit], assignment: str | None) -> HelpLimit | None:
    """Return the strictest of the limits that concern an assignment; None where none does."""
    about = [each for each in found if each.assignment in (None, assignment)]
    return min(about, key=lambda each: list(Level).index(each.limit.ceiling), default=None)


def next_edge(policy: Policy, wall_us: int) -> int | None:
    """Return when something of a policy begins or ends next."""
    spans = (*policy.rules, policy.part) if policy.part is not None else policy.rules
    edges = (edge for each in spans for edge in (each.from_wall_us, each.until_wall_us))
    return min((edge for edge in edges if edge is not None and edge > wall_us), default=None)


def _ceiling(rules: Iterable[Rule], wall_us: int) -> Level:
    return strictest(rule.ceiling for rule in rules if rule.holds_at(wall_us))
