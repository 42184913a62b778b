"""Keystrokes become bursts, each one stay at one place."""

from __future__ import annotations

from foretrace_models.next_edit.line_changes import LineChange, line_changes
from foretrace_models.next_edit.moment import Keystroke, moment_of
from foretrace_models.next_edit.settling import settle
from foretrace_telemetry.events import Actor, Edited, Event, Saved, Withheld

SECOND_US = 1_000_000


def typed(offset: int, text: str, wall_us: int | None = None) -> list[Keystroke]:
    return [Keystroke(offset + n, "", character, wall_us) for n, character in enumerate(text)]


def test_a_word_that_is_typed_is_one_burst() -> None:
    (burst,) = settle("total = 1\n", typed(0, "total"), 8)
    assert (burst.removed, burst.inserted) == ("", "total")
    assert (burst.before_lines, burst.after_lines) == ((" = 1",), ("total = 1",))


def test_who_goes_to_another_line_begins_a_burst() -> None:
    bursts = settle("ab\nc\n", [*typed(0, "a"), *typed(3, "c")], 8)
    assert [burst.line for burst in bursts] == [0, 1]


def test_who_ends_a_line_and_goes_on_begins_a_burst_that_adds_one() -> None:
    bursts = settle("a\nb\n", typed(0, "a\nb"), 8)
    assert [burst.inserted for burst in bursts] == ["a", "b\n"]
    assert (bursts[1].before_lines, bursts[1].after_lines, bursts[1].line) == ((), ("b",), 1)


def test_a_rest_of_more_than_three_seconds_ends_a_burst() -> None:
    keys = [*typed(0, "a", 0), *typed(1, "b", 3 * SECOND_US), *typed(2, "c", 7 * SECOND_US)]
    assert [burst.inserted for burst in settle("abc", keys, 8)] == ["ab", "c"]


def test_what_was_typed_and_removed_leaves_no_burst() -> None:
    assert settle("x", [Keystroke(0, "", "y"), Keystroke(0, "y", "")], 8) == ()


def test_keystrokes_before_one_that_does_not_fit_are_left_out() -> None:
    keys = [Keystroke(0, "", "q"), Keystroke(0, "", "z"), Keystroke(2, "", "c")]
    (burst,) = settle("abc", keys, 8)
    assert burst.inserted == "c"


def test_a_line_that_went_has_no_counterpart() -> None:
    (burst,) = settle("a\nc\n", [Keystroke(2, "b\n", "")], 8)
    assert (burst.before_lines, burst.after_lines, burst.line) == (("b",), (), 1)


def test_the_line_of_a_burst_moves_with_lines_that_come_above_it() -> None:
    keys = [Keystroke(2, "b", "B"), Keystroke(0, "", "x\ny\n")]
    first, second = settle("x\ny\na\nB\n", keys, 8)
    assert (first.line, first.line_now, second.line_now) == (1, 3, 0)


def test_line_ends_of_windows_are_no_part_of_lines() -> None:
    (burst,) = settle("a\r\nb2\r\nc\r\n", [Keystroke(4, "", "2")], 8)
    assert (burst.line, burst.before_lines, burst.after_lines) == (1, ("b",), ("b2",))


def test_at_most_as_many_bursts_as_asked_for_are_given() -> None:
    keys = [Keystroke(offset, "", "x") for offset in (0, 2, 4)]
    bursts = settle("x\nx\nx\n", keys, 2)
    assert [burst.line for burst in bursts] == [1, 2]


def test_bursts_on_the_same_line_are_one_change_of_it() -> None:
    keys = [Keystroke(0, "a", "ab", 0), Keystroke(2, "", "c", 9 * SECOND_US)]
    changes = line_changes(settle("abc = 1\n", keys, 8))
    assert changes == (LineChange("a = 1", "abc = 1", 0),)


def test_a_moment_is_made_of_the_edits_of_one_document() -> None:
    def event(uri: str, body: Edited | Saved) -> Event:
        return Event(5, 5, Actor.USER, body, uri)

    events = [
        event("a", Edited(0, Withheld(1), "x")),
        event("a", Edited(0, "", "y")),
        event("b", Edited(0, "", "z")),
        event("a", Edited(1, "", "w")),
    ]
    moment = moment_of("yw", events, "a", "python")
    assert moment.keystrokes == (Keystroke(0, "", "y", 5), Keystroke(1, "", "w", 5))
