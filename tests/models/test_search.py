"""The search for a fix: in which order it goes, and what it gives up."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from foretrace_models.repair.assignment import CallTest
from foretrace_models.repair.checks import CallCheck, Check
from foretrace_models.repair.edits import TextEdit, apply_edits
from foretrace_models.repair.locate import suspicion
from foretrace_models.repair.rules.candidate import Candidate
from foretrace_models.repair.sandbox.runner import Sandbox
from foretrace_models.repair.search import Found, search
from foretrace_models.repair.source import Source
from foretrace_models.repair.verify import Verifier

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="programs are not run there")

# With one of the two slips mended, no test passes that did not before.
TWO_SLIPS = """\
def table(keys, values):
    out = {}
    for i in range(1, len(keys)):
        out[values[i]] = values[i]
    return out
"""
TESTS = [
    CallTest("table('ab', [1, 2])", {1: "a", 2: "b"}),
    CallTest("table('x', [5])", {5: "x"}),
]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("work"), unbounded=True) as sandbox:
        yield sandbox


def _search(
    sandbox: Sandbox, text: str, checks: list[Check], tries: int = 20_000, keep: str = ""
) -> Found | None:
    verifier = Verifier(sandbox, Path("/nowhere/program.py"), "", checks, 2.0)
    baseline = verifier.look(text)
    return search(
        text,
        baseline,
        suspicion(baseline),
        verifier,
        acceptable=lambda changed: keep in changed,
        out_of_time=lambda: verifier.tried > tries,
    )


def test_a_slip_in_a_line_that_only_failing_tests_run_is_found_soon(sandbox: Sandbox) -> None:
    text = "def f(x):\n    if x < 0:\n        return x + 1\n    return x + 1\n"
    checks: list[Check] = [CallCheck(CallTest("f(-2)", -3)), CallCheck(CallTest("f(3)", 4))]
    found = _search(sandbox, text, checks, tries=100)
    assert found is not None
    assert found.text == text.replace("+", "-", 1)


def test_two_slips_that_help_no_test_alone_are_mended_together(sandbox: Sandbox) -> None:
    checks: list[Check] = [CallCheck(test) for test in TESTS]
    found = _search(sandbox, TWO_SLIPS, checks)
    assert found is not None
    assert len(found.rules) == 2
    assert "= keys[i]" in found.text


def test_what_is_not_acceptable_is_passed_over(sandbox: Sandbox) -> None:
    text = "def f(x):\n    return x - 1\n"
    checks: list[Check] = [CallCheck(CallTest("f(1)", 2)), CallCheck(CallTest("f(5)", 6))]
    assert _search(sandbox, text, checks) is not None
    assert _search(sandbox, text, checks, tries=500, keep="x - 1") is None


def test_a_search_that_is_out_of_time_gives_nothing(sandbox: Sandbox) -> None:
    checks: list[Check] = [CallCheck(CallTest("f(1)", "unheard of"))]
    assert _search(sandbox, "def f(x):\n    return x\n", checks, tries=100) is None


def test_what_is_a_slip_whatever_the_tests_say_is_mended_though_they_say_less(
    sandbox: Sandbox,
) -> None:
    # Without the first slip it breaks off at once; with that one mended it goes on for ever.
    text = (
        "def first_at_least(x, xs):\n"
        "    n == 0\n"
        "    while n < len(xs):\n"
        "        if xs[n] < x:\n"
        "            n += 1\n"
        "    return n\n"
    )
    checks: list[Check] = [
        CallCheck(CallTest("first_at_least(8, [1, 5, 8])", 2)),
        CallCheck(CallTest("first_at_least(0, [1])", 0)),
    ]
    found = _search(sandbox, text, checks, tries=2000)
    assert found is not None
    assert "n = 0" in found.text
    assert len(found.rules) == 2


def test_a_fix_in_two_copies_is_as_small_as_in_one(sandbox: Sandbox) -> None:
    copy = (
        "def {0}(n):\n    total = 0\n    for i in range(n):\n        total += i\n    return {1}\n"
    )
    text = copy.format("first", "n") + copy.format("second", "n")
    checks: list[Check] = [CallCheck(CallTest("first(4)", 6)), CallCheck(CallTest("first(3)", 3))]
    found = _search(sandbox, text, checks)
    assert found is not None
    assert found.text == text.replace("return n", "return total")
    assert found.token_distance == 1


def test_a_candidate_that_does_not_parse_is_passed_over(sandbox: Sandbox) -> None:
    # Nothing defines `y`, so that each candidate is asked whether it mends that.
    text = "def f(x):\n    return y + 1\n"
    checks: list[Check] = [CallCheck(CallTest("f(1)", 2)), CallCheck(CallTest("f(5)", 6))]
    verifier = Verifier(sandbox, Path("/nowhere/program.py"), "", checks, 2.0)
    baseline = verifier.look(text)

    def propose(source: Source) -> Iterator[tuple[Candidate, str]]:
        for new in ("y + )", "x"):
            place = source.text.index("y")
            edit = TextEdit(place, place + 1, new)
            yield Candidate((edit,), "a rule", 1.0), apply_edits(source.text, [edit])

    found = search(
        text,
        baseline,
        suspicion(baseline),
        verifier,
        acceptable=lambda _: True,
        out_of_time=lambda: verifier.tried > 100,
        first=propose,
        further=propose,
    )
    assert found is not None
    assert found.text == text.replace("y", "x")


def test_of_two_fixes_alike_the_one_in_the_persons_style_is_taken(sandbox: Sandbox) -> None:
    text = "def name(who):\n    title = 'Dr '\n    return who + title + 'X'\n"
    checks: list[Check] = [CallCheck(CallTest("name('A')", "Dr A"))]
    verifier = Verifier(sandbox, Path("/nowhere/program.py"), "", checks, 2.0)
    baseline = verifier.look(text)
    line = "who + title + 'X'"

    def proposed(source: Source) -> Iterator[tuple[Candidate, str]]:
        for new in ('"Dr " + who', "'Dr ' + who"):
            start = text.index(line)
            edit = TextEdit(start, start + len(line), new)
            yield Candidate((edit,), "quotes", 1.0), apply_edits(text, [edit])

    found = search(
        text,
        baseline,
        suspicion(baseline),
        verifier,
        acceptable=lambda _: True,
        out_of_time=lambda: verifier.tried > 100,
        first=proposed,
        further=lambda _: iter(()),
    )
    assert found is not None
    assert "return 'Dr ' + who" in found.text
