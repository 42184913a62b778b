"""Simulated people, one for each real one: as many events, from the same moment on."""

from __future__ import annotations

import random
from array import array

from foretrace_models.gap.streams import Stream
from foretrace_models.simulating.pauses import Pauses
from foretrace_models.simulating.successors import Successor


def simulated(
    real: Stream, successor: Successor, pauses: Pauses, seed: int, most_events: int | None = None
) -> Stream:
    """Return somebody simulated who stands for a real person, always the same with the same seed.

    They have as many events, or `most_events` if that is less.
    """
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
