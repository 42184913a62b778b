"""The language server: every message it answers, and the parts that do the work.

What `initialize` needs is imported here. The parts bring in the rest, SQLite and the rules among
it, and are made when the first of them is needed, after the client has its answer.
"""

from __future__ import annotations

import asyncio
import logging
from functools import cached_property
from typing import TYPE_CHECKING, Any

from attrs import evolve
from lsprotocol import types
from pygls.lsp.server import LanguageServer

from foretrace_server import __version__, parent, protocol
from foretrace_server.settings import Settings, from_initialization
from foretrace_server.worker import Worker
from foretrace_telemetry.language import speak, t

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from foretrace_server.asking import Asking
    from foretrace_server.intents import Intents
    from foretrace_server.model import Model
    from foretrace_server.notebooks import Notebooks
    from foretrace_server.policies import Policies
    from foretrace_server.profiles import Profiles
    from foretrace_server.recording import Recording
    from foretrace_server.sending import Sending
    from foretrace_server.suggesting import Suggestions

log = logging.getLogger(__name__)

# Any notebook, by name: lsprotocol 2025 cannot read a filter that leaves it out.
_NOTEBOOKS = types.NotebookDocumentSyncOptions(
    [types.NotebookDocumentFilterWithNotebook("*", [types.NotebookCellLanguage("python")])],
    save=True,
)


class ForetraceServer(LanguageServer):
    """One client's session."""

    def __init__(self) -> None:
        super().__init__(
            "foretrace",
            __version__,
            protocol_cls=protocol.Protocol,
            notebook_document_sync=_NOTEBOOKS,
        )
        self.settings = Settings()
        self.editor = "unknown"
        self.ended_well = False
        self.closing = False
        self.worker = Worker("the worker", "-m", "foretrace_models.engine")
        # Tries what models propose, so that the rules lose no time by it.
        self.second_worker = Worker("the second worker", "-m", "foretrace_models.engine")
        self.warned: set[str] = set()
        self._watching: asyncio.Task[None] | None = None
        self._early_warnings: list[str] = []
        register(self)

    @cached_property
    def recording(self) -> Recording:
        """What records the session."""
        from foretrace_server.recording import Recording
        from foretrace_telemetry.home import Home
        from foretrace_telemetry.text import PositionEncoding

        encoding = PositionEncoding(self.workspace.position_encoding)
        return Recording(Home.default(), self.editor, encoding)

    @cached_property
    def asking(self) -> Asking:
        """What asks whether the person may be recorded."""
        from foretrace_server.asking import Asking

        return Asking(self)

    @cached_property
    def sending(self) -> Sending:
        """What sends to the courses that were joined."""
        from foretrace_server.sending import Sending
        from foretrace_telemetry.home import Home

        return Sending(Home.default(), self.recording.gate, self.recording.recorder.restate_all)

    @cached_property
    def policies(self) -> Policies:
        """What the machine, and the courses that were joined, allow."""
        from foretrace_server.policies import Policies
        from foretrace_telemetry.home import Home

        def changed() -> None:
            self.suggestions.level_changed()

        return Policies(Home.default(), self.recording, changed, self.warn_once)

    @cached_property
    def notebooks(self) -> Notebooks:
        """What knows the cells of notebooks."""
        from foretrace_server.notebooks import Notebooks

        return Notebooks(self.recording.recorder)

    @cached_property
    def suggestions(self) -> Suggestions:
        """What offers fixes."""
        from foretrace_server.suggesting import Suggestions

        return Suggestions(self)

    @cached_property
    def model(self) -> Model:
        """What asks the language model."""
        from foretrace_server.model import language_model
        from foretrace_telemetry.home import Home

        return language_model(Home.default())

    @cached_property
    def trace_model(self) -> Model:
        """What asks the trace model."""
        from foretrace_server.model import trace_model

        return trace_model()

    def models_for(self, path: Path | None) -> list[Model]:
        """Return the models that may propose corrections of a program."""
        from foretrace_models.trace_model.card import shipped_know

        return [self.trace_model, self.model] if shipped_know(path) else [self.model]

    @cached_property
    def profiles(self) -> Profiles:
        """What tells the profile of the person at this machine."""
        from foretrace_server.profiles import Profiles

        return Profiles(self.recording.writer)

    @cached_property
    def intents(self) -> Intents:
        """What says what the person seems to be doing."""
        from foretrace_server.intents import Intents

        return Intents(self)

    def began(self, params: types.InitializeParams) -> None:
        """Take over what the client says of itself, and speak its language."""
        speak(params.locale)
        self.settings, self._early_warnings = from_initialization(params.initialization_options)
        if params.client_info is not None:
            info = params.client_info
            self.editor = f"{info.name} {info.version or ''}".strip()

    def prepare(self) -> None:
        """Make the parts, now that the client is not kept waiting, and say what was held back."""
        self.recording.begin()
        self.sending.allow(self.settings.sending_allowed)
        self.sending.begin()
        self.policies.begin()
        self.intents.begin()
        self._watching = asyncio.create_task(parent.end_with(self.process_id))
        if self.settings.ask_consent and self.recording.gate.consent.undecided:
            self.asking.begin(in_a_pause=True)
        for warning in self._early_warnings:
            self.warn_once(warning)

    def warn_once(self, message: str) -> None:
        """Log a warning and show it, but not a second time."""
        if message in self.warned:
            return
        self.warned.add(message)
        log.warning("%s", message)
        self.window_show_message(
            types.ShowMessageParams(types.MessageType.Warning, f"Foretrace: {message}")
        )

    async def ask(self, question: str, answers: Sequence[str], otherwise: str) -> str | None:
        """Ask the person; None where they do not choose.

        Where the client cannot ask it is None, too, and they are told what to do `otherwise`.
        """
        items = [types.MessageActionItem(answer) for answer in answers]
        params = types.ShowMessageRequestParams(types.MessageType.Info, question, items)
        try:
            answer = await self.window_show_message_request_async(params)
        except Exception as error:
            log.info("the client does not ask questions: %s", error)
            self.warn_once(t("this editor asks no questions; {otherwise}", otherwise=otherwise))
            return None
        return answer.title if answer is not None else None

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log an error. By default pygls shows each in a window."""
        log.error("%s failed", getattr(source, "__name__", source), exc_info=error)

    def close(self) -> None:
        """Write what is left and end what was started."""
        self.closing = True
        try:
            if "suggestions" in self.__dict__:
                self.suggestions.close()
            if "policies" in self.__dict__:
                self.policies.close()
            if "recording" in self.__dict__:
                self.recording.close()
            if "sending" in self.__dict__:
                self.sending.close()
            if "model" in self.__dict__:
                self.model.close()
            if "trace_model" in self.__dict__:
                self.trace_model.close()
            self.worker.close()
            self.second_worker.close()
        finally:
            self.closing = False


def register(server: ForetraceServer) -> None:
    """Register the handlers of all messages."""
    _register_lifecycle(server)
    _register_documents(server)
    _register_notebooks(server)
    _register_help(server)
    _register_consent(server)
    _register_mine(server)


def _register_lifecycle(server: ForetraceServer) -> None:
    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        server.began(params)

    @server.feature(types.INITIALIZED)
    async def initialized(_: types.InitializedParams) -> None:
        from foretrace_server import lifecycle

        server.prepare()
        await lifecycle.begin(server)

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def configuration_changed(params: types.DidChangeConfigurationParams) -> None:
        from foretrace_server import lifecycle

        await lifecycle.configuration_changed(server, params.settings)

    @server.feature(protocol.TRUST)
    def trust(params: Any) -> None:
        trusted = protocol.field_of(params, "trusted", bool)
        server.settings = evolve(server.settings, workspace_trusted=trusted)

    @server.feature(protocol.SENDING)
    def sending(params: Any) -> None:
        allowed = protocol.field_of(params, "allowed", bool)
        server.settings = evolve(server.settings, sending_allowed=allowed)
        server.sending.allow(allowed)

    @server.feature(protocol.STATUS)
    def status(_: Any) -> dict[str, Any]:
        from foretrace_server import lifecycle

        return lifecycle.status(server)

    @server.feature(types.SHUTDOWN)
    def shutdown(_: Any) -> None:
        server.close()
        server.ended_well = True


def _register_documents(server: ForetraceServer) -> None:
    # Plain functions, for pygls runs asynchronous ones out of order.

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: types.DidOpenTextDocumentParams) -> None:
        server.recording.opened(params)
        server.suggestions.document_opened(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeTextDocumentParams) -> None:
        if server.recording.changed(params):
            server.suggestions.document_changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE, types.SaveOptions(include_text=True))
    def did_save(params: types.DidSaveTextDocumentParams) -> None:
        if server.recording.saved(params):
            server.suggestions.document_saved(params.text_document.uri)
            server.sending.saved()

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseTextDocumentParams) -> None:
        server.suggestions.document_closed(params.text_document.uri)
        server.recording.closed(params.text_document.uri)

    @server.feature(protocol.EVENT)
    def event(params: Any) -> None:
        try:
            body, uri = server.recording.reported(params, server.notebooks.name_of)
        except ValueError as error:
            server.warn_once(f"a foretrace/event cannot be read: {error}")
        else:
            server.suggestions.noted(body, uri)


def _register_notebooks(server: ForetraceServer) -> None:
    @server.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def did_open(params: types.DidOpenNotebookDocumentParams) -> None:
        server.notebooks.opened(params)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeNotebookDocumentParams) -> None:
        server.notebooks.changed(params)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_SAVE)
    def did_save(params: types.DidSaveNotebookDocumentParams) -> None:
        server.notebooks.saved(params.notebook_document.uri)

    @server.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseNotebookDocumentParams) -> None:
        server.notebooks.closed(params.notebook_document.uri)


def _register_help(server: ForetraceServer) -> None:
    @server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix]),
    )
    async def code_action(
        params: types.CodeActionParams,
    ) -> list[types.CodeAction | types.Command]:
        return await server.suggestions.code_actions(params)

    # Without options pygls does not tell the client of it: pygls/capabilities.py, `default=None`.
    @server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions())
    async def inline_completion(
        params: types.InlineCompletionParams,
    ) -> types.InlineCompletionList:
        return await server.suggestions.inline_completions(params)

    @server.feature(protocol.INTENT)
    def intent(params: Any) -> dict[str, Any]:
        return server.intents.current(protocol.document_of(params))

    @server.feature(protocol.WHY)
    def why(params: Any) -> dict[str, Any]:
        return server.suggestions.why(protocol.document_of(params))

    @server.command(protocol.ACCEPTED)
    def accepted(suggestion_id: str) -> None:
        server.suggestions.accepted(suggestion_id)

    @server.command(protocol.DISMISSED)
    def dismissed(suggestion_id: str) -> None:
        server.suggestions.dismissed(suggestion_id)

    @server.command(protocol.MORE_HELP)
    async def more_help(uri: str) -> dict[str, Any]:
        return await server.suggestions.more(uri)

    @server.command(protocol.SNOOZE)
    def snooze(*minutes: Any) -> dict[str, Any]:
        return server.suggestions.snooze(minutes[0] if minutes else None)


def _register_consent(server: ForetraceServer) -> None:
    @server.command(protocol.CONSENT_NOTICE)
    def notice() -> dict[str, Any]:
        from foretrace_server import consenting

        return consenting.notice()

    @server.command(protocol.CONSENT_DECIDE)
    def decide(action: str, *terms: Any) -> dict[str, Any]:
        from foretrace_server import consenting

        holds = consenting.decide(action, terms[0] if terms else {}, server.editor)
        server.recording.gate.look_again()
        return holds

    @server.command(protocol.CONSENT_ASK)
    def ask() -> None:
        server.asking.begin()

    @server.command(protocol.FORGET)
    async def forget(what: Any) -> dict[str, Any]:
        from foretrace_server.forgetting import forgetting

        forgotten = await asyncio.to_thread(forgetting, what, server.recording.writer)
        if what.get("preview") is not True:
            server.profiles.forget()
            server.suggestions.forget()
            server.intents.forget()
        return forgotten

    @server.command(protocol.EXPORT_BUNDLE)
    async def export_bundle(path: str) -> dict[str, Any]:
        from foretrace_server import handing_in

        return await asyncio.to_thread(handing_in.export_bundle, path)


def _register_mine(server: ForetraceServer) -> None:
    async def after_flushing(ask: Callable[..., dict[str, Any]], *args: Any) -> dict[str, Any]:
        writer = server.recording.writer

        def flush_and_ask() -> dict[str, Any]:
            writer.flush()
            return ask(*args)

        # Off the loop: a large database takes seconds, and is read beside whoever writes it.
        return await asyncio.to_thread(flush_and_ask)

    @server.command(protocol.MINE_OVERVIEW)
    async def overview() -> dict[str, Any]:
        from foretrace_server import mine

        told = await after_flushing(mine.overview)
        return {**told, "waiting": server.recording.writer.status.waiting}

    @server.command(protocol.MINE_PROFILE)
    async def profile() -> dict[str, Any]:
        return await server.profiles.told()

    @server.command(protocol.MINE_PLAYBACK)
    async def playback(what: Any) -> dict[str, Any]:
        from foretrace_server import mine

        return await after_flushing(mine.playback, what)
