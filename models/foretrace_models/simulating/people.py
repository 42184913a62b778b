"""Simulated people, one for each real one: as many events, from the same moment on."""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterator, Sequence
from enum import Enum

from attrs import frozen

from foretrace_models.gap.streams import Stream
from foretrace_models.simulating.markov import Markov
from foretrace_models.simulating.pauses import Pauses
from foretrace_models.simulating.sequence import Pool
from foretrace_models.simulating.successors import Drawn, Successor


class By(str, Enum):
    """What draws the next event: a chain of order 1 or 2, or the model of next commands."""

    MARKOV1 = "markov1"
    MARKOV2 = "markov2"
    SEQUENCE = "sequence"


class Like(str, Enum):
    """Whom somebody simulated is like: all people together, or the one whom they stand for."""

    EVERYBODY = "everybody"
    PERSON = "person"


class Gaps(str, Enum):
    """The time between two events: as between any, or as between two like these."""

    OVERALL = "overall"
    PAIR = "pair"


@frozen
class Way:
    """How people are simulated."""

    by: By
    like: Like
    gaps: Gaps


def simulated_people(
    real: Sequence[Stream], way: Way, seed: int, most_events: int | None = None
) -> Iterator[Stream]:
    """Iterate over somebody simulated for each real person, the same ones for the same seed.

    Each has as many events as the person, or `most_events` if that is less.

    Raises:
        ValueError: nobody did anything.
    """
    pool = Pool.of(real) if way.by is By.SEQUENCE else None

    def learned(streams: Sequence[Stream], person: str | None) -> tuple[Successor, Pauses]:
        return _successor(streams, way, pool, person), _pauses(streams, way)

    everybody = learned(real, None) if way.like is Like.EVERYBODY else None
    for stream in real:
        successor, pauses = everybody or learned([stream], stream.person)
        yield simulated(stream, successor, pauses, seed, most_events)


def simulated(
    real: Stream, successor: Successor, pauses: Pauses, seed: int, most_events: int | None = None
) -> Stream:
    """Return somebody simulated who stands for a real person."""
    chance = random.Random(f"{seed} {real.person}")  # noqa: S311 - no secret
    count = len(real) if most_events is None else min(len(real), most_events)
    events: list[str] = []
    times_s = array("q")
    for _ in range(count):
        event = successor.draw(events[-successor.reach :], chance)
        pause_s = pauses.draw(events[-1], event, chance) if events else 0
        times_s.append((times_s[-1] if times_s else real.times_s[0]) + pause_s)
        events.append(event)
    return Stream(real.person, times_s, events)


def _successor(
    streams: Sequence[Stream], way: Way, pool: Pool | None, person: str | None
) -> Successor:
    if pool is not None:
        return Drawn(pool.foreteller(person), pool.pooled.order)
    return Markov.of(streams, 1 if way.by is By.MARKOV1 else 2)


def _pauses(streams: Sequence[Stream], way: Way) -> Pauses:
    return Pauses.of(streams, by_pair=way.gaps is Gaps.PAIR)
