"""The rules of a policy: the strictest holds, times are kept, and shares are dealt as said."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from foretrace_models.repair.assignment import Level
from foretrace_server.policy.dealing import dealt, policy_for
from foretrace_server.policy.reading import Condition, CoursePolicy, Study
from foretrace_server.policy.rules import (
    HelpLimit,
    Limit,
    Policy,
    Rule,
    limit,
    limit_of,
    limits,
    next_edge,
    strictest,
)
from foretrace_server.policy.words import limit_words

LEVELS = list(Level)
NAMES = ("search", "sort", None)
KEY = bytes(range(32))
moments = st.integers(0, 20)
levels = st.sampled_from(LEVELS)


@st.composite
def spans(draw: st.DrawFn) -> tuple[int | None, int | None]:
    begins, ends = draw(st.none() | moments), draw(st.none() | moments)
    if begins is not None and ends is not None and begins >= ends:
        return begins, begins + 1
    return begins, ends


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    begins, ends = draw(spans())
    return Rule(
        ceiling=draw(levels),
        assignment=draw(st.sampled_from(NAMES)),
        from_wall_us=begins,
        until_wall_us=ends,
    )


some_rules = st.lists(rules(), max_size=6)
names = st.sampled_from((*NAMES, "other"))


def policy(*its_rules: Rule, course: str = "A") -> Policy:
    return Policy(course=course, subject="s0", number=1, rules=its_rules)


@given(some_rules, names, moments)
def test_no_rule_that_holds_allows_less_than_the_limit(
    its_rules: list[Rule], assignment: str | None, now: int
) -> None:
    found = limit(its_rules, assignment, now).ceiling
    hold = [r for r in its_rules if r.holds_at(now) and r.assignment in (None, assignment)]
    assert all(rule.ceiling.allows(found) for rule in hold)
    assert found in [rule.ceiling for rule in hold] or (not hold and found is Level.FIX)


@given(some_rules, rules(), names, moments)
def test_one_rule_more_never_allows_more(
    its_rules: list[Rule], another: Rule, assignment: str | None, now: int
) -> None:
    before = limit(its_rules, assignment, now).ceiling
    assert before.allows(limit([*its_rules, another], assignment, now).ceiling)


@given(some_rules, names, moments)
def test_a_limit_holds_until_the_moment_that_it_tells_and_not_longer(
    its_rules: list[Rule], assignment: str | None, now: int
) -> None:
    found = limit(its_rules, assignment, now)
    end = found.until_wall_us if found.until_wall_us is not None else 40
    for moment in range(now, end):
        assert limit(its_rules, assignment, moment).ceiling is found.ceiling
    if found.until_wall_us is not None:
        assert limit(its_rules, assignment, end).ceiling is not found.ceiling


@given(some_rules, some_rules, names, moments)
def test_of_two_courses_the_stricter_holds(
    ones: list[Rule], others: list[Rule], assignment: str | None, now: int
) -> None:
    one, other = policy(*ones), policy(*others, course="B")
    found = limit_of([*limits(one, now), *limits(other, now)], assignment)
    ceilings = [limit(each.rules, assignment, now).ceiling for each in (one, other)]
    assert (found.limit.ceiling if found else Level.FIX) is strictest(ceilings)


@given(some_rules, names, moments)
def test_what_is_shown_of_a_policy_says_what_holds_for_each_assignment(
    its_rules: list[Rule], assignment: str | None, now: int
) -> None:
    shown = {each.assignment: each.limit for each in limits(policy(*its_rules), now)}
    told = shown.get(assignment) or shown.get(None) or Limit(Level.FIX)
    assert told.ceiling is limit(its_rules, assignment, now).ceiling


@given(some_rules, names, moments)
def test_nothing_changes_before_something_begins_or_ends(
    its_rules: list[Rule], assignment: str | None, now: int
) -> None:
    found = policy(*its_rules)
    edge = next_edge(found, now)
    for moment in range(now, edge if edge is not None else 40):
        assert limits(found, moment) == limits(found, now)


def test_a_rule_holds_from_its_first_moment_and_no_more_at_its_last() -> None:
    rule = Rule(ceiling=Level.OFF, from_wall_us=10, until_wall_us=20)
    held = [limit([rule], None, now).ceiling is Level.OFF for now in (9, 10, 19, 20)]
    assert held == [False, True, True, False]


def test_a_limit_is_told_with_the_course_and_its_end() -> None:
    now_wall_us = 1_795_700_000_000_000
    hour = HelpLimit("Programming 1", None, Limit(Level.HINT, now_wall_us + 3_600_000_000))
    words = limit_words(hour, now_wall_us)
    assert words.startswith("the course Programming 1 allows up to a hint until ")
    other = HelpLimit("Programming 1", "search", Limit(Level.OFF))
    assert limit_words(other, now_wall_us) == (
        "the course Programming 1 allows no help in the assignment search"
    )


def study(*shares: int) -> Study:
    conditions = (Condition(f"c{n}", LEVELS[n], share) for n, share in enumerate(shares))
    return Study(id="study", conditions=tuple(conditions))


def subject(number: int) -> str:
    return f"s{hashlib.sha256(str(number).encode()).hexdigest()[:16]}"


@pytest.mark.parametrize("shares", [(1, 1), (2, 1), (1, 1, 8)])
def test_conditions_are_dealt_by_their_shares(shares: tuple[int, ...]) -> None:
    count = 6000
    found = Counter(dealt(study(*shares), subject(n), KEY).name for n in range(count))
    for number, share in enumerate(shares):
        expected = count * share / sum(shares)
        # Five standard deviations: the same students are dealt each time, so this never wavers.
        assert abs(found[f"c{number}"] - expected) < 5 * expected**0.5


@given(st.lists(st.integers(1, 1000), min_size=2, max_size=5), st.integers(0, 10**6))
def test_a_student_stays_in_a_condition_whatever_ceilings_and_times_become(
    shares: list[int], number: int
) -> None:
    first = study(*shares)
    later = evolve(
        first,
        until_wall_us=5,
        conditions=tuple(evolve(each, ceiling=Level.FIX) for each in first.conditions),
    )
    name = dealt(first, subject(number), KEY).name
    assert dealt(later, subject(number), KEY).name == name


def test_who_has_no_key_foretells_no_condition() -> None:
    both = [[dealt(study(1, 1), subject(n), key).name for n in range(200)] for key in (KEY, b"k")]
    agreed = sum(one == other for one, other in zip(*both, strict=True))
    assert 60 < agreed < 140


@given(st.integers(0, 10**6), st.booleans())
def test_a_student_is_told_no_other_condition_unless_the_instructor_says_so(
    number: int, tells: bool
) -> None:
    its_study = evolve(study(1, 1, 1), tell_conditions=tells, until_wall_us=9)
    told = policy_for(CoursePolicy((), its_study), "A", 1, subject(number), KEY)
    assert told.part is not None
    own = dealt(its_study, subject(number), KEY)
    assert told.part.condition == own.name
    assert told.rules == (Rule(ceiling=own.ceiling, until_wall_us=9),)
    others = {each.name for each in its_study.conditions} - {own.name}
    assert (others <= set(told.part.told)) is tells
    assert tells or not any(repr(name) in repr(told) for name in others)
