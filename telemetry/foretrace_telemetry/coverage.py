"""Coverage: which recorded events a log of decisions lets leave, and with how much in them.

An event is covered by a permission that held when it happened and that nobody took back since.
Whether a permission has ended by itself in the meantime does not matter: what happened before was
covered. Laptop and course go by the same rule.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from itertools import zip_longest

from foretrace_telemetry.consent import (
    NOTHING_DECIDED,
    Action,
    Consent,
    Content,
    Decision,
    Scope,
    applied,
    as_of,
    decisions,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Coverage:
    """What a scope covered at each moment, by the `lines` of a log, line ends included."""

    def __init__(self, lines: Iterable[bytes], scope: Scope) -> None:
        self._scope = scope
        self.lines = tuple(lines)
        # A line that cannot be read takes back what stands before it, whatever it was to say.
        valid: list[Decision] = []
        for decision in decisions(self.lines):
            if decision is None or _takes_back(decision, scope):
                valid.clear()
            if decision is not None:
                valid.append(decision)
        self._since: list[datetime] = []
        self._contents: list[Content | None] = []
        self._follow(valid)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is covered, at whatever moment it happened."""
        return not any(self._contents)

    @property
    def begins_wall_us(self) -> int | None:
        """The first moment that is covered; None where none is."""
        covered = zip(self._since, self._contents, strict=True)
        first = next((since for since, content in covered if content is not None), None)
        return None if first is None else (first - _EPOCH) // timedelta(microseconds=1)

    def content_at(self, wall_us: int) -> Content | None:
        """Return how much of an event at this moment may leave; None means nothing of it."""
        try:
            moment = _EPOCH + timedelta(microseconds=wall_us)
        except OverflowError:
            return None
        at = bisect_right(self._since, moment)
        return self._contents[at - 1] if at else None

    def _follow(self, valid: list[Decision]) -> None:
        """Note from when on which content held."""
        consent, now = NOTHING_DECIDED, datetime.min.replace(tzinfo=timezone.utc)
        ends = [each.decided_at for each in valid[1:]]
        for decision, end in zip_longest(valid, ends):
            consent = applied(consent, decision)
            # Where the clock was put back, a decision holds from when the one before it did.
            now = max(now, decision.decided_at)
            moments = [each for each in (consent.paused_until, consent.expires_at) if each]
            for moment in (now, *sorted(moments)):
                if moment == now or (moment > now and (end is None or moment < end)):
                    self._since.append(moment)
                    self._contents.append(self._content_of(as_of(consent, moment)))

    def _content_of(self, consent: Consent) -> Content | None:
        return consent.content if self._scope in consent.scopes and not consent.paused else None


def _takes_back(decision: Decision, scope: Scope) -> bool:
    if decision.action is Action.DECLINE:
        return True
    taken = decision.scopes or tuple(Scope)
    return decision.action is Action.WITHDRAW and not {scope, Scope.LOCAL}.isdisjoint(taken)
