"""Bad input: each gets a clear message and an answer; nothing is lost, nothing crashes."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from lsprotocol import types
from lsprotocol.converters import get_converter
from tests.clients import TRUSTED, applied, session
from tests.server.test_fixes import ASSIGNMENT, MISSING_COLON, WRONG
from tests.stored import replayed
from tests.wire import NOBODY, Wire

from foretrace_telemetry.home import Home


def test_a_request_before_initialize_gets_the_error_of_the_protocol(home: Home) -> None:
    with Wire(home) as server:
        assert server.answer(server.begin_to_ask("foretrace/status"))["error"]["code"] == -32002


def test_a_second_initialize_is_refused(home: Home) -> None:
    with Wire(home) as server:
        server.begin()
        answer = server.answer(server.begin_to_ask("initialize", NOBODY))
        assert answer["error"]["code"] == -32600


def test_a_request_after_shutdown_is_refused_and_exit_ends_well(home: Home) -> None:
    with Wire(home) as server:
        server.begin()
        server.ask("shutdown")
        assert server.answer(server.begin_to_ask("foretrace/status"))["error"]["code"] == -32600
        server.tell("exit")
        assert server.wait() == 0


def test_an_exit_without_shutdown_is_told_by_the_exit_code(home: Home) -> None:
    with Wire(home) as server:
        server.begin()
        server.tell("exit")
        assert server.wait() == 1


def test_requests_that_make_no_sense_get_an_error_and_the_next_an_answer(home: Home) -> None:
    with Wire(home) as server:
        server.begin()
        for method, params in (
            ("textDocument/codeAction", {}),
            ("textDocument/codeAction", {"textDocument": {"uri": 3}}),
            ("textDocument/codeAction", None),
            ("textDocument/inlineCompletion", []),
            ("foretrace/why", {}),
            ("foretrace/why", {"textDocument": "x"}),
            ("foretrace/intent", None),
            ("workspace/executeCommand", {"command": "rm -rf"}),
            ("workspace/executeCommand", {"command": "foretrace.accepted"}),
            ("no/such/method", {}),
            ("foretrace/nothing", None),
        ):
            assert "error" in server.answer(server.begin_to_ask(method, params)), (method, params)
        server.send({"id": "odd", "method": "foretrace/intent"})
        assert "error" in server.answer("odd")
        assert server.status()


def test_messages_that_make_no_sense_do_no_harm(home: Home) -> None:
    with Wire(home) as server:
        server.begin()
        for message in (
            b"{",
            b"[]",
            b"\xff\xfe",
            b"null",
            b'{"jsonrpc": "1.0", "id": 1}',
            b'{"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {}}',
            b'{"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {}}',
            b'{"jsonrpc": "2.0", "method": "foretrace/trust", "params": {"trusted": "yes"}}',
            b'{"jsonrpc": "2.0", "id": 99, "result": null}',
            b'{"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 5}}',
            b'{"jsonrpc": "2.0", "method": "no/such/notification", "params": {"class": 1, "1": 2}}',
        ):
            server.send(message)
            assert server.status()


def test_documents_with_odd_addresses_get_an_answer(consented: Home, tmp_path: Path) -> None:
    uris = [f"{tmp_path.as_uri()}/{name}" for name in ("a%00b.py", "a%ff.py", "x" * 5000, "..")]
    with Wire(consented) as server:
        server.begin(options=TRUSTED)
        for uri in (*uris, "", "file:", "file:///", "file://[", "untitled:Untitled-1", "\ud83d"):
            server.open(uri, MISSING_COLON, "python")
            server.type(uri, 1, "#")
            server.fixes(uri)
            server.save(uri)
            server.close(uri)
        assert server.status()["recording"]["lost"] == 0
        assert server.end() == 0
    assert replayed(consented).exact


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


def test_strange_texts_get_an_answer_and_are_recorded_exactly(
    consented: Home, tmp_path: Path
) -> None:
    texts = {
        (tmp_path / f"{name}.py").as_uri(): text
        for name, text in (
            ("null_byte", "x = 1\0\n"),
            ("only_a_null_byte", "\0"),
            ("half_a_character", "x = '\ud83d'\n"),
            ("brackets", "(" * 5000),
            ("lists", "x = [" * 300),
            ("odd_spaces", "\x0c\x1c\x85"),
            ("nothing", ""),
            ("one_carriage_return", "\r"),
            ("one_letter", "é"),
        )
    }
    with Wire(consented) as server:
        server.begin(options=TRUSTED)
        for uri, text in texts.items():
            server.open(uri, text, "python")
            for action in server.fixes(uri):
                applied(text, get_converter().structure(action, types.CodeAction))
            assert server.ask("foretrace/why", {"textDocument": {"uri": uri}})["version"] == 0
            assert server.status()["worker"] == "running", uri
        assert server.end() == 0
    assert replayed(consented).texts == texts


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
