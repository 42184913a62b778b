"""The golden cases of repair: Markdown files with a program, its tests, and what becomes of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from attrs import frozen

from foretrace_models.repair.diagnosis import Proof, Situation
from foretrace_models.repair.edits import apply_edits
from foretrace_models.repair.pipeline import diagnose

FOLDER = Path(__file__).parent.parent / "golden" / "repair"
SECONDS = 9.0


@frozen
class Case:
    """One golden case; `after` is None where the program is to stay as it is."""

    before: str
    tests: str | None
    after: str | None


def read(path: Path) -> Case:
    """Read a case from its file."""
    blocks = re.findall(r"```(\w+)\n(.*?)```", path.read_text(), flags=re.DOTALL)
    programs = [text for language, text in blocks if language == "python"]
    tests = next((text for language, text in blocks if language == "toml"), None)
    return Case(programs[0], tests, programs[1] if len(programs) > 1 else None)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.md")), ids=lambda path: path.stem)
def test_golden(path: Path, tmp_path: Path) -> None:
    case = read(path)
    program = tmp_path / "program.py"
    program.write_text(case.before)
    if case.tests is not None:
        assignment = f'[assignment]\nentry = "program.py"\n{case.tests}'
        (tmp_path / "foretrace.toml").write_text(assignment)
    diagnosis = diagnose(Situation(case.before, program, may_run=True), SECONDS)
    if case.after is None:
        assert diagnosis.fix is None
        return
    assert diagnosis.fix is not None, diagnosis.why
    assert apply_edits(case.before, diagnosis.fix.edits) == case.after
    if case.tests is not None:
        assert diagnosis.fix.proof is Proof.TESTS
        assert diagnosis.fix.tests_passed == diagnosis.fix.tests == case.tests.count("[[test]]")


def test_there_are_cases() -> None:
    assert len(list(FOLDER.glob("*.md"))) >= 25
