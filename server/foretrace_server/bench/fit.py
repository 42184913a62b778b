"""What a benchmark scores: what is shipped, or what is fitted anew with each person left out."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import Protocol


class Fit(str, Enum):
    """How what is scored came about."""

    SHIPPED = "shipped"
    LOO = "loo"


class KnownError(ValueError):
    """The shipped weights learned from people of the data."""


class KnowsPeople(Protocol):
    """A card that says whom weights learned from."""

    def has_seen(self, dataset: str, person: str) -> bool:
        """Return whether a person of a data set is among them."""


def refuse_the_known(card: KnowsPeople, dataset: str, people: Iterable[str]) -> None:
    """Do nothing if the weights of a card learned from none of some people.

    Raises:
        KnownError: they learned from some; the message says what to do.
    """
    all_people = sorted(set(people))
    known = [person for person in all_people if card.has_seen(dataset, person)]
    if known:
        raise KnownError(
            f"the shipped weights learned from {len(known)} of the {len(all_people)} people of "
            "this data, so what they score on it says nothing; "
            f"--fit {Fit.LOO.value} fits anew with each person left out"
        )
