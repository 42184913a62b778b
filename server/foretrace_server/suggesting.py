"""Suggesting: when to look for a fix, and what to offer once there is one.

A pause, a save, a failing run or an explicit request leads to a diagnosis, made by the worker from
the text of one version. Whatever belongs to an older version is dropped.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from attrs import evolve
from lsprotocol import types

from foretrace_models.changes import change_of
from foretrace_models.learned.card import WeightsError
from foretrace_models.next_edit.proposal import Quiet
from foretrace_models.repair.assignment import FILE_NAME, Level
from foretrace_models.repair.diagnosis import Diagnosis, Fix, Problem, Reason, Situation, Why
from foretrace_models.timing.policy import Silence, Trigger
from foretrace_server import explaining, next_edits, protocol
from foretrace_server.diagnosing import Lately, diagnose, diagnose_with_models
from foretrace_server.explaining import Explanation, explanations
from foretrace_server.offers import Offer, insertion_at, key_of, moved
from foretrace_server.past import Past
from foretrace_server.permission import Permission
from foretrace_server.policies import as_json
from foretrace_server.speaking import speaking_for
from foretrace_server.telling import Telling
from foretrace_server.watched import Look, Watched
from foretrace_server.worker import WorkerError
from foretrace_telemetry.events import (
    Actor,
    Body,
    RunFinished,
    SuggestionStage,
    TestsFinished,
)
from foretrace_telemetry.privacy import path_of
from foretrace_telemetry.recorder import OpenDocument
from foretrace_telemetry.text import Position

if TYPE_CHECKING:
    from foretrace_server.app import ForetraceServer

log = logging.getLogger(__name__)

_PAUSE_SECONDS = 1.0
_AUTOMATIC_SECONDS = 4.0
# An explicit request waits up to ten seconds; the search ends before, so that there is an answer.
_EXPLICIT_SECONDS = 9.0
_EXPLICIT_WAIT_SECONDS = 9.8
_LONGEST_SNOOZE_MINUTES = 365 * 24 * 60
# Whoever cannot be helped for one of these is not helped on, either.
_NO_NEXT = (Reason.ASSIGNMENT, Reason.TOO_LARGE, Reason.WORKER)


class Suggestions:
    """Diagnoses of the open documents, and the fixes offered for them."""

    def __init__(self, server: ForetraceServer) -> None:
        self._server = server
        self._watched: dict[str, Watched] = {}
        self._past = Past(server.recording.gate)
        self._speaking = speaking_for(server)
        self._telling = Telling(server, self._past, self._speaking)
        self.permission = Permission(server, self._look_everywhere)
        self._tasks: set[asyncio.Task[Any]] = set()
        # The boundary behind which programs were last run, once any was.
        self.boundary: str | None = None

    # What happens to documents.

    def document_opened(self, uri: str) -> None:
        """Have its past read, and look at it after a pause."""
        self._past.opened(uri)
        self._changed(uri)

    def document_changed(self, uri: str) -> None:
        """Drop what was known of an older version, and look again after a pause."""
        self._speaking.edited()
        self._changed(uri)

    def _changed(self, uri: str) -> None:
        watched = self._watched.setdefault(uri, Watched())
        text = self._server.recording.recorder[uri].document.text
        if watched.offer is not None and (taken := watched.offer.taken_by(text)) is not None:
            self._telling.note(watched.offer, SuggestionStage.ACCEPTED, taken)
            watched.taken, watched.offer = (watched.offer, taken), None
        elif watched.taken is not None and watched.taken[0].text == text:
            offer, taken = watched.taken
            self._turn_down(offer, (taken,), taken)
            watched.taken = None
        self._supersede(watched)
        # No later than this, so that there is an answer when it may be shown.
        self._later(uri, watched, min(_PAUSE_SECONDS, self._idle_seconds), Trigger.PAUSE)

    def document_saved(self, uri: str) -> None:
        """Look at once and anew: a save is a boundary, and may be of what others depend on."""
        folder = uri.rpartition("/")[0]
        for other, watched in self._watched.items():
            if other == uri or (uri.endswith(f"/{FILE_NAME}") and other.startswith(f"{folder}/")):
                watched.look = None
                self._later(other, watched, 0.0, Trigger.SAVE)

    def document_closed(self, uri: str) -> None:
        """Forget a document and clear what was shown for it."""
        if (watched := self._watched.pop(uri, None)) is not None:
            self._supersede(watched)
            if watched.timer is not None:
                watched.timer.cancel()
            self._telling.levels.forget(uri)
            self._past.closed(uri)
            self._telling.publish(uri, None, [])

    def noted(self, body: Body, uri: str | None) -> None:
        """Look at once after a run or a test that failed."""
        failed = (isinstance(body, RunFinished) and (body.error_type or body.exit_code)) or (
            isinstance(body, TestsFinished) and body.failed
        )
        if failed and uri is not None and (watched := self._watched.get(uri)) is not None:
            self._later(uri, watched, 0.0, Trigger.FAILURE)

    def forget(self) -> None:
        """Forget what was before the present texts."""
        self._past.forget()
        self._speaking.forget()

    def close(self) -> None:
        """Stop all work."""
        for watched in self._watched.values():
            self._supersede(watched)
            if watched.timer is not None:
                watched.timer.cancel()

    # What a client asks for.

    async def code_actions(
        self, params: types.CodeActionParams
    ) -> list[types.CodeAction | types.Command]:
        """Return what a person can take or ask for; an explicit request waits for a fix."""
        only = params.context.only
        if only is not None and not any(_covers(kind, "quickfix") for kind in only):
            return []
        uri = params.text_document.uri
        explicit = params.context.trigger_kind == types.CodeActionTriggerKind.Invoked
        await self._looked_at(uri, explicit)
        self._server.policies.look()
        state = self._server.recording.recorder.get(uri)
        watched = self._watched.get(uri)
        if state is None or watched is None or watched.diagnosis is None:
            return []
        first, last = params.range.start.line, params.range.end.line
        lines = self._telling.lines_of(state, watched.diagnosis, watched.offer)
        if not explicit and not any(first <= line <= last for line in lines):
            return []
        return [] if watched.is_silent else self._telling.actions(state, watched, watched.diagnosis)

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
        await self._looked_at(uri, invoked)
        self._server.policies.look()
        state = self._server.recording.recorder.get(uri)
        watched = self._watched.get(uri)
        if state is None or watched is None or watched.offer is None:
            return types.InlineCompletionList([])
        place = Position(params.position.line, params.position.character)
        cursor = state.document.offset_near(place)
        texts = (insertion_at(state.document.text, fix, cursor) for fix in watched.offer.takes)
        text = next((text for text in texts if text is not None), None)
        command = _accepted(watched.offer)
        return types.InlineCompletionList(
            [] if text is None else [types.InlineCompletionItem(text, command=command)]
        )

    def why(self, uri: str) -> dict[str, Any]:
        """Return why nothing, or not more, is offered for a document, and at which level."""
        self._server.policies.look()
        state = self._server.recording.recorder.get(uri)
        watched = self._watched.get(uri)
        reasons: list[Explanation] = []
        diagnosis = watched.diagnosis if watched is not None else None
        if diagnosis is not None:
            diagnosis = self._telling.allowed(diagnosis)
        limit = self._server.policies.limit(diagnosis.assignment if diagnosis else None)
        ceiling = diagnosis.ceiling if diagnosis is not None else None
        if ceiling is None and limit is not None:
            ceiling = limit.limit.ceiling
        if state is None or watched is None:
            reasons.append(explaining.told(explaining.NOT_OPEN))
        elif not _is_python(state):
            reasons.append(explaining.told(explaining.NOT_PYTHON))
        elif self._telling.chosen is Level.OFF:
            reasons.append(explaining.told(explaining.SWITCHED_OFF))
        elif diagnosis is None:
            if not self._server.policies.forbid_help:
                reasons.append(explaining.told(explaining.PENDING))
        else:
            dismissed = diagnosis.fix is not None and watched.offer is None
            dismissed = dismissed and watched.withheld is None
            reasons += explanations(diagnosis, self._telling.level(uri, diagnosis), dismissed)
            if isinstance(watched.next, Quiet):
                reasons.append(explaining.no_next_edit(watched.next))
        if limit is not None and state is not None and _is_python(state):
            reasons.append(explaining.policy_allows(limit.course, as_json(limit)["message"]))
        reasons += self._telling.silences(watched)
        if state is not None and (refusal := self.permission.refusal()) is not None:
            reasons.append(refusal)
        return {
            "textDocument": {"uri": uri},
            "version": state.version if state is not None else None,
            "level": self._telling.level(uri, diagnosis).value if diagnosis is not None else None,
            "ceiling": ceiling.value if ceiling is not None else None,
            "limit": as_json(limit) if limit is not None else None,
            "reasons": [{"code": code, "message": message} for code, message in reasons],
        }

    async def more(self, uri: str) -> dict[str, Any]:
        """Give the next level of help with a document's problem, and return what `why` does."""
        watched = self._watched.get(uri)
        if watched is not None and watched.diagnosis is None:
            await self._looked_at(uri, explicit=True)
        state = self._server.recording.recorder.get(uri)
        if state is not None and watched is not None and watched.diagnosis is not None:
            self._telling.raise_level(uri, watched.diagnosis)
            self._speak(state, watched, watched.diagnosis, Trigger.REQUEST)
        return self.why(uri)

    def snooze(self, minutes: Any) -> dict[str, Any]:
        """Show nothing that was not asked for; return what the status says of timing then.

        For so many minutes, or until the server ends where they are None; 0 ends it.

        Raises:
            ValueError: the minutes are no number, or less than none.
        """
        is_number = isinstance(minutes, int | float) and not isinstance(minutes, bool)
        if minutes is not None and not (is_number and 0 <= minutes <= _LONGEST_SNOOZE_MINUTES):
            most = f"{_LONGEST_SNOOZE_MINUTES:,}, a year"
            raise ValueError(f"minutes must be a number from 0 to {most}, or null")
        self._speaking.snooze(minutes)
        for uri, watched in self._watched.items():
            state = self._server.recording.recorder.get(uri)
            if state is not None and watched.diagnosis is not None:
                self._speak(state, watched, watched.diagnosis, Trigger.PAUSE)
        return self.timing_status()

    def timing_status(self) -> dict[str, Any]:
        """Return when what comes by itself comes."""
        until = self._speaking.snoozed_until
        return {
            "minimumIdleMs": self._server.settings.minimum_idle_ms,
            "snoozed": self._speaking.is_snoozed,
            "snoozedUntil": until.isoformat() if until is not None else None,
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
                watched.offer = None
                if stage is SuggestionStage.DISMISSED:
                    self._turn_down(offer, offer.takes)
                    return
                if offer.takes:
                    watched.taken = offer, offer.takes[0]
                self._telling.note(offer, stage)
                return

    def _turn_down(self, offer: Offer, fixes: Sequence[Fix], taken: Fix | None = None) -> None:
        """Have fixes not be offered again, and note that; `taken` is one that was undone."""
        digests = self._past.turn_down(offer.uri, [key_of(offer.text, fix) for fix in fixes])
        body = evolve(moved(offer, SuggestionStage.DISMISSED, taken), turned_down=digests)
        self._server.recording.recorder.noted(body, offer.uri, Actor.USER)

    # How it comes about.

    def level_changed(self) -> None:
        """Show what is known at the level that is set, or allowed, now."""
        for uri, watched in self._watched.items():
            state = self._server.recording.recorder.get(uri)
            if state is not None and watched.diagnosis is not None:
                self._telling.tell(state, watched, watched.diagnosis)
            else:
                self._later(uri, watched, 0.0, Trigger.PAUSE)

    def _look_everywhere(self) -> None:
        for uri, watched in self._watched.items():
            self._later(uri, watched, 0.0, Trigger.PAUSE)

    @property
    def _idle_seconds(self) -> float:
        return self._server.settings.minimum_idle_ms / 1000

    def _later(self, uri: str, watched: Watched, seconds: float, trigger: Trigger) -> None:
        watched.trigger = trigger
        if watched.timer is not None:
            watched.timer.cancel()
        loop = asyncio.get_running_loop()
        watched.timer = loop.call_later(seconds, self._look, uri)

    def _helps(self, uri: str) -> bool:
        """Return whether a document is open and one that fixes are looked for."""
        state = self._server.recording.recorder.get(uri)
        is_off = self._telling.chosen is Level.OFF or self._server.policies.forbid_help
        return state is not None and _is_python(state) and not is_off

    def _look(self, uri: str) -> None:
        if self._helps(uri):
            self._keep(asyncio.create_task(self._by_itself(uri)))
        elif (watched := self._watched.get(uri)) is not None:
            watched.looked.set()

    async def _by_itself(self, uri: str) -> None:
        """Look at a document, and at whether to show what was withheld of it before."""
        watched = self._watched.get(uri)
        known = watched.diagnosis if watched is not None else None
        await self._diagnose(uri, False, _AUTOMATIC_SECONDS)
        state = self._server.recording.recorder.get(uri)
        if state and watched and watched.is_silent and watched.diagnosis is known is not None:
            self._speak(state, watched, known, watched.trigger)

    def _keep(self, task: asyncio.Task[Any]) -> None:
        """Hold on to a task until it is done, and log its error: asyncio itself does neither."""
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("work in the background failed", exc_info=error)

    async def _looked_at(self, uri: str, explicit: bool) -> None:
        """Have the present version looked at and wait for that, if a person asked for it."""
        if explicit and self._helps(uri):
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._explicitly(uri), _EXPLICIT_WAIT_SECONDS)

    async def _explicitly(self, uri: str) -> None:
        deadline = time.monotonic() + _EXPLICIT_SECONDS
        await self.permission.ask_once()
        diagnosis = await self._diagnose(uri, True, deadline - time.monotonic())
        state, watched = self._server.recording.recorder.get(uri), self._watched.get(uri)
        if state and watched and watched.is_silent and watched.diagnosis is diagnosis is not None:
            self._speak(state, watched, diagnosis, Trigger.REQUEST)

    async def _diagnose(self, uri: str, explicit: bool, seconds: float) -> Diagnosis | None:
        """Return a diagnosis of the present version; one that is under way or known serves.

        None where the document was changed or closed meanwhile.
        """
        state = self._server.recording.recorder.get(uri)
        if state is None:
            return None
        watched = self._watched.setdefault(uri, Watched())
        wanted = Look(state.version, self.permission.given, explicit)
        if watched.needs(wanted):
            if watched.task is not None:
                watched.task.cancel()
            problem = watched.diagnosis.problem if watched.diagnosis is not None else None
            watched.look, watched.diagnosis = wanted, None
            watched.task = asyncio.create_task(self._run(state, watched, wanted, problem, seconds))
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
        self,
        state: OpenDocument,
        watched: Watched,
        look: Look,
        problem: Problem | None,
        seconds: float,
    ) -> Diagnosis:
        uri, text = state.uri, state.document.text
        await self._past.known(uri)
        await self._speaking.ready()
        await self._server.policies.ready()
        situation = Situation(
            text,
            path_of(uri),
            may_run=look.may_run,
            unbounded=look.explicit,
            past=self._past.earlier.before(uri, text),
        )
        self._past.earlier.note(uri, text)
        server = self._server
        try:
            if look.explicit:
                lately = Lately(problem, change_of(text, list(server.recording.recent), uri))
                models = server.models_for(situation.path)
                diagnosis = await diagnose_with_models(
                    server.worker, server.second_worker, models, situation, lately, seconds
                )
            else:
                diagnosis = await diagnose(server.worker, situation, seconds)
        except WorkerError as error:
            log.warning("no diagnosis: %s", error)
            diagnosis = Diagnosis(why=Why(Reason.WORKER, str(error)))
            watched.look = None
        watched.next = await self._next(state, diagnosis)
        watched.diagnosis, watched.task = diagnosis, None
        self.boundary = diagnosis.boundary or self.boundary
        self._speak(
            state, watched, diagnosis, Trigger.REQUEST if look.explicit else watched.trigger
        )
        return diagnosis

    async def _next(self, state: OpenDocument, diagnosis: Diagnosis) -> Fix | Quiet | None:
        """Return what is likely next in a document, or why nothing is.

        None where there is something to mend, or where help goes not so far.
        """
        uri, text = state.uri, state.document.text
        level = self._telling.level(uri, diagnosis)
        stopped = diagnosis.why is not None and diagnosis.why.reason in _NO_NEXT
        if diagnosis.fix is not None or stopped or not level.allows(Level.STEP):
            return None

        def was_turned_down(fix: Fix) -> bool:
            return self._past.was_turned_down(uri, key_of(text, fix))

        try:
            # Milliseconds as a rule, but nobody's typing is to wait for a long file.
            return await asyncio.to_thread(
                next_edits.find,
                text,
                state.language_id,
                uri,
                list(self._server.recording.recent),
                was_turned_down,
            )
        except WeightsError as error:
            self._server.warn_once(f"next edits are not told: {error}")
            return None

    def _speak(
        self, state: OpenDocument, watched: Watched, diagnosis: Diagnosis, trigger: Trigger
    ) -> None:
        """Decide whether to show a diagnosis; where that is a matter of time, look again then."""
        text = state.document.text
        watched.verdict = self._speaking.verdict(trigger, text, watched.fix, self._idle_seconds)
        self._telling.tell(state, watched, diagnosis)
        if watched.withheld is not None:
            self._telling.note(watched.withheld, SuggestionStage.WITHHELD, verdict=watched.verdict)
        decision = watched.verdict.decision
        if decision.until_s is not None and decision.until_s < float("inf"):
            self._later(state.uri, watched, self._speaking.seconds_to(decision), watched.trigger)
        if decision.silence is not Silence.IDLE:
            watched.looked.set()

    def _supersede(self, watched: Watched) -> None:
        """Drop what belongs to a version that is no more."""
        if watched.task is not None:
            watched.task.cancel()
            watched.task = None
        watched.diagnosis = watched.look = watched.verdict = watched.withheld = None
        watched.next = None
        watched.looked.set()
        watched.looked = asyncio.Event()
        if watched.offer is not None:
            self._telling.note(watched.offer, SuggestionStage.SUPERSEDED)
            watched.offer = None


def _accepted(offer: Offer) -> types.Command:
    return types.Command(
        title="Note that this was accepted", command=protocol.ACCEPTED, arguments=[offer.id]
    )


def _is_python(state: OpenDocument) -> bool:
    return state.language_id == "python"


def _covers(kind: str, wanted: str) -> bool:
    """Return whether a kind of code action includes another, as the protocol orders them."""
    return kind == wanted or kind == "" or wanted.startswith(f"{kind}.")
