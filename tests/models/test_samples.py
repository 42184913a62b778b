"""Proposals of a language model: verified, minimised and ranked like all other candidates."""

from __future__ import annotations

from pathlib import Path

import pytest

from foretrace_models.repair.diagnosis import Diagnosis, Reason, Situation
from foretrace_models.repair.edits import apply_edits
from foretrace_models.repair.pipeline import diagnose
from foretrace_models.repair.samples import LANGUAGE_MODEL, Proposal, candidates
from foretrace_models.repair.source import Source

# No rule turns one of these numbers into the other.
WRONG = "def price(count):\n    return count * 137\n"
RIGHT = "def price(count):\n    return count * 250\n"
TESTS = (
    '[assignment]\nid = "price"\nentry = "price.py"\n'
    '[[test]]\ncall = "price(2)"\nexpected = "500"\n'
    '[[test]]\ncall = "price(3)"\nexpected = "750"\n'
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "foretrace.toml").write_text(TESTS)
    return tmp_path / "price.py"


def _diagnosed(path: Path, text: str, *proposals: str) -> Diagnosis:
    offered = tuple(Proposal(proposal, bits=3.0) for proposal in proposals)
    situation = Situation(text, path, may_run=True, unbounded=True, proposals=offered)
    return diagnose(situation, seconds=20.0)


def test_a_proposal_that_passes_the_tests_becomes_a_fix(path: Path) -> None:
    diagnosis = _diagnosed(path, WRONG, "def price(count:\n", RIGHT.replace("250", "251"), RIGHT)
    assert diagnosis.fix is not None
    assert apply_edits(WRONG, diagnosis.fix.edits) == RIGHT
    assert (diagnosis.fix.tests_passed, diagnosis.fix.rules) == (2, (LANGUAGE_MODEL,))


def test_a_proposal_that_does_not_pass_is_not_offered(path: Path) -> None:
    diagnosis = _diagnosed(path, WRONG, RIGHT.replace("250", "251"))
    assert diagnosis.fix is None
    assert diagnosis.why is not None
    assert diagnosis.why.reason is Reason.NO_FIX_FOUND


def test_what_a_proposal_changes_beside_the_point_is_left_out(path: Path) -> None:
    text = "# What things cost.\n" + WRONG
    proposal = "# What things cost, more or less.\n" + RIGHT
    diagnosis = _diagnosed(path, text, proposal)
    assert diagnosis.fix is not None
    assert apply_edits(text, diagnosis.fix.edits) == "# What things cost.\n" + RIGHT


def test_a_rule_can_finish_what_a_proposal_begins(path: Path) -> None:
    text = WRONG + "\n\ndef paid(count):\n    return price(cuont) + 1\n"
    test = '[[test]]\ncall = "paid(2)"\nexpected = "501"\n'
    (path.parent / "foretrace.toml").write_text(TESTS + test)
    diagnosis = _diagnosed(path, text, text.replace("137", "250"))
    assert diagnosis.fix is not None
    assert apply_edits(text, diagnosis.fix.edits) == text.replace("137", "250").replace(
        "cuont", "count"
    )
    assert diagnosis.fix.rules[0] == LANGUAGE_MODEL


def test_a_proposal_can_make_a_program_parse(path: Path) -> None:
    text = "def price(count):\n    return count times 250\n"
    diagnosis = _diagnosed(path, text, text.replace("times", "+"), text.replace("times", "*"))
    assert diagnosis.fix is not None
    assert apply_edits(text, diagnosis.fix.edits) == RIGHT
    assert diagnosis.fix.rules == (LANGUAGE_MODEL,)


def test_a_byte_order_mark_stays_where_it_is(path: Path) -> None:
    diagnosis = _diagnosed(path, "\ufeff" + WRONG, "\ufeff" + RIGHT)
    assert diagnosis.fix is not None
    assert apply_edits("\ufeff" + WRONG, diagnosis.fix.edits) == "\ufeff" + RIGHT


def test_a_proposal_that_goes_around_the_persons_own_code_is_no_correction(path: Path) -> None:
    around = "def price(count):\n    return count * 250\n    return count * 137\n"
    assert _diagnosed(path, WRONG, around).fix is None


def test_the_same_proposal_counts_once_and_none_is_no_change() -> None:
    offered = [Proposal(RIGHT, 2.0), Proposal(RIGHT, 5.0), Proposal(WRONG, 1.0)]
    assert [text for _, text in candidates(Source(WRONG), offered)] == [RIGHT]
