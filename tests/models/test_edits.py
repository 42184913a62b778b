"""Text edits: applied, compared, trimmed, and told in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretrace_models.repair.edits import (
    OverlapError,
    TextEdit,
    apply_edits,
    distance,
    edits_between,
    trimmed,
    unified_diff,
)
from foretrace_models.repair.minimise import alike, minimised
from foretrace_models.repair.words import title_of

texts = st.text(alphabet="ab \n\r漢", max_size=40)


@given(texts, texts)
def test_the_edits_between_two_texts_lead_from_one_to_the_other(old: str, new: str) -> None:
    assert apply_edits(old, edits_between(old, new)) == new


@given(texts)
def test_equal_texts_have_no_edits_between_them(text: str) -> None:
    assert edits_between(text, text) == ()


def test_neighbouring_lines_that_differ_are_edits_of_their_own() -> None:
    old, new = "def f(x)\n    return x + 1\n", "def f(x):\n    return x * 1\n"
    assert edits_between(old, new) == (TextEdit(8, 8, ":"), TextEdit(22, 23, "*"))


@given(texts, st.integers(0, 40), st.integers(0, 40), texts)
def test_a_trimmed_edit_does_the_same(text: str, a: int, b: int, new: str) -> None:
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    edit = TextEdit(start, end, new)
    assert apply_edits(text, [trimmed(text, edit)]) == apply_edits(text, [edit])


def test_edits_that_overlap_are_refused() -> None:
    with pytest.raises(OverlapError):
        apply_edits("abcd", [TextEdit(0, 2, "x"), TextEdit(1, 3, "y")])


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [("", "", 0), ("abc", "abc", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("ab", "ba", 2)],
)
def test_the_distance_is_levenshteins(old: str, new: str, expected: int) -> None:
    assert distance(list(old), list(new)) == distance(list(new), list(old)) == expected


def test_a_diff_of_texts_without_a_last_line_end_stays_readable() -> None:
    assert unified_diff("a", "b", "x.py") == "--- x.py\n+++ x.py\n@@ -1 +1 @@\n-a\n+b\n"


def test_minimising_drops_what_is_not_needed() -> None:
    edits = [TextEdit(n, n, str(n)) for n in range(5)]
    needed = {edits[1], edits[4]}
    parts = [(edit,) for edit in edits]
    assert set(minimised(parts, lambda part: needed <= set(part))) == needed


def test_minimising_keeps_everything_that_is_needed_together() -> None:
    edits = [TextEdit(n, n, str(n)) for n in range(3)]
    parts = [(edit,) for edit in edits]
    assert set(minimised(parts, lambda part: len(part) == 3)) == set(edits)


@pytest.mark.parametrize(
    ("text", "edit", "title"),
    [
        ("x == 1\n", TextEdit(2, 3, "!"), "change `==` to `!=` in line 1"),
        ("if x = 1:\n", TextEdit(6, 6, "="), "change `=` to `==` in line 1"),
        ("x=1\n", TextEdit(2, 2, "-"), "add `-` in line 1"),
        ("if x < 1:\n", TextEdit(5, 6, "<="), "change `<` to `<=` in line 1"),
        ("if x\n", TextEdit(4, 4, ":"), "add `:` in line 1"),
        ("totl = 1\n", TextEdit(3, 3, "a"), "change `totl` to `total` in line 1"),
        (
            "import maths\n",
            TextEdit(11, 11, " as math"),
            "change `maths` to `math as maths` in line 1",
        ),
        ("a\nb\n", TextEdit(2, 4, ""), "remove `b` in line 2"),
        ("a\nb\nc\n", TextEdit(0, 4, ""), "remove lines 1 to 2"),
        ("a\nb\n", TextEdit(2, 2, "c\n"), "add `c` after line 1"),
        ("a\n", TextEdit(0, 0, "import re\n"), "add `import re` at the top"),
        ("a\n    b\n", TextEdit(2, 6, ""), "indent line 2 less"),
        ("a\nb\n", TextEdit(2, 2, "    "), "indent line 2 more"),
        ("a = 1\n", TextEdit(1, 2, ""), "change the space in line 1"),
    ],
)
def test_a_title_says_what_an_edit_does(text: str, edit: TextEdit, title: str) -> None:
    assert title_of(text, [edit]) == title


def test_the_title_of_many_edits_stays_short() -> None:
    text = "x = 1\n" * 50
    title = title_of(text, [TextEdit(6 * n + 4, 6 * n + 5, "2") for n in range(50)])
    assert title.startswith("50 changes: change `1` to `2` in line 1;")
    assert len(title) <= 100


def test_the_same_change_of_the_same_lines_is_dropped_as_one_or_not_at_all() -> None:
    text = "a = 1\nb = 1\na = 1\n"
    edits = [TextEdit(at, at + 1, "2") for at in (4, 10, 16)]
    kept = minimised(alike(text, edits), lambda part: edits[0] in part)
    assert kept == (edits[0], edits[2])
