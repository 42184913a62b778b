"""Programs that ask for input are run on some that is made up; nobody knows what is right then."""

from __future__ import annotations

from pathlib import Path

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
