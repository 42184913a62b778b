"""Hiding: counts of fewer than five people are not told, nor what would tell them by a difference.

Counts are told in few shapes, so that what can be worked out from them is known: parts of a whole,
each person in one of them; parts that overlap; and, section by section, those of whom something is
true and the others. Why a cell is hidden, for being small or for the sake of another, is never told
apart.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from statistics import quantiles
from typing import TypeVar

from attrs import frozen

from foretrace_server.collect.insight.told import FEWEST_PEOPLE, HIDDEN, Cell, Spread

HIDDEN_CELL = Cell(None, HIDDEN)
_Part = TypeVar("_Part", bound=Hashable)


@frozen
class Split:
    """How many people of a section something is true of, and of how many it is not."""

    yes: int
    no: int


def told(count: float, people: int) -> Cell:
    """Return a figure about so many people."""
    return Cell(count) if people >= FEWEST_PEOPLE else HIDDEN_CELL


def told_people(count: int) -> Cell:
    """Return a count of people that is part of no told whole."""
    return told(count, count)


def told_parts(parts: Mapping[_Part, int]) -> dict[_Part, Cell]:
    """Return the counts of a whole's parts; the whole is told as well, where it is five or more."""
    hidden = hidden_parts(parts)
    return {part: HIDDEN_CELL if part in hidden else Cell(n) for part, n in parts.items()}


def told_share(yes: int, people: int) -> Cell:
    """Return of how many of some people something is true, if it is not of nearly all or none."""
    return told_parts({True: yes, False: people - yes})[True]


def hidden_parts(parts: Mapping[_Part, int]) -> set[_Part]:
    """Return which parts of a told whole are to be hidden.

    What is hidden is five people at least together, and so two parts at least: else the whole would
    tell them.
    """
    return _closed(
        parts,
        {part for part, count in parts.items() if count < FEWEST_PEOPLE},
        lambda hidden: sum(parts[part] for part in hidden) >= FEWEST_PEOPLE,
        lambda part: parts[part],
    )


def hidden_splits(
    splits: Mapping[_Part, Split], hidden_before: Collection[_Part] = ()
) -> set[_Part]:
    """Return of which sections it is to be hidden how they split; how the class does, is told.

    `hidden_before` are sections of which it is not even told how many they are. Both sides of what
    is hidden are five people at least, all such sections together: else the class would tell them.
    """
    small = {
        section
        for section, split in splits.items()
        if min(split.yes, split.no) < FEWEST_PEOPLE or section in hidden_before
    }
    return _closed(
        splits,
        small,
        lambda hidden: (
            sum(splits[section].yes for section in hidden) >= FEWEST_PEOPLE
            and sum(splits[section].no for section in hidden) >= FEWEST_PEOPLE
        ),
        lambda section: min(splits[section].yes, splits[section].no),
    )


def hidden_overlapping(
    parts: Mapping[_Part, AbstractSet[str]], hidden: Collection[_Part]
) -> set[_Part]:
    """Return which parts are to be hidden where people can be in several; `hidden` are already.

    How many are in any part is told. Who is in hidden parts only is nobody, or five people at
    least: else the parts that are told would tell of them.
    """

    def is_enough(hidden: set[_Part]) -> bool:
        seen = _all_of(who for part, who in parts.items() if part not in hidden)
        return not 0 < len(_all_of(parts.values()) - seen) < FEWEST_PEOPLE

    return _closed(parts, set(hidden), is_enough, lambda part: len(parts[part]))


def spread_of(values: Iterable[float]) -> Spread:
    """Return how a figure is spread over people, one value of each."""
    found = sorted(values)
    if len(found) < FEWEST_PEOPLE:
        return Spread(HIDDEN_CELL, HIDDEN_CELL, HIDDEN_CELL)
    return Spread(*map(Cell, quantiles(found, n=4, method="inclusive")))


def _all_of(parts: Iterable[AbstractSet[str]]) -> set[str]:
    return {person for part in parts for person in part}


def _closed(
    parts: Iterable[_Part],
    hidden: set[_Part],
    is_enough: Callable[[set[_Part]], bool],
    size: Callable[[_Part], int],
) -> set[_Part]:
    """Hide more parts, the smallest first, until no difference tells of those that are hidden."""
    left = sorted((part for part in parts if part not in hidden), key=lambda part: size(part))
    while hidden and left and not is_enough(hidden):
        hidden.add(left.pop(0))
    return hidden
