"""An editor without a screen: it types into one file and talks to the real server process."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from foretrace_server import __version__, protocol
from foretrace_telemetry.text import Document, Position, PositionEncoding

_RUN_SECONDS = 10.0


class Editor:
    """One open file, a cursor in it, and the language server that watches."""

    def __init__(self, path: Path, on_intent: Callable[[dict[str, Any]], None]) -> None:
        self.path = path
        self.uri = path.as_uri()
        self._client = LanguageClient("foretrace demo", __version__, protocol_cls=protocol.Messages)
        self._client.feature(protocol.INTENT_CHANGED)(on_intent)
        self._client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda _: None)
        self._client.feature(types.WINDOW_SHOW_MESSAGE)(lambda _: None)
        self._document = Document.of("", PositionEncoding.UTF16)
        self._cursor = 0
        self._version = 0

    @property
    def text(self) -> str:
        """The text as it stands in the editor."""
        return self._document.text

    async def start(self, environment: dict[str, str]) -> None:
        """Start the server and open the file, empty. Programs may be run: they are the demo's."""
        await self._client.start_io(
            *(sys.executable, "-m", "foretrace_server", "lsp", "--log-level", "error"),
            env=environment,
            cwd=sys.prefix,
        )
        capabilities = types.ClientCapabilities(
            workspace=types.WorkspaceClientCapabilities(
                workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True)
            )
        )
        await self._client.initialize_async(
            types.InitializeParams(
                capabilities,
                client_info=types.ClientInfo("foretrace demo", __version__),
                initialization_options={"workspaceTrusted": True, "runPrograms": "always"},
                root_uri=self.path.parent.as_uri(),
            )
        )
        self._client.initialized(types.InitializedParams())
        self._client.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(self.uri, "python", 0, ""))
        )

    async def stop(self) -> None:
        """Close the file and the server."""
        document = types.TextDocumentIdentifier(self.uri)
        self._client.text_document_did_close(types.DidCloseTextDocumentParams(document))
        await self._client.shutdown_async(None)
        self._client.exit(None)
        await self._client.stop()  # type: ignore[no-untyped-call]

    def move(self, line: int, column: int) -> None:
        """Put the cursor somewhere; both count from 1."""
        self._cursor = self._document.offset_at(Position(line - 1, column - 1))
        place = {"line": line - 1, "character": column - 1}
        self._report("selection", {"range": {"start": place, "end": place}})

    def type(self, text: str) -> None:
        """Insert text at the cursor."""
        self._replace(self._cursor, self._cursor, text)

    def backspace(self) -> None:
        """Remove the character before the cursor."""
        self._replace(self._cursor - 1, self._cursor, "")

    def save(self) -> None:
        """Write the file."""
        self.path.write_text(self.text, encoding="utf-8", newline="")
        document = types.TextDocumentIdentifier(self.uri)
        self._client.text_document_did_save(types.DidSaveTextDocumentParams(document, self.text))

    async def run(self) -> str:
        """Run the program as the student would; report how it ended and return that in words."""
        started = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(self.path), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        _, errors = await asyncio.wait_for(process.communicate(), _RUN_SECONDS)
        outcome: dict[str, Any] = {
            "exit_code": process.returncode,
            "duration_ms": round((time.monotonic() - started) * 1000),
        }
        frames = re.findall(r'File ".*", line (\d+), in (\S+)', errors.decode())
        if process.returncode and frames:
            line, function = frames[-1]
            error_type = errors.decode().strip().splitlines()[-1].partition(":")[0]
            outcome |= {"error_type": error_type, "line": int(line), "function": function}
        self._report("run", outcome)
        if "error_type" in outcome:
            return f"{outcome['error_type']} in {outcome['function']}, line {outcome['line']}"
        return "it runs"

    async def ask(self) -> types.CodeAction | None:
        """Ask for a fix, as somebody does who opens the light bulb's menu."""
        here = self._document.position_at(self._cursor)
        place = types.Position(here.line, here.character)
        actions = await self._client.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(self.uri),
                types.Range(place, place),
                types.CodeActionContext([], trigger_kind=types.CodeActionTriggerKind.Invoked),
            )
        )
        return next((a for a in actions or () if isinstance(a, types.CodeAction)), None)

    def accept(self, action: types.CodeAction) -> None:
        """Apply a fix."""
        assert action.edit is not None
        for change in action.edit.document_changes or ():
            assert isinstance(change, types.TextDocumentEdit)
            for edit in sorted(change.edits, key=_start_of, reverse=True):
                assert isinstance(edit, types.TextEdit)
                start, end = (
                    self._document.offset_at(Position(place.line, place.character))
                    for place in (edit.range.start, edit.range.end)
                )
                self._replace(start, end, edit.new_text)

    def _replace(self, start: int, end: int, text: str) -> None:
        first, last = self._document.position_at(start), self._document.position_at(end)
        self._document.replace(first, last, text)
        self._cursor = start + len(text)
        self._version += 1
        places = (types.Position(place.line, place.character) for place in (first, last))
        self._client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self._version, self.uri),
                [types.TextDocumentContentChangePartial(types.Range(*places), text)],
            )
        )

    def _report(self, kind: str, data: dict[str, Any]) -> None:
        self._client.protocol.notify(
            protocol.EVENT,
            {
                "uri": self.uri,
                "version": self._version,
                "kind": kind,
                "data": data,
                "monotonicMs": time.monotonic() * 1000,
            },
        )


def _start_of(edit: Any) -> tuple[int, int]:
    return edit.range.start.line, edit.range.start.character
