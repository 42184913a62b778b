"""What is said of a problem: where to look, what is wrong, and never what to write instead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.models.test_golden_repair import FOLDER, SECONDS, read

from foretrace_models.repair.assignment import CallTest
from foretrace_models.repair.checks import CallCheck
from foretrace_models.repair.diagnosis import Diagnosis, Hint, Problem, Seen, Situation
from foretrace_models.repair.pipeline import diagnose
from foretrace_models.repair.seen import ENDED, NO_END, seen

LONGEST_VALUE = 120
# Signs and words that any sentence may have.
_COMMON = re.compile(r"[\w]{1,3}|[^\w]{1,2}|return|while|break")


def diagnosed(folder: Path, text: str, tests: str = "", ceiling: str = "fix") -> Diagnosis:
    """Return the diagnosis of a program with some tests."""
    program = folder / "program.py"
    (folder / "foretrace.toml").write_text(
        f'[assignment]\nentry = "program.py"\n[assistance]\nceiling = "{ceiling}"\n{tests}'
    )
    return diagnose(Situation(text, program, may_run=True), SECONDS)


def call(call: str, expected: str) -> str:
    return f"[[test]]\ncall = '{call}'\nexpected = '{expected}'\n"


def problem(diagnosis: Diagnosis) -> tuple[Problem, Hint]:
    assert diagnosis.problem is not None
    assert diagnosis.problem.hint is not None
    return diagnosis.problem, diagnosis.problem.hint


def test_a_wrong_value_is_told_with_what_was_given_and_what_is_expected(tmp_path: Path) -> None:
    tests = call("double(2)", "4") + call("double(5)", "10")
    found, hint = problem(diagnosed(tmp_path, "def double(x):\n    return 2 + x\n", tests))
    assert found.seen == Seen("double(5)", "10", "7")
    assert hint.what == "double(5) gives 7; expected is 10."
    # Running the program is no test that anybody wrote.
    assert found.nudge == "Look at this line: 1 of 2 tests fails."


def test_half_a_character_is_told_in_its_line(tmp_path: Path) -> None:
    found, hint = problem(diagnosed(tmp_path, "x = 1\ny = '\ud83dz'\n"))
    assert found.line == 1
    assert hint.what == "Python cannot read line 2: half a character."


def test_wrong_output_is_told_by_its_first_line_that_differs(tmp_path: Path) -> None:
    tests = '[[test]]\nstdin = "3\\n4\\n"\nstdout = "3\\n7\\n"\n'
    text = "a = int(input())\nb = int(input())\nprint(a)\nprint(a - b)\n"
    _, hint = problem(diagnosed(tmp_path, text, tests))
    assert hint.what == (
        "With input '3\\n4' the program prints '-1' in line 2; expected is '7' in line 2."
    )


def test_an_error_is_told_with_its_place(tmp_path: Path) -> None:
    text = "items = [1, 2]\ndef last():\n    return items[len(items)]\nlast()\n"
    found, hint = problem(diagnosed(tmp_path, text))
    assert hint.what == "The program stops in line 3, in last: IndexError: list index out of range."
    assert found.nudge == "Look at this line: the program stops here."
    assert found.line == 2


def test_the_nudge_is_at_the_line_to_mend_and_tells_where_that_shows(tmp_path: Path) -> None:
    text = "items = [1, 2]\nfor i in range(len(items) + 1):\n    print(items[i])\n"
    found, _ = problem(diagnosed(tmp_path, text))
    assert found.line == 1
    assert found.nudge == "Look at this line: the program stops in line 3."


def test_an_assert_is_told_by_what_it_says(tmp_path: Path) -> None:
    text = "def double(x):\n    return x + 1\n\nassert double(2) == 4\n"
    _, hint = problem(diagnosed(tmp_path, text))
    assert hint.what == "assert double(2) == 4 in line 4 does not hold."


def test_a_loop_without_end_is_told_as_that(tmp_path: Path) -> None:
    text = "def count(n):\n    i = 0\n    while i < n:\n        i -= 1\n    return i\n"
    found, hint = problem(diagnosed(tmp_path, text, call("count(3)", "3")))
    assert re.fullmatch(r"count\(3\) goes on and on, and was stopped in line \d\.", hint.what)
    assert "does not" in found.nudge


def test_what_python_guesses_of_the_right_code_is_left_out(tmp_path: Path) -> None:
    _, hint = problem(diagnosed(tmp_path, "x = 1\nif x = 1:\n    print(x)\n"))
    assert hint.what == "Python cannot read line 2: invalid syntax."


def test_huge_and_odd_values_are_cut_to_one_short_line(tmp_path: Path) -> None:
    text = "def f(n):\n    return '\\x00\\n' * n\n"
    found, hint = problem(diagnosed(tmp_path, text, call("f(5000)", "1")))
    assert found.seen is not None
    assert found.seen.actual.endswith("…")
    assert len(found.seen.actual) == LONGEST_VALUE
    assert hint.what.isprintable()


@pytest.mark.parametrize(
    ("ceiling", "hinted", "fixed"), [("nudge", False, False), ("hint", True, False)]
)
def test_no_more_is_handed_over_than_the_ceiling_allows(
    tmp_path: Path, ceiling: str, hinted: bool, fixed: bool
) -> None:
    text = "def double(x):\n    return 2 + x\n"
    diagnosis = diagnosed(tmp_path, text, call("double(5)", "10"), ceiling)
    assert diagnosis.problem is not None
    assert (diagnosis.problem.hint is not None, diagnosis.problem.seen is not None) == (
        hinted,
        hinted,
    )
    assert (diagnosis.fix is not None) is fixed


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.md")), ids=lambda path: path.stem)
def test_a_hint_does_not_have_the_code_of_the_fix(path: Path, tmp_path: Path) -> None:
    case = read(path)
    (tmp_path / "program.py").write_text(case.before)
    if case.tests is not None:
        assignment = f'[assignment]\nentry = "program.py"\n{case.tests}'
        (tmp_path / "foretrace.toml").write_text(assignment)
    diagnosis = diagnose(Situation(case.before, tmp_path / "program.py", may_run=True), SECONDS)
    if diagnosis.fix is None:
        return
    found, hint = problem(diagnosis)
    said = " ".join((found.nudge, hint.what, hint.why, hint.how, hint.check))
    for edit in diagnosis.fix.edits:
        code = edit.new_text.strip()
        assert _COMMON.fullmatch(code) or not code or code not in said


@pytest.mark.parametrize(
    ("status", "actual"), [("died", ENDED), ("timeout", NO_END), ("not made", NO_END)]
)
def test_a_run_that_was_cut_off_is_told_by_how_it_ended(status: str, actual: str) -> None:
    check = CallCheck(CallTest("f(1)", 2))
    assert seen(check, {"status": status}, []).actual == actual
