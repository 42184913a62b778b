"""The text that a model reads and writes: exact both ways, and closed to what a person wrote."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretrace_models.traces.answers import (
    Encoding,
    edit_size_bytes,
    read_answer,
    write_answer,
)
from foretrace_models.traces.line_edits import LineEdit, LineRange, line_edits, replaced, undone
from foretrace_models.traces.markers import FormatError, escaped, unescaped
from foretrace_models.traces.moments import Gap, Moment, PastState, Task, moments
from foretrace_models.traces.prompts import read_prompt, write_prompt
from foretrace_telemetry.traces import State, Trace

# Few different lines, so that some occur twice; reserved characters and halves of characters.
lines = st.sampled_from(["", "x", "y = 1", "  return x", "3 x", "\x03", "\x10", "é\r", "\ud800"])
texts = st.lists(lines, min_size=1, max_size=7).map("\n".join) | st.text(
    st.characters(exclude_categories=()), max_size=12
)
encodings = st.sampled_from(Encoding)
works = st.sampled_from([True, False, None])
ranges = st.tuples(st.integers(0, 200), st.integers(0, 3)).map(
    lambda pair: LineRange(pair[0], pair[0] + pair[1])
)
tasks = st.builds(Task, st.sampled_from(["python", "c", "objective-c"]), texts)
pasts = st.lists(st.builds(PastState, texts, works, st.sampled_from(Gap)), max_size=3).map(tuple)
all_moments = st.builds(Moment, tasks, texts, works, pasts, st.none() | ranges)

PROGRAM = "def f(x):\n    y = x\n    return y\n"


@given(texts, texts, encodings)
def test_what_an_answer_tells_is_what_was_written(
    before: str, after: str, encoding: Encoding
) -> None:
    assert read_answer(before, write_answer(before, after, encoding), encoding) == after


@given(all_moments, encodings)
def test_a_moment_comes_back_from_its_prompt(moment: Moment, encoding: Encoding) -> None:
    assert read_prompt(write_prompt(moment, encoding), encoding) == moment


@given(texts, texts)
def test_edits_lead_there_and_back(before: str, after: str) -> None:
    edits = line_edits(before, after)
    assert replaced(before, [(edit.lines, edit.added) for edit in edits]) == after
    assert undone(after, edits) == before


@given(st.text(st.characters(exclude_categories=())))
def test_an_escaped_text_has_no_marker_and_can_be_encoded(text: str) -> None:
    assert unescaped(escaped(text)) == text
    assert not set(escaped(text)) & set("\x01\x02\x03\x04\x05\x06\x07\x08")
    escaped(text).encode()


@given(st.text(st.sampled_from("\x03\x04\x05\x08\n1+-x")), encodings)
def test_whatever_a_model_writes_is_a_text_or_an_error(answer: str, encoding: Encoding) -> None:
    with suppress(FormatError):
        assert isinstance(read_answer(PROGRAM, answer, encoding), str)


@given(st.text(st.sampled_from("\x01\x02\x03\x04\x05\x06\x07\x10\n1+-?x ")), encodings)
def test_what_is_no_prompt_is_an_error(prompt: str, encoding: Encoding) -> None:
    with suppress(FormatError):
        assert isinstance(read_prompt(prompt, encoding), Moment)


def test_no_edit_is_one_character_in_every_encoding() -> None:
    assert {write_answer(PROGRAM, PROGRAM, encoding) for encoding in Encoding} == {"\x08"}


def test_the_size_of_an_edit_is_that_of_its_places_and_its_text() -> None:
    assert edit_size_bytes(PROGRAM, PROGRAM) == 0
    assert edit_size_bytes("x", "é") == len("\x031\né".encode())


def test_line_edits_name_lines_as_people_count_them() -> None:
    changed = "def f(x):\n    z = x\n    return y\n"
    assert write_answer(PROGRAM, changed) == "\x032\n    z = x\x08"
    assert write_answer(PROGRAM, "def f(x):\n    return y\n") == "\x032\x08"
    assert write_answer(PROGRAM, "#\n" + PROGRAM) == "\x031+\n#\x08"
    assert write_answer(PROGRAM, "") == "\x031-3\x08"


def test_a_block_that_occurs_twice_is_told_with_the_lines_around_it() -> None:
    before = "x\ny\nx\nz"
    answer = write_answer(before, "x\ny\nw\nz", Encoding.BLOCKS)
    assert answer == "\x03\nx\nz\x04\nw\nz\x08"
    with pytest.raises(FormatError, match="2 times"):
        read_answer(before, "\x03\nx\x04\nw\x08", Encoding.BLOCKS)


def test_a_prompt_has_the_numbers_of_lines_only_where_the_answer_names_them() -> None:
    moment = Moment(Task("python", "double"), "x\ny", works=False, region=LineRange(1, 2))
    assert write_prompt(moment) == "\x01python double\x05-\n1 x\n2 y\x062\x07"
    assert write_prompt(moment, Encoding.BLOCKS) == "\x01python double\x05-\nx\ny\x062\x07"


def test_a_past_step_tells_its_gap_and_what_went_and_came() -> None:
    past = (PastState("x\nz", None, Gap.MINUTE),)
    moment = Moment(Task("python"), "x\ny", works=True, past=past)
    assert write_prompt(moment) == "\x01python \x021?\x032\nz\x04\ny\x05+\n1 x\n2 y\x07"


def test_a_marker_in_a_program_does_not_end_it() -> None:
    text = "x\x07\x08"
    assert read_answer("y", write_answer("y", text)) == text
    assert write_answer("y", text).count("\x08") == 1


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "\x032\n    z = x",  # without an end
        "\x032\nz\x08\x08",
        "z\x08",
        "\x030\nz\x08",
        "\x0302\nz\x08",
        "\x033-2\nz\x08",
        "\x039\nz\x08",
        "\x032\nz\x031\nz\x08",  # not in order
        "\x032\nz\x07\x08",
    ],
)
def test_an_answer_that_is_not_in_the_format_is_refused(answer: str) -> None:
    with pytest.raises(FormatError):
        read_answer(PROGRAM, answer)


def test_a_trace_becomes_moments_and_ends_with_no_edit() -> None:
    second_us = 1_000_000
    trace = Trace(
        "somebody",
        "double",
        "python",
        (State("a", 0, 0.0), State("b", 90 * second_us, 0.5), State("c", 80 * second_us, 1.0)),
    )
    task = Task("python", "double")
    first = PastState("a", works=False, gap=Gap.MINUTE)
    second = PastState("b", works=False, gap=Gap.SECONDS)
    assert list(moments(trace)) == [
        (Moment(task, "a", works=False), "b"),
        (Moment(task, "b", works=False, past=(first,)), "c"),
        (Moment(task, "c", works=True, past=(first, second)), "c"),
    ]


def test_only_the_latest_states_are_remembered() -> None:
    past = tuple(PastState(text, None, Gap.UNKNOWN) for text in "abc")
    moment = Moment(Task("c"), "d", past=past)
    assert moment.remembering(2).past == past[1:]
    assert moment.remembering(0).past == ()
    assert moment.remembering(9).past == past


def test_edits_that_did_not_lead_to_a_text_cannot_be_undone() -> None:
    with pytest.raises(ValueError, match="line 0"):
        undone("x", [LineEdit(0, ("a",), ("b",))])


def test_the_page_shows_the_text_as_it_is() -> None:
    page = (Path(__file__).parents[3] / "docs" / "traces.md").read_text(encoding="utf-8")
    shown = re.search(r"```\n(␁.*?)\n```", page, re.DOTALL)
    assert shown is not None
    first = "def nearestBusStop(street):\n    return street % 8"
    now = "def nearestBusStop(street):\n    a = street % 8"
    past = (PastState(first, works=False, gap=Gap.MINUTE),)
    moment = Moment(Task("python", "nearestBusStop"), now, works=False, past=past)
    written = write_prompt(moment) + write_answer(now, now + "\n    return street - a")
    assert re.sub("[\x01-\x08]", lambda m: chr(0x2400 + ord(m[0])), written) == shown[1]
