"""The shadow copy of an open document."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretrace_telemetry.text import (
    Document,
    OutOfStepError,
    Position,
    PositionEncoding,
    Replacement,
    canonical_bytes,
    split_lines,
)

UTF8, UTF16, UTF32 = PositionEncoding
# Line ends, wide characters, halves of characters, and what `str.splitlines` takes for line ends.
texts = st.text(alphabet="ab\t\n\r\0é漢😀\u2028\x0c\x85\ud83d\ude00", max_size=30)


def test_only_the_three_line_ends_of_the_protocol_end_a_line() -> None:
    assert split_lines("a\nb\r\nc\rd\x0ce\u2028f\x85g\x1ch") == [
        "a\n",
        "b\r\n",
        "c\r",
        "d\x0ce\u2028f\x85g\x1ch",
    ]


@given(texts)
def test_lines_joined_give_the_text_back(text: str) -> None:
    lines = split_lines(text)
    assert "".join(lines) == text
    assert len(lines) == len(re.split(r"\r\n|\n|\r", text))


@given(
    texts,
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), texts), max_size=8),
    st.sampled_from(PositionEncoding),
)
def test_any_changes_lead_to_the_text_that_plain_slicing_gives(
    text: str, changes: list[tuple[int, int, str]], encoding: PositionEncoding
) -> None:
    document, model = Document.of(text, encoding), text
    for a, b, inserted in changes:
        start, end = sorted((a % (len(model) + 1), b % (len(model) + 1)))
        if "\r\n" in (model[start - 1 : start + 1], model[end - 1 : end + 1]):
            continue  # no position lies inside a line end
        removed = model[start:end]
        change = document.replace(document.position_at(start), document.position_at(end), inserted)
        model = model[:start] + inserted + model[end:]
        assert change == Replacement(start, removed, inserted)
        assert document.text == model
        assert document.line_count == len(split_lines(model))


@given(texts, st.sampled_from(PositionEncoding))
def test_positions_and_offsets_are_each_others_inverse(
    text: str, encoding: PositionEncoding
) -> None:
    document = Document.of(text, encoding)
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] != "\r\n":
            assert document.offset_at(document.position_at(offset)) == offset


@pytest.mark.parametrize(
    ("encoding", "character"), [(UTF8, 7), (UTF16, 4), (UTF32, 3)], ids=["utf-8", "16", "32"]
)
def test_columns_count_in_the_units_of_the_encoding(
    encoding: PositionEncoding, character: int
) -> None:
    document = Document.of("é😀x!", encoding)
    assert document.offset_at(Position(0, character)) == 3


def test_a_column_beyond_the_line_means_its_end() -> None:
    assert Document.of("ab\r\ncd").offset_at(Position(0, 99)) == 2


def test_the_start_of_the_line_after_the_last_means_the_end_of_the_text() -> None:
    assert Document.of("ab\ncd").offset_at(Position(2, 0)) == 5


@pytest.mark.parametrize(
    "position", [Position(2, 1), Position(7, 0), Position(-1, 0), Position(0, -1)]
)
def test_a_place_that_is_not_there_is_refused_and_changes_nothing(position: Position) -> None:
    document = Document.of("ab\ncd")
    with pytest.raises(OutOfStepError):
        document.replace(Position(0, 0), position, "x")
    assert document.text == "ab\ncd"


def test_the_places_of_a_range_may_come_in_either_order() -> None:
    document = Document.of("abcd")
    assert document.replace(Position(0, 3), Position(0, 1), "x") == Replacement(1, "bc", "x")


def test_half_of_a_surrogate_pair_can_be_replaced_and_the_other_half_stays() -> None:
    document = Document.of("a😀b", UTF16)
    change = document.replace(Position(0, 1), Position(0, 2), "\ud83c")
    assert change == Replacement(1, "😀", "\ud83c\ude00")
    assert canonical_bytes(document.text) == "a🈀b".encode("utf-16-le")


def test_a_column_inside_a_utf8_character_is_refused() -> None:
    with pytest.raises(OutOfStepError, match="inside a character"):
        Document.of("é", UTF8).offset_at(Position(0, 1))


def test_halves_that_meet_equal_the_whole_character() -> None:
    document = Document.of("", UTF16)
    document.replace(Position(0, 0), Position(0, 0), "\ud83d")
    document.replace(Position(0, 1), Position(0, 1), "\ude00")
    assert canonical_bytes(document.text) == canonical_bytes("😀")


def test_a_clamped_place_is_always_one_that_the_text_has() -> None:
    document = Document.of("aé\nb", UTF8)
    for line in range(4):
        for character in range(6):
            document.offset_at(document.clamp(Position(line, character)))


def test_two_megabytes_in_one_line_can_be_edited_at_the_end() -> None:
    document = Document.of("é" * 2_000_000)
    assert document.replace(Position(0, 2_000_000), Position(0, 2_000_000), "x").offset == 2_000_000
