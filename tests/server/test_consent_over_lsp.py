"""Consent over the protocol: without it nothing is written, and it holds from one moment on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from tests.command import foretrace
from tests.stored import contents, raw, recorded, replayed
from tests.wire import Wire

from foretrace_telemetry.consent import VALIDITY, Action, Content, Scope, decide, grant
from foretrace_telemetry.events import Edited, Resynced, Withheld
from foretrace_telemetry.home import Home

NOW = datetime.now(timezone.utc)
SENTINEL = "sentinel"


def journey(server: Wire, uri: str) -> None:
    """Do with a document all that can be recorded, and ask for all that can be asked for."""
    text = f"# {SENTINEL}\nprint({SENTINEL}_first\n"
    server.begin()
    server.open(uri, text, "python")
    for version in range(1, 30):
        server.type(uri, version, SENTINEL[version % 8], line=1)
    server.save(uri)
    place = {"line": 1, "character": 2}
    events = {
        "view": {},
        "selection": {"range": {"start": place, "end": place}},
        "copy": {"characters": 8},
        "run": {"exit_code": 1, "error_type": "NameError", "line": 2, "function": SENTINEL},
        "tests": {"passed": 1, "failed": 2},
    }
    for kind, data in events.items():
        server.tell("foretrace/event", {"uri": uri, "version": 29, "kind": kind, "data": data})
    document = {"textDocument": {"uri": uri}}
    server.fixes(uri)
    server.ask(
        "textDocument/inlineCompletion",
        {**document, "position": place, "context": {"triggerKind": 1}},
    )
    server.ask("foretrace/intent", document)
    server.ask("foretrace/why", document)
    server.close(uri)
    server.open(uri, text, "python")
    assert server.status()["recording"]["committed"] == 0
    assert server.end() == 0


def _never_asked(home: Home) -> None:
    pass


def _declined(home: Home) -> None:
    decide(home, Action.DECLINE, "test", NOW)


def _withdrawn(home: Home) -> None:
    grant(home, [Scope.RESEARCH], Content.FULL, "test", NOW)
    decide(home, Action.WITHDRAW, "test", NOW)


def _local_withdrawn(home: Home) -> None:
    grant(home, [Scope.RESEARCH], Content.FULL, "test", NOW)
    decide(home, Action.WITHDRAW, "test", NOW, [Scope.LOCAL])


def _paused(home: Home) -> None:
    grant(home, [], Content.FULL, "test", NOW)
    decide(home, Action.PAUSE, "test", NOW)


def _expired(home: Home) -> None:
    grant(home, [], Content.FULL, "test", NOW - VALIDITY - timedelta(days=1))


def _unreadable_line(home: Home) -> None:
    grant(home, [], Content.FULL, "test", NOW)
    with home.consent_log.open("ab") as log:
        log.write(b"\xff\xfe nonsense")


def _unknown_decision(home: Home) -> None:
    grant(home, [], Content.FULL, "test", NOW)
    line = home.consent_log.read_text().replace('"grant"', '"grant-but-not-on-fridays"')
    with home.consent_log.open("a") as log:
        log.write(line)


def _folder_as_log(home: Home) -> None:
    home.consent_log.mkdir(parents=True)


def _file_as_folder(home: Home) -> None:
    home.path.write_text("mine")


@pytest.mark.parametrize(
    "decide_in",
    [
        *(_never_asked, _declined, _withdrawn, _local_withdrawn, _paused, _expired),
        *(_unreadable_line, _unknown_decision, _folder_as_log, _file_as_folder),
    ],
)
def test_without_consent_not_one_byte_is_written(
    home: Home, tmp_path: Path, decide_in: Callable[[Home], None]
) -> None:
    decide_in(home)
    work = tmp_path / "work"
    work.mkdir()
    before = contents(tmp_path)
    with Wire(home) as server:
        journey(server, (work / "a.py").as_uri())
    assert contents(tmp_path) == before


@pytest.fixture
def link(tmp_path: Path) -> Path:
    """A file with a harmless name that leads to one with secrets."""
    (tmp_path / ".env").touch()
    (tmp_path / "notes.py").symlink_to(tmp_path / ".env")
    return tmp_path / "notes.py"


def test_of_a_file_with_secrets_nothing_is_written(
    consented: Home, tmp_path: Path, link: Path
) -> None:
    folder = tmp_path.as_uri()
    (tmp_path / "diary").mkdir()
    (tmp_path / ".traceignore").write_text("diary/\n")
    uris = [
        *(f"{folder}/diary/today.py", f"{folder}/.config/gcloud/tokens.py", f"{folder}/.envrc"),
        *(f"{folder}/.env", f"{folder}/%2Eenv", f"{folder}/.ENV", f"{folder}/id_rsa"),
        *(f"{folder}/.ssh/config.py", f"{folder}/.git/hooks/hook.py", link.as_uri()),
        *(consented.consent_log.as_uri(), "untitled:Untitled-1", "vscode-remote://host/a.py"),
    ]
    with Wire(consented) as server:
        server.begin()
        for uri in uris:
            server.open(uri, f"{SENTINEL} = (\n" * 20, "python")
            for version in range(1, 5):
                server.type(uri, version, SENTINEL)
            server.save(uri)
            run = {"exit_code": 1, "line": 2, "function": SENTINEL}
            server.tell("foretrace/event", {"uri": uri, "kind": "run", "data": run})
            server.close(uri)
            # A client may also tell of what is not open.
            server.tell("foretrace/event", {"uri": uri, "kind": "run", "data": run})
        time.sleep(0.6)  # the intent, too, would be noted by then
        assert server.status()["recording"]["lost"] == 0
        server.end()
    assert {each.event.body.kind for each in recorded(consented)} == {"recording"}
    everything = raw(consented)
    assert SENTINEL.encode() not in everything
    for name in (b".env", b".ENV", b"%2Eenv", b"id_rsa", b".ssh", b"notes", b"Untitled", b"host"):
        assert name not in everything
    for name in (b"diary", b"today", b"gcloud", b"traceignore"):
        assert name not in everything


class _Typist:
    """Types into one document, and knows its text."""

    def __init__(self, server: Wire, uri: str) -> None:
        self.server = server
        self.uri = uri
        self.text = "x = 1\n"
        self._version = 0
        server.begin()
        server.open(uri, self.text)

    def type(self, text: str) -> None:
        """Type at the end of the first line, and have the server read it all."""
        line, rest = self.text.split("\n", 1)
        for column, character in enumerate(text, len(line)):
            self._version += 1
            self.server.type(self.uri, self._version, character, character=column)
        self.text = f"{line}{text}\n{rest}"
        self.server.status()

    def until(self, condition: Callable[[dict[str, Any]], bool]) -> None:
        """Wait until the state of recording is as it should be."""
        deadline = time.monotonic() + 30
        while not condition(self.server.status()["recording"]):
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def settle(self) -> None:
        """Wait until what was typed is committed."""
        self.server.save(self.uri, self.text)
        self.until(lambda recording: recording["waiting"] == 0)
        time.sleep(0.4)
        self.until(lambda recording: recording["waiting"] == 0)


@pytest.fixture
def typist(home: Home, tmp_path: Path) -> Iterator[_Typist]:
    with Wire(home) as server:
        yield _Typist(server, (tmp_path / "a.txt").as_uri())


def _inserted(home: Home) -> str:
    """Return what was typed in all recorded edits."""
    bodies = [each.event.body for each in recorded(home)]
    return "".join(body.inserted for body in bodies if isinstance(body, Edited))  # type: ignore[misc]


def _grant(home: Home, content: str = "full") -> None:
    assert foretrace(home, "consent", "grant", "--content", content).returncode == 0


def test_what_is_granted_while_typing_begins_then(home: Home, typist: _Typist) -> None:
    typist.type("bbbb")
    _grant(home)
    typist.until(lambda recording: recording["recording"])
    typist.type("aaaa")
    typist.settle()
    assert typist.server.end() == 0
    result = replayed(home)
    assert result.exact
    assert result.saves_checked == 1
    assert result.texts == {typist.uri: typist.text}
    first = next(each.event.body for each in recorded(home) if each.event.uri)
    assert isinstance(first, Resynced)
    assert first.reason == "recording began"
    # The first may be in the text that was stated then.
    assert _inserted(home) in ("aaa", "aaaa")


@pytest.mark.parametrize(
    ("stop", "go_on"),
    [
        (("consent", "withdraw"), ("consent", "grant", "--content", "full")),
        (("traces", "pause"), ("traces", "resume")),
    ],
)
def test_what_is_typed_while_recording_is_off_is_not_kept(
    home: Home, typist: _Typist, stop: tuple[str, ...], go_on: tuple[str, ...]
) -> None:
    _grant(home)
    typist.until(lambda recording: recording["recording"])
    typist.type("aaaa")
    typist.settle()
    foretrace(home, *stop)
    time.sleep(1)
    before = contents(home.path)
    typist.type("bbbb")
    time.sleep(0.5)
    assert contents(home.path) == before
    foretrace(home, *go_on)
    typist.until(lambda recording: recording["recording"])
    typist.type("cccc")
    typist.settle()
    assert typist.server.end() == 0
    result = replayed(home)
    assert result.exact
    assert result.saves_checked == 2
    assert result.texts == {typist.uri: typist.text}
    assert "b" not in _inserted(home)
    assert set(_inserted(home)) == {"a", "c"}


def test_nothing_that_happens_after_a_withdrawal_is_written_not_even_at_the_end(
    home: Home, typist: _Typist
) -> None:
    _grant(home)
    typist.until(lambda recording: recording["recording"])
    typist.type("aaaa")
    typist.settle()
    assert foretrace(home, "consent", "withdraw").returncode == 0
    before = len(recorded(home))
    typist.type(SENTINEL)
    assert typist.server.end() == 0  # which writes what waits
    assert len(recorded(home)) == before
    assert replayed(home).exact


def test_narrowing_to_metadata_while_typing_keeps_no_later_text(
    home: Home, typist: _Typist
) -> None:
    _grant(home)
    typist.until(lambda recording: recording["recording"])
    typist.type("visible")
    typist.settle()
    _grant(home, "metadata")
    for _ in range(40):  # some of these wait to be committed when the decision is read
        typist.type("#")
        time.sleep(0.01)
    typist.until(lambda recording: recording["content"] == "metadata")
    typist.type(SENTINEL)
    typist.settle()
    assert typist.server.end() == 0
    assert SENTINEL.encode() not in raw(home)
    result = replayed(home)
    assert result.problems == []
    assert len(result.texts) == 2  # under its name, and under the one that stands for it
    assert None in result.texts.values()


def test_widening_to_full_while_typing_states_the_text(home: Home, typist: _Typist) -> None:
    _grant(home, "metadata")
    typist.until(lambda recording: recording["recording"])
    for _ in range(20):
        typist.type("#")
    _grant(home)
    for _ in range(40):
        typist.type("#")
        time.sleep(0.01)
    typist.until(lambda recording: recording["content"] == "full")
    typist.type("visible")
    typist.settle()
    assert typist.server.end() == 0
    result = replayed(home)
    assert result.problems == []
    assert result.texts[typist.uri] == typist.text


def test_metadata_keeps_no_text_and_no_name_not_even_for_a_while(
    home: Home, tmp_path: Path
) -> None:
    grant(home, [], Content.METADATA, "test", NOW)
    path = tmp_path / f"{SENTINEL}_name.py"
    with Wire(home) as server:
        server.begin()
        server.open(path.as_uri(), f"{SENTINEL}_text = 1\n" * 30, "python")
        path.write_text("x = 1\n")  # somebody else changes the file
        for version in range(1, 30):
            server.type(path.as_uri(), version, f"{SENTINEL}_typed")
        run = {"exit_code": 1, "line": 2, "function": f"{SENTINEL}_function"}
        server.tell("foretrace/event", {"uri": path.as_uri(), "kind": "run", "data": run})
        server.save(path.as_uri(), f"{SENTINEL}_saved")
        deadline = time.monotonic() + 30
        while server.status()["recording"]["committed"] < 33:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert home.write_ahead_log.exists()
        while_running = raw(home)
        server.end()
    for everything in (while_running, raw(home)):
        assert SENTINEL.encode() not in everything
        assert SENTINEL.encode().hex().encode() not in everything
    lengths = [
        each.event.body.inserted for each in recorded(home) if isinstance(each.event.body, Edited)
    ]
    assert lengths == [Withheld(len(f"{SENTINEL}_typed"))] * 29
    assert replayed(home).exact
    assert replayed(home).texts.popitem()[1] is None


def test_the_log_has_nothing_of_the_text_at_any_level(home: Home, tmp_path: Path) -> None:
    grant(home, [], Content.FULL, "test", NOW)
    log = tmp_path / "log.txt"
    work = tmp_path / "work"
    work.mkdir()
    uri = (work / "a.py").as_uri()
    with Wire(home, "--log-level", "debug", log=log) as server:
        server.begin(options={"workspaceTrusted": True, "runPrograms": "always"})
        server.open(uri, f"print({SENTINEL}_first\n", "python")
        assert SENTINEL in str(server.fixes(uri))  # so it was read, and told to the client
        (work / "foretrace.toml").write_text(f'[assignment]\nentry = "{SENTINEL}"\nwrong = 1\n')
        server.type(uri, 1, f"{SENTINEL}_typed", line=99, character=99)  # beyond the text
        server.type(uri, 1, f"{SENTINEL}_again")  # the same version again
        server.type(f"{uri}x", 1, f"{SENTINEL}_unopened")
        server.save(uri, f"raise {SENTINEL}_saved\n")
        server.tell("foretrace/event", {"uri": uri, "kind": "run", "data": {SENTINEL: SENTINEL}})
        server.tell("foretrace/event", {"uri": uri, "kind": "dance", "data": SENTINEL})
        server.fixes(uri)
        with pytest.raises(AssertionError, match="-32602"):
            server.ask("textDocument/codeAction", {"textDocument": {"uri": SENTINEL}})
        server.end()
    assert SENTINEL.encode() in raw(home)
    assert log.stat().st_size > 0
    assert SENTINEL not in log.read_text()


def test_a_traceignore_written_while_typing_stops_it(
    consented: Home, tmp_path: Path, typist: _Typist
) -> None:
    typist.until(lambda recording: recording["committed"] > 0)
    (tmp_path / ".traceignore").write_text("*.txt\n")
    time.sleep(0.6)  # it is looked at twice a second
    typist.type(SENTINEL)
    typist.settle()
    assert SENTINEL.encode() not in raw(consented)
    assert replayed(consented).texts == {typist.uri: "x = 1\n"}
    (tmp_path / ".traceignore").unlink()
    time.sleep(0.6)
    typist.type("!")
    typist.settle()
    assert replayed(consented).texts == {typist.uri: typist.text}
