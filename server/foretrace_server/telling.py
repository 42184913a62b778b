"""Telling: what is shown of a diagnosis, and what is withheld of it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from attrs import evolve
from lsprotocol import types

from foretrace_models.repair.assignment import Level
from foretrace_models.repair.diagnosis import Diagnosis, Fix
from foretrace_models.timing.policy import Silence
from foretrace_server.assignment_marks import AssignmentMarks
from foretrace_server.explaining import Explanation, silences, snoozed
from foretrace_server.levels import Levels, next_level
from foretrace_server.offers import Offer, key_of, moved, ways_to_take
from foretrace_server.past import Past
from foretrace_server.policy.rules import strictest
from foretrace_server.showing import code_action, diagnostics, more_help
from foretrace_server.speaking import Speaking, Verdict
from foretrace_server.watched import Watched
from foretrace_telemetry.events import Actor, SuggestionStage
from foretrace_telemetry.recorder import OpenDocument
from foretrace_telemetry.text import Replacement

if TYPE_CHECKING:
    from foretrace_server.app import ForetraceServer


class Telling:
    """Shows what is known of documents at the level of help that holds, and notes that."""

    def __init__(self, server: ForetraceServer, past: Past, speaking: Speaking) -> None:
        self._server = server
        self._past = past
        self._speaking = speaking
        self.levels = Levels()
        self._assignment_marks = AssignmentMarks(server)

    @property
    def chosen(self) -> Level:
        """The level of help that is set."""
        return Level(self._server.settings.level.value)

    def allowed(self, diagnosis: Diagnosis) -> Diagnosis:
        """Return a diagnosis under the stricter ceiling: of its assignment's file, or of a course.

        What a course allows changes with time, so this holds for now only.
        """
        found = self._server.policies.limit(diagnosis.assignment)
        if found is None:
            return diagnosis
        return evolve(diagnosis, ceiling=strictest((diagnosis.ceiling, found.limit.ceiling)))

    def level(self, uri: str, diagnosis: Diagnosis) -> Level:
        """Return the level of help that holds for a diagnosis."""
        return self.levels.of(uri, self.allowed(diagnosis), self.chosen)

    def raise_level(self, uri: str, diagnosis: Diagnosis) -> None:
        """Give the next level of help with a problem from now on, if there is any."""
        self.levels.raise_one(uri, self.allowed(diagnosis), self.chosen)

    def tell(self, state: OpenDocument, watched: Watched, diagnosis: Diagnosis) -> None:
        """Show a diagnosis, and offer its fix, at the level of help that holds for it.

        In silence the fix and the hint are withheld; where to look is shown unless all is snoozed.
        """
        offer, before = self._offer(state, watched, diagnosis), watched.offer
        if watched.is_silent:
            watched.offer, watched.withheld = None, offer
            if before is not None:
                self.note(before, SuggestionStage.SUPERSEDED)
        else:
            watched.offer, watched.withheld = offer, None
            if offer is not None and offer != before:
                self._speaking.shown(offer.id, offer.text, watched.fix)
                self.note(offer, SuggestionStage.OFFERED, verdict=watched.verdict)
        text = state.document.text
        state.offered = frozenset(
            Replacement(edit.start, text[edit.start : edit.end], edit.new_text)
            for fix in (watched.offer.takes if watched.offer is not None else ())
            for edit in fix.edits
        )
        self.publish(state.uri, state.version, self._marks(state, watched, diagnosis))
        is_silenced = self._server.policies.forbid_help
        self._assignment_marks.tell(state.uri, None if is_silenced else diagnosis.why)

    def actions(
        self, state: OpenDocument, watched: Watched, diagnosis: Diagnosis
    ) -> list[types.CodeAction | types.Command]:
        """Return the ways to take an offer, and the way to more help than that."""
        client, offer = self._server.client_capabilities, watched.offer
        marks = self._marks(state, watched, diagnosis)
        actions: list[types.CodeAction | types.Command] = []
        if offer is not None:
            actions += [code_action(state, offer, fix, marks, client) for fix in offer.takes]
        more = next_level(self.allowed(diagnosis), self.level(state.uri, diagnosis))
        if more is not None and (offer is not None or diagnosis.fix is None):
            actions.append(more_help(state.uri, more))
        return actions

    def lines_of(self, state: OpenDocument, diagnosis: Diagnosis, offer: Offer | None) -> set[int]:
        """Return the lines at which help is of interest: those of the fix, and the problem's."""
        lines: set[int] = set()
        for edit in (edit for fix in (offer.takes if offer else ()) for edit in fix.edits):
            first = state.document.position_at(edit.start)
            last = state.document.position_at(edit.end)
            lines.update(range(first.line, last.line + 1))
        if diagnosis.problem is not None:
            lines.add(diagnosis.problem.line)
        return lines

    def silences(self, watched: Watched | None) -> list[Explanation]:
        """Return why what is known of a document is not shown now."""
        until = self._speaking.snoozed_until
        verdict = watched.verdict if watched is not None and watched.holds_back else None
        if verdict is not None:
            return silences(verdict, self._speaking.seconds_to(verdict.decision), until)
        return [snoozed(until)] if self._speaking.is_snoozed else []

    def note(
        self,
        offer: Offer,
        stage: SuggestionStage,
        taken: Fix | None = None,
        verdict: Verdict | None = None,
    ) -> None:
        """Note that an offer entered a stage of its life, by which decision if by one."""
        actor = Actor.USER if stage is SuggestionStage.ACCEPTED else Actor.ASSISTANT
        body = moved(offer, stage, taken)
        if verdict is not None:
            silence = verdict.decision.silence
            body = evolve(
                body,
                trigger=verdict.trigger.value,
                propensity=verdict.decision.propensity,
                probability=verdict.pooled,
                silence=silence.value if silence is not None else "",
            )
        self._server.recording.recorder.noted(body, offer.uri, actor)

    def publish(self, uri: str, version: int | None, marks: list[types.Diagnostic]) -> None:
        """Show marks in place of those that a document has."""
        self._server.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri, marks, version)
        )

    def _offer(self, state: OpenDocument, watched: Watched, diagnosis: Diagnosis) -> Offer | None:
        """Return what there is to offer, shown or not, under the name that it has if it has one."""
        uri, text, level = state.uri, state.document.text, self.level(state.uri, diagnosis)
        fix = watched.fix
        if fix is None or level is Level.OFF:
            return None
        takes = ways_to_take(fix, level)
        if fix is watched.next and not takes:
            return None
        left = tuple(fix for fix in takes if not self._past.was_turned_down(uri, key_of(text, fix)))
        if takes and not left:
            return None
        before = watched.offer or watched.withheld
        return Offer(before.id if before else secrets.token_hex(4), uri, text, level, left)

    def _marks(
        self, state: OpenDocument, watched: Watched, diagnosis: Diagnosis
    ) -> list[types.Diagnostic]:
        level = self.level(state.uri, diagnosis)
        if watched.verdict is not None and watched.is_silent:
            snoozed = watched.verdict.decision.silence is Silence.SNOOZED
            level = Level.OFF if snoozed else min(level, Level.NUDGE, key=list(Level).index)
        shown = diagnosis.within(level)
        return diagnostics(state, shown.problem, self._server.client_capabilities)
