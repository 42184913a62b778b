"""What a language model is asked to write anew, and what its answers come to."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.models.test_next_edit_engine import moments, texts_of

from foretrace_models.next_edit import rewriting
from foretrace_models.next_edit.engine import LEAST_CONFIDENCE, next_edit
from foretrace_models.next_edit.hunks import MOST_LINES, Astray, Hunk, hunk_in
from foretrace_models.next_edit.knowledge import Counts, Knowledge
from foretrace_models.next_edit.moment import Keystroke, Moment
from foretrace_models.next_edit.proposal import Answer, NextEdit, Pattern, Place, Quiet, Silence
from foretrace_models.next_edit.rewriting import (
    Asked,
    asked_of,
    confidence_in,
    edit_of,
    is_worth_asking,
)
from foretrace_models.repair.edits import TextEdit, apply_edits

SILENT = Silence(Quiet.NO_PATTERN)
PROGRAM = "def f(n):\n    total = 0\n    for k in range(n):\n        total += k\n    return total\n"
CHANGE = Keystroke(6, "m", "n")
LINES = ("a", "b", "c", "d", "e", "f")


def asked_about(moment: Moment, line: int = 1) -> Asked:
    asked = asked_of(moment, Answer(SILENT, (Place(line, 0.5),)))
    assert asked is not None
    return asked


def written(asked: Asked, old: str = "", new: str = "", finished: bool = True) -> dict[str, object]:
    """Return an answer: the window, with one text in it instead of another."""
    text = "\n".join(asked.window)
    return {"text": "\n" + (text.replace(old, new) if old else text), "finished": finished}


@st.composite
def answers(draw: st.DrawFn, window: tuple[str, ...]) -> str:
    """Return what a model may write for a window: a few lines of it came, went or changed."""
    lines = list(window)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(lines)))
        gone = draw(st.integers(0, 2))
        some = st.one_of(st.text(max_size=8), st.sampled_from([*window, "a", "f(a, b)"]))
        lines[at : at + gone] = draw(st.lists(some, max_size=3))
    return draw(st.sampled_from(["\n", "", "x\n", "\r\n"])) + "\n".join(lines)


@settings(max_examples=400, deadline=None)
@given(st.data(), moments())
def test_whatever_a_model_writes_an_edit_applies_and_never_goes_back(
    data: st.DataObject, moment: Moment
) -> None:
    asked = asked_of(moment, Answer(SILENT, next_edit(moment, Knowledge()).places))
    assume(asked is not None)
    assert asked is not None
    texts = st.one_of(answers(asked.window), st.text(max_size=60))
    edit = edit_of(asked, {"text": data.draw(texts), "finished": data.draw(st.booleans())}, 0.4)
    if isinstance(edit, NextEdit):
        after = apply_edits(moment.text, edit.edits)
        assert after not in texts_of(moment)
        assert edit.last_line - edit.first_line < MOST_LINES
        assert (edit.pattern, edit.confidence) == (Pattern.REWRITE, 0.4)


@settings(max_examples=200, deadline=None)
@given(moments(), st.booleans())
def test_a_window_that_comes_back_as_it_was_is_no_edit(moment: Moment, by_itself: bool) -> None:
    asked = asked_of(moment, Answer(SILENT, next_edit(moment, Knowledge()).places))
    assume(asked is not None)
    assert asked is not None
    # Only what ended by itself says that nothing is to change.
    expected = Quiet.LEFT_ALONE if by_itself else Quiet.UNREADABLE
    assert edit_of(asked, written(asked, finished=by_itself)) == Silence(expected)


@given(st.integers(0, 6), st.integers(0, MOST_LINES), st.lists(st.sampled_from("xyz"), max_size=3))
def test_a_hunk_makes_of_the_old_lines_what_was_written(
    first: int, gone: int, new: list[str]
) -> None:
    last = min(len(LINES), first + gone)
    lines = [*LINES[:first], *new, *LINES[last:]]
    hunk = hunk_in(LINES, lines, finished=True)
    if lines == list(LINES):
        assert hunk is None
    elif last == len(LINES) and not new:
        assert hunk == Astray()  # it broke off
    elif isinstance(hunk, Hunk):
        assert [*LINES[: hunk.first], *hunk.new, *LINES[hunk.last :]] == lines
    else:
        assert len(set(new)) < len(new)


def test_two_old_lines_in_a_row_end_a_hunk_before_the_answer_ends() -> None:
    assert hunk_in(LINES, ["a", "x", "c"], finished=False) is None
    assert hunk_in(LINES, ["a", "x", "c", "d"], finished=False) == Hunk(1, 2, ("x",))
    assert hunk_in(LINES, ["a", "x", "b", "c"], finished=False) == Hunk(1, 1, ("x",))
    assert hunk_in(LINES, ["a", "c", "d"], finished=False) == Hunk(1, 2, ())


@pytest.mark.parametrize(
    ("lines", "finished"),
    [
        (list("avwxyz"), False),  # too different
        (list("abbcd"), False),  # repeated
        (list("abc"), True),  # unfinished
        (list("ax"), True),
        ([], True),
    ],
)
def test_what_does_not_come_back_is_astray(lines: list[str], finished: bool) -> None:
    assert hunk_in(LINES, lines, finished) == Astray()


def test_a_changed_line_is_a_small_edit() -> None:
    asked = asked_about(Moment(PROGRAM, (CHANGE,), "python"))
    edit = edit_of(asked, written(asked, "range(n)", "range(1, n)"), 0.5)
    at = PROGRAM.index("n):\n        total")
    assert isinstance(edit, NextEdit)
    assert edit.edits == (TextEdit(at, at, "1, "),)
    assert (edit.first_line, edit.last_line, edit.confidence) == (2, 2, 0.5)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    total = 0", "    n = int(n)\n    total = 0"),
        ("    return total", "    print(n)\n    return total"),
        ("    return total", "    return total\n\nf(1)"),
        ("    return total", "    total *= 2\n    print(n)\n    return n"),
        ("    total = 0", "    total = 1"),
    ],
)
def test_lines_come_and_change_with_the_line_ends_of_the_text(
    old: str, new: str, newline: str
) -> None:
    text = PROGRAM.replace("\n", newline)
    asked = asked_about(Moment(text, (CHANGE,), "python"))
    edit = edit_of(asked, written(asked, old, new))
    assert isinstance(edit, NextEdit)
    assert apply_edits(text, edit.edits) == PROGRAM.replace(old, new).replace("\n", newline)


def test_lines_go() -> None:
    asked = asked_about(Moment("a = n\nb = 1\nc = 2\nd = 3\n", (Keystroke(4, "m", "n"),)), 0)
    edit = edit_of(asked, written(asked, "b = 1\n", ""))
    assert isinstance(edit, NextEdit)
    assert apply_edits(asked.moment.text, edit.edits) == "a = n\nc = 2\nd = 3\n"


def test_what_was_just_changed_is_not_changed_back() -> None:
    moment = Moment("n = 1\nprint(n)\nprint(k)\n", (Keystroke(12, "m", "n"),), "python")
    asked = asked_about(moment)
    assert edit_of(asked, written(asked, "print(n)", "print(m)")) == Silence(Quiet.UNDOES)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        {"text": "", "finished": True},
        {"text": "\n", "finished": False},
        {"text": " and so on\n    total = 1\n", "finished": True},
        {"text": None, "finished": None},
    ],
)
def test_no_answer_and_an_empty_one_are_no_edit(answer: dict[str, object] | None) -> None:
    asked = asked_about(Moment(PROGRAM, (CHANGE,), "python"))
    assert edit_of(asked, answer) == Silence(Quiet.UNREADABLE)


def test_empty_lines_are_nothing_to_look_at() -> None:
    asked = asked_about(Moment(PROGRAM, (CHANGE,), "python"))
    answer = written(asked, "    for", "\n    for")
    assert edit_of(asked, answer) == Silence(Quiet.LEFT_ALONE)


def test_a_window_has_so_many_lines_around_the_likeliest_place() -> None:
    text = "".join(f"x{number} = {number}\n" for number in range(40))
    asked = asked_about(Moment(text, (Keystroke(0, "y", "x"),), "python"), 20)
    assert (asked.first_line, asked.window[0], asked.window[-1]) == (18, "x18 = 18", "x27 = 27")
    assert asked.prompt.endswith("\n### Lines, a moment later\n" + "".join(
        f"x{number} = {number}\n" for number in range(13, 18)
    ).rstrip())  # fmt: skip
    assert asked_about(asked.moment, 39).window[-1] == "x39 = 39"
    assert asked_about(asked.moment, 0).first_line == 0


def test_what_is_written_for_the_model_never_ends_with_an_empty_line() -> None:
    asked = asked_about(Moment("n = 1\n\n\n\nprint(n)\n", (Keystroke(0, "m", "n"),), "python"), 4)
    assert (asked.first_line, asked.window) == (1, ("", "", "", "print(n)"))
    assert asked.prompt.endswith("### Lines, a moment later\nn = 1")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (PROGRAM, Answer(SILENT, ())),
        (PROGRAM, Answer(Silence(Quiet.UNDOES), (Place(1, 0.5),))),
        (PROGRAM, Answer(NextEdit((), 0, 0, Pattern.TAG, 0.5, ""), (Place(1, 0.5),))),
        ("def f(n\n\n\n", Answer(SILENT, (Place(2, 0.5),))),
        ("### " + PROGRAM, Answer(SILENT, (Place(1, 0.5),))),
        ("x" * 2000, Answer(SILENT, (Place(0, 0.5),))),
    ],
)
def test_where_patterns_have_their_reasons_or_there_is_no_window_nothing_is_asked(
    text: str, answer: Answer
) -> None:
    assert asked_of(Moment(text, (Keystroke(6, "", text[6:7]),), "python"), answer) is None


def test_a_model_that_nobody_measured_is_not_worth_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = {"good": Counts(30, 96), "bad": Counts(3, 96), "lucky": Counts(1, 2)}
    monkeypatch.setattr(rewriting, "MEASURED", measured)
    assert confidence_in("good") == 0.3 >= LEAST_CONFIDENCE
    assert confidence_in("unknown") == confidence_in(None) == 0
    assert [name for name in (*measured, "unknown", None) if is_worth_asking(name)] == ["good"]
