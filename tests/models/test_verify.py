"""Verification: what is seen of a program that fails, before anything is tried."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from foretrace_models.repair.assignment import CallTest
from foretrace_models.repair.checks import CallCheck, Outcome, RunCheck
from foretrace_models.repair.locate import suspicion
from foretrace_models.repair.sandbox.runner import Limits, Sandbox
from foretrace_models.repair.verify import Verdict, Verifier

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="programs are not run there")

ENDLESS = """\
def f(n):
    while n > 0:
        n += 1
    return n
"""
SLOW = """\
def f(n):
    total = 0
    for i in range(n):
        total += i
    return total
"""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("work"), unbounded=True) as sandbox:
        yield sandbox


def _verifier(sandbox: Sandbox, *tests: CallTest, seconds: float = 1.0) -> Verifier:
    checks = [*map(CallCheck, tests), RunCheck()]
    return Verifier(sandbox, Path("/nowhere/program.py"), "", checks, seconds)


def test_a_loop_that_never_ends_is_told_by_its_lines(sandbox: Sandbox) -> None:
    verdict = _verifier(sandbox, CallTest("f(1)", 0), CallTest("f(0)", 0)).look(ENDLESS)
    assert verdict.outcomes == (Outcome.FAILED, Outcome.PASSED, Outcome.PASSED)
    assert verdict.results[0]["status"] == "timeout"
    suspects = suspicion(verdict)
    assert max(suspects, key=lambda line: suspects[line]) in (2, 3)


def test_a_program_that_is_only_slow_passes_as_it_is_and_when_it_is_verified(
    sandbox: Sandbox,
) -> None:
    count = 10_000_000
    expected = count * (count - 1) // 2
    verifier = _verifier(sandbox, CallTest(f"f({count})", expected), seconds=20)
    assert verifier.look(SLOW).all_pass
    assert verifier.verify(SLOW).all_pass


def test_a_text_is_verified_once(sandbox: Sandbox) -> None:
    verifier = _verifier(sandbox, CallTest("f(3)", 3))
    assert verifier.verify(SLOW) is verifier.verify(SLOW)


def test_what_comes_after_a_loop_that_never_ends_is_judged_too(sandbox: Sandbox) -> None:
    verifier = _verifier(sandbox, CallTest("f(1)", 0), CallTest("f(0)", 0))
    (outcomes,) = verifier.outcomes([ENDLESS], Limits(0.02, 5.0))
    assert outcomes == (Outcome.FAILED, Outcome.PASSED, Outcome.PASSED)


def test_where_peers_are_quick_a_candidate_gets_less_time(sandbox: Sandbox) -> None:
    verdict = Verdict((Outcome.PASSED,), ({"status": "returned", "seconds": 0.005},))
    path = Path("/nowhere/program.py")
    usual, quick = (Verifier(sandbox, path, "", [], 2.0, quick=q) for q in (False, True))
    assert quick.quick_limits(verdict).cpu_seconds < usual.quick_limits(verdict).cpu_seconds
    # But never less than what the person's own program takes.
    slow = Verdict((Outcome.PASSED,), ({"status": "returned", "seconds": 0.5},))
    assert quick.quick_limits(slow).cpu_seconds > 0.5


def test_a_line_that_only_failing_checks_run_is_the_most_suspicious(sandbox: Sandbox) -> None:
    text = "def f(n):\n    if n > 5:\n        return n + 1\n    return n\n"
    verdict = _verifier(sandbox, CallTest("f(9)", 9), CallTest("f(2)", 2)).look(text)
    suspects = suspicion(verdict)
    assert max(suspects, key=lambda line: suspects[line]) == 3


def test_a_candidate_that_mends_more_checks_has_more_credit(sandbox: Sandbox) -> None:
    tests = [CallTest("f(1)", 2), CallTest("f(2)", 4), CallTest("f(0)", 0)]
    verifier = _verifier(sandbox, *tests)
    text = "def f(n):\n    return n - n - 1\n"
    tryout = verifier.tryout(verifier.look(text))
    worse, half, right = tryout.credits(
        [
            "def f(n):\n    return None\n",
            "def f(n):\n    return n - n\n",
            "def f(n):\n    return n + n\n",
        ]
    )
    assert worse < tryout.baseline < half < right == len(verifier.checks)
