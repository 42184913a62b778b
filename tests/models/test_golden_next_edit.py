"""The golden cases of the next edit: Markdown files with what a person writes, and what follows."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from attrs import evolve, frozen

from foretrace_models.next_edit.engine import next_edit
from foretrace_models.next_edit.moment import Keystroke, Moment
from foretrace_models.next_edit.proposal import NextEdit, Quiet, Silence
from foretrace_models.repair.edits import TextEdit, apply_edits, trimmed

FOLDER = Path(__file__).parent.parent / "golden" / "next_edit"
CASES = sorted(FOLDER.glob("*.md"))


@frozen
class Case:
    """One golden case: the texts that a person writes, and what becomes of the last, or why not."""

    language: str
    texts: tuple[str, ...]
    becomes: str | None
    silence: str | None
    is_turned_down: bool


def read(path: Path) -> Case:
    """Read a case from its file."""
    page = path.read_text(encoding="utf-8")
    blocks = re.findall(r"```(\w+)\n(.*?)```", page, flags=re.DOTALL)
    texts = [text for _, text in blocks]
    silence = re.search(r"^silence: ([\w-]+)$", page, re.MULTILINE)
    becomes = None if silence else texts.pop()
    reason = silence.group(1) if silence else None
    return Case(blocks[0][0], tuple(texts), becomes, reason, "\nthe person turns down" in page)


def moment(case: Case) -> Moment:
    """Return the moment after all that the person writes, the cursor where they stopped."""
    keystrokes = []
    cursor = None
    for before, after in pairwise(case.texts):
        edit = trimmed(before, TextEdit(0, len(before), after))
        keystrokes.append(Keystroke(edit.start, before[edit.start : edit.end], edit.new_text))
        cursor = edit.start + len(edit.new_text)
    return Moment(case.texts[-1], tuple(keystrokes), case.language, cursor)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_golden(path: Path) -> None:
    case = read(path)
    now = moment(case)
    edit = next_edit(now).edit
    if case.is_turned_down:
        assert isinstance(edit, NextEdit)
        edit = next_edit(evolve(now, turned_down=frozenset({edit.edits}))).edit
    if case.becomes is None:
        assert edit == Silence(Quiet(case.silence))
    else:
        assert isinstance(edit, NextEdit), edit
        assert apply_edits(now.text, edit.edits) == case.becomes


def test_there_are_cases_and_most_are_silence() -> None:
    cases = [read(path) for path in CASES]
    assert len(cases) >= 40
    assert sum(case.becomes is None for case in cases) * 2 >= len(cases)
    assert len({case.language for case in cases}) >= 5
