"""Ending: whoever leaves the server or ends it, it goes in good order, and nothing stays behind."""

from __future__ import annotations

import signal
import socket
import struct
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.processes import descendants, have_ended
from tests.typist import Typist, assert_kept
from tests.wire import NOBODY, TcpWire, Wire, explicitly

from foretrace_telemetry.home import Home

ENDLESS = "i = 0\nwhile i < 1:\n    i - 1\n"
TRUSTED = {"workspaceTrusted": True, "runPrograms": "always"}


@pytest.fixture
def uri(tmp_path: Path) -> str:
    return (tmp_path / "a.txt").as_uri()


@pytest.fixture
def busy(consented: Home, tmp_path: Path) -> Iterator[tuple[Wire, Typist, set[int]]]:
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
        typist = Typist(server, (tmp_path / "a.txt").as_uri())
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
    consented: Home, busy: tuple[Wire, Typist, set[int]], end: Callable[[Wire], None]
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
        typist = Typist(server, uri)
        typist.type(20)
        server.status()
        server.process.send_signal(number)
        assert server.wait() == 0
    assert_kept(consented, typist)


HANG_UPS_IGNORED = """
import os, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_IGN)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system does not have it")
def test_a_server_under_nohup_outlives_its_terminal(home: Home) -> None:
    with Wire(home, interpreter=(sys.executable, "-c", HANG_UPS_IGNORED)) as server:
        server.begin()
        server.process.send_signal(signal.SIGHUP)
        assert server.status()["worker"] != "closed"
        assert server.end() == 0


STARTED_BY_ANOTHER = "import subprocess, sys; subprocess.call([sys.executable, *sys.argv[1:]])"


def test_a_server_ends_with_its_editor_though_its_input_stays_open(
    consented: Home, uri: str
) -> None:
    with Wire(consented, interpreter=(sys.executable, "-c", STARTED_BY_ANOTHER)) as editor:
        editor.ask("initialize", {**NOBODY, "processId": editor.process.pid})
        editor.tell("initialized", {})
        typist = Typist(editor, uri)
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
        typist = Typist(server, uri)
        typist.type(20)
        server.begin_to_ask("shutdown")
        assert server.wait() == 0
    assert_kept(consented, typist)


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
        typist = Typist(server, uri)
        typist.type(20)
        server.status()
        end(server)
        server.wait()
    assert_kept(consented, typist)
