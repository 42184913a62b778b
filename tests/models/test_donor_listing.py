"""A program as logical lines: which there are, what they own, and how deep they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

import foretrace_models
from foretrace_models.repair.donors.changes import render
from foretrace_models.repair.donors.listing import Listing

OWN_FILES = sorted(Path(foretrace_models.__file__).parent.rglob("*.py"))


def _lines(text: str) -> list[tuple[int, str]]:
    return [(line.depth, " ".join(line.words)) for line in Listing(text).lines]


def test_a_line_is_a_simple_statement_or_what_opens_a_block() -> None:
    text = "def f(a):\n    if a:\n        return 1\n    return 2\n"
    assert _lines(text) == [
        (0, "def f ( a ) :"),
        (1, "if a :"),
        (2, "return 1"),
        (1, "return 2"),
    ]


def test_what_stands_behind_a_colon_is_a_line_of_its_own_and_deeper() -> None:
    assert _lines("if a: return b; c = 1\nelse: pass\n") == [
        (0, "if a :"),
        (1, "return b"),
        (1, "c = 1"),
        (0, "else :"),
        (1, "pass"),
    ]


@pytest.mark.parametrize(
    "text", ["x = {1: 2}\n", "f = lambda a: a\n", "x: int = 3\n", "y = a[1:2]\n"]
)
def test_other_colons_cut_no_line(text: str) -> None:
    assert len(Listing(text).lines) == 1


def test_a_colon_of_a_lambda_does_not_end_a_head() -> None:
    assert len(Listing("while (lambda: 1)() or (lambda: 2): pass\n").lines) == 2
    assert len(Listing("if lambda: 1: pass\n").lines) == 2


def test_a_match_statement_has_heads_and_a_variable_of_that_name_has_none() -> None:
    assert _lines("match x:\n    case 1:\n        pass\n")[1] == (1, "case 1 :")
    assert _lines("match = {1: 2}\n") == [(0, "match = { 1 : 2 }")]


def test_a_step_of_indentation_is_the_persons_own() -> None:
    assert Listing("if a:\n  b\n").step == "  "
    assert Listing("if a:\n\tb\n").step == "\t"
    assert Listing("a\n").step == "    "


def test_what_does_not_parse_is_an_error_of_syntax() -> None:
    with pytest.raises(SyntaxError):
        Listing("x = (1,\n")


@pytest.mark.parametrize("path", OWN_FILES, ids=lambda path: path.name)
def test_the_lines_own_all_of_the_text(path: Path) -> None:
    text = path.read_bytes().decode()
    listing = Listing(text)
    assert "".join(text[line.start : line.end] for line in listing.lines) + listing.tail == text
    assert render(listing, []) == text


@pytest.mark.parametrize(
    "text",
    ["", "\n\n# only a comment", "a = 1", "if a:\r\n    b\r\nc\r\n", "if a: b # why\n\n# end\n"],
)
def test_nothing_changes_where_there_is_nothing_to_change(text: str) -> None:
    assert render(Listing(text), []) == text
