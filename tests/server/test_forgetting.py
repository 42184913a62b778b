"""Forgetting while an editor records: it holds there at once, until a file is opened again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from tests.forensics import found_in
from tests.stored import recorded
from tests.wire import Wire

from foretrace_telemetry.consent import Content, grant
from foretrace_telemetry.erase import Selection, forget
from foretrace_telemetry.events import Edited, Erased, Opened, Withheld
from foretrace_telemetry.home import Home
from foretrace_telemetry.replay import replay


class _Editor:
    """An editor with two documents, whose events are all committed before anything else."""

    def __init__(self, home: Home, server: Wire, folder: Path) -> None:
        self.server = server
        self.home = home
        self.private, self.other = (folder / "private.txt"), (folder / "other.txt")
        self._version = 0
        self._committed = 0
        server.begin()
        for path in (self.private, self.other):
            server.open(path.as_uri(), f"# {path.stem} begins\n")

    def type(self, path: Path, text: str) -> None:
        """Type a text at the beginning of a document."""
        self._version += 1
        self.server.type(path.as_uri(), self._version, text)

    def settle(self) -> None:
        """Wait until something more is committed and nothing waits for that any more."""
        deadline = time.monotonic() + 30
        earlier, seen = self._committed, -1
        while not earlier < self._committed == seen:
            assert time.monotonic() < deadline
            time.sleep(0.4)
            recording = self.server.status()["recording"]
            seen, self._committed = self._committed, recording["committed"]


@pytest.fixture
def editor(consented: Home, tmp_path: Path) -> Iterator[_Editor]:
    with Wire(consented) as server:
        yield _Editor(consented, server, tmp_path)


def test_a_file_that_is_being_edited_is_forgotten_until_it_is_opened_again(
    consented: Home, editor: _Editor
) -> None:
    editor.type(editor.private, "orchid")
    editor.type(editor.other, "tulip")
    editor.settle()
    assert found_in(consented.path, {"orchid", "private"}) == {"orchid", "private"}
    receipt = forget(consented, Selection(path=editor.private))
    assert receipt.complete
    assert found_in(consented.path, {"orchid", "private"}) == set()
    editor.type(editor.private, "lilac")
    editor.type(editor.other, "daisy")
    editor.settle()
    assert found_in(consented.path, {"orchid", "private", "lilac"}) == set()
    editor.server.close(editor.private.as_uri())
    editor.server.open(editor.private.as_uri(), "lilacorchid reopened\n")
    editor.settle()
    assert editor.server.end() == 0
    events = recorded(consented)
    result = replay(events, consented.key())
    assert result.problems == []
    assert result.texts[editor.other.as_uri()] == "daisytulip# other begins\n"
    assert result.texts[editor.private.as_uri()] == "lilacorchid reopened\n"
    assert sum(each.last - each.first + 1 for each in result.erased) == receipt.events
    assert Edited(0, Withheld(0), Withheld(5), rule="several-characters") not in [
        each.event.body for each in events if each.event.uri == editor.private.as_uri()
    ]


def test_everything_is_forgotten_while_it_is_edited(consented: Home, editor: _Editor) -> None:
    editor.type(editor.private, "orchid")
    editor.settle()
    forget(consented, Selection())
    editor.type(editor.private, "lilac")
    editor.type(editor.other, "daisy")
    editor.settle()
    assert editor.server.end() == 0
    marks = {"orchid", "lilac", "daisy", "begins", "private", "other.txt"}
    assert found_in(consented.path, marks) == set()
    events = recorded(consented)
    assert isinstance(events[0].event.body, Erased)
    assert replay(events, consented.key()).exact


def test_what_was_forgotten_before_anything_was_recorded_is_heeded_too(
    home: Home, tmp_path: Path
) -> None:
    with Wire(home) as server:
        editor = _Editor(home, server, tmp_path)
        editor.type(editor.private, "orchid")
        server.status()
        forget(home, Selection())
        grant(home, [], Content.FULL, "test", datetime.now(timezone.utc))
        time.sleep(0.3)
        editor.type(editor.private, "lilac")
        server.open((tmp_path / "new.txt").as_uri(), "opened after\n")
        editor.settle()
        assert server.end() == 0
    assert found_in(home.path, {"orchid", "lilac", "begins"}) == set()
    events = recorded(home)
    assert replay(events).exact
    assert Opened("opened after\n", "plaintext") in [each.event.body for each in events]


def test_a_file_is_forgotten_from_within_the_editor(consented: Home, editor: _Editor) -> None:
    editor.type(editor.private, "orchid")
    editor.type(editor.other, "tulip")
    what = {"uri": editor.private.as_uri()}
    command = {"command": "foretrace.traces.forget", "arguments": [{**what, "preview": True}]}
    told = editor.server.ask("workspace/executeCommand", command)
    receipt = editor.server.ask(
        "workspace/executeCommand", {"command": "foretrace.traces.forget", "arguments": [what]}
    )
    assert told["events"] == receipt["events"] >= 2
    editor.type(editor.private, "lilac")
    editor.type(editor.other, "daisy")
    editor.settle()
    assert editor.server.end() == 0
    words = {"orchid", "lilac", "private", "tulip", "daisy"}
    assert found_in(consented.path, words) == {"tulip", "daisy"}
    assert replay(recorded(consented), consented.key()).exact


@pytest.mark.parametrize(
    ("what", "remains"),
    [({"minutes": 10}, False), ({"session": True}, False), ({"all": True}, False), ({}, True)],
)
def test_from_within_the_editor_only_what_is_named_is_forgotten(
    consented: Home, editor: _Editor, what: dict[str, object], remains: bool
) -> None:
    editor.type(editor.private, "orchid")
    editor.settle()
    command = {"command": "foretrace.traces.forget", "arguments": [what]}
    if remains:
        with pytest.raises(AssertionError, match="name one of"):
            editor.server.ask("workspace/executeCommand", command)
    else:
        editor.server.ask("workspace/executeCommand", command)
    assert bool(found_in(consented.path, {"orchid"})) == remains
    editor.server.end()
