"""The numbers by which stepping in is judged: no language, and nothing from after."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretrace_models.timing.stepping_in import (
    NOT_NOW,
    PROBLEM,
    SUBGOAL,
    examples_of,
    shipped,
)
from foretrace_models.timing.steps import (
    WORDS,
    Deed,
    Step,
    changed_characters,
    is_balanced,
    numbers_of,
)
from foretrace_models.timing.students import REACH, Watched, watched_in
from foretrace_telemetry.readers import fitech
from foretrace_telemetry.readers.fitech import Mark, StepSequence

STEPS = (
    Step(Deed.OPEN, "", 0.0),
    Step(Deed.EDIT, "print(", 4.0),
    Step(Deed.EDIT, "print(1)\n", 6.0),
    Step(Deed.RUN, "print(1)\n", 9.0),
    Step(Deed.RUN, "print(1)\n", 10.0),
    Step(Deed.EDIT, "print(", 30.0),
    Step(Deed.EDIT, "if x", 31.0),
)


def test_the_numbers_of_a_step_are_those_computed_by_hand() -> None:
    told = numbers_of(STEPS)
    expected = {
        "elapsed": math.log(32),
        "steps": math.log(8),
        "idle": math.log(2),
        "pace": math.log(32),
        "is_run": 0,
        "runs": math.log(3),
        "runs_in_a_row": 0,
        "steps_since_run": math.log(3),
        "seconds_since_run": math.log(22),
        "inserted": math.log(5),
        "removed": math.log(7),
        # 6, 3, 0, 0, 3 and 4 + 6 characters changed; 3 and 6 of them went.
        "removed_lately": 9 / 22,
        "came_back": 0,
        # The step before led back to what the second had.
        "came_back_lately": 1,
        "size": math.log(5),
        "below_longest": math.log(6),
        "grown_since_run": -math.log(6),
        "open_brackets": 0,
        "is_balanced": 1,
        "just_balanced": 1,
        "steps_unbalanced": 0,
        "lines_added": 0,
        "words_since_run": math.log(3),
        "branches": 1,
        "calls": 0,
    }
    assert {name: told[name] for name in expected} == pytest.approx(expected)
    assert numbers_of(STEPS[:5])["runs_in_a_row"] == 2
    assert set(told) == set(WORDS)


steps = st.builds(
    Step,
    st.sampled_from(Deed),
    st.text(alphabet="if x(1)\n'\"[]{}", max_size=20),
    st.floats(0, 1e5),
)


@given(st.lists(steps, min_size=1, max_size=12))
def test_any_steps_have_probabilities_that_add_up(several: list[Step]) -> None:
    told = shipped().probabilities(several)
    assert set(told) == {NOT_NOW, PROBLEM, SUBGOAL}
    assert sum(told.values()) == pytest.approx(1)
    assert all(math.isfinite(number) for number in numbers_of(several).values())


@given(st.lists(steps, min_size=1, max_size=9), st.lists(steps, max_size=4))
def test_what_comes_after_a_step_changes_nothing_about_it(
    before: list[Step], after: list[Step]
) -> None:
    def examples(several: list[Step]) -> list[dict[str, float]]:
        count = len(several)
        seen = Watched("a", "b", tuple(several), (Mark.NONE,) * count, (False,) * count)
        return [dict(each.numbers) for each in examples_of(seen)]

    assert examples([*before, *after])[: len(before)] == examples(before)


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [("", "", (0, 0)), ("ab", "ab", (0, 0)), ("ab", "axb", (1, 0)), ("aaa", "aa", (0, 1)),
     ("print(1)", "print(22)", (2, 1)), ("", "ab", (2, 0)), ("ab", "", (0, 2))],
)  # fmt: skip
def test_characters_that_come_and_go_are_counted(
    before: str, after: str, changed: tuple[int, int]
) -> None:
    assert changed_characters(before, after) == changed


@pytest.mark.parametrize(
    ("text", "balanced"),
    [("", True), ("f(a[1]) { }", True), ("(]", False), (")(", False), ("((", False), ("'", False),
     ("'a'\n\"b\"", True), ("'a\n'", False)],
)  # fmt: skip
def test_brackets_and_quotes_are_closed_or_not(text: str, balanced: bool) -> None:
    assert is_balanced(text) is balanced


def watched(*marks: tuple[Mark, str]) -> Watched:
    told = tuple(
        fitech.Step(fitech.RUN if place == 1 else "File.Edit", "insert", "x", place, mark, why, "")
        for place, (mark, why) in enumerate(marks)
    )
    (found,) = watched_in([StepSequence("ada", "A1", told)])
    return found


def test_steps_near_a_mark_of_both_experts_are_learned_with_what_it_is_for() -> None:
    nothing = (Mark.NONE, "")
    marks = [nothing] * 4 + [(Mark.AGREED, "subgoal")] + [nothing] * 8 + [(Mark.AGREED, "logical")]
    told = [each.of_class for each in examples_of(watched(*marks, (Mark.DISAGREED, "trial")))]
    expected = [NOT_NOW] + [SUBGOAL] * (2 * REACH + 1) + [NOT_NOW] * 2 + [PROBLEM] * 5
    assert told == expected


def test_what_the_experts_wrote_is_not_among_what_is_known_of_a_step() -> None:
    one = watched((Mark.NONE, ""), (Mark.AGREED, "logical"))
    other = watched((Mark.NONE, ""), (Mark.NONE, ""))
    assert one.steps == other.steps
    assert one.steps[1].deed is Deed.RUN


def test_the_card_names_the_licence_of_what_it_was_made_of() -> None:
    assert shipped().card.licence == "CC-BY-SA-4.0"
    assert shipped().card.data[0].licence == "CC-BY-SA-4.0"
