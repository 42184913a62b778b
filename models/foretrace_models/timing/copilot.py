"""The moments in which Copilot showed its suggestions to programmers who were watched."""

from __future__ import annotations

from attrs import frozen

from foretrace_models.timing.moment import Earlier, Moment
from foretrace_telemetry.readers.cups import ACCEPTED, REJECTED, CupsEvent, CupsSession

_US = 1e6
_MS = 1e3


@frozen
class Shown:
    """A suggestion that was shown and decided on: the moment, and whether it was taken."""

    person: str
    name: str
    moment: Moment
    taken: bool


def shown_in(sessions: list[CupsSession]) -> list[Shown]:
    """Return the suggestions that were taken or turned down; others count as earlier ones only."""
    return [shown for session in sessions for shown in _shown_to_one(session)]


def _shown_to_one(session: CupsSession) -> list[Shown]:
    found: list[Shown] = []
    earlier: list[Earlier] = []
    start_us = session.events[0].time_us if session.events else 0
    for number, (first, *rest) in enumerate(session.suggestions()):
        last = rest[-1] if rest else first
        taken = {ACCEPTED: True, REJECTED: False}.get(last.kind)
        moment = _moment(first, (first.time_us - start_us) / _US, tuple(earlier))
        if taken is not None:
            found.append(Shown(session.person, str(number), moment, taken))
        ended_s = (last.time_us - start_us) / _US
        earlier.append(Earlier(moment.at_s, ended_s, taken, first.prompt, first.suggestion))
    return found


def _moment(shown: CupsEvent, at_s: float, earlier: tuple[Earlier, ...]) -> Moment:
    measures = shown.measures
    before = int(measures.get("promptEndPos", len(shown.prompt)))
    return Moment(
        at_s,
        shown.seconds,
        measures.get("timeSinceIssuedMs", 0.0) / _MS,
        shown.prompt,
        shown.suggestion,
        before,
        max(int(measures.get("documentLength", before)) - before, 0),
        measures.get("meanLogProb"),
        measures.get("meanAlternativeLogProb"),
        earlier,
    )
