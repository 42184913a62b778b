"""Offers: what of a fix can stand at the cursor, and what was taken of it."""

from __future__ import annotations

import pytest

from foretrace_models.repair.assignment import Level
from foretrace_models.repair.diagnosis import Fix, Proof
from foretrace_models.repair.edits import TextEdit
from foretrace_server.offers import Offer, insertion_at

LINE = "    return y\n"


def _fix(text: str, new: str = LINE) -> Fix:
    """Return the fix that writes a line where the blank one begins."""
    place = text.index("    |")
    edit = TextEdit(place, place, new)
    return Fix((edit,), "add a line", "", Proof.RUNS, 0, 0, (), 0)


def _written(text: str, new: str = LINE) -> str | None:
    """Return the text after ghost text was taken at the bar; the bar itself is no part of it."""
    fix, cursor, plain = _fix(text, new), text.index("|"), text.replace("|", "")
    inserted = insertion_at(plain, fix, cursor)
    if inserted is None:
        return None
    after = plain[:cursor] + inserted + plain[cursor:]
    assert Offer("o", "file:///a.py", plain, Level.FIX, (fix,)).taken_by(after) == fix
    return after


@pytest.mark.parametrize("end", ["", "\n", "\nz = 1\n", "\r\nz = 1\r\n"])
def test_a_new_line_takes_the_place_of_the_blank_one_with_the_cursor(end: str) -> None:
    text = f"def f(y):\n    y += 1\n    |{end}"
    assert _written(text) == f"def f(y):\n    y += 1\n    return y{end}"


def test_several_new_lines_do_so_too() -> None:
    text = "def f(y):\n    |\n"
    assert _written(text, "    y += 1\n    return y\n") == "def f(y):\n    y += 1\n    return y\n"


def test_a_blank_line_that_is_part_of_a_string_stays() -> None:
    text = 'x = """\n    |\n"""\n'
    assert _written(text) == 'x = """\n    return y\n    \n"""\n'


def test_a_line_before_one_with_code_is_inserted_before_it() -> None:
    text = "def f(y):\n    |pass\n"
    assert _written(text) == "def f(y):\n    return y\n    pass\n"
