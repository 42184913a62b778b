"""Long programs: only the part is looked at that what is wrong with them is in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretrace_models.repair.diagnosis import Proof, Reason, Situation
from foretrace_models.repair.edits import apply_edits
from foretrace_models.repair.excerpt import LONG_CHARACTERS, around
from foretrace_models.repair.locate import focus
from foretrace_models.repair.parse import syntax_error
from foretrace_models.repair.pipeline import diagnose
from foretrace_models.repair.source import Source

# Nothing here is about speed.
_SECONDS = 60.0
_BROKEN = "def last(numbers)\n    return numbers[-1]\n\n\n"
_WRONG = """\
def mean(numbers):
    total = 0
    for number in numbers:
        total =+ number
    return total / len(numbers)


assert mean([2, 4, 9]) == 5
"""

_TWICE_WRONG = """\
def share(points):
    most = max(points)
    total = 0
    for each in points:
        total += eech
    return total * most


assert share([1, 2, 3]) == 2
assert share([2, 2]) == 2
"""


def _functions(count: int) -> str:
    return "".join(
        f"def scaled_{number}(values, limit):\n"
        f"    return [value * {number} for value in values if value > limit]\n\n\n"
        for number in range(count)
    )


_LONG = _functions(LONG_CHARACTERS // 100 + 100)


def _parses(text: str) -> bool:
    return syntax_error(text) is None


@given(st.integers(0, _LONG.count("\n")))
def test_a_part_and_what_stands_around_it_are_the_whole(line: int) -> None:
    part = around(_LONG, line, _parses)
    assert part.with_text(part.text) == _LONG
    assert len(part.text) < len(_LONG)
    assert all(map(_parses, (part.before, part.text, part.after)))


def test_a_short_text_is_its_own_part() -> None:
    assert around(_BROKEN, 0, _parses).text == _BROKEN


@pytest.mark.parametrize("after", [0, 5, 200])
def test_broken_syntax_is_mended_wherever_it_stands_in_a_long_program(after: int) -> None:
    text = f"{_LONG}{_BROKEN}{_functions(after)}"
    fix = diagnose(Situation(text), _SECONDS).fix
    assert fix is not None
    assert fix.proof is Proof.PARSES
    assert apply_edits(text, fix.edits) == text.replace("(numbers)\n", "(numbers):\n")


def test_two_faults_far_from_each_other_are_both_mended() -> None:
    text = f"{_BROKEN}{_LONG}{_BROKEN.replace('last', 'final')}"
    fix = diagnose(Situation(text), _SECONDS).fix
    assert fix is not None
    assert apply_edits(text, fix.edits) == text.replace("(numbers)\n", "(numbers):\n")


def test_only_what_ran_is_worth_changing_in_a_long_program() -> None:
    text = _LONG + _WRONG
    first = text[: text.index("def mean")].count("\n") + 1
    defined = {number for number, line in enumerate(text.splitlines(), 1) if line[:3] == "def"}
    mean, test = set(range(first, first + 5)), first + 7
    lines = focus(text, dict.fromkeys({*defined, first + 1, test}, 1.0))
    assert lines == mean | {test}
    begun = {node.lineno for node in Source(text, lines).nodes if hasattr(node, "lineno")}
    assert begun <= lines


def test_what_runs_only_after_a_first_change_is_mended_as_in_a_short_program(
    tmp_path: Path,
) -> None:
    right = _TWICE_WRONG.replace("eech", "each").replace("* most", "/ most")
    for before in ("", _LONG):
        text = before + _TWICE_WRONG
        fix = diagnose(Situation(text, tmp_path / "program.py", may_run=True), _SECONDS).fix
        assert fix is not None
        assert apply_edits(text, fix.edits) == before + right


def test_a_failing_assert_is_mended_in_a_long_program(tmp_path: Path) -> None:
    text = _LONG + _WRONG
    situation = Situation(text, tmp_path / "program.py", may_run=True)
    fix = diagnose(situation, _SECONDS).fix
    assert fix is not None
    assert apply_edits(text, fix.edits) == text.replace("=+", "+=")


def test_of_a_program_longer_still_only_the_syntax_is_looked_at(tmp_path: Path) -> None:
    many = _functions(1200)
    situation = Situation(many + _WRONG, tmp_path / "program.py", may_run=True)
    diagnosis = diagnose(situation, _SECONDS)
    assert diagnosis.fix is None
    assert diagnosis.problem is not None
    assert diagnosis.why is not None
    assert diagnosis.why.reason is Reason.TOO_LARGE
    assert diagnose(Situation(many + _BROKEN), _SECONDS).fix is not None
