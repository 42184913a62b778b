"""Secrets on the way to the disk: none is left in any byte of what the writer wrote."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.command import foretrace
from tests.forensics import found_in
from tests.key_entering import BlindScrubber, Editor, enter_all, states, survivors
from tests.made_up_keys import KINDS, make_keys
from tests.stored import recorded, replayed

from foretrace_telemetry import scrubbing
from foretrace_telemetry.events import Redacted, Saved
from foretrace_telemetry.home import Home
from foretrace_telemetry.replay import replay
from foretrace_telemetry.store import SessionInfo


@pytest.fixture
def editor(consented: Home) -> Iterator[Editor]:
    editor = Editor(consented)
    yield editor
    editor.writer.close()


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
    monkeypatch.setattr(scrubbing, "Scrubber", BlindScrubber)
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
    checked = foretrace(consented, "traces", "replay", "--check")
    assert checked.stdout.startswith("Replay is exact up to 1 redaction: ")


def test_a_pasted_key_never_reaches_the_disk(
    consented: Home, editor: Editor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("foretrace_telemetry.rewrite.rewrite", fail)
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


def test_what_turns_out_to_be_a_secret_is_taken_out_of_what_came_before(
    consented: Home, editor: Editor, tmp_path: Path
) -> None:
    secret = "kn8x-Tr4q.wL2v"
    closed, changed, last = ((tmp_path / name).as_uri() for name in ("a.py", "b.py", "c.py"))
    editor.open(closed, f"# {secret}\n")
    editor.recorder.saved(closed, None)
    editor.recorder.closed(closed)
    editor.open(changed, "\n")
    for number, character in enumerate(secret):
        editor.edit(changed, number, 0, character)
    editor.writer.flush()
    for number in range(len(secret), 4, -1):
        editor.edit(changed, number - 1, 1, "")
    editor.recorder.saved(changed, None)
    editor.open(last, f"password = '{secret}'\n")
    editor.writer.flush()
    editor.edit(changed, 0, 0, "x")
    editor.writer.close()
    result = replayed(consented)
    assert result.exact
    assert result.saves_checked == 2
    assert result.texts[changed] == "x████\n"
    assert not [state for state in states(consented) if secret in state]
    assert found_in(consented.path, [secret]) == set()
    listed = [e.event for e in recorded(consented) if isinstance(e.event.body, Redacted)]
    assert {event.uri for event in listed} == {closed, changed, last}


def test_the_writer_goes_on_after_it_looked_back(
    consented: Home, editor: Editor, tmp_path: Path
) -> None:
    secret = "kn8x-Tr4q.wL2v"
    first, last = ((tmp_path / name).as_uri() for name in ("a.py", "b.py"))
    editor.open(first, "\n")
    for half in (secret[:7], secret[7:]):
        for number, character in enumerate(half):
            editor.edit(first, number, 0, character)
        editor.writer.flush()
        editor.edit(first, 0, 7, "")
    editor.edit(first, 0, 0, secret)
    editor.edit(first, 3, 4, "")
    editor.writer.flush()
    editor.open(last, f"password = '{secret}'\n")
    editor.writer.flush()
    _wait_for_quiet(editor)
    editor.edit(first, 1, 2, "y")
    editor.edit(last, 0, 3, "")
    editor.recorder.saved(first, None)
    editor.recorder.saved(last, None)
    editor.writer.close()
    assert replayed(consented).problems == []
    assert replayed(consented).saves_checked == 2
    assert found_in(consented.path, [secret]) == set()


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_done_with_secrets_replay_stays_exact(
    consented: Home, editor: Editor, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    password, key = "kn8x-Tr4q.wL2v", make_keys(1, seed)[0].text
    pieces = [password, password[:7], password[7:], key, key[:10], key[10:]]
    pieces += ["x", "\n", "\r\n", "😀", "'", "password = '", f"password = '{password}'\n"]
    for _ in range(60):
        uri = (tmp_path / chance.choice(["a.py", "b.py"])).as_uri()
        action = chance.random()
        if editor.recorder.get(uri) is None:
            editor.open(uri, "".join(chance.choices(pieces, k=chance.randrange(4))))
        elif action < 0.1:
            editor.recorder.saved(uri, None)
        elif action < 0.15:
            editor.recorder.closed(uri)
        elif action < 0.3:
            editor.writer.flush()
        else:
            length = len(editor.recorder[uri].document.text)
            offset = chance.randint(0, length)
            removed = min(chance.choice([0, 0, 0, 1, 5, 30]), length - offset)
            editor.edit(uri, offset, removed, chance.choice(pieces))
    for state in editor.recorder:
        editor.recorder.saved(state.uri, None)
    editor.writer.close()
    result = replayed(consented)
    assert result.problems == []
    for state in editor.recorder:
        text, original = result.texts[state.uri], state.document.text
        assert text is not None
        assert len(text) == len(original)
        hidden = {mine for mine, its in zip(text, original, strict=True) if mine != its}
        assert hidden <= {"█", "🔒"}
    assert found_in(consented.path, [key]) == set()


def _wait_for_quiet(editor: Editor) -> None:
    deadline = time.monotonic() + 20
    while editor.writer._scrubbing.seconds_to_scouring() is not None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
