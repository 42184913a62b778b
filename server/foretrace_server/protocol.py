"""The protocol: what goes between client and server beside standard LSP.

All of it is optional for a client. `client-vscode/src/protocol.ts` mirrors this file.
"""

from __future__ import annotations

import logging
from typing import Any

import attrs
from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol, lsp_method
from typing_extensions import override

log = logging.getLogger(__name__)

EVENT = "foretrace/event"
TRUST = "foretrace/trust"
SENDING = "foretrace/sending"
INTENT_CHANGED = "foretrace/intentChanged"
INTENT = "foretrace/intent"
WHY = "foretrace/why"
STATUS = "foretrace/status"

ACCEPTED = "foretrace.accepted"
DISMISSED = "foretrace.dismissed"
MORE_HELP = "foretrace.help.more"
SNOOZE = "foretrace.snooze"
CONSENT_NOTICE = "foretrace.consent.notice"
CONSENT_DECIDE = "foretrace.consent.decide"
CONSENT_ASK = "foretrace.consent.ask"
FORGET = "foretrace.traces.forget"
EXPORT_BUNDLE = "foretrace.traces.exportBundle"
MINE_OVERVIEW = "foretrace.mine.overview"
MINE_PROFILE = "foretrace.mine.profile"
MINE_PLAYBACK = "foretrace.mine.playback"


@attrs.define
class Notification:
    """A notification of ours; its parameters stay as they came."""

    method: str
    jsonrpc: str
    params: Any = None


@attrs.define
class Request:
    """A request of ours; its parameters stay as they came."""

    id: str | int
    method: str
    jsonrpc: str
    params: Any = None


@attrs.define
class _Unreadable:
    """A message that does not fit its method."""

    id: str | int | None
    error: JsonRpcException
    jsonrpc: str = "2.0"


_OURS: dict[str, type[Any]] = {
    EVENT: Notification,
    TRUST: Notification,
    SENDING: Notification,
    INTENT_CHANGED: Notification,
    INTENT: Request,
    WHY: Request,
    STATUS: Request,
}


class Messages(LanguageServerProtocol):
    """The language server protocol with our messages in it, for either side."""

    @override
    def get_message_type(  # type: ignore[override]  # pygls caches its own
        self, method: str
    ) -> type[Any] | None:
        return _OURS.get(method) or super().get_message_type(method)


class Protocol(Messages):
    """The server's side, with two changes to what pygls does.

    Every request gets an answer: one whose parameters do not fit, one before `initialize` and one
    after `shutdown` get an error, where pygls 2.1 logs and forgets them. And documents are not
    kept by pygls, which would apply each change a second time: `Recorder` has the one copy.
    """

    @override
    def structure_message(self, data: dict[str, Any]) -> Any:
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            return _Unreadable(data.get("id"), error)

    @override
    def handle_message(self, message: Any) -> None:
        if isinstance(message, _Unreadable):
            log.warning("a message that does not fit its method is refused")
            if message.id is not None:
                self._send_response(message.id, error=message.error.to_response_error())
            return
        method = getattr(message, "method", None)
        if method is not None and (error := self._refusal(method)) is not None:
            log.warning("%s is refused: %s", method, error)
            if hasattr(message, "id"):
                self._send_response(message.id, error=error.to_response_error())
            return
        super().handle_message(message)

    def _refusal(self, method: str) -> JsonRpcException | None:
        if method == types.EXIT:
            return None
        if self._shutdown:
            return JsonRpcInvalidRequest("the server is shutting down")
        if self._workspace is None and method != types.INITIALIZE:
            return JsonRpcServerNotInitialized("initialize comes first")
        if self._workspace is not None and method == types.INITIALIZE:
            return JsonRpcInvalidRequest("initialize comes once")
        return None

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    @override
    def lsp_text_document__did_open(self, params: Any) -> None:
        self.fm.features[types.TEXT_DOCUMENT_DID_OPEN](params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    @override
    def lsp_text_document__did_change(self, params: Any) -> None:
        self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE](params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    @override
    def lsp_text_document__did_close(self, params: Any) -> None:
        self.fm.features[types.TEXT_DOCUMENT_DID_CLOSE](params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    @override
    def lsp_notebook_document__did_open(self, params: Any) -> None:
        self.fm.features[types.NOTEBOOK_DOCUMENT_DID_OPEN](params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    @override
    def lsp_notebook_document__did_change(self, params: Any) -> None:
        self.fm.features[types.NOTEBOOK_DOCUMENT_DID_CHANGE](params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    @override
    def lsp_notebook_document__did_close(self, params: Any) -> None:
        self.fm.features[types.NOTEBOOK_DOCUMENT_DID_CLOSE](params)


def field_of(params: Any, name: str, kind: type[Any]) -> Any:
    """Return a required field of parameters of ours.

    Raises:
        JsonRpcInvalidParams: it is missing or of another kind.
    """
    value = params.get(name) if isinstance(params, dict) else None
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise JsonRpcInvalidParams(f"{name} is required and must be a {kind.__name__}")
    return value


def document_of(params: Any) -> str:
    """Return the address of the document that a request is about.

    Raises:
        JsonRpcInvalidParams: the request names none.
    """
    return str(field_of(field_of(params, "textDocument", dict), "uri", str))
