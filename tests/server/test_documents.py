"""Documents over the protocol: recorded exactly with consent, and not at all without."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from tests.clients import CAPABILITIES, SERVER, Client, session
from tests.stored import contents, raw, recorded, replayed

from foretrace_telemetry.consent import Action, Content, decide, grant
from foretrace_telemetry.events import ChangedOutside, Edited, Opened, Resynced
from foretrace_telemetry.home import Home
from foretrace_telemetry.store import NoTracesError
from foretrace_telemetry.text import Document, PositionEncoding


def _change(
    document: Document, start: int, end: int, text: str
) -> types.TextDocumentContentChangePartial:
    first, last = document.position_at(start), document.position_at(end)
    document.replace(first, last, text)
    return types.TextDocumentContentChangePartial(
        types.Range(
            types.Position(first.line, first.character), types.Position(last.line, last.character)
        ),
        text,
    )


@pytest.mark.parametrize("editor", CAPABILITIES)
async def test_what_was_typed_is_recorded_exactly_in_any_units(
    consented: Home, tmp_path: Path, editor: str
) -> None:
    path = tmp_path / "a.py"
    start = "# naïve 😀 text\r\nx = '漢'\r\n"
    async with session(consented, editor) as client:
        encoding = client.initialize_result.capabilities.position_encoding or "utf-16"
        document = Document.of(start, PositionEncoding(encoding))
        client.open(path.as_uri(), start)
        edits = [(9, 9, "😀"), (2, 8, ""), (0, 0, "é\n"), (len(start) - 3, len(start) - 3, "漢🎈")]
        for version, (first, last, text) in enumerate(edits, 2):
            client.change(path.as_uri(), version, _change(document, first, last, text))
        client.save(path.as_uri(), document.text)
    result = replayed(consented)
    assert result.problems == []
    assert result.texts == {path.as_uri(): document.text}
    assert result.saves_checked == 1


async def test_without_consent_the_folder_is_as_if_nothing_had_been_opened(
    home: Home, tmp_path: Path
) -> None:
    untouched = Home(tmp_path / "untouched")
    for folder in (home, untouched):
        decide(folder, Action.DECLINE, "test", datetime(2026, 1, 1, tzinfo=timezone.utc))
    path = tmp_path / "a.py"
    async with session(untouched):
        pass
    async with session(home) as client:
        client.open(path.as_uri(), "x = 1\n")
        place = types.Range(types.Position(0, 0), types.Position(0, 0))
        client.change(path.as_uri(), 2, types.TextDocumentContentChangePartial(place, "#"))
        client.save(path.as_uri(), "#x = 1\n")
        client.notify("foretrace/event", {"uri": path.as_uri(), "kind": "view", "data": {}})
        await client.fixes(path.as_uri())
        client.close(path.as_uri())
    assert contents(home.path) == contents(untouched.path)


async def test_without_any_decision_the_folder_is_not_even_made(home: Home, tmp_path: Path) -> None:
    async with session(home) as client:
        client.open((tmp_path / "a.py").as_uri(), "x = 1\n")
        await client.fixes((tmp_path / "a.py").as_uri())
    assert not home.path.exists()


async def _eventually(condition: Any, seconds: float = 5.0) -> None:
    for _ in range(int(seconds / 0.05)):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come to that in time")


async def test_consent_given_and_taken_elsewhere_holds_in_the_running_server(
    home: Home, tmp_path: Path
) -> None:
    uri = (tmp_path / "a.py").as_uri()
    now = datetime.now(timezone.utc)

    def count() -> int:
        try:
            return len(recorded(home))
        except (NoTracesError, ValueError):
            return 0

    async with session(home) as client:
        document = Document.of("abc\n")
        client.open(uri, document.text)
        client.change(uri, 2, _change(document, 3, 3, "d"))
        await client.request("foretrace/status")  # the server has seen it all
        grant(home, [], Content.FULL, "elsewhere", now)
        await _eventually(lambda: count() > 0)  # the session's beginning is noted
        client.change(uri, 3, _change(document, 4, 4, "e"))
        client.change(uri, 4, _change(document, 5, 5, "f"))
        await _eventually(lambda: count() == 3)
        decide(home, Action.WITHDRAW, "elsewhere", now)
        await asyncio.sleep(0.3)
        client.change(uri, 5, _change(document, 6, 6, "g"))
        await asyncio.sleep(0.4)
        assert count() == 3
    bodies = [each.event.body for each in recorded(home)[1:]]
    assert bodies[0] == Resynced("abcde\n", "recording began")
    assert isinstance(bodies[1], Edited)
    assert replayed(home).texts == {uri: "abcdef\n"}


async def test_metadata_keeps_no_text_and_no_name(home: Home, tmp_path: Path) -> None:
    grant(home, [], Content.METADATA, "test", datetime.now(timezone.utc))
    path = tmp_path / "sentinel_name.py"
    async with session(home) as client:
        document = Document.of("sentinel_text = 1\n" * 30)
        client.open(path.as_uri(), document.text)
        client.change(path.as_uri(), 2, _change(document, 0, 0, "sentinel_typed"))
        client.save(path.as_uri(), document.text)
    assert b"sentinel" not in raw(home)
    assert b"sentinel".hex().encode() not in raw(home)
    assert replayed(home).exact


async def test_a_secret_file_leaves_no_trace(consented: Home, tmp_path: Path) -> None:
    async with session(consented) as client:
        client.open((tmp_path / ".env").as_uri(), "SENTINEL=1", "dotenv")
        client.open((tmp_path / "a.py").as_uri(), "x = 1\n")
    assert b"SENTINEL" not in raw(consented)
    assert b".env" not in raw(consented)
    assert len(replayed(consented).texts) == 1


async def test_a_change_of_the_disk_by_others_is_noted(consented: Home, tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x = 1\n")
    async with session(consented) as client:
        client.open(path.as_uri(), "x = 1\n")
        await client.request("foretrace/status")
        path.write_text("x = 2\n")  # a checkout, say
        await asyncio.sleep(0.8)
        path.write_bytes(b"\xff\xfe\xfa not text")
        await asyncio.sleep(0.8)
        path.unlink()
        await asyncio.sleep(0.8)
    changes = [
        each.event.body.change
        for each in recorded(consented)
        if isinstance(each.event.body, ChangedOutside)
    ]
    assert changes == ["modified", "modified", "deleted"]


async def test_the_editors_own_saves_are_not_called_changes_from_outside(
    consented: Home, tmp_path: Path
) -> None:
    path = tmp_path / "a.py"
    path.write_text("x = 1\n")
    async with session(consented) as client:
        document = Document.of("x = 1\n")
        client.open(path.as_uri(), document.text)
        for version in range(2, 8):
            client.change(path.as_uri(), version, _change(document, 0, 0, "#"))
            path.write_text(document.text)
            client.save(path.as_uri(), document.text)
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.6)
    assert not [e for e in recorded(consented) if isinstance(e.event.body, ChangedOutside)]


async def test_what_a_client_reports_is_recorded_in_code_points(
    consented: Home, tmp_path: Path
) -> None:
    uri = (tmp_path / "a.py").as_uri()
    async with session(consented) as client:
        client.open(uri, "😀 = 1\n")
        place = {"line": 0, "character": 5}
        event = {"uri": uri, "version": 1, "monotonicMs": 12.5}
        client.notify(
            "foretrace/event",
            {**event, "kind": "selection", "data": {"range": {"start": place, "end": place}}},
        )
        client.notify(
            "foretrace/event", {**event, "kind": "run", "data": {"exit_code": 1, "line": 1}}
        )
        await client.request("foretrace/status")
    kinds = {each.event.body.kind: each.event.body for each in recorded(consented)}
    assert (kinds["selection"].start_offset, kinds["selection"].end_offset) == (4, 4)  # type: ignore[attr-defined]
    assert kinds["run"].exit_code == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "params",
    [
        None,
        [],
        {},
        {"kind": "keystroke"},
        {"kind": "edit", "data": {"offset": 0, "removed": "", "inserted": "x"}},
        {"kind": "open", "data": {"text": "x"}},
        {"kind": "copy", "data": {"characters": 1, "text": "secret"}},
        {"kind": "copy", "data": "x"},
        {"kind": "selection", "uri": "file:///nowhere.py", "data": {}},
    ],
)
async def test_a_report_that_makes_no_sense_is_warned_of_and_not_recorded(
    consented: Home, tmp_path: Path, params: Any
) -> None:
    async with session(consented) as client:
        client.open((tmp_path / "a.py").as_uri(), "x\n")
        client.notify("foretrace/event", params)
        status = await client.request("foretrace/status")
        assert any("cannot be read" in warning for warning in status["warnings"])
    assert {type(e.event.body) for e in recorded(consented) if e.event.uri} == {Opened}


async def test_a_session_is_written_when_the_client_just_goes_away(
    consented: Home, tmp_path: Path
) -> None:
    client = Client()
    environment = {**os.environ, "FORETRACE_HOME": str(consented.path)}
    await client.start_io(*SERVER, env=environment)
    await client.initialize_session(types.InitializeParams(CAPABILITIES["VS Code"]))
    client.open((tmp_path / "a.py").as_uri(), "x = 1\n")
    assert client._server is not None
    assert client._server.stdin is not None
    client._server.stdin.close()
    await client._server.wait()
    assert len(replayed(consented).texts) == 1
