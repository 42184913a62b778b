"""Checks: what counts as passing, failing, and not to be told."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from foretrace_models.repair.assignment import Assignment, CallTest, OutputTest
from foretrace_models.repair.checks import (
    CallCheck,
    DoctestCheck,
    FunctionCheck,
    Outcome,
    OutputCheck,
    RunCheck,
    checks_of,
    equal,
    evidence,
)


@pytest.mark.parametrize(
    ("value", "expected", "same"),
    [
        (1, 1, True),
        (1, True, False),
        (1, 1.0, False),
        (0.1 + 0.2, 0.3, True),
        (1e20, 1e20 + 1e5, True),
        (0.1, 0.11, False),
        ([1, (2,)], [1, (2,)], True),
        ([1, 2], (1, 2), False),
        ([1, True], [1, 1], False),
        ({1: "a"}, {1: "a"}, True),
        ({1: "a"}, {True: "a"}, False),
        ({1: [2.0]}, {1: [2.0 + 1e-12]}, True),
        ({1, 2}, {2, 1}, True),
        ({1}, {True}, False),
        (1 + 2j, 1 + 2j, True),
        ("a", "a", True),
        (b"a", "a", False),
        (None, None, True),
        (float("inf"), float("inf"), True),
    ],
)
def test_equal_means_equal_in_type_and_value(value: Any, expected: Any, same: bool) -> None:
    assert equal(value, expected) is same


def _returned(literal: str | None) -> dict[str, Any]:
    return {"status": "returned", "value": literal, "stdout": ""}


def _raised(kind: str, message: str = "", errno: int | None = None) -> dict[str, Any]:
    error = {"type": kind, "message": message, "errno": errno, "frames": [[1, "<module>"]]}
    return {"status": "raised", "error": error, "stdout": ""}


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        (_returned("6"), Outcome.PASSED),
        (_returned("7"), Outcome.FAILED),
        (_returned(None), Outcome.FAILED),
        (_returned("not a literal"), Outcome.FAILED),
        (_raised("IndexError"), Outcome.FAILED),
        (_raised("PermissionError", errno=1), Outcome.UNKNOWN),
        (_raised("OSError", errno=30), Outcome.UNKNOWN),
        (_raised("ModuleNotFoundError", "No module named 'numpy'"), Outcome.UNKNOWN),
        (_raised("ModuleNotFoundError", "No module named 'maths'"), Outcome.FAILED),
        ({"status": "timeout"}, Outcome.FAILED),
        ({"status": "died"}, Outcome.FAILED),
    ],
)
def test_a_call_is_judged(result: dict[str, Any], outcome: Outcome) -> None:
    assert CallCheck(CallTest("f()", 6)).judge(result) is outcome


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        ({"status": "finished", "stdout": "a\n"}, Outcome.PASSED),
        ({"status": "finished", "stdout": "b\n"}, Outcome.FAILED),
        (_raised("EOFError") | {"stdout": "a\nname? "}, Outcome.PASSED),
        (_raised("ValueError"), Outcome.FAILED),
        ({"status": "timeout"}, Outcome.UNKNOWN),
        (_raised("OutputLimitError"), Outcome.UNKNOWN),
        ({"status": "died"}, Outcome.FAILED),
    ],
)
def test_a_run_is_judged_by_crashing_and_by_what_it_printed_before(
    result: dict[str, Any], outcome: Outcome
) -> None:
    assert RunCheck(printed="a\n").judge(result) is outcome


def test_a_run_that_breaks_off_further_down_has_more_credit() -> None:
    def credit(line: int) -> float:
        result = _raised("NameError")
        result["error"]["frames"] = [[line, "<module>"]]
        return RunCheck().credit(result)

    assert 0 < credit(1) < credit(2) < credit(500) < 1


@pytest.mark.parametrize(
    ("printed", "passes"),
    [("9\n", True), ("9", True), ("9  \n\n", True), ("8\n", False), (" 9\n", False), ("", False)],
)
def test_white_space_at_the_ends_of_printed_lines_is_ignored(printed: str, passes: bool) -> None:
    check = OutputCheck(OutputTest("3\n", "9\n"))
    assert check.passes({"status": "finished", "stdout": printed}) is passes


PROGRAM = '''
"""Module.

>>> 1 + 1
2
"""

def f(x):
    """
    >>> f(1)
    2
    >>> f("a")
    Traceback (most recent call last):
        ...
    TypeError: no
    """

def test_f():
    x = 1
    assert f(x) == 2

def test_with_fixture(tmp_path):
    assert True

def test_that_asserts_nothing():
    pass

assert f(2) == 3
'''


def test_the_checks_of_a_program_are_found() -> None:
    assignment = Assignment("x", "x.py", tests=(CallTest("f(1)", 2),))
    checks = checks_of(ast.parse(PROGRAM), assignment)
    assert [type(check) for check in checks] == [
        CallCheck,
        DoctestCheck,
        DoctestCheck,
        FunctionCheck,
        RunCheck,
    ]
    assert checks[-1].is_test  # it has asserts
    assert not RunCheck().is_test


def test_a_program_that_is_to_read_something_is_not_run_on_nothing() -> None:
    assignment = Assignment("x", "x.py", tests=(OutputTest("3\n", "9\n"),))
    checks = checks_of(ast.parse("print(int(input()) ** 2)"), assignment)
    assert [type(check) for check in checks] == [OutputCheck]


def test_examples_are_judged_one_by_one() -> None:
    check = checks_of(ast.parse(PROGRAM), None)[1]
    assert isinstance(check, DoctestCheck)
    right = {"output": "2\n"}
    error = {"output": "", "raised": "program.TypeError: no\n"}
    assert check.passes({"examples": [right, error]})
    assert check.credit({"examples": [right, {"output": "5\n"}]}) == 0.5
    assert not check.passes({"examples": [right]})
    assert not check.passes({"status": "timeout"})


def test_what_a_program_says_of_itself_is_evidence() -> None:
    told = evidence(ast.parse(PROGRAM))
    assert told == evidence(ast.parse(PROGRAM + "\nx = 1\n"))
    assert told != evidence(ast.parse(PROGRAM.replace("f(2) == 3", "f(2) == 4")))
    assert told != evidence(ast.parse(PROGRAM.replace("assert f(2) == 3", "pass")))
    assert told != evidence(ast.parse(PROGRAM.replace("    x = 1\n", "    x = 2\n")))
    assert told != evidence(ast.parse(PROGRAM.replace(">>> f(1)\n    2", ">>> f(1)\n    3")))


def test_what_comes_nearer_has_more_credit_and_passing_has_the_most() -> None:
    check = CallCheck(CallTest("f()", [1, 2, 3]))
    outcomes = [
        {"status": "timeout"},
        _raised("TypeError") | {"error": _broken_off(line=1)},
        _raised("NameError") | {"error": _broken_off(line=9)},
        _returned("None") | {"type": "NoneType"},
        _returned("[]") | {"type": "list"},
        _returned("[1, 2]") | {"type": "list"},
        _returned("[1, 2, 3]") | {"type": "list"},
    ]
    credits_ = [check.credit(outcome) for outcome in outcomes]
    assert credits_ == sorted(set(credits_))
    assert credits_[0] == 0
    assert credits_[-1] == 1


def test_printing_more_of_what_is_wanted_has_more_credit() -> None:
    check = OutputCheck(OutputTest("", "1\n2\n3\n"))
    credits_ = [
        check.credit({"status": "finished", "stdout": printed})
        for printed in ("", "1\n", "1\n2\n", "1\n2\n3\n")
    ]
    assert credits_ == sorted(set(credits_))
    assert credits_[-1] == 1


def _broken_off(line: int) -> dict[str, Any]:
    return {"type": "Error", "message": "", "errno": None, "frames": [[line, "f"]]}
