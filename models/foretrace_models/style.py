"""Style: how a person writes Python, as some two dozen habits that can be read one by one.

A habit is told by its marks: each place in a program where one of several ways was chosen.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import reduce

from attrs import field, frozen

from foretrace_models.style_marks import Habit, marks

# What a way that was never seen counts as, in marks, so that it is unlikely but not impossible.
_UNSEEN = 0.5


@frozen
class Style:
    """How often each way of each habit was chosen; a habit that does not occur is missing."""

    chosen: Mapping[Habit, Counter[str]] = field(factory=dict)

    def usual(self, habit: Habit) -> str | None:
        """Return the way that was chosen most; None if the habit does not occur."""
        ways = self.chosen.get(habit)
        return max(sorted(ways), key=lambda way: ways[way]) if ways else None

    def share(self, habit: Habit, way: str) -> float | None:
        """Return how often a way was chosen, from 0 to 1; None if the habit does not occur."""
        ways = self.chosen.get(habit)
        return ways[way] / ways.total() if ways else None

    def __add__(self, other: Style) -> Style:
        """Return the style of two texts together."""
        habits = [habit for habit in Habit if habit in self.chosen or habit in other.chosen]
        empty: Counter[str] = Counter()
        return Style(
            {
                habit: self.chosen.get(habit, empty) + other.chosen.get(habit, empty)
                for habit in habits
            }
        )


def style_of(text: str) -> Style:
    """Return the style of a program, whether it parses or not."""
    chosen: dict[Habit, Counter[str]] = {}
    for habit, way in marks(text):
        chosen.setdefault(habit, Counter())[way] += 1
    return Style(chosen)


def merged(styles: Iterable[Style]) -> Style:
    """Return the style of several texts of one person together."""
    return reduce(Style.__add__, styles, Style())


def style_distance(a: Style, b: Style) -> float | None:
    """Return how far two styles are apart, from 0 to 1.

    It is the mean over the habits that both have of the total variation distance: half the sum of
    the differences between the shares of each way. None if they have no habit in common.
    """
    shared = [habit for habit in Habit if a.chosen.get(habit) and b.chosen.get(habit)]
    if not shared:
        return None
    return sum(_variation(a.chosen[habit], b.chosen[habit]) for habit in shared) / len(shared)


def style_cost(before: Style, text: str) -> float:
    """Return how unlike a style is what a text has more of than that style, in bits.

    Each mark that came counts by how much less likely its way is than the usual one; a habit that
    the style does not have costs nothing.
    """
    cost = 0.0
    for habit, ways in style_of(text).chosen.items():
        usual = before.chosen.get(habit)
        if not usual:
            continue
        most = max(usual.values()) + _UNSEEN
        for way, count in (ways - usual).items():
            cost += count * math.log2(most / (usual[way] + _UNSEEN))
    return cost


def _variation(a: Counter[str], b: Counter[str]) -> float:
    return sum(abs(a[way] / a.total() - b[way] / b.total()) for way in {*a, *b}) / 2
