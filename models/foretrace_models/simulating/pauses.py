"""The time between events, drawn from that between the events of real people."""

from __future__ import annotations

import random
from array import array
from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

from attrs import frozen

from foretrace_models.gap.streams import Stream


@frozen
class Pauses:
    """Seconds between events, for each pair of events; empty where pairs do not matter."""

    _all_s: array[int]
    _by_pair_s: dict[tuple[str, str], array[int]]

    @classmethod
    def of(cls, streams: Iterable[Stream], by_pair: bool) -> Pauses:
        """Learn from people; `by_pair` has a pause depend on the events before and after it."""
        everything = array("q")
        pairs: dict[tuple[str, str], array[int]] = defaultdict(lambda: array("q"))
        for stream in streams:
            gaps = [after - before for before, after in pairwise(stream.times_s)]
            everything.extend(gaps)
            if by_pair:
                for pair, gap in zip(pairwise(stream.events), gaps, strict=True):
                    pairs[pair].append(gap)
        return cls(everything, dict(pairs))

    def draw(self, before: str, after: str, chance: random.Random) -> int:
        """Return the seconds between two events, by chance; somebody must have done two things."""
        known = self._by_pair_s.get((before, after), self._all_s)
        return known[chance.randrange(len(known))]
