"""What is known of a coder from their traces, in numbers and in words."""

from __future__ import annotations

import json

import pytest

from foretrace_models.coder.as_json import (
    population_from_json,
    population_to_json,
    profile_from_json,
    profile_to_json,
)
from foretrace_models.coder.layout import observe_layout
from foretrace_models.coder.population import Population, Spread, population_of
from foretrace_models.coder.profile import Observed, Profile, merged, profile_of
from foretrace_models.coder.traits import Trait
from foretrace_models.coder.words import describe
from foretrace_models.coder.working import observe_working
from foretrace_models.style_marks import Habit
from foretrace_telemetry.traces import State, Trace

SECOND_US = 1_000_000


def trace(*texts: str, language: str = "python") -> Trace:
    return Trace("somebody", "double", language, tuple(State(text) for text in texts))


@pytest.mark.parametrize(
    ("trait", "text", "language", "share"),
    [
        (Trait.TAB_INDENT, "if (x)\n\ty();\n  z();", "c", 1 / 2),
        (Trait.INDENT_OF_FOUR, "if (x)\n    y();\n  z();", "c", 1 / 2),
        (Trait.COMMA_SPACE, "f(a, b,c,\nd)", "c", 1 / 2),
        (Trait.COMMA_SPACE, 'f("a,b", c)', "c", 1),
        (Trait.OPERATOR_SPACE, "x = a+b", "python", 1 / 2),
        (Trait.OPERATOR_SPACE, "if (a&&b == -1)", "c", 0),
        (Trait.OWN_LINE_BRACE, "int f()\n{\n  if (x) {", "c", 1 / 2),
        (Trait.BLANK_LINES, "x\n\ny\n  \n", "c", 1 / 2),
        (Trait.TRAILING_SPACE, "x \ny", "c", 1 / 2),
        (Trait.COMMENTS, "x // y\nz", "c", 1 / 2),
        (Trait.COMMENTS, "x # y\n'#'", "python", 1 / 2),
        (Trait.LINE_LENGTH, "ab\n\nabcd", "c", 3),
        (Trait.NAME_LENGTH, "ab = abcd + 12 # abcdefgh", "python", 3),
        (Trait.ONE_LETTER_NAMES, "a = bc", "c", 1 / 2),
        (Trait.SNAKE_CASE, "an_item = anItem + item + Item", "c", 1 / 2),
    ],
)
def test_layout_is_seen_in_any_language(
    trait: Trait, text: str, language: str, share: float
) -> None:
    values = [float(value) for seen, value in observe_layout(text, language) if seen is trait]
    assert sum(values) / len(values) == pytest.approx(share)


def test_what_separates_a_sign_from_its_number_is_no_space_around_an_operator() -> None:
    seen = [v for t, v in observe_layout("x = -1", "c") if t is Trait.OPERATOR_SPACE]
    assert seen == []


def means(of: Trace) -> dict[Trait, float]:
    profile = profile_of(of)
    return {trait: seen.mean for trait, seen in profile.observed.items()}


def test_work_is_seen_in_states_and_steps() -> None:
    states = (
        State("x = (1", 0, 0.0),
        State("x = (1)", 5 * SECOND_US, 0.5),
        State("x = (1", 700 * SECOND_US, 0.0),
        State("y = (1)", 710 * SECOND_US, 1.0),
    )
    seen = means(Trace("somebody", "double", "python", states))
    assert seen[Trait.STATES] == 4
    assert seen[Trait.NOT_PARSED] == 1 / 2
    assert (seen[Trait.AT_ONCE], seen[Trait.SOLVED]) == (0, 1)
    assert seen[Trait.RETURNS] == 1 / 3
    assert seen[Trait.AWAY] == 1 / 3
    assert (seen[Trait.QUICK], seen[Trait.PAUSES]) == (2 / 3, 1 / 3)
    assert seen[Trait.CHANGES_BRACKETS] == 1
    assert seen[Trait.CHANGES_NAMES] == 1 / 3
    assert seen[Trait.MODIFY] == 1
    assert seen[Trait.LINES_TOUCHED] == 1


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ("x = 1", "x = 2", {Trait.CHANGES_NUMBERS}),
        ("x = a", "x = b", {Trait.CHANGES_NAMES}),
        ("x < a", "x > a", {Trait.CHANGES_OPERATORS}),
        ("f(a)", "f[a]", {Trait.CHANGES_BRACKETS}),
        ("x=1", "x = 1", {Trait.CHANGES_LAYOUT}),
        ("x = 1", "x = b", {Trait.CHANGES_NAMES, Trait.CHANGES_NUMBERS}),
    ],
)
def test_what_a_step_changes_is_told_by_the_tokens_that_went_and_came(
    before: str, after: str, changes: set[Trait]
) -> None:
    kinds = {trait for trait in Trait if trait.name.startswith("CHANGES")}
    seen = {t for t, value in observe_working(trace(before, after)) if t in kinds and value}
    assert seen == changes


def test_what_cannot_be_seen_is_missing() -> None:
    seen = means(trace("int x;", "int y;", language="c"))
    assert Trait.NOT_PARSED not in seen
    assert Trait.SOLVED not in seen
    assert Trait.QUICK not in seen
    assert not profile_of(trace("int x;", language="c")).style.chosen


def test_the_profile_of_traces_is_the_sum_of_their_profiles() -> None:
    one, other = profile_of(trace("x=1", "x = 1")), profile_of(trace("'a'\ny = 1"))
    both = merged([one, other])
    assert both.traces == 2
    assert both.observed[Trait.STATES] == Observed(3, 2)
    assert both.style.chosen[Habit.QUOTES].total() == 1
    assert merged([]) == Profile()


def test_a_coder_of_whom_nothing_is_known_is_the_mean() -> None:
    population = population_of([profile_of(trace("x=1")), profile_of(trace("y = 1\nzz = 2"))])
    assert set(population.vector(Profile())) == {0.0}


def test_what_was_seen_counts_the_more_the_more_there_was() -> None:
    population = Population(((Trait.AWAY, Spread(0.25, 0.1)),))
    little = population.vector(Profile({Trait.AWAY: Observed(1, 1)}))
    much = population.vector(Profile({Trait.AWAY: Observed(100, 100)}))
    # (1 + 5 * 0.25) / 6 and (100 + 5 * 0.25) / 105, from 0.25, in tenths.
    assert little == pytest.approx((1.25,))
    assert much == pytest.approx((7.142857,))


def test_a_way_of_a_habit_has_a_number_once_several_coders_have_it() -> None:
    single, double = profile_of(trace("x = 'a'")), profile_of(trace('x = "a"'))
    axes = dict(population_of([single, single, single, double]).spreads)
    assert (Habit.QUOTES, "single") in axes
    assert (Habit.QUOTES, "double") not in axes


def test_what_is_the_same_for_all_has_no_number() -> None:
    assert population_of([profile_of(trace("x = 1"))] * 2).spreads == ()


def test_words_say_what_was_seen_often_enough_and_where_others_differ() -> None:
    tidy = merged([profile_of(trace("int long_name = 1;\n" * 5, language="c"))] * 3)
    dense = merged([profile_of(trace("x=1;\n" * 5, language="c"))] * 3)
    lines = describe(dense, population_of([tidy, tidy, tidy, dense]))
    assert "operators with space around them: 0% of 15, less than most" in lines
    assert any(line.startswith("characters in a line: 4.0 on average") for line in lines)
    # Three traces are not enough to say how many states they have.
    assert not any("states of a program" in line for line in lines)
    assert describe(Profile()) == []


def test_a_habit_says_what_a_trait_would_say_again() -> None:
    lines = describe(merged([profile_of(trace("x = 1\n" * 5))] * 2))
    assert "space around =: space (100% of 10)" in lines
    assert sum("comment" in line for line in lines) == 1


def test_profiles_and_populations_come_back_from_json() -> None:
    profile = profile_of(trace("x='a'", "x = 'a'  # why"))
    assert profile_from_json(json.loads(json.dumps(profile_to_json(profile)))) == profile
    population = population_of([profile] * 3 + [profile_of(trace('y = "b"\n\n'))])
    assert population.spreads
    told = json.loads(json.dumps(population_to_json(population)))
    assert population_from_json(told) == population
