"""What a key press costs in the server's process, on recordings of real typing."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from foretrace_server.app import ForetraceServer
from foretrace_telemetry.home import Home
from foretrace_telemetry.readers.editing_traces import EditingTrace, read
from tests.reference import place_of

NAMES = ("json-crdt-patch", "sveltecomponent")
ENCODING = "utf-16"


class _Nowhere:
    """Where the server's messages go: to nobody."""

    def write(self, data: bytes) -> None:
        pass

    def close(self) -> None:
        pass


async def _microseconds(trace: EditingTrace, uri: str) -> tuple[list[float], list[float]]:
    """Return for each change how long the handler took, and with it the reading of the message."""
    server = ForetraceServer()
    protocol = server.protocol
    protocol.set_writer(_Nowhere())

    def receive(message: dict[str, Any]) -> None:
        text = json.dumps({"jsonrpc": "2.0", **message})
        protocol.handle_message(json.loads(text, object_hook=protocol.structure_message))

    receive(
        {
            "id": 1,
            "method": types.INITIALIZE,
            "params": {"processId": None, "rootUri": None, "capabilities": {}},
        }
    )
    receive({"method": types.INITIALIZED, "params": {}})
    text = trace.start_text
    item = {"uri": uri, "languageId": "plaintext", "version": 0, "text": text}
    receive({"method": types.TEXT_DOCUMENT_DID_OPEN, "params": {"textDocument": item}})
    handler = protocol.fm.features[types.TEXT_DOCUMENT_DID_CHANGE]
    in_handler: list[float] = []
    in_all: list[float] = []

    def timed(params: types.DidChangeTextDocumentParams) -> None:
        started = time.perf_counter_ns()
        handler(params)
        in_handler.append((time.perf_counter_ns() - started) / 1000)

    protocol.fm.features[types.TEXT_DOCUMENT_DID_CHANGE] = timed
    for version, transaction in enumerate(trace.transactions, 1):
        changes = []
        for offset, length, inserted in transaction:
            places = {
                "start": place_of(text, offset, ENCODING),
                "end": place_of(text, offset + length, ENCODING),
            }
            changes.append({"range": places, "text": inserted})
            text = text[:offset] + inserted + text[offset + length :]
        params = {"textDocument": {"uri": uri, "version": version}, "contentChanges": changes}
        started = time.perf_counter_ns()
        receive({"method": types.TEXT_DOCUMENT_DID_CHANGE, "params": params})
        in_all.append((time.perf_counter_ns() - started) / 1000)
        if version % 10 == 0:
            await asyncio.sleep(0)  # nobody types this fast; timers have their turn
    assert server.recording.recorder[uri].document.text == trace.end_text
    server.close()
    return in_handler, in_all


def _percentile(values: list[float], percent: float) -> float:
    return round(sorted(values)[int(len(values) * percent / 100)], 1)


@pytest.mark.figures
async def test_a_key_press_costs_little(
    data: Path, consented: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORETRACE_HOME", str(consented.path))
    for name in NAMES:
        trace = read(data / "editing_traces" / "sequential_traces" / f"{name}.json.gz")
        in_handler, in_all = await _microseconds(trace, (tmp_path / name).as_uri())
        print(
            json.dumps(
                {
                    "trace": name,
                    "changes": len(in_handler),
                    "handler_us_p50": _percentile(in_handler, 50),
                    "handler_us_p99": _percentile(in_handler, 99),
                    "message_us_p50": _percentile(in_all, 50),
                    "message_us_p99": _percentile(in_all, 99),
                }
            )
        )
        assert len(in_handler) == len(trace.transactions)
