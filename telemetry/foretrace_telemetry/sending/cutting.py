"""Cutting: of a session that is recorded, the next events that may leave for a course.

What happened before a person joined, or was not allowed to be sent, gives way to an `erased` event:
numbers keep having no gaps. So do edits of texts that the course never got, which it could not
replay, and the conditions of other courses' studies, which are none of its business.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from attrs import evolve, frozen

from foretrace_telemetry.consent import Content
from foretrace_telemetry.coverage import Coverage
from foretrace_telemetry.event_json import to_json
from foretrace_telemetry.events import (
    Actor,
    Closed,
    ConditionHeld,
    Edited,
    Erased,
    Event,
    Opened,
    Recorded,
    Resynced,
    Saved,
    withhold,
)
from foretrace_telemetry.exchange.leaving import Stretches
from foretrace_telemetry.exchange.segments import last_of
from foretrace_telemetry.identity import Identity

NOT_COVERED = "not for the course"


@frozen
class Size:
    """How much is sent at once, in events and in bytes before they are compressed."""

    most_events: int = 2000
    most_bytes: int = 2**20


SIZE = Size()


def bounded(events: Iterable[Recorded], settled_wall_us: int | None, size: Size = SIZE) -> int:
    """Return how many of the events go at once: the first in any case, if it is settled.

    An event is settled once it happened before `settled_wall_us`; None settles all. What is typed
    key by key, a password or a name, is not to leave before it can be known for what it is.
    """
    count = 0
    left = size.most_bytes
    for recorded in events:
        if settled_wall_us is not None and recorded.event.wall_us >= settled_wall_us:
            break
        left -= len(json.dumps(to_json(recorded)))
        if count == size.most_events or (count and left < 0):
            break
        count += 1
    return count


class Cutter:
    """Cuts one session for one course, from its first event on, a run after the other.

    The same runs in the same order come out the same, so that what was cut by a process that died
    can be cut again. `through` is the number of the last event that was cut.
    """

    def __init__(self, course: str, identity: Identity) -> None:
        """`course` is the address of the course."""
        self.through = 0
        self._course = course
        self._stretches = Stretches(identity)
        self._stated: set[str] = set()

    def cut(
        self, events: Sequence[Recorded], since_wall_us: int, coverage: Coverage | None = None
    ) -> list[Recorded]:
        """Return the next events as they leave; what happened before `since_wall_us` stays.

        So does what is not covered; without a `coverage`, what is cut was covered once.
        """
        covered: list[Recorded] = []
        for recorded in events:
            last = last_of(recorded)
            if last <= self.through:  # forgotten after it was sent
                continue
            if self._may_leave(recorded.event, since_wall_us, coverage):
                covered.append(_clipped(recorded, self.through + 1))
            else:
                _withhold(covered, recorded, self.through + 1, last, since_wall_us)
            self.through = last
        return self._stretches.leave(covered)

    def _may_leave(self, event: Event, since_wall_us: int, coverage: Coverage | None) -> bool:
        """Return whether an event may leave, and means something to whoever has what left."""
        if isinstance(event.body, ConditionHeld) and event.body.course != self._course:
            return False
        may = event.wall_us >= since_wall_us and (coverage is None or _covers(coverage, event))
        if event.uri is not None and isinstance(event.body, (Opened, Resynced)):
            (self._stated.add if may else self._stated.discard)(event.uri)
        follows = event.uri in self._stated or not isinstance(event.body, (Edited, Saved, Closed))
        return may and follows


def _covers(coverage: Coverage, event: Event) -> bool:
    content = coverage.content_at(event.wall_us)
    return content is Content.FULL or (
        content is Content.METADATA and withhold(event.body) == event.body
    )


def _clipped(recorded: Recorded, first: int) -> Recorded:
    """Return an event without what it stands for of those before `first`."""
    body = recorded.event.body
    if not isinstance(body, Erased) or recorded.sequence == first:
        return recorded
    event = evolve(recorded.event, body=evolve(body, first=first))
    return evolve(recorded, sequence=first, event=event)


def _withhold(
    covered: list[Recorded], recorded: Recorded, first: int, last: int, since_wall_us: int
) -> None:
    """Put what says that events stay behind, and nothing else of them, not even when they were."""
    before = covered[-1].event.body if covered else None
    if isinstance(before, Erased) and before.reason == NOT_COVERED:
        event = evolve(covered[-1].event, body=evolve(before, last=last))
        covered[-1] = evolve(covered[-1], event=event)
        return
    event = Event(
        since_wall_us,
        recorded.event.monotonic_us,
        Actor.TOOL,
        Erased(first, last, NOT_COVERED),
    )
    covered.append(Recorded(recorded.session, first, event))
