"""A person's own past: what they wrote before, here and in other programs."""

from __future__ import annotations

from pathlib import Path

from foretrace_models.repair.diagnosis import Situation
from foretrace_models.repair.edits import apply_edits
from foretrace_models.repair.past import IDIOM, UNDONE, candidates
from foretrace_models.repair.pipeline import diagnose
from foretrace_models.repair.source import Source
from foretrace_models.repair.sources import SourceName, Sources, source_of

NOW = "def total(xs):\n    n = 1\n    for x in xs:\n        n = n - x\n    return n\n"
BEFORE = "def total(xs):\n    n = 0\n    for x in xs:\n        n = n + x\n    return n\n"


def proposed(text: str, *past: str) -> dict[str, str]:
    return {changed: each.rule for each, changed in candidates(Source(text), past)}


def test_each_change_since_an_earlier_text_is_taken_back_and_all_together() -> None:
    assert proposed(NOW, BEFORE) == {
        NOW.replace("n = 1", "n = 0"): UNDONE,
        NOW.replace("n - x", "n + x"): UNDONE,
        BEFORE: UNDONE,
    }


def test_a_line_is_written_as_the_person_wrote_it_in_another_program() -> None:
    now = "def f(xs):\n    for k in range(1, len(xs)):\n        print(xs[k])\n"
    other = "words = ['a']\nfor i in range(len(words)):\n    words.append(1)\n"
    wanted = now.replace("range(1, len(xs))", "range(len(xs))")
    assert proposed(now, other) == {wanted: IDIOM}


def test_a_name_that_the_line_does_not_have_is_not_brought_along() -> None:
    now = "def f(xs):\n    return len(xs)\n"
    assert proposed(now, "a = 1\nb = 2\ndef g(y, z):\n    return len(y + z)\n") == {}


def test_the_own_past_is_a_source_that_can_be_left_out(tmp_path: Path) -> None:
    assert source_of(UNDONE) is source_of(IDIOM) is SourceName.PAST
    before = "def greet(name):\n    return 'Dear ' + name\n"
    now = "def greet(name):\n    return 'Deer ' + name\n"
    (tmp_path / "foretrace.toml").write_text(
        "[assignment]\nentry = 'greet.py'\n"
        "[[test]]\ncall = \"greet('Ada')\"\nexpected = \"'Dear Ada'\"\n",
        "utf-8",
    )
    situation = Situation(now, tmp_path / "greet.py", may_run=True)
    fix = diagnose(situation, 9, sources=Sources(past=(before,))).fix
    assert fix is not None
    assert fix.rules == (UNDONE,)
    assert apply_edits(now, fix.edits) == before
    without = Sources(past=(before,), without=frozenset({SourceName.PAST}))
    assert diagnose(situation, 9, sources=without).fix is None
