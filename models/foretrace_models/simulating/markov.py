"""Markov chains of events that fall back on shorter histories where the longer one is rare.

A history that was seen N times, with T different events after it, is trusted with the chance
N / (N + T); else a shorter one is asked.

Source: Witten & Bell, "The Zero-Frequency Problem" (IEEE Transactions on Information Theory 1991).
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate

from attrs import frozen

from foretrace_models.gap.streams import Stream


@frozen
class _Followers:
    """The events after one history; `upto` has the sum of their counts, one after the other."""

    events: tuple[str, ...]
    upto: tuple[int, ...]

    def drawn(self, chance: random.Random) -> str:
        return self.events[bisect_right(self.upto, chance.randrange(self.upto[-1]))]

    @property
    def trust(self) -> float:
        return self.upto[-1] / (self.upto[-1] + len(self.events))


@frozen
class Markov:
    """A chain of an order: the next event depends on so many before it."""

    reach: int
    _followers: dict[tuple[str, ...], _Followers]

    @classmethod
    def of(cls, streams: Iterable[Stream], order: int) -> Markov:
        """Learn a chain from people.

        Raises:
            ValueError: they did nothing.
        """
        counts: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        for stream in streams:
            for length in range(order + 1):
                runs = Counter(zip(*(stream.events[n:] for n in range(length + 1)), strict=False))
                for run, count in runs.items():
                    counts[run[:-1]][run[-1]] += count
        if not counts:
            raise ValueError("there are no events to learn from")
        # Sorted, so that a seed gives the same people whatever the order of the streams.
        return cls(
            order,
            {
                history: _Followers(
                    tuple(sorted(own)), tuple(accumulate(own[e] for e in sorted(own)))
                )
                for history, own in counts.items()
            },
        )

    def draw(self, history: Sequence[str], chance: random.Random) -> str:
        """Return the next event, by chance."""
        for length in range(min(self.reach, len(history)), 0, -1):
            known = self._followers.get(tuple(history[-length:]))
            if known is not None and chance.random() < known.trust:
                return known.drawn(chance)
        return self._followers[()].drawn(chance)
