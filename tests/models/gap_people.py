"""People for tests of the gap: sessions from letters, and streams made up by chance."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import accumulate

from foretrace_models.gap.streams import Session, Stream

# Nobody's habits, but everybody's order: each name leads to the next two with other odds.
_NAMES = ("Edit.Paste", "View.File", "Build.Start", "Debug.StepOver", "Edit.LineDown", "File.Exit")


def session(events: Sequence[str], gap_s: int = 1, rest_before_s: int | None = None) -> Session:
    """Return a session with an event for each letter or name, so many seconds apart."""
    return Session(range(0, gap_s * len(events), gap_s), events, rest_before_s)


def stream(person: str, events: Sequence[str], gaps_s: Sequence[int]) -> Stream:
    """Return a stream by the seconds before each event but the first."""
    return Stream(person, list(accumulate((0, *gaps_s))), events)


def somebody(person: str, count: int = 400, seed: int = 0) -> Stream:
    """Return somebody made up, who rests now and then and mostly goes on in the same way."""
    chance = random.Random(f"{seed} {person}")
    at, events, gaps = 0, [], []
    for _ in range(count):
        events.append(_NAMES[at % len(_NAMES)])
        at += chance.choice((1, 1, 1, 2))
        gaps.append(7200 if chance.random() < 0.03 else int(chance.expovariate(0.2)))
    return stream(person, events, gaps[1:])


def shuffled(one: Stream, seed: int = 0) -> Stream:
    """Return somebody who does and waits the same, in an order of chance."""
    chance = random.Random(f"{seed} {one.person}")
    return Stream(one.person, one.times_s, chance.sample(one.events, len(one.events)))
