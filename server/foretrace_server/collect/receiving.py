"""What becomes of a segment: which of its events are new, or why none of them is taken.

Values in, values out; what the course has is handed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum

from attrs import evolve, frozen

from foretrace_telemetry.consent import Content, Scope
from foretrace_telemetry.coverage import Coverage
from foretrace_telemetry.digest import pseudonym_of
from foretrace_telemetry.events import Erased, Event, Recorded, withhold
from foretrace_telemetry.exchange.segments import Segment, last_of

_WITHHELD = "withheld:"


class Reason(str, Enum):
    """Why a segment is refused."""

    NOT_COVERED = "not-covered"
    GAP = "gap"
    DIFFERS = "differs"


@frozen
class Refusal:
    """Nothing of a segment was taken. `through` is the last event that the course has."""

    reason: Reason
    message: str
    through: int | None = None


def covered(segment: Segment, digest_key: bytes) -> tuple[Recorded, ...] | Refusal:
    """Return the events as they may be kept, if the permission in the segment covers each.

    What stands for forgotten events needs none. Where only metadata is covered, a text leaves its
    length and a document gets a pseudonym, made with the key, as it does on a laptop.
    """
    lines = (f"{line}\n".encode("utf-8", "surrogateescape") for line in segment.consent)
    coverage = Coverage(lines, Scope.INSTRUCTOR)
    kept = []
    for recorded in segment.events:
        event = recorded.event
        if not isinstance(event.body, Erased):
            content = coverage.content_at(event.wall_us)
            if content is None:
                return Refusal(
                    Reason.NOT_COVERED,
                    f"no permission with the scope {Scope.INSTRUCTOR.value} covers event "
                    f"{recorded.sequence}: it was not given before, or was taken back",
                )
            if content is Content.METADATA:
                recorded = evolve(recorded, event=_withheld(event, digest_key))
        kept.append(recorded)
    return tuple(kept)


def following(
    events: Sequence[Recorded], through: int, kept: Iterable[Recorded]
) -> list[Event] | Refusal:
    """Return those events that follow on from what the course has of their session.

    `through` is the number of the last event that it has, and `kept` gives those from the first of
    these on. What was forgotten there, or lost its text, stays so, and counts as equal.
    """
    first = events[0].sequence
    if first > through + 1:
        return Refusal(Reason.GAP, f"event {through + 1} comes first", through)
    here = iter(kept)
    beside = next(here, None)
    for at, recorded in enumerate(events):
        if recorded.sequence > through:
            return [each.event for each in events[at:]]
        last = last_of(recorded)
        while beside is not None and last_of(beside) < recorded.sequence:
            beside = next(here, None)
        while beside is not None and beside.sequence <= last:
            if not _is_same(recorded, beside):
                return Refusal(
                    Reason.DIFFERS,
                    f"event {recorded.sequence} is here already, and another one",
                    through,
                )
            if last_of(beside) >= last:
                break
            beside = next(here, None)
        if last > through:
            return [_after(recorded, through), *(each.event for each in events[at + 1 :])]
    return []


def _withheld(event: Event, digest_key: bytes) -> Event:
    uri = event.uri
    if uri is not None and not uri.startswith(_WITHHELD):
        uri = pseudonym_of(uri, digest_key)
    return evolve(event, body=withhold(event.body), uri=uri)


def _is_same(recorded: Recorded, kept: Recorded) -> bool:
    """Return whether what was sent is what is here, or was before it was forgotten here."""
    if isinstance(kept.event.body, Erased):
        return True
    withheld = evolve(recorded.event, body=withhold(recorded.event.body))
    return kept.event in (recorded.event, withheld)


def _after(recorded: Recorded, through: int) -> Event:
    """Return what stands for forgotten events, without those up to `through`."""
    body = recorded.event.body
    assert isinstance(body, Erased)
    return evolve(recorded.event, body=evolve(body, first=through + 1))
