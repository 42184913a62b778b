"""Text of others as HTML: whatever it is, it stays text, and all of it can be seen."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from foretrace_server.collect.pages.legible import (
    MOST_LINE_CHARACTERS,
    MOST_LINES,
    MOST_NAME_CHARACTERS,
    legible,
    line_at,
    lines_around,
    name,
    words,
)

anything = st.text(st.characters(exclude_categories=()))


@given(anything)
def test_there_is_no_element_in_it_but_signs(text: str) -> None:
    html = str(legible(text))
    bare = html.replace('<span class="sign">', "").replace("</span>", "")
    assert not {"<", ">", '"', "'"} & set(bare)


@given(anything)
def test_what_was_written_can_be_read_back(text: str) -> None:
    pieces = re.split(r'<span class="sign">U\+([0-9A-F]+)</span>', str(legible(text)))
    read = [
        chr(int(piece, 16)) if place % 2 else unescape(piece) for place, piece in enumerate(pieces)
    ]
    assert "".join(read) == text


@given(anything)
def test_nothing_turns_the_direction_or_takes_no_room(text: str) -> None:
    for each in (legible(text), name(text), words(text)):
        shown = set(str(each)) - {"\n", "\r", "\t"}
        categories = {unicodedata.category(character) for character in shown}
        assert not categories & {"Cc", "Cs"}
        bidi = {unicodedata.bidirectional(character) for character in shown}
        assert not bidi & {"RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI"}


@given(anything)
def test_a_name_is_one_line_and_no_longer_than_one_reads(text: str) -> None:
    shown = re.sub(r"</?(?:bdi|span)[^>]*>", "", str(name(text)))
    assert "\n" not in shown
    assert "\r" not in shown
    assert len(unescape(re.sub(r"U\+[0-9A-F]{4,6}", "x", shown))) <= MOST_NAME_CHARACTERS + 1


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_of_a_long_text_the_lines_around_the_change_are_shown(count: int, changed: int) -> None:
    text = "\n".join(map(str, range(1, count + 2)))
    changed = min(changed, count + 1)
    lines = list(lines_around(text, (changed, changed)))
    assert len(lines) == min(MOST_LINES, count + 1)
    assert [line.number for line in lines if line.is_changed] == [changed]
    assert [int(str(line.html)) for line in lines] == [line.number for line in lines]


def test_of_a_long_line_the_beginning_is_shown_and_how_much_more_there_is() -> None:
    (line,) = lines_around("x" * (MOST_LINE_CHARACTERS + 2500), None)
    assert line.html.startswith("x" * MOST_LINE_CHARACTERS)
    assert "2,500 more" in line.html


def test_lines_end_as_editors_end_them() -> None:
    text = "a\r\nb\rc\nd\x0be\u2028f"
    assert len(list(lines_around(text, None))) == 4
    assert [line_at(text, text.index(each)) for each in "abcdef"] == [1, 2, 3, 4, 4, 4]
