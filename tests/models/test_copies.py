"""Copies: the same edit in functions that differ in names and constants alone."""

from __future__ import annotations

import pytest

from foretrace_models.repair.copies import Copies
from foretrace_models.repair.edits import TextEdit, apply_edits
from foretrace_models.repair.minimise import alike
from foretrace_models.repair.rules import candidates
from foretrace_models.repair.source import Source

TWICE = """\
def only_day(day, dates):
    count = 0
    for date in dates:
        if date[1] == day:
            count += 1
    return True


def only_month(month, dates):
    found = 0
    for date in dates:
        if date[0] == month:
            found += 1
    return True
"""


def _everywhere(text: str, old: str, new: str) -> str:
    """Make an edit of the first place that has a text, and in the copies of its function."""
    start = text.index(old)
    edit = TextEdit(start, start + len(old), new)
    return apply_edits(text, [edit, *Copies(Source(text)).elsewhere(edit)])


@pytest.mark.parametrize(
    ("old", "new", "copied", "there"),
    [
        ("return True", "return count == 1", "return True", "return found == 1"),
        ("return True", "return day", "return True", "return month"),
        ("count += 1", "count = 1", "found += 1", "found = 1"),
        ("nt += 1", "nt -= 1", "found += 1", "found -= 1"),
        ("    return True\n", "", "    return True\n", ""),
        (
            "    return True\n",
            "        return day\n",
            "    return True\n",
            "        return month\n",
        ),
    ],
)
def test_an_edit_is_made_in_a_copy_with_the_names_of_the_copy(
    old: str, new: str, copied: str, there: str
) -> None:
    before, last = TWICE.replace(old, new, 1).split("def only_month")
    wanted = before + "def only_month" + last.replace(copied, there)
    assert _everywhere(TWICE, old, new) == wanted


def test_a_line_after_the_last_one_comes_after_the_last_one_of_the_copy() -> None:
    text = TWICE.replace("    return True\n", "")
    place = text.index("count += 1\n") + len("count += 1\n")
    edit = TextEdit(place, place, "    return count\n")
    changed = apply_edits(text, [edit, *Copies(Source(text)).elsewhere(edit)])
    assert "count += 1\n    return count\n" in changed
    assert changed.endswith("found += 1\n    return found\n")
    unended = text.removesuffix("\n")
    changed = apply_edits(unended, [edit, *Copies(Source(unended)).elsewhere(edit)])
    assert changed.endswith("found += 1\n    return found")


def test_a_copy_that_does_not_have_the_slip_stays_as_it_is() -> None:
    text = TWICE.replace("count += 1", "day += 1")
    assert _everywhere(text, "day += 1", "count += 1") == TWICE


def test_functions_that_are_like_each_other_by_chance_are_no_copies() -> None:
    text = "def f(x):\n    return x\n\n\ndef g(y):\n    return y\n"
    assert _everywhere(text, "return x", "return 0").count("return 0") == 1
    other = TWICE.replace("found += 1", "found -= 1")
    assert _everywhere(other, "return True", "return count").count("return True") == 1


def test_rules_propose_a_change_of_all_copies_as_the_likelier_one() -> None:
    costs = {text: candidate.cost for candidate, text in candidates(Source(TWICE))}
    one = TWICE.replace("return True", "return count == 1", 1)
    both = one.replace("return True", "return found == 1")
    assert costs[both] < costs[one]


def test_what_is_done_in_each_copy_goes_together() -> None:
    changed = _everywhere(TWICE, "return True", "return count == 1")
    starts = [TWICE.index("True"), TWICE.rindex("True")]
    edits = [
        TextEdit(start, start + 4, f"{name} == 1")
        for start, name in zip(starts, ("count", "found"), strict=True)
    ]
    assert apply_edits(TWICE, edits) == changed
    assert alike(TWICE, edits) == [tuple(edits)]
