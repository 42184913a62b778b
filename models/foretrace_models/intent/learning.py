"""Learning what activities bring forth and lead to, from symbols that nobody has labelled.

Expectation and maximisation (Baum and Welch), held by the pseudo-counts that were set by hand: they
count as much as `_WEIGHT` times what they say, so that an activity stays what it is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from foretrace_models.intent.activities import Activity
from foretrace_models.intent.belief import Hidden, by_hand, pseudo_counts
from foretrace_models.intent.symbols import Symbol

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WEIGHT = 300.0
_ROUNDS = 8
_NUMBERS = {symbol: number for number, symbol in enumerate(Symbol)}


def learn(people: Sequence[Sequence[Symbol]]) -> Hidden:
    """Return the model that the symbols of people lead to; each person counts the same."""
    import numpy as np

    start, transitions, emissions = (np.array(part) for part in pseudo_counts())
    hidden = by_hand()
    columns = [np.array([_NUMBERS[symbol] for symbol in person]) for person in people]
    for _ in range(_ROUNDS):
        moves, brought = _WEIGHT * transitions, _WEIGHT * emissions
        most = max(len(own) for own in columns)
        for own in columns:
            their_moves, theirs = _expected(hidden, own)
            weight = most / len(own)
            moves = moves + weight * their_moves
            brought = brought + weight * theirs
        hidden = Hidden(_rows([start])[0], _rows(moves), _rows(brought))
    return hidden


def _expected(hidden: Hidden, columns: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the transitions and emissions that one person's symbols are expected to have had."""
    import numpy as np

    moves, emissions = np.array(hidden.transitions), np.array(hidden.emissions)
    count, size = len(columns), len(Activity)
    forward = np.zeros((count, size))
    belief = np.array(hidden.start)
    for at, column in enumerate(columns):
        belief = (belief if at == 0 else belief @ moves) * emissions[:, column]
        belief /= belief.sum()
        forward[at] = belief
    expected_moves, expected = np.zeros((size, size)), np.zeros(emissions.shape)
    backward = np.ones(size)
    expected[:, columns[-1]] += forward[-1]
    for at in range(count - 2, -1, -1):
        onward = emissions[:, columns[at + 1]] * backward
        pair = forward[at][:, None] * moves * onward[None, :]
        total = pair.sum()
        expected_moves += pair / total
        expected[:, columns[at]] += pair.sum(axis=1) / total
        backward = moves @ onward
        backward /= backward.sum()
    return expected_moves, expected


def _rows(counts: Any) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(count / sum(row)) for count in row) for row in counts)
