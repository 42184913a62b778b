"""The assignment file: what it may say, and what is told where it says something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from foretrace_models.repair.assignment import (
    Assignment,
    AssignmentError,
    CallTest,
    Level,
    OutputTest,
    load_assignment,
    parse_assignment,
)

WHOLE = """
[assignment]
id = "search"
entry = "search.py"
prelude = "import math"
timeout_seconds = 1.5
[assistance]
ceiling = "hint"
[[test]]
call = "search(3, [1, 5])"
expected = "1"
[[test]]
stdin = "3\\n"
stdout = "9\\n"
"""


def test_everything_it_may_say_is_read() -> None:
    assert parse_assignment(WHOLE, "folder") == Assignment(
        "search",
        "search.py",
        "import math",
        1.5,
        Level.HINT,
        (CallTest("search(3, [1, 5])", 1), OutputTest("3\n", "9\n")),
    )


def test_only_the_entry_is_required() -> None:
    assert parse_assignment('[assignment]\nentry = "a.py"', "folder") == Assignment(
        "folder", "a.py", "", 2.0, Level.FIX, ()
    )


def test_standard_input_may_be_left_out_of_a_test_of_output() -> None:
    text = '[assignment]\nentry = "a.py"\n[[test]]\nstdout = "x"'
    assert parse_assignment(text, "f").tests == (OutputTest("", "x"),)


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("", "entry is required", 0),
        ("[assignment]\nentry = 3", "entry must be text", 1),
        ('[assignment]\nentry = "../a.py"', "same folder", 1),
        ('[assignment]\nentry = "a.py"\ncolor = 1', "no key 'color'", 2),
        ('[assignment]\nentry = "a.py"\n[colors]\n', "the file has no key 'colors'", 2),
        ('[assignment]\nentry = "a.py"\n[assistance]\nlevel = "fix"', "no key 'level'", 3),
        ('[assignment]\nentry = "a.py"\n[assistance]\nceiling = "x"', "off, nudge, hint", 3),
        ('[assignment]\nentry = "a.py"\ntimeout_seconds = 0', "above 0", 2),
        ('[assignment]\nentry = "a.py"\ntimeout_seconds = true', "above 0", 2),
        ('[assignment]\nentry = "a.py"\n[[test]]\ncall = "f("\nexpected = "1"', "f(", 3),
        ('[assignment]\nentry = "a.py"\n[[test]]\ncall = "f()"\nexpected = "x y"', "x y", 4),
        ('[assignment]\nentry = "a.py"\n[[test]]\ncall = "f()"', "either call and expected", 2),
        ('[assignment]\nentry = "a.py"\n[[test]]\nstdin = "x"', "either call and expected", 2),
        ('[assignment]\nentry = "a.py"\n[test]\nstdout = "x"', "written as [[test]]", 2),
        ("assignment = 3", "[assignment]", 0),
        ('[assignment]\nentry = "a.py"\n[assignment]', "not valid TOML", 2),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, message: str, line: int) -> None:
    with pytest.raises(AssignmentError, match=r"foretrace\.toml") as caught:
        parse_assignment(text, "folder")
    assert message in str(caught.value)
    assert caught.value.line == line


def test_a_folder_without_the_file_has_no_assignment(tmp_path: Path) -> None:
    assert load_assignment(tmp_path) is None


def test_a_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    (tmp_path / "foretrace.toml").write_bytes(b"\xff")
    with pytest.raises(AssignmentError, match="not UTF-8"):
        load_assignment(tmp_path)


def test_levels_are_ordered() -> None:
    assert Level.FIX.allows(Level.STEP)
    assert not Level.HINT.allows(Level.STEP)
    assert Level.NUDGE.allows(Level.NUDGE)
