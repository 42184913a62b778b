"""Clients to drive the real server process with, each with the abilities of an editor."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import AsyncIterator, Sequence
from typing import Any

from lsprotocol import types
from pytest_lsp import LanguageClient
from pytest_lsp.client import register_lsp_features
from pytest_lsp.protocol import LanguageClientProtocol

from foretrace_server import protocol
from foretrace_telemetry.home import Home

SERVER = (sys.executable, "-m", "foretrace_server", "lsp", "--log-level", "warning")


class _Protocol(protocol.Messages, LanguageClientProtocol):
    """pytest-lsp's protocol, with our messages in it."""


class Client(LanguageClient):
    """A client that remembers what the server told it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(protocol_cls=_Protocol, **options)
        self.initialize_result: types.InitializeResult
        self.intents: list[dict[str, Any]] = []
        self.questions: list[types.ShowMessageRequestParams] = []
        self.answer: types.MessageActionItem | None = None
        register_lsp_features(self)

        @self.feature(protocol.INTENT_CHANGED)  # type: ignore[untyped-decorator]
        def intent_changed(params: dict[str, Any]) -> None:
            self.intents.append(params)

        @self.feature(types.WINDOW_SHOW_MESSAGE_REQUEST)  # type: ignore[untyped-decorator]
        def asked(params: types.ShowMessageRequestParams) -> types.MessageActionItem | None:
            self.questions.append(params)
            return self.answer

    async def request(self, method: str, params: Any = None) -> Any:
        """Send a request of ours, and return its result as JSON."""
        answer = await self.protocol.send_request_async(  # type: ignore[no-untyped-call]
            method, params
        )
        return _plain(answer)

    def notify(self, method: str, params: Any) -> None:
        """Send a notification of ours."""
        self.protocol.notify(method, params)

    async def why(self, uri: str) -> list[str]:
        """Return the codes of why nothing is offered."""
        answer = await self.request(protocol.WHY, {"textDocument": {"uri": uri}})
        return [reason["code"] for reason in answer["reasons"]]

    def open(self, uri: str, text: str, language: str = "python", version: int = 1) -> None:
        item = types.TextDocumentItem(uri, language, version, text)
        self.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def change(
        self, uri: str, version: int, *changes: types.TextDocumentContentChangeEvent
    ) -> None:
        document = types.VersionedTextDocumentIdentifier(version, uri)
        self.text_document_did_change(types.DidChangeTextDocumentParams(document, list(changes)))

    def save(self, uri: str, text: str | None = None) -> None:
        document = types.TextDocumentIdentifier(uri)
        self.text_document_did_save(types.DidSaveTextDocumentParams(document, text))

    def close(self, uri: str) -> None:
        document = types.TextDocumentIdentifier(uri)
        self.text_document_did_close(types.DidCloseTextDocumentParams(document))

    async def fixes(
        self,
        uri: str,
        line: int = 0,
        trigger: types.CodeActionTriggerKind | None = types.CodeActionTriggerKind.Invoked,
        only: list[str] | None = None,
    ) -> list[types.CodeAction]:
        """Ask for code actions at a line, explicitly unless told otherwise; return the fixes."""
        actions = await self.actions(uri, line, trigger, only)
        return [action for action in actions if isinstance(action, types.CodeAction)]

    async def actions(
        self,
        uri: str,
        line: int = 0,
        trigger: types.CodeActionTriggerKind | None = types.CodeActionTriggerKind.Invoked,
        only: list[str] | None = None,
    ) -> list[types.Command | types.CodeAction]:
        """Ask for code actions at a line, and return all of them, the way to more help too."""
        place = types.Position(line, 0)
        actions = await self.text_document_code_action_async(
            types.CodeActionParams(
                types.TextDocumentIdentifier(uri),
                types.Range(place, place),
                types.CodeActionContext([], only=only, trigger_kind=trigger),
            )
        )
        return list(actions or ())

    async def more_help(self, uri: str) -> dict[str, Any]:
        """Ask for the next level of help."""
        return await self.command(protocol.MORE_HELP, uri)

    async def command(self, command: str, *arguments: Any) -> dict[str, Any]:
        """Have the server run a command, and return what it answers."""
        params = types.ExecuteCommandParams(command, list(arguments))
        answer = _plain(await self.workspace_execute_command_async(params))
        assert isinstance(answer, dict)
        return answer


def _plain(value: Any) -> Any:
    """pygls makes named tuples of the results of methods that it does not know."""
    if hasattr(value, "_asdict"):
        return {key: _plain(item) for key, item in value._asdict().items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _capabilities(
    encodings: list[types.PositionEncodingKind | str],
    document_changes: bool,
    inline: bool,
    related: bool = True,
) -> types.ClientCapabilities:
    return types.ClientCapabilities(
        general=types.GeneralClientCapabilities(position_encodings=encodings),
        workspace=types.WorkspaceClientCapabilities(
            configuration=True,
            workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=document_changes),
        ),
        text_document=types.TextDocumentClientCapabilities(
            inline_completion=types.InlineCompletionClientCapabilities() if inline else None,
            publish_diagnostics=types.PublishDiagnosticsClientCapabilities(
                related_information=related
            ),
        ),
    )


UTF8, UTF16, UTF32 = (
    types.PositionEncodingKind.Utf8,
    types.PositionEncodingKind.Utf16,
    types.PositionEncodingKind.Utf32,
)
CAPABILITIES = {
    "VS Code": _capabilities([UTF16], document_changes=True, inline=True),
    "Neovim 0.12": _capabilities([UTF8, UTF16, UTF32], document_changes=True, inline=True),
    "no inline completion": _capabilities([UTF32, UTF16], document_changes=True, inline=False),
    "plain edits only": _capabilities([UTF16], document_changes=False, inline=False, related=False),
    "nothing": types.ClientCapabilities(),
}

TRUSTED = {"workspaceTrusted": True, "runPrograms": "always"}


@contextlib.asynccontextmanager
async def session(
    home: Home,
    editor: str = "VS Code",
    options: Any = None,
    configuration: dict[str, Any] | None = None,
    environment: dict[str, str] | None = None,
    server: Sequence[str] = SERVER,
    locale: str | None = None,
) -> AsyncIterator[Client]:
    """Start the server for a client, initialize it, and shut it down at the end."""
    client = Client(configuration={"": {"foretrace": configuration}} if configuration else None)
    await client.start_io(
        *server, env={**os.environ, "FORETRACE_HOME": str(home.path), **(environment or {})}
    )
    params = types.InitializeParams(
        CAPABILITIES[editor], initialization_options=options, locale=locale
    )
    client.initialize_result = await client.initialize_session(params)
    try:
        yield client
    finally:
        await client.shutdown_session()


def data_of(action: types.CodeAction) -> Any:
    """Return what a code action carries for our own clients."""
    assert action.data is not None
    return action.data


def applied(text: str, action: types.CodeAction) -> str:
    """Return a text with a code action's edits made, by a reference of our own: UTF-16 lists."""
    assert action.edit is not None
    changes: Any = action.edit.changes or {}
    edits = [edit for each in changes.values() for edit in each]
    for change in action.edit.document_changes or ():
        assert isinstance(change, types.TextDocumentEdit)
        edits += change.edits
    units = _units(text)
    for edit in sorted(edits, key=lambda e: (e.range.start.line, e.range.start.character))[::-1]:
        start, end = (_offset(units, place) for place in (edit.range.start, edit.range.end))
        units[start:end] = _units(edit.new_text)
    return b"".join(units).decode("utf-16-le", "surrogatepass")


def _units(text: str) -> list[bytes]:
    raw = text.encode("utf-16-le", "surrogatepass")
    return [raw[n : n + 2] for n in range(0, len(raw), 2)]


def _offset(units: list[bytes], place: types.Position) -> int:
    line = offset = 0
    while line < place.line:
        if units[offset] == b"\n\0":
            line += 1
        offset += 1
    return offset + place.character
