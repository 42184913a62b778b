"""Survival: crashes, full disks, locked folders; what was recorded stays, replay is exact."""

from __future__ import annotations

import contextlib
import resource
import shutil
import socket
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from tests.crashes import kill_while_typing
from tests.disks import small_disk
from tests.stored import replayed, sessions
from tests.typist import Typist, assert_kept
from tests.wire import TcpWire, Wire

from foretrace_telemetry.consent import Content, grant
from foretrace_telemetry.events import Edited
from foretrace_telemetry.home import Home
from foretrace_telemetry.replay import replay
from foretrace_telemetry.store import Store

# The promise is a fifth of a second; a test must also hold where everything is slow.
COMMITTED_WITHIN_SECONDS = 1.0


def _edits(home: Home) -> int:
    return sum(isinstance(each.event.body, Edited) for each in sessions(home)[-1])


@pytest.fixture
def uri(tmp_path: Path) -> str:
    return (tmp_path / "a.txt").as_uri()


def test_kill_9_while_typing_loses_only_the_last_moment(consented: Home, uri: str) -> None:
    with Wire(consented) as server:
        server.begin()
        typist = Typist(server, uri)
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
            Typist(server, (tmp_path / f"{n}.txt").as_uri()) for n, server in enumerate((one, two))
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
        typist = Typist(server, uri)
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
            typist = Typist(server, uri)
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
        Typist(server, uri).type(20)
        assert server.end() == 0
    assert "are lost" in log.read_text()


def test_a_folder_that_cannot_be_written_is_written_once_it_can(tmp_path: Path, uri: str) -> None:
    with small_disk(tmp_path / "disk") as disk:
        home = Home(disk.path / "home")
        grant(home, [], Content.FULL, "test", datetime.now(timezone.utc))
        disk.change("ro")
        with Wire(home) as server:
            server.begin()
            typist = Typist(server, uri)
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
        typist = Typist(server, uri)
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


def test_the_journey_is_the_same_over_tcp(consented: Home, uri: str) -> None:
    with TcpWire(consented) as server:
        server.begin()
        typist = Typist(server, uri)
        typist.type(200)
        server.save(uri, typist.text)
        server.close(uri)
        assert server.end() == 0
    assert_kept(consented, typist)
    assert replayed(consented).saves_checked == 1


def test_a_second_client_over_tcp_does_not_disturb_the_first(consented: Home, uri: str) -> None:
    with TcpWire(consented) as server:
        server.begin()
        typist = Typist(server, uri)
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
