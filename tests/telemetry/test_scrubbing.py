"""Secrets on the way to the disk: none is left in any byte of what the writer wrote."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.forensics import found_in
from tests.made_up_keys import KINDS, Key, make_keys
from tests.stored import recorded, replayed

from foretrace_telemetry import scrubbing
from foretrace_telemetry.events import Edited, Opened, Redacted, Saved
from foretrace_telemetry.gate import Gate
from foretrace_telemetry.home import Home
from foretrace_telemetry.recorder import Change, Recorder
from foretrace_telemetry.replay import replay
from foretrace_telemetry.scrub import Kept, Scrubber
from foretrace_telemetry.store import SessionInfo
from foretrace_telemetry.writer import Writer

WAYS = ("typed", "typed with corrections", "pasted", "pasted in halves", "opened with it")
_HEAD = "import os\n"


class Editor:
    """Edits documents, each by one place after which it goes on."""

    def __init__(self, home: Home) -> None:
        self.lost: list[str] = []
        self.gate = Gate(home)
        self.writer = Writer(home, self.gate, SessionInfo("s", 0, "0"), self.lost.append)
        self.recorder = Recorder(self.gate, self.writer.put, lambda _: None, home.key)
        self._versions: dict[str, int] = {}

    def open(self, uri: str, text: str) -> None:
        self._versions[uri] = 1
        self.recorder.opened(uri, 1, "python", text)

    def edit(self, uri: str, offset: int, removed: int, inserted: str) -> None:
        document = self.recorder[uri].document
        start, end = document.position_at(offset), document.position_at(offset + removed)
        self._versions[uri] += 1
        self.recorder.changed(uri, self._versions[uri], [Change(inserted, start, end)])

    def enter(self, uri: str, key: Key, way: str) -> None:
        """Write a key into a new document, in one of the ways in which people do."""
        chance = random.Random(key.text)
        at, half = len(_HEAD + key.before), len(key.text) // 2
        inside = key.text if way == "opened with it" else ""
        self.open(uri, f"{_HEAD}{key.before}{inside}{key.after}\nprint(os.name)\n")
        if way == "pasted":
            self.edit(uri, at, 0, key.text)
        elif way == "pasted in halves":
            self.edit(uri, at, 0, key.text[half:])
            self.writer.flush()
            self.edit(uri, at, 0, key.text[:half])
        elif not inside:
            for number, character in enumerate(key.text):
                if way == "typed with corrections" and chance.random() < 0.1:
                    self.edit(uri, at + number, 0, "~")
                    self.edit(uri, at + number, 1, "")
                self.edit(uri, at + number, 0, character)
                if number in (half // 2, half, half + half // 2):
                    self.recorder.saved(uri, None)
                    self.writer.flush()
        self.recorder.saved(uri, None)


@pytest.fixture
def editor(consented: Home) -> Iterator[Editor]:
    editor = Editor(consented)
    yield editor
    editor.writer.close()


def states(home: Home) -> Iterator[str]:
    """Iterate over the text of each document as it was after each of its events."""
    texts: dict[str, str] = {}
    for each in recorded(home):
        body, uri = each.event.body, each.event.uri or ""
        if isinstance(body, Opened) and isinstance(body.text, str):
            texts[uri] = body.text
        elif isinstance(body, Edited):
            assert isinstance(body.removed, str)
            assert isinstance(body.inserted, str)
            end = body.offset + len(body.removed)
            texts[uri] = texts[uri][: body.offset] + body.inserted + texts[uri][end:]
        else:
            continue
        yield texts[uri]


def survivors(home: Home, keys: Iterable[Key]) -> dict[str, int]:
    """Return how many keys can still be had, by kind: from a text, or from any byte."""
    parts = {part: key for key in keys for part in key.parts}
    told = set(states(home))
    found = {part for part in parts for state in told if part in state}
    found |= found_in(home.path, parts)
    kinds = [kind for kind in KINDS if any(parts[part].kind == kind for part in found)]
    return {
        kind: len({parts[part].text for part in found if parts[part].kind == kind})
        for kind in kinds
    }


def enter_all(editor: Editor, folder: Path, keys: Iterable[Key]) -> None:
    for number, key in enumerate(keys):
        uri = (folder / f"{number}.py").as_uri()
        editor.enter(uri, key, WAYS[number % len(WAYS)])
        editor.recorder.closed(uri)
    assert editor.writer.flush(60)


class _Blind(Scrubber):
    """Lets everything pass."""

    def scrub(self, waiting: list[Kept], new: Iterable[Kept]) -> None:
        waiting += new


def test_no_key_can_be_had_from_anything_that_was_written(
    consented: Home, editor: Editor, tmp_path: Path
) -> None:
    keys = make_keys(2 * len(KINDS) + 2, seed=11)
    enter_all(editor, tmp_path, keys)
    assert survivors(consented, keys) == {}  # with the server still at work
    editor.writer.close()
    assert survivors(consented, keys) == {}
    result = replayed(consented)
    assert result.problems == []
    assert result.saves_checked >= len(keys)
    assert editor.lost == []


def test_without_scrubbing_every_key_would_be_found(
    consented: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrubbing, "Scrubber", _Blind)
    editor = Editor(consented)
    keys = make_keys(len(KINDS), seed=11)
    enter_all(editor, tmp_path, keys)
    assert survivors(consented, keys) == {key.kind: 1 for key in keys}
    editor.writer.close()


def test_what_was_scrubbed_is_listed(consented: Home, editor: Editor, tmp_path: Path) -> None:
    uri = (tmp_path / "a.py").as_uri()
    editor.enter(uri, make_keys(1, seed=1)[0], "typed")
    editor.writer.flush()
    (body,) = [e.event.body for e in recorded(consented) if isinstance(e.event.body, Redacted)]
    assert body == Redacted("AWS Access Key", 20)


def test_a_pasted_key_never_reaches_the_disk(
    consented: Home, editor: Editor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(scrubbing.rewrite, "rewrite", fail)
    (key, *_) = make_keys(1, seed=1)
    editor.enter((tmp_path / "a.py").as_uri(), key, "pasted")
    assert editor.writer.flush()
    assert survivors(consented, [key]) == {}


def test_what_a_killed_process_left_the_next_one_scours(
    consented: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrubbing.Scrubbing, "scour", lambda *_: None)
    (key,) = make_keys(1, seed=1)
    killed = Editor(consented)
    uri = (tmp_path / "a.py").as_uri()
    for number in range(50):  # so much that pages are split
        killed.enter(f"{uri}{number}", key, "typed")
    assert killed.writer.flush()
    monkeypatch.undo()
    following = Editor(consented)
    following.writer._info = SessionInfo("t", 0, "0")
    following.open(uri, "")
    assert following.writer.flush()
    assert following.writer.flush()
    killed.writer.close()
    following.writer.close()
    with closing(sqlite3.connect(consented.traces)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (0,)
    assert found_in(consented.path, key.parts) == set()


def test_where_secrets_cannot_be_looked_for_nothing_is_written(
    consented: Home, editor: Editor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ImportError("no such plugin")

    monkeypatch.setattr("foretrace_telemetry.scrub.find_secrets", fail)
    uri = (tmp_path / "a.py").as_uri()
    editor.open(uri, "x = 1\n")
    editor.writer.flush()
    editor.recorder.restate_all("as the writer asks")
    editor.writer.flush()
    editor.edit(uri, 0, 0, "y")
    editor.writer.flush()
    assert editor.lost == ["secrets cannot be looked for"]
    assert not consented.traces.exists()
    monkeypatch.undo()
    editor.recorder.restate_all("tried again")
    editor.writer.flush()
    assert replay(recorded(consented)).texts == {uri: "yx = 1\n"}


def test_a_save_proves_the_text_with_its_placeholders(
    consented: Home, editor: Editor, tmp_path: Path
) -> None:
    uri = (tmp_path / "a.py").as_uri()
    editor.enter(uri, make_keys(1, seed=1)[0], "typed")
    editor.writer.flush()
    saves = [e for e in recorded(consented) if isinstance(e.event.body, Saved)]
    assert len(saves) == 4
    assert replayed(consented).saves_checked == 4
    assert replayed(consented).exact
