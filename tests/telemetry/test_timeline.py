"""A timeline tells what happened in as few words as it takes, and leaves nothing out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from foretrace_telemetry.events import (
    Actor,
    Body,
    Closed,
    Edited,
    Event,
    Opened,
    Origin,
    OriginStated,
    Recorded,
    RunFinished,
    Saved,
    Selected,
    Withheld,
)
from foretrace_telemetry.timeline import Moment, timeline

URI = "file:///a.py"


def _events(*bodies: Body, apart_us: int = 100_000) -> list[Recorded]:
    return [
        Recorded("s", n, Event(n * apart_us, n * apart_us, Actor.USER, body, URI, version=n))
        for n, body in enumerate(bodies, 1)
    ]


def _typed(offset: int, inserted: str, removed: str = "") -> Edited:
    return Edited(offset, removed, inserted, Origin.TYPED)


def _told(*bodies: Body, apart_us: int = 100_000) -> list[tuple[int | None, str]]:
    moments = timeline(_events(*bodies, apart_us=apart_us))
    return [(moment.line, moment.words) for moment in moments]


def test_one_line_is_told_in_the_singular() -> None:
    assert _told(Opened("")) == [(None, "opened, 1 line")]


def test_a_word_typed_letter_by_letter_is_one_moment() -> None:
    letters = [_typed(6 + n, letter) for n, letter in enumerate("spam")]
    assert _told(Opened("a = 1\n"), *letters, Saved()) == [
        (None, "opened, 2 lines"),
        (2, "typed 'spam'"),
        (None, "saved"),
    ]


def test_what_was_there_before_is_told_as_a_whole() -> None:
    removals = [_typed(n, "", letter) for n, letter in reversed(list(enumerate("eggs")))]
    letters = [_typed(n, letter) for n, letter in enumerate("spam")]
    assert _told(Opened("eggs = 1\n"), *removals, *letters)[1:] == [(1, "typed 'spam' for 'eggs'")]


def test_what_was_typed_and_taken_back_is_told_as_that() -> None:
    assert _told(Opened(""), _typed(0, "a"), _typed(0, "", "a"))[1:] == [
        (1, "typed and took it back")
    ]


def test_a_pause_or_another_place_begins_a_new_moment() -> None:
    text = Opened("one\ntwo\n")
    assert len(_told(text, _typed(0, "a"), _typed(1, "b"), apart_us=60_000_000)) == 3
    assert _told(text, _typed(0, "a"), _typed(8, "b"))[1:] == [(1, "typed 'a'"), (2, "typed 'b'")]


def test_what_the_editor_said_of_an_edit_outranks_what_was_inferred() -> None:
    events = _events(Opened(""), Edited(0, "", "spam", Origin.UNKNOWN, "several-characters"))
    origin = Event(9, 9, Actor.USER, OriginStated(Origin.PASTE), URI, version=2)
    words = [moment.words for moment in timeline([*events, Recorded("s", 3, origin)])]
    assert words == ["opened, 1 line", "pasted 'spam'"]


def test_what_the_editor_said_of_an_edit_holds_until_the_document_is_opened_anew() -> None:
    bodies: list[tuple[Body, int]] = [
        *((Opened(""), 1), (Edited(0, "", "a", Origin.UNKNOWN), 2)),
        *((OriginStated(Origin.PASTE), 2), (Closed(), 2)),
        *((Opened("a"), 1), (_typed(1, "b"), 2)),
    ]
    events = [
        Recorded("s", n, Event(n, n, Actor.USER, body, URI, version))
        for n, (body, version) in enumerate(bodies, 1)
    ]
    words = [moment.words for moment in timeline(events)]
    assert (words[1], words[-1]) == ("pasted 'a'", "typed 'b'")


def test_text_that_is_not_kept_is_told_by_its_length() -> None:
    edits = [Edited(0, Withheld(0), Withheld(1)), Edited(1, Withheld(2), Withheld(0))]
    assert _told(Opened(Withheld(5)), *edits)[1:] == [(None, "changed: +1 -2 characters")]


def test_moves_of_the_cursor_are_one_moment_and_a_failed_run_says_where() -> None:
    moves = [Selected(0, 0), Selected(2, 2), Selected(4, 8)]
    assert _told(Opened("a\nb\ncdefg"), *moves, RunFinished(1, error_type="KeyError", line=3))[
        1:
    ] == [(3, "selected 4 characters"), (None, "ran: KeyError in line 3")]


edits = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 4), st.text("ab\n", max_size=3)))


@given(edits)
def test_every_event_lies_in_one_moment_and_runs_of_edits_keep_the_text(
    edits: list[tuple[int, int, str]],
) -> None:
    text = "print(1)\n" * 2
    bodies: list[Body] = [Opened(text)]
    texts = [text]
    for offset, length, inserted in edits:
        at = min(offset, len(text))
        removed = text[at : at + length]
        bodies.append(_typed(at, inserted, removed))
        text = text[:at] + inserted + text[at + len(removed) :]
        texts.append(text)
    moments: list[Moment] = list(timeline(_events(*bodies)))
    covered = [n for each in moments for n in range(each.first, each.last + 1)]
    assert covered == list(range(1, len(bodies) + 1))
    for moment in moments[1:]:
        old, new = texts[moment.first - 2], texts[moment.last - 1]
        before, after = moment.before, moment.after
        assert before is not None
        assert after is not None
        assert any(
            old[at:].startswith(before) and old[:at] + after + old[at + len(before) :] == new
            for at in range(len(old) + 1)
        )
