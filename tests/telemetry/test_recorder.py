"""The recorder: what an editor reports goes in, events come out, and only what may be is kept."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reference import ReferenceText, units_of

from foretrace_telemetry.consent import Action, Content, decide, grant
from foretrace_telemetry.events import (
    Actor,
    ChangedOutside,
    Closed,
    Edited,
    Event,
    Opened,
    Origin,
    Recorded,
    Resynced,
    Saved,
    Viewed,
)
from foretrace_telemetry.gate import Gate
from foretrace_telemetry.home import Home
from foretrace_telemetry.recorder import Change, Recorder
from foretrace_telemetry.replay import Replay, replay
from foretrace_telemetry.store import SessionInfo, Store
from foretrace_telemetry.text import Position, PositionEncoding, Replacement

URI = "file:///work/a.py"


class _Clock:
    def __init__(self) -> None:
        self.us = 0

    def __call__(self) -> tuple[int, int]:
        self.us += 1
        return self.us, self.us


class _Session:
    """A recorder with lists to look at what it kept and what it showed."""

    def __init__(self, home: Home, encoding: PositionEncoding = PositionEncoding.UTF16) -> None:
        self.kept: list[tuple[Event, Content]] = []
        self.seen: list[Event] = []
        self.gate = Gate(home)
        self.home = home
        self.recorder = Recorder(
            self.gate,
            lambda event, content: self.kept.append((event, content)),
            self.seen.append,
            home.key,
            encoding,
            _Clock(),
        )

    @property
    def bodies(self) -> list[object]:
        return [event.body for event, _ in self.kept]

    def type(self, version: int, character: int, text: str) -> None:
        place = Position(0, character)
        self.recorder.changed(URI, version, [Change(text, place, place)])

    def stored_and_replayed(self) -> Replay:
        """Write what was kept to the database; return what replaying it from there gives."""
        store = Store.create(self.home)
        name = f"s{sum(1 for _ in store.sessions())}"
        store.begin_session(SessionInfo(name, 0, "0")).append([event for event, _ in self.kept])
        store.close()
        with closing(Store.read(self.home)) as store:
            return replay(store.events(name), self.home.key())

    def replayed(self) -> str | None:
        events = [Recorded("s", n, event) for n, (event, _) in enumerate(self.kept, 1)]
        result = replay(events, self.home.key())
        assert result.problems == []
        return result.texts[URI]


def test_an_edit_says_where_what_went_and_what_came(consented: Home) -> None:
    session = _Session(consented)
    session.recorder.opened(URI, 1, "python", "x = 10\n")
    session.recorder.changed(URI, 2, [Change("2", Position(0, 4), Position(0, 6))])
    assert session.bodies == [
        Opened("x = 10\n", "python"),
        Edited(4, "10", "2", Origin.TYPED, "one-character"),
    ]


def test_the_changes_of_one_message_apply_in_their_order(consented: Home) -> None:
    session = _Session(consented)
    session.recorder.opened(URI, 1, "python", "abc")
    first = Change("X", Position(0, 0), Position(0, 1))
    second = Change("Y", Position(0, 1), Position(0, 2))
    session.recorder.changed(URI, 2, [first, second])
    assert session.recorder[URI].document.text == "XYc"
    assert session.replayed() == "XYc"


def test_without_consent_events_are_seen_and_none_is_kept(home: Home) -> None:
    session = _Session(home)
    session.recorder.opened(URI, 1, "python", "secret")
    session.type(2, 6, "!")
    session.recorder.saved(URI, "secret!")
    session.recorder.closed(URI)
    assert [type(event.body) for event in session.seen] == [Opened, Edited, Saved, Closed]
    assert session.kept == []
    assert not home.path.exists()


def test_recording_that_begins_in_the_middle_states_the_text_so_far(home: Home) -> None:
    session = _Session(home)
    session.recorder.opened(URI, 1, "python", "ab")
    session.type(2, 2, "c")
    grant(home, [], Content.FULL, "test", datetime.now(timezone.utc))
    session.gate = Gate(home)
    session.recorder._gate = session.gate
    session.type(3, 3, "d")
    session.type(4, 4, "e")
    assert session.bodies == [
        Resynced("abcd", "recording began"),
        Edited(4, "", "e", Origin.TYPED, "one-character"),
    ]
    assert session.replayed() == "abcde"


def test_a_pause_leaves_a_gap_that_is_said_and_not_guessed(consented: Home) -> None:
    session = _Session(consented)
    session.recorder.opened(URI, 1, "python", "a")
    now = datetime.now(timezone.utc)
    decide(consented, Action.PAUSE, "test", now)
    session.recorder._gate = Gate(consented)
    session.type(2, 1, "b")
    decide(consented, Action.RESUME, "test", now)
    session.recorder._gate = Gate(consented)
    session.type(3, 2, "c")
    assert session.bodies == [Opened("a", "python"), Resynced("abc", "recording began")]


def test_other_events_go_on_after_the_text_is_stated(home: Home) -> None:
    session = _Session(home)
    session.recorder.opened(URI, 1, "python", "a")
    grant(home, [], Content.FULL, "test", datetime.now(timezone.utc))
    session.recorder._gate = Gate(home)
    session.recorder.noted(Viewed(), URI)
    assert session.bodies == [Resynced("a", "recording began"), Viewed()]


def test_a_secret_file_is_never_kept_even_with_consent(consented: Home) -> None:
    session = _Session(consented)
    session.recorder.opened("file:///project/.env", 1, "dotenv", "TOKEN=1")
    assert session.kept == []


def test_a_place_beyond_the_text_is_recorded_as_a_resync(consented: Home) -> None:
    session = _Session(consented)
    session.recorder.opened(URI, 1, "python", "ab")
    session.recorder.changed(URI, 2, [Change("X", Position(9, 9), Position(9, 9))])
    assert session.recorder[URI].document.text == "abX"
    assert isinstance(session.bodies[-1], Resynced)
    assert session.replayed() == "abX"


def test_a_version_out_of_order_is_recorded_as_a_resync(consented: Home) -> None:
    session = _Session(consented)
    session.recorder.opened(URI, 5, "python", "ab")
    session.type(4, 2, "c")
    assert session.bodies[-1] == Resynced("abc", "version 4 came after version 5")


def test_a_saved_text_that_differs_is_taken_over_and_said(consented: Home) -> None:
    session = _Session(consented)
    session.recorder.opened(URI, 1, "python", "ab")
    session.recorder.saved(URI, "ab\n")
    assert session.recorder[URI].document.text == "ab\n"
    assert session.replayed() == "ab\n"


def test_the_whole_text_may_be_sent_instead_of_a_change(consented: Home) -> None:
    session = _Session(consented)
    session.recorder.opened(URI, 1, "python", "ab")
    session.recorder.changed(URI, 2, [Change("cd\n")])
    assert session.bodies[-1] == Edited(0, "ab", "cd\n", Origin.UNKNOWN, "whole-text")


def test_an_edit_that_was_offered_is_the_assistants(consented: Home) -> None:
    session = _Session(consented)
    session.recorder.opened(URI, 1, "python", "if x\n")
    session.recorder[URI].offered = frozenset([Replacement(4, "", ":")])
    session.type(2, 4, ":")
    event = session.kept[-1][0]
    assert event.actor is Actor.ASSISTANT
    assert event.body == Edited(4, "", ":", Origin.ASSISTANT, "offered-edit")


@pytest.mark.parametrize(
    ("removed", "inserted", "origin", "rule"),
    [
        ("", "x", Origin.TYPED, "one-character"),
        ("y", "", Origin.TYPED, "one-character"),
        ("", "\n    ", Origin.TYPED, "new-line"),
        ("", "\r\n\t", Origin.TYPED, "new-line"),
        ("", "()", Origin.TYPED, "bracket-pair"),
        ("", "import os\n", Origin.UNKNOWN, "several-characters"),
        ("several", "", Origin.UNKNOWN, "several-characters"),
    ],
)
def test_the_origin_of_an_edit_is_inferred_by_a_named_rule(
    consented: Home, removed: str, inserted: str, origin: Origin, rule: str
) -> None:
    session = _Session(consented)
    session.recorder.opened(URI, 1, "python", removed)
    change = Change(inserted, Position(0, 0), Position(0, len(removed)))
    session.recorder.changed(URI, 2, [change])
    assert session.bodies[-1] == Edited(0, removed, inserted, origin, rule)


def test_a_change_of_the_disk_is_noted_unless_the_editor_saved_it(consented: Home) -> None:
    session = _Session(consented)
    session.recorder.opened(URI, 1, "python", "a")
    session.type(2, 1, "b")
    session.recorder.saved(URI, "ab")
    session.type(3, 2, "c")
    before = len(session.kept)
    session.recorder.changed_outside(URI, "modified", "ab")  # the save, seen late
    session.recorder.changed_outside(URI, "modified", "abc")  # what the editor has by now
    assert len(session.kept) == before
    session.recorder.changed_outside(URI, "modified", "other")
    session.recorder.changed_outside(URI, "deleted", None)
    bodies = session.bodies[before:]
    assert [body.change for body in bodies if isinstance(body, ChangedOutside)] == [
        "modified",
        "deleted",
    ]


def test_what_is_not_open_is_told_by_an_error(consented: Home) -> None:
    session = _Session(consented)
    with pytest.raises(KeyError):
        session.recorder.changed(URI, 1, [])
    with pytest.raises(KeyError):
        session.recorder.closed(URI)


positions = st.builds(Position, st.integers(-1, 5), st.integers(-1, 12))


def _texts(encoding: PositionEncoding, most: int) -> st.SearchStrategy[str]:
    # Only an editor that counts in halves of characters can have one alone.
    halves = ["\ud83d", "\ude00"] if encoding is PositionEncoding.UTF16 else []
    characters = st.sampled_from(["a", "(", "\n", "\r", "\r\n", "\x85", "é", "漢", "😀", *halves])
    return st.lists(characters, max_size=most).map("".join)


@st.composite
def _scripts(draw: st.DrawFn) -> tuple[PositionEncoding, str, list[tuple[int, list[Change]]]]:
    """Return an encoding, a text to open, and messages: how much the version grows, and changes."""
    encoding = draw(st.sampled_from(PositionEncoding))
    change = st.builds(Change, _texts(encoding, 4), positions, positions) | st.builds(
        Change, _texts(encoding, 12)
    )
    grows = st.sampled_from([1, 1, 1, 2, 0, -1])
    messages = st.lists(st.tuples(grows, st.lists(change, max_size=4)), max_size=8)
    return encoding, draw(_texts(encoding, 20)), draw(messages)


def _apply(reference: ReferenceText, change: Change) -> bool:
    """Apply a change to the reference; return whether that has the places that it names."""
    if change.start is None or change.end is None:
        reference.units = units_of(change.text)
        return True
    places = [reference.index(each.line, each.character) for each in (change.start, change.end)]
    known = [place for place in places if place is not None]
    if len(known) < 2:
        return False
    reference.replace(min(known), max(known), change.text)
    return True


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_scripts())
def test_every_change_is_recorded_as_the_protocol_means_it_or_is_a_resync(
    consented: Home, script: tuple[PositionEncoding, str, list[tuple[int, list[Change]]]]
) -> None:
    encoding, start, messages = script
    session = _Session(consented, encoding)
    session.recorder.opened(URI, 0, "python", start)
    reference = ReferenceText(start, encoding.value)
    version = 0
    for grows, message in messages:
        before, version = len(session.kept), version + grows
        session.recorder.changed(URI, version, message)
        bodies = iter(session.bodies[before:])
        for change in message:
            body = next(bodies)
            if _apply(reference, change):
                assert isinstance(body, Edited)
            else:
                assert isinstance(body, Resynced)
                assert isinstance(body.text, str)
                reference.units = units_of(body.text)
        if grows < 1:
            assert isinstance(next(bodies), Resynced)
        assert next(bodies, None) is None
        assert units_of(session.recorder[URI].document.text) == reference.units
    session.recorder.saved(URI, reference.text)
    result = session.stored_and_replayed()
    assert result.problems == []
    assert result.saves_checked == 1
    assert result.resyncs == sum(isinstance(body, Resynced) for body in session.bodies)
    text = result.texts[URI]
    assert text is not None
    assert units_of(text) == reference.units


def test_the_folder_is_not_touched_by_a_path(tmp_path: Path) -> None:
    assert Home(tmp_path / "x").key_file == tmp_path / "x" / "key"
    assert not (tmp_path / "x").exists()
