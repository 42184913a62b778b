"""Whether a course has of each session what the laptop has: the same events and texts, once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing

from attrs import define, evolve, field

from foretrace_server.collect.course import Course
from foretrace_telemetry.events import Recorded, Saved
from foretrace_telemetry.home import Home
from foretrace_telemetry.replay import replay
from foretrace_telemetry.store import Store


@define
class Compared:
    """How much there is on the laptops, and what is wrong with what the course has of it."""

    sessions: int = 0
    events: int = 0
    characters: int = 0
    unequal: list[str] = field(factory=list)


def compared(course: Course, laptops: Mapping[str, Home]) -> Compared:
    """Compare a course with laptops, which are named by their subjects."""
    found = Compared()
    with closing(Store.read(course.home)) as there:
        names = set(there.names())
        for subject, home in laptops.items():
            with closing(Store.read(home)) as here:
                for name in here.names():
                    own = list(here.events(name))
                    known = f"{name}-{subject}"
                    theirs = list(there.events(known)) if known in names else []
                    names.discard(known)
                    found.sessions += 1
                    found.events += len(own)
                    found.characters += sum(len(text or "") for text in replay(own).texts.values())
                    found.unequal += (f"{known}: {why}" for why in _differences(own, theirs))
    found.unequal += (f"{name}: no laptop has it" for name in sorted(names))
    return found


def _differences(own: list[Recorded], theirs: list[Recorded]) -> Iterator[str]:
    if len(own) != len(theirs):
        yield f"{len(own)} events on the laptop, {len(theirs)} in the course"
    for one, other in zip(own, theirs, strict=False):
        if (one.sequence, _as_it_leaves(one)) != (other.sequence, other.event):
            yield f"event {one.sequence} is another one in the course"
            break
    here, there = replay(own), replay(theirs)
    if here.texts != there.texts:
        yield "the texts differ"
    yield from (f"replay on the laptop: {problem}" for problem in here.problems)
    yield from (f"replay in the course: {problem}" for problem in there.problems)


def _as_it_leaves(recorded: Recorded) -> object:
    """Return an event without its digest, which stays on the laptop."""
    body = recorded.event.body
    return evolve(recorded.event, body=Saved()) if isinstance(body, Saved) else recorded.event
