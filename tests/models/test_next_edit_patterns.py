"""Templates, calls, scopes and filters: what the patterns of the next edit are made of."""

from __future__ import annotations

import pytest

from foretrace_models.next_edit import filters, reversing
from foretrace_models.next_edit.calls import calls_in, parameter_name
from foretrace_models.next_edit.moment import Keystroke, Moment
from foretrace_models.next_edit.patterns.parameters import (
    parameter,
    with_argument,
    without_argument,
)
from foretrace_models.next_edit.proposal import Pattern, Proposal, Quiet
from foretrace_models.next_edit.scene import Scene, is_header
from foretrace_models.next_edit.templates import template_of
from foretrace_models.repair.edits import TextEdit, apply_edits


@pytest.mark.parametrize(
    ("old", "new", "line", "becomes"),
    [
        ("self.a = a", "self.a = int(a)", "    self.b = b", "    self.b = int(b)"),
        ("a = f(a)", "a = f(a, a)", "b = f(b)", "b = f(b, b)"),
        ("get(name)", "getName(name)", "get(size)", "getSize(size)"),
        ("x: 'one',", 'x: "one",', "y: 'two',", 'y: "two",'),
        ('f("one;")', 'f("one")', 'f("two;")', 'f("two")'),
        ('f("one")', 'f("- one")', 'f("two")', 'f("- two")'),
        ('f("one;")', 'f("one")', 'f("two")', None),
        ("print(a)", "return a", "print(b)", "return b"),
        ("print(a)", "return a", "show(b)", None),
        ("a = 1", "a = 2", "b = 3", None),
        ("a = b", "a = b + 1", "if a: b", None),
        ("f(a)", "g(a)", "f(a)  ", "g(a)"),
    ],
)
def test_a_change_fits_lines_of_its_shape(
    old: str, new: str, line: str, becomes: str | None
) -> None:
    template = template_of(old, new)
    assert template is not None
    fit = template.fit(line)
    assert (fit and fit.becomes) == becomes


def test_how_much_is_alike_is_the_share_of_equal_words() -> None:
    template = template_of("a = f(1)", "a = g(1)")
    assert template is not None
    fit = template.fit("b = f(1)")
    assert fit is not None
    assert fit.alike == 2 / 3


@pytest.mark.parametrize(("old", "new"), [("", "a"), ("a", ""), ("a b", "a b")])
def test_what_has_nothing_in_common_is_no_template(old: str, new: str) -> None:
    assert template_of(old, new) is None


def test_calls_are_read_with_brackets_and_strings_in_their_arguments() -> None:
    (call, inner) = calls_in("x = f(a, g(1, 2), ')', [3, 4])")
    assert (call.name, call.arguments) == ("f", ("a", "g(1, 2)", "')'", "[3, 4]"))
    assert (inner.name, inner.arguments) == ("g", ("1", "2"))
    assert list(calls_in("f(a, (b")) == []


@pytest.mark.parametrize(
    ("parameter", "name"),
    [
        ("a", "a"),
        ("a: int = 3", "a"),
        ("*args", "args"),
        ("const std::string& title", "title"),
        ("List<String> names", "names"),
        ("x?: number", "x"),
        ("int values[]", None),
    ],
)
def test_the_name_of_a_parameter_is_found_in_most_languages(
    parameter: str, name: str | None
) -> None:
    assert parameter_name(parameter) == name


@pytest.mark.parametrize(
    ("line", "index", "becomes"),
    [
        ("f()", 0, "f(new)"),
        ("f(a)", 1, "f(a, new)"),
        ("f(a, b)", 0, "f(new, a, b)"),
        ("f(a, b)", 1, "f(a, new, b)"),
    ],
)
def test_an_argument_is_put_in_its_place(line: str, index: int, becomes: str) -> None:
    call = next(calls_in(line))
    assert apply_edits(line, [with_argument(call, index, 0, "new")]) == becomes


@pytest.mark.parametrize(
    ("line", "index", "becomes"),
    [("f(a)", 0, "f()"), ("f(a, b)", 0, "f(b)"), ("f(a, b)", 1, "f(a)"), ("f(a,b,c)", 1, "f(a,c)")],
)
def test_an_argument_is_taken_out_with_its_comma(line: str, index: int, becomes: str) -> None:
    call = next(calls_in(line))
    assert apply_edits(line, [without_argument(call, index, 0)]) == becomes


@pytest.mark.parametrize(("old", "new"), [("(self)", "()"), ("()", "(self)"), ("(a)", "(self, a)")])
def test_calls_do_not_know_of_a_receiver_that_came_or_went(old: str, new: str) -> None:
    text = f"def f{new}:\n    pass\n\nf(1)\n"
    assert not list(parameter(scene(text, Keystroke(5, old, new))))


@pytest.mark.parametrize(
    ("line", "begins"),
    [
        ("def f(a):", True),
        ("    async def f(a) -> int:", True),
        ("function f(a) {", True),
        ("const f = (a) => {", True),
        ("  void tick(int n) {", True),
        ("if (a) {", False),
        ("for x in f(a):", False),
        ("} else if (a) {", False),
        ("f(a)", False),
        ("class A(B):", False),
    ],
)
def test_lines_that_begin_a_function_are_known(line: str, begins: bool) -> None:
    assert is_header(line) is begins


TEXT = "def f():\n    a = 1\n    b = 2  # a\n"


def scene(text: str = TEXT, *keystrokes: Keystroke, **known: object) -> Scene:
    return Scene(Moment(text, keystrokes, "python", **known))  # type: ignore[arg-type]


def proposal(*edits: TextEdit) -> Proposal:
    return Proposal(Pattern.RENAME, "use", edits, "")


def test_an_edit_that_changes_nothing_is_refused() -> None:
    refused = filters.changes_nothing(scene(), proposal(TextEdit(0, 3, "def")))
    assert refused is Quiet.CHANGES_NOTHING


def test_an_edit_of_many_lines_or_characters_is_refused() -> None:
    assert filters.too_large(scene(), proposal(TextEdit(0, len(TEXT), ""))) is Quiet.TOO_LARGE
    assert filters.too_large(scene(), proposal(TextEdit(0, 0, "x" * 401))) is Quiet.TOO_LARGE
    assert filters.too_large(scene(), proposal(TextEdit(0, 0, "x" * 400))) is None


def test_an_edit_of_the_line_that_is_typed_is_refused() -> None:
    edit = proposal(TextEdit(13, 14, "c"))
    assert filters.under_cursor(scene(cursor_offset=15), edit) is Quiet.UNDER_CURSOR
    assert filters.under_cursor(scene(cursor_offset=25), edit) is None
    assert filters.under_cursor(scene(), edit) is None


def test_a_line_after_the_cursor_is_not_refused_if_the_cursor_ends_its_own() -> None:
    end = TEXT.index("\n", 10)
    edit = proposal(TextEdit(end, end, "\n    c = 3"))
    assert filters.under_cursor(scene(cursor_offset=end), edit) is None
    assert filters.under_cursor(scene(cursor_offset=end - 1), edit) is Quiet.UNDER_CURSOR


def test_what_goes_back_is_refused_and_also_what_goes_back_half_the_way() -> None:
    changed = scene("total = 1\n", Keystroke(1, "", "otal"), Keystroke(0, "s", "t"))
    back = proposal(TextEdit(0, 5, "s"))
    assert reversing.returns_to_a_text(changed, back) is Quiet.UNDOES
    assert reversing.goes_part_of_the_way(changed, back) is Quiet.UNDOES
    assert reversing.goes_part_of_the_way(changed, proposal(TextEdit(1, 5, ""))) is Quiet.UNDOES
    assert reversing.goes_part_of_the_way(changed, proposal(TextEdit(8, 9, "2"))) is None


def test_a_replacement_is_not_turned_round_elsewhere() -> None:
    changed = scene("new()\nnew\n", Keystroke(0, "old", "new"))
    assert reversing.inverts_a_burst(changed, proposal(TextEdit(6, 9, "old"))) is Quiet.UNDOES
    assert reversing.inverts_a_burst(changed, proposal(TextEdit(6, 9, "other"))) is None


def test_a_line_that_was_removed_does_not_come_back_elsewhere() -> None:
    removed = scene("a\nb\n", Keystroke(4, "gone\n", ""))
    gone, new = TextEdit(1, 1, "\ngone"), TextEdit(1, 1, "\nnew")
    assert reversing.brings_back_a_line(removed, proposal(gone)) is Quiet.UNDOES
    assert reversing.brings_back_a_line(removed, proposal(new)) is None


def test_a_comment_is_not_changed_as_code_was() -> None:
    changed = scene(TEXT, Keystroke(13, "z", "a"))
    comment = TEXT.rindex("a")
    assert (
        filters.not_code(changed, proposal(TextEdit(comment, comment + 1, "c"))) is Quiet.NOT_CODE
    )
    assert filters.not_code(changed, proposal(TextEdit(23, 24, "c"))) is None


def test_a_line_that_stands_beside_is_not_written_again() -> None:
    end = TEXT.index("\n", 10)
    again = proposal(TextEdit(end, end, "\n    a = 1"))
    assert filters.already_there(scene(), again) is Quiet.ALREADY_THERE


def test_a_part_that_parses_is_not_broken_and_a_broken_one_may_be_changed() -> None:
    edit = proposal(TextEdit(0, 1, "("))
    assert filters.breaks_syntax(scene("a = 1\nb = 2\n"), edit) is Quiet.BREAKS_SYNTAX
    assert filters.breaks_syntax(scene("a = (\nb = 2\n"), edit) is None
