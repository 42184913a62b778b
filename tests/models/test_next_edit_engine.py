"""What holds for every next edit, whatever the text and the changes are."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foretrace_models.next_edit.engine import next_edit
from foretrace_models.next_edit.knowledge import Counts, Knowledge
from foretrace_models.next_edit.lines import Lines
from foretrace_models.next_edit.moment import Keystroke, Moment
from foretrace_models.next_edit.proposal import (
    Answer,
    NextEdit,
    Pattern,
    Proposal,
    Quiet,
    Silence,
)
from foretrace_models.repair.edits import TextEdit, apply_edits

LANGUAGES = st.sampled_from(["python", "typescript", "markdown", "html", ""])
# Pieces of which patterns are made, and what programs are not made of.
PIECES = st.sampled_from(
    ["a", "b", "name", "self.a = a\n", "f(a)", "f(a, b)", "def f(a):\n    ", "x1", "x2", " = ",
     "\n", "\r\n", "\r", "\t", "    ", "(", ")", "'a'", '"', "# ", "<b>", "</b>", "1", "2",
     "é", "😀",
     "\u2028",
     "\ud800"]
)  # fmt: skip
PROGRAMS = st.sampled_from(
    [
        "class P:\n    def __init__(self, a, b):\n        self.a = a\n        self.b = b\n\nP(1)\n",
        "def f(a):\n    total = a\n    print(total)\n    return total\n\nf(1)\nf(2)\n",
        "const x1 = f(1);\nconst x2 = f(2);\nconst x3 = f(3);\n",
        "<div>\n  <b>a</b>\n</div>\n",
    ]
)
TEXTS = st.one_of(PROGRAMS, st.lists(PIECES, max_size=30).map("".join), st.text(max_size=40))


@st.composite
def moments(draw: st.DrawFn) -> Moment:
    """Return a moment after some changes of a text, as an editor would tell them."""
    text = draw(TEXTS)
    keystrokes: list[Keystroke] = []
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 6)))
        inserted = draw(st.one_of(PIECES, st.just("")))
        if keystrokes and keystrokes[-1].removed in text[start:] and draw(st.booleans()):
            # What was just done, once more: that is what patterns look for.
            start = text.index(keystrokes[-1].removed, start)
            end, inserted = start + len(keystrokes[-1].removed), keystrokes[-1].inserted
        keystrokes.append(Keystroke(start, text[start:end], inserted))
        text = text[:start] + inserted + text[end:]
    cursor = draw(st.one_of(st.none(), st.integers(0, len(text))))
    return Moment(text, tuple(keystrokes), draw(LANGUAGES), cursor)


def texts_of(moment: Moment) -> list[str]:
    """Return all the texts that a moment's keystrokes went through, the last one first."""
    texts = [moment.text]
    for each in reversed(moment.keystrokes):
        text = texts[-1]
        end = each.offset + len(each.inserted)
        texts.append(text[: each.offset] + each.removed + text[end:])
    return texts


@settings(max_examples=400, deadline=None)
@given(moments())
def test_an_edit_applies_changes_something_and_lies_where_it_says(moment: Moment) -> None:
    answer = next_edit(moment, Knowledge())
    if isinstance(answer.edit, NextEdit):
        after = apply_edits(moment.text, answer.edit.edits)
        assert after != moment.text
        lines = Lines(moment.text)
        touched = [lines.at(at) for edit in answer.edit.edits for at in (edit.start, edit.end)]
        assert (answer.edit.first_line, answer.edit.last_line) == (min(touched), max(touched))
        assert 0 <= answer.edit.confidence <= 1


@settings(max_examples=400, deadline=None)
@given(moments())
def test_an_edit_never_goes_back_to_a_text_that_the_person_left(moment: Moment) -> None:
    answer = next_edit(moment, Knowledge())
    if isinstance(answer.edit, NextEdit):
        assert apply_edits(moment.text, answer.edit.edits) not in texts_of(moment)


@settings(max_examples=200, deadline=None)
@given(moments())
def test_places_are_lines_of_the_text_or_the_one_after_the_likeliest_first(moment: Moment) -> None:
    answer = next_edit(moment)
    assert all(0 <= place.line <= len(Lines(moment.text)) for place in answer.places)
    assert len({place.line for place in answer.places}) == len(answer.places)
    pairs = pairwise(answer.places)
    assert all(one.confidence >= other.confidence for one, other in pairs)
    assert all(0 <= place.confidence <= 1 for place in answer.places)


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=30),
    st.lists(st.tuples(st.integers(-3, 40), st.text(max_size=3), st.text(max_size=3))),
)
def test_keystrokes_that_do_not_fit_the_text_do_no_harm(
    text: str, changes: list[tuple[int, str, str]]
) -> None:
    keystrokes = tuple(Keystroke(*change) for change in changes)
    next_edit(Moment(text, keystrokes, "python", 1000))


def test_places_are_there_although_no_edit_is() -> None:
    answer = next_edit(Moment("a = 1\nb = 2\n", (Keystroke(4, "7", "1"),), "python"))
    assert answer.edit == Silence(Quiet.NO_PATTERN)
    assert answer.places


def test_without_changes_there_is_no_place() -> None:
    answer = next_edit(Moment("a = 1\n"))
    assert answer.edit == Silence(Quiet.NO_CHANGES)
    assert answer.places == ()


def test_what_was_seldom_right_is_not_offered() -> None:
    moment = Moment("n = 1\nprint(m)\n", (Keystroke(0, "m", "n"),), "python")
    trusting, wary = Counts(9, 10), Counts(0, 40)
    offered = next_edit(moment, Knowledge({"rename": {"definition": trusting}})).edit
    assert isinstance(offered, NextEdit)
    assert offered.edits == (TextEdit(12, 13, "n"),)
    assert next_edit(moment, Knowledge({"rename": {"definition": wary}})).edit == Silence(
        Quiet.UNLIKELY
    )


def test_confidence_is_how_often_such_proposals_were_right_held_back_by_few() -> None:
    known = Knowledge({"rename": {"again": Counts(6, 6), "use": Counts(0, 4)}})
    # Of the pattern: (6 + 4 * 0.3) / (10 + 4); of the grade: (6 + 4 * that) / (6 + 4).
    pattern = 7.2 / 14
    again = Proposal(Pattern.RENAME, "again", (), "")
    assert known.confidence(again) == (6 + 4 * pattern) / 10
    assert known.confidence(Proposal(Pattern.RENAME, "never seen", (), "")) == pattern
    assert known.confidence(Proposal(Pattern.TAG, "end", (), "")) == 0.3


@pytest.mark.parametrize("text", ["x = 1\n" * 100_000, "y" * 30_000])
def test_a_text_that_nobody_can_have_written_is_not_looked_at(text: str) -> None:
    answer = next_edit(Moment(text, (Keystroke(0, "", text[0]),)))
    assert answer == Answer(Silence(Quiet.TEXT_TOO_LONG), ())
