"""What comes next: anything that draws the next event after those before it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Protocol

from attrs import frozen


class Successor(Protocol):
    """Draws the next event; it looks at the last `reach` events and no further."""

    @property
    def reach(self) -> int:
        """How many of the last events it looks at."""

    def draw(self, history: Sequence[str], chance: random.Random) -> str:
        """Return the next event, by chance; the history is empty at the beginning."""


class Foreteller(Protocol):
    """Says how likely each event is to come next."""

    def distribution(self, history: Sequence[str]) -> Mapping[str, float]:
        """Return the likelihood of each event that may come next, in any measure."""


@frozen
class Drawn:
    """A successor made of what only foretells."""

    foreteller: Foreteller
    reach: int

    def draw(self, history: Sequence[str], chance: random.Random) -> str:
        """Return the next event, by chance."""
        likely = self.foreteller.distribution(history)
        return chance.choices(list(likely), weights=list(likely.values()))[0]
