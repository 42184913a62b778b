"""The suggestions of CUPS as stretches, each with the state that its programmer gave it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from foretrace_models.intent.stretches import Features, Outcome, Shown, Stretch, features
from foretrace_telemetry.readers.cups import (
    ACCEPTED,
    REJECTED,
    UNKNOWN_STATE,
    CupsEvent,
    CupsSession,
)

_OUTCOMES = {ACCEPTED: Outcome.ACCEPTED, REJECTED: Outcome.REJECTED}
_TYPING = "UserTyping"
# A state counts for an instant at least, so that one that took no time is still there.
_INSTANT_S = 1e-3


def stretches_of(session: CupsSession) -> Iterator[tuple[Stretch, str | None]]:
    """Iterate over the suggestions of a session, with the state while each was shown.

    That is None where the programmer did not know it.
    """
    for events in session.suggestions():
        state = _state(events)
        yield _stretch(events), state if state != UNKNOWN_STATE else None


def labelled(session: CupsSession) -> Iterator[tuple[int, Stretch, Features, str]]:
    """Iterate over the suggestions whose state is known: number, stretch, what is known, state."""
    told = list(stretches_of(session))
    stretches = [stretch for stretch, _ in told]
    for number, (stretch, state) in enumerate(told):
        if state is not None:
            yield number, stretch, features(stretches[: number + 1]), state


def _stretch(events: tuple[CupsEvent, ...]) -> Stretch:
    first, rests = events[0], [event.seconds for event in events[1:]]
    document = int(first.measures.get("documentLength", len(first.prompt)))
    shown = Shown(
        len(first.suggestion),
        sum(rests),
        max(rests, default=0.0),
        len(rests),
        first.measures.get("meanLogProb"),
        _OUTCOMES.get(events[-1].kind),
    )
    after = document - int(first.measures.get("promptEndPos", document))
    typing = first.how == _TYPING
    return Stretch(first.seconds, typing, first.prompt, document, max(after, 0), shown)


def _state(events: tuple[CupsEvent, ...]) -> str:
    """Return the state that held longest from when a suggestion was shown."""
    seconds: dict[str, float] = defaultdict(float)
    for event in events[1:] or events:
        seconds[event.state] += event.seconds + _INSTANT_S
    return max(seconds, key=lambda state: seconds[state])
