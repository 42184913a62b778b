"""Documents over the protocol: what is typed, saved and reported is recorded exactly."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from tests.clients import CAPABILITIES, SERVER, Client, session
from tests.stored import recorded, replayed

from foretrace_telemetry.events import ChangedOutside, Opened
from foretrace_telemetry.home import Home
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
