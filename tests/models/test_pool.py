"""The pool of peers' programs, and the calls that they agree on."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from foretrace_models.repair.agreed import agreed_tests, are_quick
from foretrace_models.repair.diagnosis import Situation
from foretrace_models.repair.edits import apply_edits
from foretrace_models.repair.made_up_calls import made_up_calls
from foretrace_models.repair.pipeline import diagnose
from foretrace_models.repair.pool import Pool
from foretrace_models.repair.sandbox.runner import Limits, Sandbox
from foretrace_models.repair.sources import SourceName, Sources
from foretrace_models.repair.verify import Verifier

runs = pytest.mark.skipif(sys.platform == "win32", reason="programs are not run there")

RIGHT = [
    """\
def biggest(xs):
    m = xs[0]
    for x in xs:
        if x > m:
            m = x
    return m
""",
    "def biggest(numbers):\n    return max(numbers)\n",
    "def biggest(l):\n    l = sorted(l)\n    return l[-1]\n",
]
WRONG = """\
def biggest(values):
    top = 0
    for value in values:
        if value > top:
            top = value
    return top
"""


def _agreed(folder: Path, programs: Sequence[str], calls: Sequence[str]) -> dict[str, object]:
    with Sandbox(folder, unbounded=True) as sandbox:
        verifier = Verifier(sandbox, folder / "program.py", "", [], 2.0)
        tests = agreed_tests(calls, programs, "", verifier.values)
    return {test.call: test.expected for test in tests}


def test_copies_of_a_program_count_once() -> None:
    assert len(Pool([RIGHT[1], RIGHT[1].replace("(numbers):", "( numbers ):  # the same")])) == 1


def test_what_does_not_parse_is_passed_over() -> None:
    assert Pool(["def f(:\n", RIGHT[1]]).programs == (RIGHT[1],)


def test_a_pool_can_do_without_the_copies_of_one_program() -> None:
    pool = Pool(RIGHT)
    assert pool.without("# mine\n" + RIGHT[0]).programs == tuple(RIGHT[1:])
    assert pool.without(WRONG) is pool


def test_made_up_calls_are_new_and_call_the_same_functions() -> None:
    calls = ["f(1, [2, 3])", "g('a')"]
    made_up = made_up_calls(calls, "", random.Random(3))
    assert len(set(made_up)) == len(made_up) > 50
    assert not set(made_up) & set(calls)
    assert {call[0] for call in made_up} == {"f", "g"}


def test_a_name_that_stands_for_a_literal_is_taken_for_its_value() -> None:
    made_up = made_up_calls(["f(days)"], "days = (('a', 1), ('b', 2))", random.Random(3))
    assert any("('a', 1)" in call for call in made_up)


def test_records_keep_their_number_of_fields() -> None:
    for call in made_up_calls(["f([('a', 1), ('b', 2)])"], "", random.Random(3)):
        assert all(len(record) == 2 for record in eval(call, {"f": lambda rows: rows}))


def test_calls_that_can_not_be_read_are_passed_over() -> None:
    assert made_up_calls(["f(", "f(x=1)", "a.b(1)"], "", random.Random(3)) == []


@runs
def test_programs_agree_on_what_the_exercise_means_and_not_on_more(tmp_path: Path) -> None:
    agreed = _agreed(tmp_path, RIGHT, ["biggest([1, 5, 2])"])
    assert agreed
    assert all(value == max(eval(call[8:-1])) for call, value in agreed.items())
    assert "biggest([])" not in agreed


@runs
def test_programs_are_quick_if_nearly_all_answer_at_once(tmp_path: Path) -> None:
    endless = "def biggest(xs):\n    while xs:\n        pass\n"
    with Sandbox(tmp_path, unbounded=True) as sandbox:
        values = Verifier(sandbox, tmp_path / "program.py", "", [], 2.0).values
        assert are_quick(["biggest([2])"], RIGHT, values)
        assert not are_quick(["biggest([2])"], [*RIGHT, endless], values)
        pool = Pool(RIGHT)
        assert not pool.are_quick(["biggest([2])"], "")
        pool.tests(["biggest([2])"], "", values)
        assert pool.are_quick(["biggest([2])"], "")


@runs
def test_a_fix_is_held_against_more_than_the_tests(tmp_path: Path) -> None:
    tests = '[[test]]\ncall = "biggest([-1, 5, 2])"\nexpected = "5"\n'
    (tmp_path / "foretrace.toml").write_text(f'[assignment]\nentry = "program.py"\n{tests}')
    situation = Situation(WRONG, tmp_path / "program.py", may_run=True, unbounded=True)
    assert diagnose(situation, 20.0).fix is None
    diagnosis = diagnose(situation, 20.0, sources=Sources(pool=Pool(RIGHT)))
    assert diagnosis.fix is not None
    fixed = apply_edits(WRONG, diagnosis.fix.edits)
    assert fixed == WRONG.replace("top = 0", "top = values[0]")
    without = Sources(pool=Pool(RIGHT), without=frozenset(SourceName))
    assert diagnose(situation, 20.0, sources=without).fix is None


@runs
def test_values_are_literals_or_nothing(tmp_path: Path) -> None:
    with Sandbox(tmp_path, unbounded=True) as sandbox:
        verifier = Verifier(sandbox, tmp_path / "program.py", "", [], 2.0)
        rows = verifier.values([RIGHT[1], "x = "], ["biggest([2])", "biggest"], Limits(1.0, 2.0))
    assert rows == [["2", None], [None, None]]
