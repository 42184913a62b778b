"""The suggestions among recorded events as stretches, with the text that each was made for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from attrs import frozen

from foretrace_models.intent.stretches import Outcome, Shown, Stretch
from foretrace_models.intent.symbols import Context
from foretrace_telemetry.events import Edited, Event, Selected, SuggestionMoved, SuggestionStage

_OUTCOMES = {
    SuggestionStage.ACCEPTED: Outcome.ACCEPTED,
    SuggestionStage.DISMISSED: Outcome.REJECTED,
}


@frozen
class _Moment:
    """A document's text and cursor at an event."""

    text: str
    cursor_offset: int


def stretches_of(window: Sequence[Event], context: Context) -> list[Stretch]:
    """Return a stretch for each suggestion that was offered within some events, in order."""
    own = [event for event in window if event.uri == context.uri]
    moments = _moments(own, context)
    starts = [
        number
        for number, event in enumerate(own)
        if isinstance(event.body, SuggestionMoved) and event.body.stage is SuggestionStage.OFFERED
    ]
    before = 0
    found = []
    for start, end in pairwise([*starts, len(own)]):
        found.append(_stretch(own[before:start], own[start:end], moments[start]))
        before = start
    return found


def _stretch(earlier: Sequence[Event], shown: Sequence[Event], moment: _Moment) -> Stretch:
    offered = shown[0]
    assert isinstance(offered.body, SuggestionMoved)
    life = list(_life(shown))
    rests = [_seconds(one, other) for one, other in pairwise(life)]
    return Stretch(
        _seconds(earlier[0], offered) if earlier else 0.0,
        any(isinstance(event.body, Edited) for event in earlier[-1:]),
        moment.text[: moment.cursor_offset],
        len(moment.text),
        len(moment.text) - moment.cursor_offset,
        Shown(
            offered.body.inserted_characters,
            sum(rests),
            max(rests, default=0.0),
            len(rests),
            None,
            _outcome(life[-1]),
        ),
    )


def _life(events: Sequence[Event]) -> Iterator[Event]:
    """Iterate over events up to the one that ends the suggestion of the first."""
    for event in events:
        yield event
        if isinstance(event.body, SuggestionMoved) and event.body.stage in _ENDS:
            return


_ENDS = (SuggestionStage.ACCEPTED, SuggestionStage.DISMISSED, SuggestionStage.SUPERSEDED)


def _outcome(last: Event) -> Outcome | None:
    return _OUTCOMES.get(last.body.stage) if isinstance(last.body, SuggestionMoved) else None


def _seconds(one: Event, other: Event) -> float:
    return (other.monotonic_us - one.monotonic_us) / 1e6


def _moments(events: Sequence[Event], context: Context) -> list[_Moment]:
    """Return the text and the cursor at each event, by undoing from what there is now."""
    text = context.text
    texts = []
    for event in reversed(events):
        texts.append(text)
        body = event.body
        if isinstance(body, Edited) and isinstance(body.removed, str):
            inserted = body.inserted if isinstance(body.inserted, str) else ""
            end = body.offset + len(inserted)
            text = text[: body.offset] + body.removed + text[end:]
    moments, cursor = [], 0
    for event, its_text in zip(events, reversed(texts), strict=True):
        body = event.body
        if isinstance(body, Edited):
            cursor = body.offset + (len(body.inserted) if isinstance(body.inserted, str) else 0)
        elif isinstance(body, Selected):
            cursor = body.end_offset
        moments.append(_Moment(its_text, min(cursor, len(its_text))))
    return moments
