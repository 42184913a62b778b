"""Speaking: whether what was found is shown now, or not yet, or not at all.

The policy decides; here is what it wants to know: when the person last wrote something, until when
suggestions are snoozed, what was turned down lately, and how likely it is to be taken.
"""

from __future__ import annotations

import logging
import math
import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from attrs import field, frozen

from foretrace_models.learned.card import WeightsError
from foretrace_models.repair.diagnosis import Fix
from foretrace_models.timing.acceptance import shipped
from foretrace_models.timing.moment import Earlier, Moment
from foretrace_models.timing.personal import logit, sigmoid
from foretrace_models.timing.policy import Decision, Likelihood, Now, Trigger, decide
from foretrace_server.habits import Habits
from foretrace_telemetry.events import Event, SuggestionMoved, SuggestionStage

if TYPE_CHECKING:
    from foretrace_server.app import ForetraceServer

log = logging.getLogger(__name__)

_CHARACTERS_BEFORE = 1000
_SUREST = 1e-6


@frozen
class Verdict:
    """A decision and what it was made of.

    `pooled` is how likely other people are to take it; `reasons` say in words what speaks against
    its being taken, the strongest first.
    """

    trigger: Trigger
    decision: Decision
    pooled: float | None = None
    likelihood: Likelihood | None = None
    reasons: tuple[str, ...] = field(default=())


class Speaking:
    """Decides for all documents of a session. Times are seconds of the monotonic clock."""

    def __init__(self, habits: Habits, clock: Callable[[], float] = time.monotonic) -> None:
        self._habits = habits
        self._clock = clock
        self._began_s = clock()
        self._edited_s: float | None = None
        self._snoozed_until_s: float | None = None
        self._rejections = 0
        self._rejected_s: float | None = None
        self._shown: dict[str, Moment] = {}
        self._earlier: list[Earlier] = []
        self._chance = random.SystemRandom()

    async def ready(self) -> None:
        """Wait until what the person did before is known."""
        await self._habits.known()

    def edited(self) -> None:
        """Note that the person wrote something."""
        self._edited_s = self._clock()

    def snooze(self, minutes: float | None) -> None:
        """Be silent for so many minutes, without a number until the server ends; 0 ends it."""
        seconds = math.inf if minutes is None else minutes * 60
        self._snoozed_until_s = self._clock() + seconds if seconds else None

    @property
    def is_snoozed(self) -> bool:
        """Whether suggestions are snoozed now."""
        return self._snoozed_until_s is not None and self._clock() < self._snoozed_until_s

    @property
    def snoozed_until(self) -> datetime | None:
        """The time until which they are; None where they are not, or until the server ends."""
        until_s = self._snoozed_until_s
        if until_s is None or not self.is_snoozed or math.isinf(until_s):
            return None
        return datetime.now(timezone.utc) + timedelta(seconds=until_s - self._clock())

    def seconds_to(self, decision: Decision) -> float:
        """Return for how many seconds the reason for a silence still holds."""
        return max((decision.until_s or 0.0) - self._clock(), 0.0)

    def observe(self, event: Event) -> None:
        """Look on as suggestions are taken and turned down."""
        body = event.body
        if not isinstance(body, SuggestionMoved):
            return
        if body.stage is SuggestionStage.DISMISSED:
            self._rejections += 1
            self._rejected_s = self._clock()
        elif body.stage is SuggestionStage.ACCEPTED:
            self._rejections, self._rejected_s = 0, None
        elif body.stage is not SuggestionStage.SUPERSEDED:
            return
        if (moment := self._shown.pop(body.suggestion_id, None)) is not None:
            taken = {SuggestionStage.ACCEPTED: True, SuggestionStage.DISMISSED: False}
            self._earlier.append(
                Earlier(
                    moment.at_s,
                    self._clock() - self._began_s,
                    taken.get(body.stage),
                    moment.before,
                    moment.text,
                )
            )

    def verdict(self, trigger: Trigger, text: str, fix: Fix | None, idle_s: float) -> Verdict:
        """Decide about what was found in a text; `idle_s` is the least time without writing."""
        moment = self._moment(text, fix) if fix is not None else None
        pooled, likelihood, reasons = self._likelihood(moment)
        now = Now(
            self._clock(),
            trigger,
            idle_s,
            self._edited_s,
            self._snoozed_until_s,
            self._rejections,
            self._rejected_s,
            likelihood,
        )
        return Verdict(trigger, decide(now, self._chance.random), pooled, likelihood, reasons)

    def shown(self, suggestion_id: str, text: str, fix: Fix | None) -> None:
        """Note that a suggestion is shown."""
        if fix is not None:
            self._shown[suggestion_id] = self._moment(text, fix)

    def forget(self) -> None:
        """Forget what was before."""
        self._shown.clear()
        self._earlier.clear()
        self._habits.forget()

    def _likelihood(
        self, moment: Moment | None
    ) -> tuple[float | None, Likelihood | None, tuple[str, ...]]:
        if moment is None:
            return None, None, ()
        try:
            model = shipped()
        except WeightsError as error:
            log.warning("nothing is known of when suggestions are taken: %s", error)
            return None, None, ()
        pooled = min(max(model.probability(moment), _SUREST), 1 - _SUREST)
        own = sigmoid(logit(pooled) + self._habits.offset())
        likelihood = Likelihood(own, model.threshold, len(self._habits.decided()))
        against = tuple(words for words, pull in model.reasons(moment) if pull < 0)
        return pooled, likelihood, against

    def _moment(self, text: str, fix: Fix) -> Moment:
        """Return a fix as a suggestion at the first place that it changes."""
        start = min(edit.start for edit in fix.edits)
        now_s = self._clock()
        return Moment(
            now_s - self._began_s,
            0.0 if self._edited_s is None else now_s - self._edited_s,
            0.0,
            text[max(start - _CHARACTERS_BEFORE, 0) : start],
            "".join(edit.new_text for edit in fix.edits),
            start,
            len(text) - start,
            earlier=tuple(self._earlier),
        )


def speaking_for(server: ForetraceServer) -> Speaking:
    """Return what decides whether to speak, watching what becomes of suggestions."""
    recording = server.recording
    habits = Habits(recording.gate, recording.writer.status.session)
    habits.begin()
    speaking = Speaking(habits)
    recording.observers += [habits.observe, speaking.observe]
    return speaking
