"""Replay: proof that what was recorded gives the text back, or words for why it does not."""

from __future__ import annotations

from foretrace_telemetry.digest import digest_of
from foretrace_telemetry.events import (
    Actor,
    Body,
    Closed,
    Edited,
    Event,
    Opened,
    Recorded,
    Resynced,
    Saved,
    Withheld,
)
from foretrace_telemetry.replay import Replay, replay

URI = "file:///a.py"
KEY = b"k"


def _replay(*bodies: Body, first: int = 1) -> Replay:
    events = [
        Recorded("s", number, Event(0, 0, Actor.USER, body, URI))
        for number, body in enumerate(bodies, first)
    ]
    return replay(events, KEY)


def test_edits_lead_to_the_text() -> None:
    result = _replay(Opened("ab"), Edited(1, "b", "cd"), Edited(0, "a", ""))
    assert result.exact
    assert result.texts == {URI: "cd"}
    assert result.edits == 2


def test_a_saved_text_is_checked_by_its_digest() -> None:
    assert _replay(Opened("ab"), Saved(digest_of("ab", KEY))).saves_checked == 1
    wrong = _replay(Opened("ab"), Saved(digest_of("abc", KEY)))
    assert wrong.problems == ["event 2 (save) was of another text"]


def test_a_missing_event_is_named() -> None:
    events = [
        Recorded("s", number, Event(0, 0, Actor.USER, Edited(0, "", "x"), None))
        for number in (1, 2, 4)
    ]
    assert replay(events).problems == ["event 3 is missing"]


def test_an_edit_that_does_not_fit_is_named_and_not_applied() -> None:
    result = _replay(Opened("ab"), Edited(0, "x", "y"))
    assert not result.exact
    assert result.texts == {URI: "ab"}


def test_an_edit_of_what_is_not_open_is_named() -> None:
    assert not _replay(Edited(0, "", "x")).exact
    assert not _replay(Opened("a"), Closed(), Edited(0, "", "x")).exact


def test_a_resync_takes_the_text_as_stated() -> None:
    result = _replay(Resynced("ab", "recording began"), Edited(2, "", "c"))
    assert result.exact
    assert result.texts == {URI: "abc"}
    assert result.resyncs == 1


def test_metadata_replays_to_no_text_and_is_no_problem() -> None:
    result = _replay(Opened(Withheld(2)), Edited(0, Withheld(0), Withheld(1)), Saved(None))
    assert result.exact
    assert result.texts == {URI: None}
