"""A text in lines, as the protocol counts them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from foretrace_models.next_edit.lines import Lines, line_at
from foretrace_telemetry.text import split_lines


@given(st.text(st.sampled_from("ab\n\r\u2028é"), max_size=20))
def test_lines_are_those_of_the_protocol(text: str) -> None:
    lines = Lines(text)
    assert len(lines) == len(split_lines(text))
    assert lines.contents == [line.rstrip("\r\n") for line in split_lines(text)]
    spans = zip(lines.starts, lines.ends, strict=True)
    assert [text[start:end] for start, end in spans] == lines.contents


@given(st.text(st.sampled_from("a\n\r"), max_size=12), st.integers(0, 12))
def test_an_offset_lies_in_one_line(text: str, offset: int) -> None:
    offset = min(offset, len(text))
    line = Lines(text).at(offset)
    assert Lines(text).starts[line] <= offset
    assert line_at(text, offset) == line
