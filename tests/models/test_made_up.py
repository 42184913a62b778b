"""Programs that ask for input are run on some that is made up; nobody knows what is right then."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from foretrace_models.repair import search
from foretrace_models.repair.diagnosis import Proof, Reason, Situation
from foretrace_models.repair.edits import apply_edits
from foretrace_models.repair.pipeline import diagnose


def mended(text: str, tmp_path: Path) -> str | None:
    diagnosis = diagnose(Situation(text, tmp_path / "program.py", may_run=True), 9)
    if diagnosis.fix is None:
        return None
    assert diagnosis.fix.proof is Proof.RUNS
    return apply_edits(text, diagnosis.fix.edits)


def mended_to_parse(text: str, tmp_path: Path) -> str:
    diagnosis = diagnose(Situation(text, tmp_path / "program.py", may_run=True), 9)
    assert diagnosis.fix is not None
    return apply_edits(text, diagnosis.fix.edits)


def test_a_number_taken_from_a_text_is_a_slip_whatever_was_typed(tmp_path: Path) -> None:
    before = "n = input()\nprint(n - 32)\n"
    assert mended(before, tmp_path) == "n = int(input())\nprint(n - 32)\n"


def test_a_name_misspelt_after_the_input_is_mended(tmp_path: Path) -> None:
    before = "count = int(input())\nprint(cuont + 1)\n"
    assert mended(before, tmp_path) == "count = int(input())\nprint(count + 1)\n"


def test_input_that_is_not_what_the_program_asks_for_is_no_slip(tmp_path: Path) -> None:
    text = "a, b = input().split(';')\nprint(int(a) / int(b))\n"
    diagnosis = diagnose(Situation(text, tmp_path / "program.py", may_run=True), 9)
    assert diagnosis.fix is None
    assert diagnosis.why is not None
    assert diagnosis.why.reason is Reason.NOTHING_WRONG


def test_a_program_that_never_ends_on_what_was_made_up_is_not_waited_for(tmp_path: Path) -> None:
    text = "n = int(input()\nwhile n > 0:\n    pass\n"
    assert mended_to_parse(text, tmp_path) == text.replace("input()", "input())")


def test_nothing_is_taken_away_to_keep_a_program_from_a_crash(tmp_path: Path) -> None:
    text = "n = int(input())\nprint(n.frobnicate(1, 2, 3))\n"
    assert mended(text, tmp_path) is None


def test_a_fix_that_leaves_no_name_without_a_value_is_the_better_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_LINGER_SECONDS", 5.0)
    # For an empty list, `i` has no value; no test asks for that.
    text = (
        "def place(x, xs):\n"
        "    if xs == ():\n"
        "        return ()\n"
        "    for i, other in enumerate(xs):\n"
        "        if x <= other:\n"
        "            return i\n"
        "    return i + 1\n"
    )
    tests = (
        *(("place(2, (1, 3))", "1"), ("place(5, (1, 3))", "2"), ("place(5, ())", "0")),
        *(("place(2, [1, 3])", "1"), ("place(5, [1])", "1")),
    )
    rows = [f'[[test]]\ncall = "{call}"\nexpected = "{expected}"\n' for call, expected in tests]
    assignment = '[assignment]\nentry = "program.py"\n' + "".join(rows)
    (tmp_path / "foretrace.toml").write_text(assignment)
    fixed: dict[str, Any] = {}
    exec(mended_to_parse(text, tmp_path), fixed)
    assert fixed["place"](5, []) == 0
    assert fixed["place"](5, ()) == 0


def test_a_loop_that_never_goes_round_is_mended_though_no_test_asks_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_LINGER_SECONDS", 5.0)
    text = (
        "def some_even(xs):\n"
        "    for x in xs:\n"
        "        if x % 2 == 1:\n"
        "            return True\n"
        "        else:\n"
        "            return False\n"
    )
    assignment = (
        '[assignment]\nentry = "program.py"\n'
        '[[test]]\ncall = "some_even([2])"\nexpected = "True"\n'
        '[[test]]\ncall = "some_even([3])"\nexpected = "False"\n'
    )
    (tmp_path / "foretrace.toml").write_text(assignment)
    fixed: dict[str, Any] = {}
    exec(mended_to_parse(text, tmp_path), fixed)
    assert fixed["some_even"]([3, 4])
    assert not fixed["some_even"]([3, 5])
