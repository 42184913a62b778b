"""Checks: what tells a working program from a failing one. Each is a run and what must come of it.

They come from the assignment file, from the program's own doctests, `assert`s and test functions,
and, where there is nothing else, from running it: a program should not crash.
"""

from __future__ import annotations

import ast
import doctest
import errno
import math
import sys
from collections.abc import Iterator
from difflib import SequenceMatcher, get_close_matches
from enum import Enum
from functools import lru_cache
from typing import Any, ClassVar

from attrs import frozen
from typing_extensions import override

from foretrace_models.repair.assignment import Assignment, CallTest, OutputTest
from foretrace_models.repair.rules.names import NEAR_MODULE
from foretrace_models.repair.sandbox.harness import Result, Run

# Peers' programs do what they agree on in less.
AGREED_CPU_SECONDS = 0.004
_FAR_DOWN = 1_000_000  # more lines than a program has
# What a check that does not pass may count for: breaking off, ending, giving the right type of
# value, and how like the right one that is. Less than passing, all of it together.
_BROKE_OFF_CREDIT = 0.05
_ENDED_CREDIT = 0.06
_TYPE_CREDIT = 0.1
_LIKENESS_CREDIT = 0.3
_LONGEST_COMPARED = 200
_MANY_LINES = 50
_MANY_VALUES = 2000


class Outcome(Enum):
    """What a check says of a program."""

    PASSED = "passed"
    FAILED = "failed"
    # It cannot be told here: the boundary forbade something, or a library is missing.
    UNKNOWN = "unknown"


@frozen
class Check:
    """One run of the program and what must come of it."""

    source: ClassVar[str]
    # Whether a process of its own is worth its price when it counts.
    apart: ClassVar[bool] = True
    # Whether it is given all the time it may have, once it takes long.
    patient: ClassVar[bool] = True

    def run(self) -> Run:
        """Return the run, for the sandbox."""
        raise NotImplementedError

    def passes(self, result: Result) -> bool:
        """Return whether the outcome is the one wanted."""
        raise NotImplementedError

    def judge(self, result: Result) -> Outcome:
        """Return what an outcome says of the program."""
        if self.passes(result):
            return Outcome.PASSED
        return Outcome.UNKNOWN if _tells_nothing(result) else Outcome.FAILED

    def credit(self, result: Result) -> float:
        """Return how much of what is wanted an outcome has, from 0 to 1; 1 is passing.

        A little of it is what tells a step in the right direction from none at all.
        """
        return 1.0 if self.passes(result) else _progress(result)

    @property
    def is_test(self) -> bool:
        """Whether somebody wrote down what is wanted, so that passing means something."""
        return True

    @property
    def label(self) -> str:
        """What is checked, in words."""
        raise NotImplementedError


@frozen
class CallCheck(Check):
    """A test of the assignment file that calls the program."""

    source = "foretrace.toml"
    test: CallTest

    @override
    def run(self) -> Run:
        return {"stdin": "", "as_main": False, "call": self.test.call}

    @override
    def passes(self, result: Result) -> bool:
        if result["status"] != "returned" or result["value"] is None:
            return False
        try:
            value = _literal(result["value"])
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return False
        return equal(value, self.test.expected)

    @override
    def credit(self, result: Result) -> float:
        if self.passes(result):
            return 1.0
        if result["status"] != "returned":
            return _progress(result)
        if result["type"] != type(self.test.expected).__name__ or result["value"] is None:
            return _ENDED_CREDIT
        return _TYPE_CREDIT + _LIKENESS_CREDIT * _likeness(
            _literal(result["value"]), self.test.expected
        )

    @property
    @override
    def label(self) -> str:
        return self.test.call


@frozen
class AgreedCheck(CallCheck):
    """A call that peers' programs agree on: it tells what is wanted, but nobody wrote it down."""

    source = "peers"
    apart = False

    @override
    def run(self) -> Run:
        return {**super().run(), "cpu_seconds": AGREED_CPU_SECONDS}

    @property
    @override
    def is_test(self) -> bool:
        return False


@frozen
class OutputCheck(Check):
    """A test of the assignment file that looks at what the program prints."""

    source = "foretrace.toml"
    test: OutputTest

    @override
    def run(self) -> Run:
        return {"stdin": self.test.stdin, "as_main": True}

    @override
    def passes(self, result: Result) -> bool:
        return result["status"] == "finished" and _lines(result["stdout"]) == _lines(
            self.test.stdout
        )

    @override
    def credit(self, result: Result) -> float:
        if self.passes(result):
            return 1.0
        if result["status"] != "finished":
            return _progress(result)
        shown, wanted = _lines(result["stdout"]), _lines(self.test.stdout)
        return _TYPE_CREDIT + _LIKENESS_CREDIT * _likeness(shown, wanted)

    @property
    @override
    def label(self) -> str:
        return f"input {self.test.stdin!r}" if self.test.stdin else "what is printed"


@frozen
class DoctestCheck(Check):
    """The examples of one docstring."""

    source = "doctest"
    name: str
    examples: tuple[tuple[str, str, str | None, tuple[tuple[int, bool], ...]], ...]

    @override
    def run(self) -> Run:
        sources = [source for source, *_ in self.examples]
        return {"stdin": "", "as_main": False, "examples": sources}

    @override
    def passes(self, result: Result) -> bool:
        return self.credit(result) == 1

    @override
    def credit(self, result: Result) -> float:
        shown = result.get("examples", [])
        return sum(map(example_passes, self.examples, shown)) / len(self.examples)

    @property
    @override
    def label(self) -> str:
        return f"the examples of {self.name}"


@frozen
class FunctionCheck(Check):
    """A test function of the program itself: it must not raise."""

    source = "test function"
    name: str

    @override
    def run(self) -> Run:
        return {"stdin": "", "as_main": False, "call": f"{self.name}()"}

    @override
    def passes(self, result: Result) -> bool:
        return bool(result["status"] == "returned")

    @property
    @override
    def label(self) -> str:
        return f"{self.name}()"


@frozen
class RunCheck(Check):
    """The program as a whole: it must not crash. Asking for input that is not there is no crash.

    What it is known to print, up to where it crashed before, it must print still.
    """

    source = "run"
    asserts: int = 0
    printed: str = ""

    @override
    def run(self) -> Run:
        return {"stdin": "", "as_main": True}

    @override
    def passes(self, result: Result) -> bool:
        if result["status"] == "raised" and result["error"]["type"] != "EOFError":
            return False
        if result["status"] not in ("raised", "finished"):
            return False
        return bool(result["stdout"].startswith(self.printed))

    @override
    def judge(self, result: Result) -> Outcome:
        endless = result.get("error", {}).get("type") == "OutputLimitError"
        if endless or result["status"] == "timeout":
            return Outcome.UNKNOWN  # it may be meant to go on
        return super().judge(result)

    @override
    def credit(self, result: Result) -> float:
        if self.passes(result):
            return 1.0
        # A program that now breaks off further down is a step on.
        frames = result.get("error", {}).get("frames", ())
        printed = bool(result.get("stdout", "").startswith(self.printed))
        return frames[0][0] / _FAR_DOWN if frames and printed else 0.0

    @property
    @override
    def is_test(self) -> bool:
        return self.asserts > 0

    @property
    @override
    def label(self) -> str:
        return "running the program"


def checks_of(tree: ast.Module, assignment: Assignment | None) -> list[Check]:
    """Return the checks of a program."""
    checks: list[Check] = [
        CallCheck(test) if isinstance(test, CallTest) else OutputCheck(test)
        for test in (assignment.tests if assignment else ())
    ]
    checks.extend(_doctests(tree))
    checks.extend(FunctionCheck(function.name) for function in _test_functions(tree))
    # A program that is to read something would fail on nothing, and rightly.
    if not any(isinstance(check, OutputCheck) for check in checks):
        asserts = sum(isinstance(node, ast.Assert) for node in ast.walk(tree))
        checks.append(RunCheck(asserts))
    return checks


def evidence(tree: ast.Module) -> list[str]:
    """Return what in a program itself says how it should behave; a fix must leave that alone."""
    told = [ast.dump(node) for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    told += [repr(check) for check in _doctests(tree)]
    told += [ast.dump(function) for function in _test_functions(tree)]
    return sorted(told)


def _tells_nothing(result: Result) -> bool:
    error = result.get("error")
    if not error:
        return False
    if error["type"] == "ModuleNotFoundError":
        name = error["message"].split("'")[1:2]
        return not name or not get_close_matches(
            name[0], sys.stdlib_module_names, cutoff=NEAR_MODULE
        )
    return error["errno"] in (errno.EPERM, errno.EACCES, errno.EROFS)


@lru_cache(_MANY_VALUES)
def _literal(source: str) -> Any:
    """Return the value of a literal; candidates give the same ones again and again."""
    return ast.literal_eval(source)


def equal(value: Any, expected: Any) -> bool:
    """Return whether two literals are equal in type and value; floats within 1e-9."""
    if type(value) is not type(expected):
        return False
    if isinstance(expected, float):
        return value == expected or math.isclose(value, expected, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(expected, complex):
        return equal(value.real, expected.real) and equal(value.imag, expected.imag)
    if isinstance(expected, (list, tuple)):
        return len(value) == len(expected) and all(map(equal, value, expected))
    if isinstance(expected, dict):
        return (
            len(value) == len(expected)
            and all(key in value and equal(value[key], item) for key, item in expected.items())
            and _types_of(value) == _types_of(expected)
        )
    if isinstance(expected, (set, frozenset)):
        return bool(value == expected) and _types_of(value) == _types_of(expected)
    return bool(value == expected)


def _progress(result: Result) -> float:
    """Return the credit of a run that broke off: more of it the further down that was."""
    frames = result.get("error", {}).get("frames", ())
    if not frames or result["status"] == "timeout":
        return 0.0
    line: int = frames[0][0]
    return _BROKE_OFF_CREDIT * line / (line + _MANY_LINES)


def _likeness(value: Any, expected: Any) -> float:
    """Return how much of an expected value another one of its type has, from 0 to 1."""
    if isinstance(expected, (int, float, complex)):
        return 0.0
    try:
        parts, wanted = list(map(repr, value)), list(map(repr, expected))
    except TypeError:  # None has no parts
        return 0.0
    if not wanted or len(parts) + len(wanted) > _LONGEST_COMPARED:
        return 0.0
    return SequenceMatcher(None, parts, wanted, autojunk=False).ratio()


def _types_of(keys: Any) -> list[tuple[str, str]]:
    return sorted((repr(key), type(key).__name__) for key in keys)


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().splitlines()]


def example_passes(
    example: tuple[str, str, str | None, tuple[tuple[int, bool], ...]], shown: Result
) -> bool:
    """Return whether an example gave what it shows: source, output, exception, options."""
    _, want, exception, options = example
    if exception is not None:
        return "raised" in shown and _unqualified(shown["raised"]) == _unqualified(exception)
    if "raised" in shown:
        return False
    flags = sum(flag for flag, on in options if on)
    return doctest.OutputChecker().check_output(want, shown["output"], flags)


def _unqualified(raised: str) -> str:
    """Return ``ValueError: text`` of ``module.ValueError: text``."""
    kind, colon, message = raised.strip().partition(":")
    return kind.rpartition(".")[2] + colon + message


def _doctests(tree: ast.Module) -> Iterator[DoctestCheck]:
    parser = doctest.DocTestParser()
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        docstring = ast.get_docstring(node, clean=False)
        if not docstring or ">>>" not in docstring:
            continue
        try:
            examples = parser.get_examples(docstring)
        except ValueError:
            continue  # a malformed example is not a check
        if examples:
            yield DoctestCheck(
                getattr(node, "name", "the module"),
                tuple(
                    (e.source, e.want, e.exc_msg, tuple(sorted(e.options.items())))
                    for e in examples
                ),
            )


def _test_functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            arguments = node.args
            needed = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
            if (
                not needed
                and not arguments.kwonlyargs
                and any(isinstance(inner, ast.Assert) for inner in ast.walk(node))
            ):
                yield node
