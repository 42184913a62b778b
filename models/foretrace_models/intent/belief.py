"""What a person is believed to be doing: a hidden Markov model over the activities.

Each event is a symbol. Activities differ in which symbols they bring forth, and one activity tends
to go on. Pseudo-counts set by hand say what is meant by each activity; how long one lasts, what it
leads to and what else it brings forth was learned beside them from what developers did
(`learning.py`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from attrs import frozen

from foretrace_models.intent.activities import Activity
from foretrace_models.intent.symbols import Symbol

Belief = dict[Activity, float]

_A, _S = Activity, Symbol
# How often, out of about twenty events, an activity brings forth each symbol.
_EMISSIONS: dict[Activity, dict[Symbol, float]] = {
    _A.WRITING: {_S.INSERTED: 15, _S.REMOVED: 2, _S.ACCEPTED_CODE: 1, _S.MOVED: 1, _S.SAVED: 0.5},
    _A.EDITING: {_S.INSERTED: 5, _S.REMOVED: 6, _S.REPLACED: 4, _S.MOVED: 4, _S.COPIED: 1},
    _A.FIXING: {
        _S.NEAR_FAILURE: 10,
        _S.RAN_AND_FAILED: 4,
        _S.DEBUGGED: 4,
        _S.MOVED: 3,
        _S.REMOVED: 1,
        _S.INSERTED: 1,
        _S.SAVED: 1,
    },
    _A.TESTING: {_S.RAN: 8, _S.RAN_AND_FAILED: 5, _S.SAVED: 4, _S.VIEWED: 1, _S.MOVED: 1},
    _A.READING: {_S.MOVED: 9, _S.VIEWED: 6, _S.COPIED: 2, _S.PAUSED: 2},
    _A.DOCUMENTING: {_S.COMMENTED: 14, _S.INSERTED: 2, _S.REMOVED: 2, _S.MOVED: 1},
    _A.PROMPTING: {_S.ASKED: 8, _S.COMMENTED: 4, _S.ACCEPTED_CODE: 3, _S.PAUSED: 1},
    _A.REVIEWING: {_S.DISMISSED: 9, _S.ACCEPTED_CODE: 6, _S.MOVED: 3, _S.PAUSED: 1},
}
_EMISSION_FLOOR = 0.3
# Of about twenty events, how many follow on the same activity; what else a change leads to.
_STAYS = 17.0
_LEADS = 0.5
_OFTEN_LEADS: dict[tuple[Activity, Activity], float] = {
    (_A.TESTING, _A.FIXING): 3.0,
    (_A.FIXING, _A.TESTING): 2.0,
    (_A.WRITING, _A.TESTING): 1.5,
    (_A.WRITING, _A.EDITING): 1.0,
    (_A.REVIEWING, _A.WRITING): 1.5,
    (_A.REVIEWING, _A.EDITING): 1.5,
    (_A.PROMPTING, _A.REVIEWING): 3.0,
}
_AT_FIRST = {_A.WRITING: 3.0, _A.READING: 3.0, _A.EDITING: 2.0}


@frozen
class Hidden:
    """The shares of a hidden Markov model, in the order of `Activity` and of `Symbol`.

    `transitions` has a row for each activity with the shares of the next, `emissions` one with
    those of the symbols.
    """

    start: tuple[float, ...]
    transitions: tuple[tuple[float, ...], ...]
    emissions: tuple[tuple[float, ...], ...]

    def belief(self, symbols: Iterable[Symbol]) -> Belief:
        """Return the belief after symbols."""
        belief = list(self.start)
        for symbol in symbols:
            belief = self.followed(belief, symbol)
        return dict(zip(Activity, belief, strict=True))

    def followed(self, belief: Sequence[float], symbol: Symbol) -> list[float]:
        """Return the belief after one more symbol."""
        column = _NUMBERS[symbol]
        moved = self._moved(belief)
        return _shares(
            [share * row[column] for share, row in zip(moved, self.emissions, strict=True)]
        )

    def next_symbols(self, belief: Sequence[float]) -> list[float]:
        """Return how likely each symbol comes next."""
        moved = self._moved(belief)
        return [
            sum(share * row[column] for share, row in zip(moved, self.emissions, strict=True))
            for column in range(len(Symbol))
        ]

    def _moved(self, belief: Sequence[float]) -> list[float]:
        return [
            sum(share * row[after] for share, row in zip(belief, self.transitions, strict=True))
            for after in range(len(belief))
        ]


def perplexity(hidden: Hidden, people: Iterable[Sequence[Symbol]]) -> float:
    """Return between how many symbols a model wavers, on the mean, before it sees the next."""
    bits, count = 0.0, 0
    for symbols in people:
        belief: Sequence[float] = hidden.start
        for symbol in symbols:
            bits -= math.log2(hidden.next_symbols(belief)[_NUMBERS[symbol]])
            belief = hidden.followed(belief, symbol)
            count += 1
    return float(2.0 ** (bits / count))


_NUMBERS = {symbol: number for number, symbol in enumerate(Symbol)}


def by_hand() -> Hidden:
    """Return the model that the pseudo-counts make."""
    start, transitions, emissions = pseudo_counts()
    return Hidden(
        tuple(_shares(start)),
        tuple(tuple(_shares(row)) for row in transitions),
        tuple(tuple(_shares(row)) for row in emissions),
    )


def pseudo_counts() -> tuple[list[float], list[list[float]], list[list[float]]]:
    """Return what was set by hand: of the start, of transitions and of emissions."""
    start = [_AT_FIRST.get(activity, 1.0) for activity in Activity]
    transitions = [
        [
            _STAYS if after is before else _OFTEN_LEADS.get((before, after), _LEADS)
            for after in Activity
        ]
        for before in Activity
    ]
    emissions = [
        [_EMISSIONS[activity].get(symbol, 0.0) + _EMISSION_FLOOR for symbol in Symbol]
        for activity in Activity
    ]
    return start, transitions, emissions


def _shares(weights: Sequence[float]) -> list[float]:
    total = sum(weights)
    return [weight / total for weight in weights]
