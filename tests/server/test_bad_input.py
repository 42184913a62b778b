"""Bad input: each gets a clear message and an answer; nothing is lost, nothing crashes."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from tests.clients import SERVER, TRUSTED, applied, session
from tests.server.test_fixes import ASSIGNMENT, MISSING_COLON, WRONG
from tests.stored import replayed

from foretrace_telemetry.home import Home


class _Raw:
    """The server spoken to in bytes, for what no client library would send."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    def send(self, message: Any) -> None:
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    async def answer(self, number: Any) -> dict[str, Any]:
        """Return the answer to a request, passing over what else comes."""
        while True:
            message = await asyncio.wait_for(self._read(), 10)
            if message.get("id") == number and "method" not in message:
                return message

    async def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        length = 0
        while (line := await self.process.stdout.readline()) != b"\r\n":
            assert line, "the server ended"
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return dict(json.loads(await self.process.stdout.readexactly(length)))

    def initialize(self) -> None:
        params: dict[str, Any] = {"processId": None, "rootUri": None, "capabilities": {}}
        self.send({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params})


@asynccontextmanager
async def raw(home: Home) -> AsyncIterator[_Raw]:
    process = await asyncio.create_subprocess_exec(
        *SERVER,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "FORETRACE_HOME": str(home.path)},
    )
    try:
        yield _Raw(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_request_before_initialize_gets_the_error_of_the_protocol(home: Home) -> None:
    async with raw(home) as server:
        server.send({"jsonrpc": "2.0", "id": 1, "method": "foretrace/status"})
        assert (await server.answer(1))["error"]["code"] == -32002


async def test_a_second_initialize_is_refused(home: Home) -> None:
    async with raw(home) as server:
        server.initialize()
        await server.answer(0)
        params: dict[str, Any] = {"processId": None, "rootUri": None, "capabilities": {}}
        server.send({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params})
        assert (await server.answer(1))["error"]["code"] == -32600


async def test_a_request_after_shutdown_is_refused_and_exit_ends_well(home: Home) -> None:
    async with raw(home) as server:
        server.initialize()
        await server.answer(0)
        server.send({"jsonrpc": "2.0", "id": 1, "method": "shutdown"})
        assert "result" in await server.answer(1)
        server.send({"jsonrpc": "2.0", "id": 2, "method": "foretrace/status"})
        assert (await server.answer(2))["error"]["code"] == -32600
        server.send({"jsonrpc": "2.0", "method": "exit"})
        assert await asyncio.wait_for(server.process.wait(), 10) == 0


async def test_an_exit_without_shutdown_is_told_by_the_exit_code(home: Home) -> None:
    async with raw(home) as server:
        server.initialize()
        await server.answer(0)
        server.send({"jsonrpc": "2.0", "method": "exit"})
        assert await asyncio.wait_for(server.process.wait(), 10) == 1


@pytest.mark.parametrize(
    "request_",
    [
        {"method": "textDocument/codeAction", "params": {}},
        {"method": "textDocument/codeAction", "params": {"textDocument": {"uri": 3}}},
        {"method": "textDocument/codeAction", "params": None},
        {"method": "textDocument/inlineCompletion", "params": []},
        {"method": "foretrace/why", "params": {}},
        {"method": "foretrace/why", "params": {"textDocument": "x"}},
        {"method": "foretrace/intent"},
        {"method": "workspace/executeCommand", "params": {"command": "rm -rf"}},
        {"method": "workspace/executeCommand", "params": {"command": "foretrace.accepted"}},
        {"method": "no/such/method", "params": {}},
        {"method": "foretrace/nothing"},
    ],
)
async def test_a_request_that_makes_no_sense_gets_an_error_and_the_next_an_answer(
    home: Home, request_: dict[str, Any]
) -> None:
    async with raw(home) as server:
        server.initialize()
        await server.answer(0)
        server.send({"jsonrpc": "2.0", "id": "odd", **request_})
        assert "error" in await server.answer("odd")
        server.send({"jsonrpc": "2.0", "id": 2, "method": "foretrace/status"})
        assert "result" in await server.answer(2)


@pytest.mark.parametrize(
    "message",
    [
        b"{",
        b"[]",
        b"\xff\xfe",
        b"null",
        b'{"jsonrpc": "1.0", "id": 1}',
        b'{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {}}',
        b'{"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {"textDocument": {}}}',
        b'{"jsonrpc": "2.0", "method": "foretrace/trust", "params": {"trusted": "yes"}}',
        b'{"jsonrpc": "2.0", "id": 99, "result": null}',
        b'{"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 5}}',
        b'{"jsonrpc": "2.0", "method": "no/such/notification", "params": {"class": 1, "1": 2}}',
    ],
)
async def test_a_message_that_makes_no_sense_does_no_harm(home: Home, message: bytes) -> None:
    async with raw(home) as server:
        server.initialize()
        await server.answer(0)
        server.send(message)
        server.send({"jsonrpc": "2.0", "id": 2, "method": "foretrace/status"})
        assert "result" in await server.answer(2)


async def test_two_megabytes_in_one_line_are_recorded_and_not_looked_at(
    consented: Home, tmp_path: Path
) -> None:
    uri = (tmp_path / "a.py").as_uri()
    text = "x = '" + "ä" * 2_000_000 + "'\n"
    async with session(consented, options=TRUSTED) as client:
        client.open(uri, text)
        place = types.Range(types.Position(0, 5), types.Position(0, 6))
        client.change(uri, 2, types.TextDocumentContentChangePartial(place, "b"))
        assert await client.fixes(uri) == []
        assert await client.why(uri) == ["too-large"]
    assert replayed(consented).texts == {uri: text[:5] + "b" + text[6:]}


@pytest.mark.parametrize(
    "text",
    ["x = 1\0\n", "\0", "x = '\ud83d'\n", "(" * 5000, "x = [" * 300, "\x0c\x1c\x85", "", "\r", "é"],
    ids=[
        "null byte",
        "only a null byte",
        "half a character",
        "5000 brackets",
        "300 lists",
        "odd spaces",
        "nothing",
        "one carriage return",
        "one letter",
    ],
)
async def test_strange_texts_get_an_answer_and_are_recorded_exactly(
    consented: Home, tmp_path: Path, text: str
) -> None:
    uri = (tmp_path / "a.py").as_uri()
    async with session(consented, options=TRUSTED) as client:
        client.open(uri, text)
        for action in await client.fixes(uri):
            applied(text, action)
        assert isinstance(await client.why(uri), list)
        assert (await client.request("foretrace/status"))["worker"] == "running"
    assert replayed(consented).texts == {uri: text}


async def test_positions_beyond_the_text_get_an_answer(home: Home, tmp_path: Path) -> None:
    uri = (tmp_path / "a.py").as_uri()
    async with session(home) as client:
        client.open(uri, MISSING_COLON)
        assert len(await client.fixes(uri, line=9999)) == 1
        far = types.Position(9999, 9999)
        client.change(uri, 2, types.TextDocumentContentChangePartial(types.Range(far, far), "#"))
        assert len(await client.fixes(uri)) == 1


async def test_an_infinite_loop_is_stopped_and_something_else_can_be_mended(
    home: Home, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    path = work / "double.py"
    (work / "foretrace.toml").write_text(ASSIGNMENT.format(ceiling="fix"))
    endless = "def double(x):\n    i = 0\n    while i < x:\n        i - 1\n    return 2 * i\n"
    async with session(home, options=TRUSTED) as client:
        client.open(path.as_uri(), endless)
        started = asyncio.get_running_loop().time()
        await client.fixes(path.as_uri())
        assert asyncio.get_running_loop().time() - started < 10.5
        client.change(path.as_uri(), 2, types.TextDocumentContentChangeWholeDocument(WRONG))
        assert len(await client.fixes(path.as_uri())) == 1


async def test_a_program_that_deletes_files_deletes_none(home: Home, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    for name in ("a.txt", "b.py"):
        (work / name).write_text("keep me")
    path = work / "double.py"
    text = (
        "import os, pathlib, shutil\n"
        "for p in list(pathlib.Path('.').iterdir()) + [pathlib.Path.home()]:\n"
        "    try:\n"
        "        shutil.rmtree(p) if p.is_dir() else os.remove(p)\n"
        "    except OSError:\n"
        "        pass\n"
        "def double(x):\n"
        "    return 2 + x\n"
    )
    path.write_text(text)
    (work / "foretrace.toml").write_text(ASSIGNMENT.format(ceiling="fix"))
    before = {p: p.read_bytes() for p in work.iterdir()}
    async with session(home, options=TRUSTED) as client:
        client.open(path.as_uri(), text)
        await client.fixes(path.as_uri())
    assert {p: p.read_bytes() for p in work.iterdir()} == before


async def test_a_program_that_calls_out_or_reads_the_answers_is_stopped(
    home: Home, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    path = work / "double.py"
    text = (
        "import socket\n"
        "def double(x):\n"
        "    try:\n"
        "        return int(open('foretrace.toml').read()[-5:])\n"
        "    except OSError:\n"
        "        socket.create_connection(('127.0.0.1', 9))\n"
    )
    (work / "foretrace.toml").write_text(ASSIGNMENT.format(ceiling="fix"))
    async with session(home, options=TRUSTED) as client:
        client.open(path.as_uri(), text)
        assert await client.fixes(path.as_uri()) == []


async def test_the_worker_killed_again_and_again_costs_no_answer(
    home: Home, tmp_path: Path
) -> None:
    uri = (tmp_path / "a.py").as_uri()
    async with session(home, options=TRUSTED) as client:
        client.open(uri, MISSING_COLON)
        for version in range(2, 5):
            asked = asyncio.create_task(client.fixes(uri))
            await asyncio.sleep(0.2)
            _kill_engines(client._server.pid)  # type: ignore[union-attr]
            await asyncio.wait_for(asked, 12)
            client.change(uri, version, types.TextDocumentContentChangeWholeDocument(MISSING_COLON))
        for attempt in range(40):
            if await client.fixes(uri):
                break
            await asyncio.sleep(0.3)
            change = types.TextDocumentContentChangeWholeDocument(MISSING_COLON)
            client.change(uri, 5 + attempt, change)
        else:
            raise AssertionError("the worker did not come back")


def _kill_engines(parent: int) -> None:
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == parent:
                os.kill(int(entry.name), 9)
