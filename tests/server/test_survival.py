"""Survival: crashes, full disks, clients that vanish; what was recorded stays, replay is exact."""

from __future__ import annotations

import contextlib
import resource
import shutil
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from tests.crashes import kill_while_typing
from tests.disks import small_disk
from tests.processes import descendants, have_ended
from tests.stored import replayed, sessions
from tests.wire import NOBODY, TcpWire, Wire, explicitly

from foretrace_telemetry.consent import Content, grant
from foretrace_telemetry.events import Edited
from foretrace_telemetry.home import Home
from foretrace_telemetry.replay import replay
from foretrace_telemetry.store import Store

# The promise is a fifth of a second; a test must also hold where everything is slow.
COMMITTED_WITHIN_SECONDS = 1.0
ENDLESS = "i = 0\nwhile i < 1:\n    i - 1\n"
TRUSTED = {"workspaceTrusted": True, "runPrograms": "always"}


class _Typist:
    """Types one letter after the other into one document."""

    def __init__(self, server: Wire, uri: str) -> None:
        self.server = server
        self.uri = uri
        self.text = ""
        server.open(uri, "")

    def type(self, count: int = 1) -> None:
        for _ in range(count):
            at = len(self.text)
            self.text += "abcdefghij"[at % 10]
            self.server.type(self.uri, at + 1, self.text[at], character=at)

    def until(self, condition: Callable[[dict[str, Any]], bool], seconds: float = 40) -> None:
        """Wait until the state of recording is as it should be."""
        deadline = time.monotonic() + seconds
        while not condition(recording := self.server.status()["recording"]):
            assert time.monotonic() < deadline, recording
            time.sleep(0.05)

    def until_committed(self) -> None:
        """Wait until everything is committed that was typed so far."""
        self.server.save(self.uri, self.text)
        before = self.server.status()["recording"]["committed"]
        # The save is one more event, so there is something to wait for.
        self.until(lambda now: now["committed"] > before and not now["waiting"])


def _edits(home: Home) -> int:
    return sum(isinstance(each.event.body, Edited) for each in sessions(home)[-1])


def assert_kept(home: Home, typist: _Typist) -> None:
    """Check that all that was typed into a document replays to it, without a gap."""
    result = replayed(home)
    assert result.problems == []
    assert result.resyncs == 0
    assert result.texts[typist.uri] == typist.text


@pytest.fixture
def uri(tmp_path: Path) -> str:
    return (tmp_path / "a.txt").as_uri()


def test_kill_9_while_typing_loses_only_the_last_moment(consented: Home, uri: str) -> None:
    with Wire(consented) as server:
        server.begin()
        typist = _Typist(server, uri)
        typist.until_committed()  # the first commit also makes the database
        answers = []
        until = time.monotonic() + 2.5 * COMMITTED_WITHIN_SECONDS
        while time.monotonic() < until:
            typist.type()
            committed = server.status()["recording"]["committed"]
            answers.append((time.monotonic(), len(typist.text)))
        typist.type(50)
        server.kill()
        killed = time.monotonic()
    store = Store.read(consented)
    assert store.check() is None
    store.close()
    result = replayed(consented)
    assert result.problems == []
    assert result.resyncs == 0
    assert result.events >= committed
    kept = result.texts[uri] or ""
    assert typist.text.startswith(kept)
    safe = max(n for when, n in answers if killed - when > COMMITTED_WITHIN_SECONDS)
    assert len(kept) >= safe > 10


def test_every_kill_9_leaves_a_sound_database_and_an_exact_replay(
    consented: Home, tmp_path: Path
) -> None:
    crashes = kill_while_typing(consented, tmp_path, rounds=3)
    assert [crash.problems for crash in crashes] == [(), (), ()]
    assert all(crash.kept for crash in crashes)


def test_two_servers_that_start_at_once_share_one_folder(consented: Home, tmp_path: Path) -> None:
    logs = [tmp_path / f"{n}.log" for n in range(2)]
    with Wire(consented, log=logs[0]) as one, Wire(consented, log=logs[1]) as two:
        for server in (one, two):
            server.begin()
        typists = [
            _Typist(server, (tmp_path / f"{n}.txt").as_uri()) for n, server in enumerate((one, two))
        ]
        for _ in range(200):
            for typist in typists:
                typist.type()
            time.sleep(0.005)
        for typist in typists:
            typist.server.save(typist.uri, typist.text)
            assert typist.server.end() == 0
    for log in logs:
        assert "ERROR" not in log.read_text()
    results = [replay(events, consented.key()) for events in sessions(consented)]
    assert [result.problems for result in results] == [[], []]
    texts = {uri: text for result in results for uri, text in result.texts.items()}
    assert texts == {typist.uri: typist.text for typist in typists}
    assert [result.saves_checked for result in results] == [1, 1]


@contextlib.contextmanager
def _no_file_may_grow(server: Wire) -> Iterator[None]:
    """Have every write fail that would make a file larger, as on a full disk."""
    if not hasattr(resource, "prlimit"):
        pytest.skip("the limits of another process can be set on Linux only")
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
    yield
    resource.prlimit(
        server.process.pid,
        resource.RLIMIT_FSIZE,
        (resource.RLIM_INFINITY, resource.RLIM_INFINITY),
    )


@pytest.mark.parametrize("from_the_start", [True, False])
def test_when_no_file_can_grow_events_wait_and_then_go_in(
    consented: Home, uri: str, from_the_start: bool
) -> None:
    with Wire(consented) as server:
        server.begin()
        typist = _Typist(server, uri)
        if not from_the_start:
            typist.type(20)
            typist.until_committed()
        with _no_file_may_grow(server):
            typist.type(2000)
            typist.until(lambda recording: recording["trouble"] is not None)
            trouble = server.status()["recording"]["trouble"]
            assert f"{consented.traces} cannot be written" in trouble
            # Help does not depend on it.
            assert server.ask("foretrace/intent", {"textDocument": {"uri": uri}}) is not None
        typist.until_committed()
        assert server.status()["recording"]["trouble"] is None
        assert server.status()["recording"]["lost"] == 0
        typist.type(20)
        assert server.end() == 0
    assert_kept(consented, typist)
    assert _edits(consented) == len(typist.text)


def test_a_full_disk_loses_nothing_once_there_is_space(tmp_path: Path, uri: str) -> None:
    with small_disk(tmp_path / "disk") as disk:
        home = Home(disk.path / "home")
        grant(home, [], Content.FULL, "test", datetime.now(timezone.utc))
        with Wire(home) as server:
            server.begin()
            typist = _Typist(server, uri)
            typist.type(20)
            typist.until_committed()
            filler = disk.fill()
            typist.type(3000)
            typist.until(lambda recording: recording["trouble"] is not None)
            assert "full" in server.status()["recording"]["trouble"]
            filler.unlink()
            typist.until_committed()
            assert server.end() == 0
        assert_kept(home, typist)
        assert _edits(home) == len(typist.text)


def test_what_could_not_be_kept_to_the_end_is_told_in_the_log(
    consented: Home, tmp_path: Path, uri: str
) -> None:
    log = tmp_path / "log.txt"
    consented.traces.mkdir()  # no database can be made of a folder
    with Wire(consented, log=log) as server:
        server.begin()
        _Typist(server, uri).type(20)
        assert server.end() == 0
    assert "are lost" in log.read_text()


def test_a_folder_that_cannot_be_written_is_written_once_it_can(tmp_path: Path, uri: str) -> None:
    with small_disk(tmp_path / "disk") as disk:
        home = Home(disk.path / "home")
        grant(home, [], Content.FULL, "test", datetime.now(timezone.utc))
        disk.change("ro")
        with Wire(home) as server:
            server.begin()
            typist = _Typist(server, uri)
            typist.type(20)
            typist.until(lambda recording: recording["trouble"] is not None)
            assert "Read-only file system" in server.status()["recording"]["trouble"]
            disk.change("rw")
            typist.until_committed()
            assert server.end() == 0
        assert_kept(home, typist)


@pytest.mark.parametrize("what", ["database", "folder"])
def test_recording_goes_on_when_somebody_removes(consented: Home, uri: str, what: str) -> None:
    with Wire(consented) as server:
        server.begin()
        typist = _Typist(server, uri)
        typist.type(20)
        typist.until_committed()
        if what == "database":
            for file in consented.path.glob("traces.db*"):
                file.unlink()
        else:
            shutil.rmtree(consented.path)
            grant(consented, [], Content.FULL, "test", datetime.now(timezone.utc))
        typist.type(20)
        time.sleep(1)
        typist.type(20)
        assert server.end() == 0
    result = replayed(consented)
    assert result.problems == []
    assert result.texts[uri] == typist.text


@pytest.fixture
def busy(consented: Home, tmp_path: Path) -> Iterator[tuple[Wire, _Typist, set[int]]]:
    """A server that has a program running, what was typed into it, and all its processes."""
    program = tmp_path / "work" / "endless.py"
    program.parent.mkdir()
    program.with_name("foretrace.toml").write_text(
        '[assignment]\nentry = "endless.py"\ntimeout_seconds = 60\n[[test]]\nstdin = ""\n'
        'stdout = ""\n'
    )
    with Wire(consented) as server:
        server.begin(options=TRUSTED)
        server.open(program.as_uri(), ENDLESS, "python")
        typist = _Typist(server, (tmp_path / "a.txt").as_uri())
        typist.type(20)
        server.begin_to_ask("textDocument/codeAction", explicitly(program.as_uri()))
        server.status()
        deadline = time.monotonic() + 20
        while len(processes := descendants(server.process.pid)) < 3:
            assert time.monotonic() < deadline, "the engine and its sandbox did not start"
            time.sleep(0.05)
        yield server, typist, processes


def _hang_up(server: Wire) -> None:
    server.hang_up()


def _terminate(server: Wire) -> None:
    server.process.send_signal(signal.SIGTERM)


def _interrupt(server: Wire) -> None:
    server.process.send_signal(signal.SIGINT)


@pytest.mark.parametrize("end", [_hang_up, _terminate, _interrupt, Wire.kill])
def test_a_server_that_is_left_or_ended_takes_all_its_processes_with_it(
    consented: Home, busy: tuple[Wire, _Typist, set[int]], end: Callable[[Wire], None]
) -> None:
    server, typist, processes = busy
    if end is Wire.kill:
        typist.until_committed()
    else:  # what waits is committed on the way out
        typist.type(20)
        server.status()
    end(server)
    server.wait()
    assert have_ended(processes)
    assert_kept(consented, typist)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_ends_the_server_in_good_order(consented: Home, uri: str, name: str) -> None:
    number = getattr(signal, name, None)
    if number is None:
        pytest.skip("this system does not have it")
    with Wire(consented) as server:
        server.begin()
        typist = _Typist(server, uri)
        typist.type(20)
        server.status()
        server.process.send_signal(number)
        assert server.wait() == 0
    assert_kept(consented, typist)


STARTED_BY_ANOTHER = "import subprocess, sys; subprocess.call([sys.executable, *sys.argv[1:]])"


def test_a_server_ends_with_its_editor_though_its_input_stays_open(
    consented: Home, uri: str
) -> None:
    with Wire(consented, interpreter=(sys.executable, "-c", STARTED_BY_ANOTHER)) as editor:
        editor.ask("initialize", {**NOBODY, "processId": editor.process.pid})
        editor.tell("initialized", {})
        typist = _Typist(editor, uri)
        typist.type(20)
        editor.status()
        started = descendants(editor.process.pid)
        assert started
        editor.kill()
        assert have_ended(started)
    assert_kept(consented, typist)


@pytest.mark.parametrize("number", [None, 1, 2**22 + 1])
def test_a_client_that_did_not_start_the_server_does_not_end_it(
    home: Home, number: int | None
) -> None:
    with Wire(home) as server:
        server.ask("initialize", {**NOBODY, "processId": number})
        server.tell("initialized", {})
        time.sleep(2)
        assert server.status()["worker"] != "closed"
        assert server.end() == 0


SIGNALLED_WHILE_CLOSING = """
import signal, sys
from foretrace_server.cli import main
from foretrace_telemetry.watch import FileWatch
close = FileWatch.close
def close_under_signals(self):
    signal.raise_signal(signal.SIGTERM)
    close(self)
FileWatch.close = close_under_signals
main(sys.argv[3:])
"""


def test_a_signal_while_the_server_closes_waits_until_it_has(consented: Home, uri: str) -> None:
    interpreter = (sys.executable, "-c", SIGNALLED_WHILE_CLOSING)
    with Wire(consented, interpreter=interpreter) as server:
        server.begin()
        typist = _Typist(server, uri)
        typist.type(20)
        server.begin_to_ask("shutdown")
        assert server.wait() == 0
    assert_kept(consented, typist)


def test_the_journey_is_the_same_over_tcp(consented: Home, uri: str) -> None:
    with TcpWire(consented) as server:
        server.begin()
        typist = _Typist(server, uri)
        typist.type(200)
        server.save(uri, typist.text)
        server.close(uri)
        assert server.end() == 0
    assert_kept(consented, typist)
    assert replayed(consented).saves_checked == 1


def _reset(server: TcpWire) -> None:
    """Break the connection without a goodbye, as a client does that is killed."""
    linger_not = struct.pack("ii", 1, 0)
    server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not)
    server.socket.shutdown(socket.SHUT_RD)
    server.hang_up()
    server.socket.close()


def _half_close(server: TcpWire) -> None:
    server.socket.shutdown(socket.SHUT_WR)


@pytest.mark.parametrize("end", [_half_close, _reset])
def test_over_tcp_too_a_server_ends_when_it_is_left(
    consented: Home, uri: str, end: Callable[[TcpWire], None]
) -> None:
    with TcpWire(consented) as server:
        server.begin()
        typist = _Typist(server, uri)
        typist.type(20)
        server.status()
        end(server)
        server.wait()
    assert_kept(consented, typist)


def test_a_second_client_over_tcp_does_not_disturb_the_first(consented: Home, uri: str) -> None:
    with TcpWire(consented) as server:
        server.begin()
        typist = _Typist(server, uri)
        with (
            contextlib.suppress(ConnectionError),
            socket.create_connection(("127.0.0.1", server.port), timeout=10) as other,
        ):
            other.sendall(b'Content-Length: 33\r\n\r\n{"jsonrpc":"2.0","method":"exit"}')
            assert other.recv(1) == b""
        typist.type(20)
        server.save(uri, typist.text)
        assert server.end() == 0
    assert_kept(consented, typist)
