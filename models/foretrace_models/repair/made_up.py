"""Runs on made-up input, and calls with made-up arguments: what a program does with others.

Nobody knows what is right then. But a name that is not defined, or a number taken from a text, is a
slip whatever was typed; where the input itself may be to blame, nothing is said.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from attrs import evolve, frozen
from typing_extensions import override

from foretrace_models.repair.checks import CallCheck, Check, Outcome, RunCheck
from foretrace_models.repair.made_up_calls import made_up_calls
from foretrace_models.repair.sandbox.harness import Result, Run

# One line again and again: a number, several, a list of them, a word.
_LINES = ("3", "3 4 5", "3,4,5", "abc")
_MANY = 40
_MOST_CALLS = 60
# Arguments may be of a type that nobody meant; but no name is without a value because of them.
_SLIPS_OF_CALLS = frozenset(("NameError", "UnboundLocalError"))
_SLIPS = frozenset(("NameError", "UnboundLocalError", "TypeError", "AttributeError"))


@frozen
class MadeUpCheck(Check):
    """The program with the same line of input again and again: it must not slip.

    What it is known to print, up to where it crashed before, it must print still.
    """

    source = "run"
    patient = False
    line: str
    printed: str = ""

    @override
    def run(self) -> Run:
        return {"stdin": f"{self.line}\n" * _MANY, "as_main": True}

    @override
    def passes(self, result: Result) -> bool:
        if result["status"] not in ("raised", "finished"):
            return False
        slipped = result.get("error", {}).get("type") in _SLIPS
        return not slipped and bool(result["stdout"].startswith(self.printed))

    @override
    def judge(self, result: Result) -> Outcome:
        if result["status"] == "timeout":
            return Outcome.UNKNOWN  # it may be meant to go on
        return super().judge(result)

    @property
    @override
    def is_test(self) -> bool:
        return False

    @property
    @override
    def label(self) -> str:
        return f"running the program with the input {self.line!r}"


def made_up_checks(
    text: str, checks: Sequence[Check], results: Sequence[Result]
) -> list[MadeUpCheck]:
    """Return the runs on made-up input for a program whose run asked for input and had none."""
    asks = any(
        isinstance(check, RunCheck) and result.get("error", {}).get("type") == "EOFError"
        for check, result in zip(checks, results, strict=True)
    )
    # Where what is typed becomes code, any slip may be that of the input.
    return [MadeUpCheck(line) for line in _LINES] if asks and "eval(" not in text else []


@frozen
class MadeUpCallCheck(Check):
    """A call with made-up arguments: whatever comes of it, no name may be without a value."""

    source = "call"
    apart = False
    call: str

    @override
    def run(self) -> Run:
        return {"stdin": "", "as_main": False, "call": self.call}

    @override
    def passes(self, result: Result) -> bool:
        return result.get("error", {}).get("type") not in _SLIPS_OF_CALLS

    @property
    @override
    def is_test(self) -> bool:
        return False

    @property
    @override
    def label(self) -> str:
        return self.call


def made_up_call_checks(checks: Sequence[Check], prelude: str) -> list[MadeUpCallCheck]:
    """Return calls like those of tests, but with other arguments."""
    calls = [check.test.call for check in checks if isinstance(check, CallCheck)]
    generator = random.Random(0)  # noqa: S311 - nothing secret
    others = made_up_calls(calls, prelude, generator)
    some = generator.sample(others, min(_MOST_CALLS, len(others)))
    return [MadeUpCallCheck(call) for call in some]


def keeping(check: Check, result: Result) -> Check:
    """Return a check that also wants printed what a run printed until it broke off."""
    if isinstance(check, (RunCheck, MadeUpCheck)) and not check.is_test:
        return evolve(check, printed=result.get("stdout", ""))
    return check
