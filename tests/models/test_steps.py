"""The order of the parts of a fix."""

from __future__ import annotations

from collections.abc import Sequence

from foretrace_models.repair.edits import TextEdit, apply_edits, edits_between
from foretrace_models.repair.parse import syntax_error
from foretrace_models.repair.steps import Passing, steps_of

WRONG = "a = 1\nb = 2\nc = 3\n"
RIGHT = "a = 5\nb = 6\nc = 7\n"


def counting(*good: str) -> Passing:
    """Return what counts how many of some texts stand in each program that parses."""

    def passing(texts: Sequence[str]) -> list[int]:
        return [
            -1 if syntax_error(text) is not None else sum(each in text for each in good)
            for text in texts
        ]

    return passing


def titles(parts: Sequence[Sequence[TextEdit]]) -> list[str]:
    return ["".join(edit.new_text for edit in part) for part in parts]


def test_what_makes_more_checks_pass_comes_first() -> None:
    edits = edits_between(WRONG, RIGHT)
    assert titles(steps_of(WRONG, edits, counting("b = 6", "c = 7", "b = 6\nc = 7"), 0)) == [
        "6", "7", "5",
    ]  # fmt: skip


def test_of_two_that_are_as_good_the_upper_one_comes_first() -> None:
    edits = edits_between(WRONG, RIGHT)
    assert titles(steps_of(WRONG, edits, counting(), 0)) == ["5", "6", "7"]


def test_what_would_make_it_worse_alone_is_taken_together() -> None:
    edits = edits_between(WRONG, RIGHT)
    # Changing one of the first two lines alone loses what passed before.
    passing = counting("a = 1\nb = 2", "a = 5\nb = 6")
    assert titles(steps_of(WRONG, edits, passing, 1)) == ["7", "56"]


def test_what_does_not_parse_alone_is_taken_together() -> None:
    before = "f(a\nb = 2\nc = g(\n"
    after = "f(a)\nb = 3\nc = g()\n"
    parts = steps_of(before, edits_between(before, after), counting("b = 3"), -1)
    assert [len(part) for part in parts] == [3]
    before = "f(a\nb = 2\n"
    after = "f(a)\nb = 3\n"
    parts = steps_of(before, edits_between(before, after), counting("b = 3"), -1)
    assert titles(parts) == [")", "3"]


def test_any_first_few_parts_can_be_applied_to_the_original_and_all_of_them_are_the_fix() -> None:
    edits = edits_between(WRONG, RIGHT)
    parts = steps_of(WRONG, edits, counting("c = 7"), 0)
    texts = [
        apply_edits(WRONG, [edit for part in parts[:n] for edit in part])
        for n in range(len(parts) + 1)
    ]
    assert texts == [WRONG, "a = 1\nb = 2\nc = 7\n", "a = 5\nb = 2\nc = 7\n", RIGHT]


def test_a_single_edit_is_a_single_step_and_costs_no_run() -> None:
    edits = edits_between("a = 1\n", "a = 2\n")
    ran: list[str] = []

    def passing(texts: Sequence[str]) -> list[int]:
        ran.extend(texts)
        return [0] * len(texts)

    assert steps_of("a = 1\n", edits, passing, 0) == (edits,)
    assert ran == []
