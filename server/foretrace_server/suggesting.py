"""Suggesting: when to look for a fix, and what to offer once there is one.

A pause, a save, a failing run or an explicit request leads to a diagnosis, made by the worker from
the text of one version. Whatever belongs to an older version is dropped.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen
from lsprotocol import types

from foretrace_models.repair import samples
from foretrace_models.repair.assignment import FILE_NAME
from foretrace_models.repair.diagnosis import (
    Diagnosis,
    Fix,
    Proof,
    Reason,
    Situation,
    Why,
)
from foretrace_models.repair.edits import TextEdit, apply_edits
from foretrace_server import protocol
from foretrace_server.diagnosing import diagnose, diagnose_with_model
from foretrace_server.settings import RunPrograms
from foretrace_server.worker import WorkerError
from foretrace_telemetry.events import (
    Actor,
    Body,
    RunFinished,
    SuggestionMoved,
    SuggestionStage,
    TestsFinished,
)
from foretrace_telemetry.privacy import path_of
from foretrace_telemetry.recorder import OpenDocument
from foretrace_telemetry.text import Position, Replacement

if TYPE_CHECKING:
    from foretrace_server.app import ForetraceServer

log = logging.getLogger(__name__)

_PAUSE_SECONDS = 1.0
_AUTOMATIC_SECONDS = 4.0
# An explicit request waits up to ten seconds; the search ends before, so that there is an answer.
_EXPLICIT_SECONDS = 9.0
_EXPLICIT_WAIT_SECONDS = 9.8
_ANSWER_SECONDS = 5.0

# What a fix does and to which lines, wherever in the file they stand by now.
_FixKey = tuple[tuple[str, str], ...]


@frozen
class _Offer:
    """A fix that is on offer, and the name under which its life is told."""

    id: str
    uri: str
    fix: Fix
    result: str
    key: _FixKey


@frozen
class _Look:
    """What a diagnosis was made of: it serves for no other version and no other permission."""

    version: int
    may_run: bool
    explicit: bool

    def covers(self, wanted: _Look) -> bool:
        """Return whether this look is as good as another would be."""
        same = (self.version, self.may_run) == (wanted.version, wanted.may_run)
        return same and (self.explicit or not wanted.explicit)


@define
class _Watched:
    """What is known and under way about one open document."""

    look: _Look | None = None
    diagnosis: Diagnosis | None = None
    task: asyncio.Task[Diagnosis | None] | None = None
    offer: _Offer | None = None
    timer: asyncio.TimerHandle | None = None
    dismissed: set[_FixKey] = field(factory=set)
    # Set once the present version was looked at, or another has taken its place.
    looked: asyncio.Event = field(factory=asyncio.Event)

    def needs(self, wanted: _Look) -> bool:
        """Return whether the document must be looked at, or what is known or under way serves.

        What was asked for explicitly is looked for again if it was not found before.
        """
        if self.look is None or self.look.version != wanted.version:
            return True
        if self.task is not None:
            return not self.look.covers(wanted)
        found = self.diagnosis is not None and self.diagnosis.fix is not None
        return self.look.may_run != wanted.may_run or (wanted.explicit and not found)


class Suggestions:
    """Diagnoses of the open documents, and the fixes offered for them."""

    def __init__(self, server: ForetraceServer) -> None:
        self._server = server
        self._watched: dict[str, _Watched] = {}
        self._allowed_this_session: bool | None = None
        self._asking: asyncio.Task[None] | None = None
        self._assignment_problems: set[str] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        # The boundary behind which programs were last run, once any was.
        self.boundary: str | None = None

    # What happens to documents.

    def document_changed(self, uri: str) -> None:
        """Drop what was known of an older version, and look again after a pause."""
        watched = self._watched.setdefault(uri, _Watched())
        state = self._server.recording.recorder[uri]
        if watched.offer is not None and watched.offer.result == state.document.text:
            self._note(watched.offer, SuggestionStage.ACCEPTED)
            watched.offer = None
        self._supersede(watched)
        self._later(uri, watched, _PAUSE_SECONDS)

    def document_saved(self, uri: str) -> None:
        """Look at once and anew: a save is a boundary, and may be of what others depend on."""
        folder = uri.rpartition("/")[0]
        for other, watched in self._watched.items():
            if other == uri or (uri.endswith(f"/{FILE_NAME}") and other.startswith(f"{folder}/")):
                watched.look = None
                self._later(other, watched, 0.0)

    def document_closed(self, uri: str) -> None:
        """Forget a document and clear what was shown for it."""
        if (watched := self._watched.pop(uri, None)) is not None:
            self._supersede(watched)
            if watched.timer is not None:
                watched.timer.cancel()
            self._publish(uri, None, [])

    def noted(self, body: Body, uri: str | None) -> None:
        """Look at once after a run or a test that failed."""
        failed = (isinstance(body, RunFinished) and (body.error_type or body.exit_code)) or (
            isinstance(body, TestsFinished) and body.failed
        )
        if failed and uri is not None and (watched := self._watched.get(uri)) is not None:
            self._later(uri, watched, 0.0)

    def close(self) -> None:
        """Stop all work."""
        for watched in self._watched.values():
            self._supersede(watched)
            if watched.timer is not None:
                watched.timer.cancel()

    # What a client asks for.

    async def code_actions(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        """Return the fix for a document, if there is one; an explicit request waits for it."""
        only = params.context.only
        if only is not None and not any(_covers(kind, "quickfix") for kind in only):
            return []
        uri = params.text_document.uri
        explicit = params.context.trigger_kind == types.CodeActionTriggerKind.Invoked
        offer = await self._offer(uri, explicit)
        state = self._server.recording.recorder.get(uri)
        if offer is None or state is None:
            return []
        first = params.range.start.line
        last = params.range.end.line
        lines = self._lines_of(uri, offer.fix)
        if not explicit and not any(first <= line <= last for line in lines):
            return []
        return [self._code_action(state, offer)]

    async def inline_completions(
        self, params: types.InlineCompletionParams
    ) -> types.InlineCompletionList:
        """Return the fix where it is an insertion at the cursor.

        Editors ask as the person types, when nothing can be known yet, and not again after that:
        so the answer waits for the look that follows the pause.
        """
        uri = params.text_document.uri
        invoked = params.context.trigger_kind == types.InlineCompletionTriggerKind.Invoked
        if not invoked and (watched := self._watched.get(uri)) is not None and self._helps(uri):
            await watched.looked.wait()
        offer = await self._offer(uri, invoked)
        state = self._server.recording.recorder.get(uri)
        items: list[types.InlineCompletionItem] = []
        if offer is not None and state is not None:
            place = Position(params.position.line, params.position.character)
            cursor = state.document.offset_near(place)
            text = insertion_at(state.document.text, offer.fix, cursor)
            if text is not None:
                items.append(types.InlineCompletionItem(text, command=_accepted(offer)))
        return types.InlineCompletionList(items)

    def why(self, uri: str) -> dict[str, Any]:
        """Return why nothing, or not more, is offered for a document."""
        state = self._server.recording.recorder.get(uri)
        watched = self._watched.get(uri)
        reasons: list[tuple[str, str]] = []
        if state is None or watched is None:
            reasons.append(("not-open", "the document is not open here"))
        elif not _is_python(state):
            reasons.append(("language", "Foretrace mends Python programs only"))
        elif watched.diagnosis is None:
            reasons.append(("pending", "this version was not looked at yet"))
        else:
            why = watched.diagnosis.why
            if why is not None:
                reasons.append((why.reason.value, why.message))
            if watched.diagnosis.fix is not None and watched.offer is None:
                reasons.append(("dismissed", "this fix was turned down before"))
        if state is not None and (refusal := self._run_refusal()) is not None:
            reasons.append(refusal)
        return {
            "textDocument": {"uri": uri},
            "version": state.version if state is not None else None,
            "reasons": [{"code": code, "message": message} for code, message in reasons],
        }

    def accepted(self, suggestion_id: str) -> None:
        """Note that the person took a suggestion, unless its edit told that already."""
        self._decided(suggestion_id, SuggestionStage.ACCEPTED)

    def dismissed(self, suggestion_id: str) -> None:
        """Note that the person turned a suggestion down; it is not offered again."""
        self._decided(suggestion_id, SuggestionStage.DISMISSED)

    def _decided(self, suggestion_id: str, stage: SuggestionStage) -> None:
        for watched in self._watched.values():
            offer = watched.offer
            if offer is not None and offer.id == suggestion_id:
                if stage is SuggestionStage.DISMISSED:
                    watched.dismissed.add(offer.key)
                watched.offer = None
                self._note(offer, stage)
                return

    @property
    def may_run(self) -> bool:
        """Whether programs may be run to check fixes."""
        return self._run_refusal() is None

    # How it comes about.

    def _run_refusal(self) -> tuple[str, str] | None:
        settings = self._server.settings
        if not settings.workspace_trusted:
            return "untrusted", "the workspace is not trusted, so programs are not run"
        if settings.run_programs is RunPrograms.NEVER:
            return "run-never", "the setting runPrograms is never, so programs are not run"
        if settings.run_programs is RunPrograms.ASK and not self._allowed_this_session:
            return "run-ask", "you have not allowed programs to be run to check fixes"
        return None

    def _later(self, uri: str, watched: _Watched, seconds: float) -> None:
        if watched.timer is not None:
            watched.timer.cancel()
        loop = asyncio.get_running_loop()
        watched.timer = loop.call_later(seconds, self._look, uri)

    def _helps(self, uri: str) -> bool:
        """Return whether a document is open and one that fixes are looked for."""
        state = self._server.recording.recorder.get(uri)
        return state is not None and _is_python(state)

    def _look(self, uri: str) -> None:
        if self._helps(uri):
            self._keep(asyncio.create_task(self._diagnose(uri, False, _AUTOMATIC_SECONDS)))

    def _keep(self, task: asyncio.Task[Any]) -> None:
        """Hold on to a task until it is done, and log its error: asyncio itself does neither."""
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("work in the background failed", exc_info=error)

    async def _offer(self, uri: str, explicit: bool) -> _Offer | None:
        """Return what is on offer for the present version, looking for it first if asked to."""
        state = self._server.recording.recorder.get(uri)
        if state is None or not _is_python(state):
            return None
        if explicit:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._explicitly(uri), _EXPLICIT_WAIT_SECONDS)
        watched = self._watched.get(uri)
        return watched.offer if watched is not None else None

    async def _explicitly(self, uri: str) -> None:
        deadline = time.monotonic() + _EXPLICIT_SECONDS
        await self._ask_to_run()
        await self._diagnose(uri, True, deadline - time.monotonic())

    async def _ask_to_run(self) -> None:
        """Ask once whether programs may be run, where the settings leave it to asking.

        An answer that takes long is not waited for: it counts from when it comes.
        """
        refusal = self._run_refusal()
        if refusal is None or refusal[0] != "run-ask" or self._allowed_this_session is not None:
            return
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
            self._keep(self._asking)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._asking), _ANSWER_SECONDS)

    async def _ask(self) -> None:
        allow = types.MessageActionItem("Run my programs to check fixes")
        refuse = types.MessageActionItem("Do not run them")
        answer = await self._server.ask(
            "May Foretrace run your programs to check whether a fix works? They run without "
            "network and cannot change files. The answer holds until the editor is closed; the "
            "setting foretrace.runPrograms makes it last.",
            [allow, refuse],
        )
        self._allowed_this_session = answer is not None and answer.title == allow.title
        for uri, watched in self._watched.items():
            self._later(uri, watched, 0.0)

    async def _diagnose(self, uri: str, explicit: bool, seconds: float) -> Diagnosis | None:
        """Return a diagnosis of the present version; one that is under way or known serves.

        None where the document was changed or closed meanwhile.
        """
        state = self._server.recording.recorder.get(uri)
        if state is None:
            return None
        watched = self._watched.setdefault(uri, _Watched())
        wanted = _Look(state.version, self.may_run, explicit)
        if watched.needs(wanted):
            if watched.task is not None:
                watched.task.cancel()
            watched.look, watched.diagnosis = wanted, None
            watched.task = asyncio.create_task(self._run(state, watched, wanted, seconds))
            self._keep(watched.task)
        if watched.task is None:
            return watched.diagnosis
        task = watched.task
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                return None
            raise

    async def _run(
        self, state: OpenDocument, watched: _Watched, look: _Look, seconds: float
    ) -> Diagnosis:
        uri, text = state.uri, state.document.text
        situation = Situation(text, path_of(uri), may_run=look.may_run, unbounded=look.explicit)
        server = self._server
        try:
            if look.explicit:
                diagnosis = await diagnose_with_model(
                    server.worker, server.second_worker, server.model, situation, seconds
                )
            else:
                diagnosis = await diagnose(server.worker, situation, seconds)
        except WorkerError as error:
            log.warning("no diagnosis: %s", error)
            diagnosis = Diagnosis(why=Why(Reason.WORKER, str(error)))
            watched.look = None
        watched.diagnosis, watched.task = diagnosis, None
        self.boundary = diagnosis.boundary or self.boundary
        self._tell(state, watched, diagnosis)
        watched.looked.set()
        return diagnosis

    def _tell(self, state: OpenDocument, watched: _Watched, diagnosis: Diagnosis) -> None:
        fix, text = diagnosis.fix, state.document.text
        watched.offer = None
        if fix is not None and (key := _key_of(text, fix)) not in watched.dismissed:
            result = apply_edits(text, fix.edits)
            watched.offer = _Offer(secrets.token_hex(4), state.uri, fix, result, key)
            self._note(watched.offer, SuggestionStage.OFFERED)
            state.offered = frozenset(
                Replacement(edit.start, text[edit.start : edit.end], edit.new_text)
                for edit in fix.edits
            )
        self._publish(state.uri, state.version, _nudges(state, diagnosis))
        self._tell_assignment(state.uri, diagnosis)

    def _tell_assignment(self, uri: str, diagnosis: Diagnosis) -> None:
        """Show what is wrong with the assignment file where it stands, or that it no more is."""
        path = path_of(uri)
        if path is None:
            return
        file_uri = path.with_name(FILE_NAME).as_uri()
        why = diagnosis.why
        if why is not None and why.reason is Reason.ASSIGNMENT:
            self._assignment_problems.add(file_uri)
            self._server.warn_once(why.message)
            start = types.Position(why.line or 0, 0)
            end = types.Position((why.line or 0) + 1, 0)
            problem = types.Diagnostic(
                types.Range(start, end),
                why.message,
                types.DiagnosticSeverity.Error,
                source="foretrace",
            )
            self._publish(file_uri, None, [problem])
        elif file_uri in self._assignment_problems:
            self._assignment_problems.discard(file_uri)
            self._publish(file_uri, None, [])

    def _publish(self, uri: str, version: int | None, diagnostics: list[types.Diagnostic]) -> None:
        self._server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri, diagnostics, version)
        )

    def _supersede(self, watched: _Watched) -> None:
        """Drop what belongs to a version that is no more."""
        if watched.task is not None:
            watched.task.cancel()
            watched.task = None
        watched.diagnosis = watched.look = None
        watched.looked.set()
        watched.looked = asyncio.Event()
        if watched.offer is not None:
            self._note(watched.offer, SuggestionStage.SUPERSEDED)
            watched.offer = None

    def _note(self, offer: _Offer, stage: SuggestionStage) -> None:
        fix = offer.fix
        body = SuggestionMoved(
            offer.id,
            stage,
            source=samples.RULE if samples.RULE in fix.rules else "rules",
            inserted_characters=sum(len(edit.new_text) for edit in fix.edits),
            removed_characters=sum(edit.end - edit.start for edit in fix.edits),
        )
        by_user = stage in (SuggestionStage.ACCEPTED, SuggestionStage.DISMISSED)
        actor = Actor.USER if by_user else Actor.ASSISTANT
        self._server.recording.recorder.noted(body, offer.uri, actor)

    def _lines_of(self, uri: str, fix: Fix) -> set[int]:
        """Return the lines at which a fix is of interest: its own, and the problem's."""
        document = self._server.recording.recorder[uri].document
        lines: set[int] = set()
        for edit in fix.edits:
            first, last = document.position_at(edit.start), document.position_at(edit.end)
            lines.update(range(first.line, last.line + 1))
        diagnosis = self._watched[uri].diagnosis
        if diagnosis is not None and diagnosis.problem is not None:
            lines.add(diagnosis.problem.line)
        return lines

    def _code_action(self, state: OpenDocument, offer: _Offer) -> types.CodeAction:
        edits = [
            types.TextEdit(_range(state, edit.start, edit.end), edit.new_text)
            for edit in offer.fix.edits
        ]
        workspace = self._server.client_capabilities.workspace
        edit_support = workspace.workspace_edit if workspace else None
        if edit_support is not None and edit_support.document_changes:
            document = types.OptionalVersionedTextDocumentIdentifier(state.uri, state.version)
            edit = types.WorkspaceEdit(
                document_changes=[types.TextDocumentEdit(document, list(edits))]
            )
        else:
            edit = types.WorkspaceEdit(changes={state.uri: edits})
        diagnosis = self._watched[state.uri].diagnosis
        return types.CodeAction(
            title=f"Foretrace: {offer.fix.title} ({proof_words(offer.fix)})",
            kind=types.CodeActionKind.QuickFix,
            diagnostics=_nudges(state, diagnosis) if diagnosis is not None else None,
            is_preferred=offer.fix.proof is not Proof.PARSES,
            # No `command` to tell that it was taken: lsprotocol 2025.0.0 takes an action that has
            # one for a bare command (`_code_action_hook`), and the edit tells it anyway.
            edit=edit,
            data={
                "suggestion": offer.id,
                "diff": offer.fix.diff,
                "testsPassed": offer.fix.tests_passed,
                "tests": offer.fix.tests,
            },
        )


def proof_words(fix: Fix) -> str:
    """Return what is known of a fix, in words."""
    tests = "1 test" if fix.tests == 1 else f"{fix.tests} tests"
    if fix.proof is Proof.TESTS:
        return f"{tests} pass" if fix.tests != 1 else "1 test passes"
    if fix.proof is Proof.RUNS:
        return "runs without error"
    return f"{fix.tests_passed} of {tests} pass" if fix.tests else "parses; was not run"


def insertion_at(text: str, fix: Fix, cursor: int) -> str | None:
    """Return what a fix inserts at the cursor, or None if that is not all it does.

    The same insertion can stand in several places: before or after a character that it begins or
    ends with.
    """
    if len(fix.edits) != 1 or fix.edits[0].start != fix.edits[0].end:
        return None
    place, new = fix.edits[0].start, fix.edits[0].new_text
    if cursor <= place:
        between = text[cursor:place]
        if not new.endswith(between):
            return None
        return between + new[: len(new) - len(between)]
    between = text[place:cursor]
    return new[len(between) :] + between if new.startswith(between) else None


def _key_of(text: str, fix: Fix) -> _FixKey:
    def line(edit: TextEdit) -> str:
        end = text.find("\n", edit.end)
        return text[text.rfind("\n", 0, edit.start) + 1 : end if end >= 0 else len(text)]

    return tuple((line(edit), edit.new_text) for edit in fix.edits)


def _nudges(state: OpenDocument, diagnosis: Diagnosis) -> list[types.Diagnostic]:
    problem = diagnosis.problem
    if problem is None:
        return []
    line = min(problem.line, state.document.line_count - 1)
    end = state.document.line_end(line)
    return [
        types.Diagnostic(
            types.Range(types.Position(line, 0), types.Position(end.line, end.character)),
            problem.nudge if problem.hint is None else problem.hint.what,
            types.DiagnosticSeverity.Hint,
            source="foretrace",
        )
    ]


def _range(state: OpenDocument, start: int, end: int) -> types.Range:
    first, last = state.document.position_at(start), state.document.position_at(end)
    return types.Range(
        types.Position(first.line, first.character), types.Position(last.line, last.character)
    )


def _accepted(offer: _Offer) -> types.Command:
    return types.Command(
        title="Note that this was accepted", command=protocol.ACCEPTED, arguments=[offer.id]
    )


def _is_python(state: OpenDocument) -> bool:
    return state.language_id == "python"


def _covers(kind: str, wanted: str) -> bool:
    """Return whether a kind of code action includes another, as the protocol orders them."""
    return kind == wanted or kind == "" or wanted.startswith(f"{kind}.")
