"""Counts of what followed what, after up to a few things before.

What one person did a thousand times says less of another than what a thousand people did once: of
each person's count only a power is taken before it is added to the others'.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from foretrace_models.next_command.commands import PAUSE_S, TimedCommand

# Commands by number; what stands for a pause comes before none.
Context = tuple[int, ...]
PAUSE = 0

_ORDER = 4
_DAMPING = 0.5


class Vocabulary:
    """Commands by number, from 1 on."""

    def __init__(self, commands: Iterable[str] = ()) -> None:
        self._names = [""]
        self._numbers: dict[str, int] = {}
        for command in commands:
            self.number(command)

    def number(self, command: str) -> int:
        """Return the number of a command; one that is new gets the next."""
        number = self._numbers.setdefault(command, len(self._names))
        if number == len(self._names):
            self._names.append(command)
        return number

    def name(self, number: int) -> str:
        """Return the command of a number."""
        return self._names[number]

    def __len__(self) -> int:
        """Return how many commands there are."""
        return len(self._names) - 1

    @property
    def names(self) -> tuple[str, ...]:
        """All commands, in the order of their numbers."""
        return tuple(self._names[1:])


def moments(
    timed: Iterable[TimedCommand], vocabulary: Vocabulary, order: int = _ORDER
) -> Iterator[tuple[Context, int]]:
    """Iterate over commands, each with what came before it: the last few, pauses among them."""
    before: list[int] = []
    last_s = None
    for time_s, command in timed:
        if last_s is not None and time_s - last_s > PAUSE_S:
            before.append(PAUSE)
        number = vocabulary.number(command)
        del before[:-order]
        yield tuple(before), number
        before.append(number)
        last_s = time_s


class Counts:
    """How often what followed each context, the longest of `order` commands."""

    def __init__(self, order: int = _ORDER, damping: float = _DAMPING) -> None:
        self.order = order
        self.damping = damping
        self.followers: dict[Context, dict[int, float]] = {}

    def note(self, context: Context, number: int) -> None:
        """Count one command, as it is."""
        for shorter in suffixes(context, self.order):
            of = self.followers.setdefault(shorter, {})
            of[number] = of.get(number, 0.0) + 1.0

    def add(self, person: Counts) -> None:
        """Add what one person did, damped."""
        self._change(person, 1.0)

    def remove(self, person: Counts) -> None:
        """Take away again what one person did."""
        self._change(person, -1.0)

    def _change(self, person: Counts, sign: float) -> None:
        for context, theirs in person.followers.items():
            of = self.followers.setdefault(context, {})
            for number, count in theirs.items():
                left = of.get(number, 0.0) + sign * count**self.damping
                if left > _NOTHING:
                    of[number] = left
                else:
                    del of[number]
            if not of:
                del self.followers[context]


# What is left of a number when as much was taken away as had been added, in floats.
_NOTHING = 1e-6


def counts_of(moments: Iterable[tuple[Context, int]], order: int = _ORDER) -> Counts:
    """Return the counts of what one person did."""
    counts = Counts(order)
    for context, number in moments:
        counts.note(context, number)
    return counts


def suffixes(context: Sequence[int], longest: int) -> Iterator[Context]:
    """Iterate over the ends of a context, the empty one first."""
    for length in range(min(len(context), longest) + 1):
        yield tuple(context[len(context) - length :])
