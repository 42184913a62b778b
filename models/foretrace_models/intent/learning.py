"""Learning what activities bring forth and lead to, from symbols that nobody has labelled.

Expectation and maximisation (Baum and Welch), held by the pseudo-counts that were set by hand: they
count as much as `_WEIGHT` times what they say, so that an activity stays what it is called. How
often an activity brings forth what Visual Studio does not tell, such as a run that failed, stays as
it was set.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from foretrace_models.intent.activities import Activity
from foretrace_models.intent.belief import Hidden, by_hand, pseudo_counts
from foretrace_models.intent.symbols import OF_COMMANDS, Symbol

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WEIGHT = 300.0
_ROUNDS = 8
_NUMBERS = {symbol: number for number, symbol in enumerate(Symbol)}
_TOLD = {symbol for _, symbol in OF_COMMANDS} | {Symbol.PAUSED}


def learn(people: Sequence[Sequence[Symbol]]) -> Hidden:
    """Return the model that the symbols of people lead to; each person counts the same."""
    import numpy as np

    start, transitions, emissions = (np.array(part) for part in pseudo_counts())
    told = np.array([symbol in _TOLD for symbol in Symbol])
    # Of those who are watched, nothing else is seen: a symbol's share is among what is told.
    moves, brought = _shares(transitions), _shares(emissions * told)
    columns = [np.array([_NUMBERS[symbol] for symbol in person]) for person in people]
    most = max(len(own) for own in columns)
    for _ in range(_ROUNDS):
        all_moves, all_brought = _WEIGHT * transitions, _WEIGHT * emissions * told
        for own in columns:
            their_moves, theirs = _expected(_shares(start), moves, brought, own)
            all_moves = all_moves + their_moves * most / len(own)
            all_brought = all_brought + theirs * most / len(own)
        moves, brought = _shares(all_moves), _shares(all_brought)
    by_hand_shares = np.array(by_hand().emissions)
    untold = (by_hand_shares * ~told).sum(axis=1, keepdims=True)
    whole = np.where(told, brought * (1 - untold), by_hand_shares)
    return Hidden(_rows([_shares(start)])[0], _rows(moves), _rows(whole))


def _expected(
    start: NDArray[Any], moves: NDArray[Any], emissions: NDArray[Any], columns: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the transitions and emissions that one person's symbols are expected to have had."""
    import numpy as np

    count, size = len(columns), len(Activity)
    forward = np.zeros((count, size))
    belief = start
    for at, column in enumerate(columns):
        belief = (belief if at == 0 else belief @ moves) * emissions[:, column]
        belief = belief / belief.sum()
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


def _shares(counts: NDArray[Any]) -> NDArray[Any]:
    shares: NDArray[Any] = counts / counts.sum(axis=-1, keepdims=True)
    return shares


def _rows(shares: Any) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(share) for share in row) for row in shares)
