"""Samples of equal size: entropies, distinct events and burstiness all grow with what one has.

So that nobody is more varied for having worked longer, each person is measured on as many events,
in whole sessions drawn by chance.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from statistics import median_low

from attrs import frozen

from foretrace_models.gap.streams import Session, Stream, sessions_of

MOST_EVENTS = 2000
FEWEST_EVENTS = 100


@frozen
class Person:
    """One person as they are measured: all of their sessions, and those of the sample."""

    name: str
    sessions: Sequence[Session]
    sample: Sequence[Session]


def size_for(real: Sequence[Stream], simulated: Sequence[Stream]) -> int:
    """Return how many events of each person can be measured.

    It is as many as half of the people have at least, on either side, and no more than is needed;
    who has too few to measure anything is not asked.

    Raises:
        ValueError: nobody has enough.
    """
    sizes = [MOST_EVENTS]
    for side in (real, simulated):
        lengths = [len(stream) for stream in side]
        enough = [length for length in lengths if length >= FEWEST_EVENTS]
        if not enough:
            raise ValueError(
                f"nobody on one side has the {FEWEST_EVENTS} events that are needed; "
                f"the most are {max(lengths, default=0)}"
            )
        sizes.append(median_low(enough))
    return min(sizes)


def person_of(stream: Stream, size: int, seed: int) -> Person | None:
    """Return a person with a sample of so many events, None if they have fewer.

    The last session that is drawn is cut to what is missing. The same stream gives the same sample.
    """
    if len(stream) < size:
        return None
    sessions = sessions_of(stream)
    chance = random.Random(f"{seed} {stream.person}")  # noqa: S311 - no secret
    drawn: list[tuple[int, Session]] = []
    missing = size
    for number in chance.sample(range(len(sessions)), len(sessions)):
        session = sessions[number].first(missing)
        drawn.append((number, session))
        missing -= len(session)
        if not missing:
            break
    drawn.sort(key=lambda each: each[0])
    return Person(stream.person, sessions, [session for _, session in drawn])
