"""BLEU of programs, as "Modeling Student Learning with 3.8 Million Program Traces" takes it.

Tokens are what white space separates. The score is the mean of BLEU-1 to BLEU-4, each the geometric
mean of the precisions up to that length, over the whole corpus and without smoothing.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence

_LONGEST = 4

_Counts = Counter[tuple[str, ...]]


def reference_bleu(texts: Sequence[str], references: Sequence[str]) -> float:
    """Return how much texts have in common with references, all of them references to each text.

    Raises:
        ValueError: there is no text or no reference.
    """
    if not texts or not references:
        raise ValueError("BLEU needs a text and a reference")
    told = [text.split() for text in references]
    lengths = sorted(map(len, told))
    most = [_most(_counts(tokens, n) for tokens in told) for n in _lengths()]
    score = _Score()
    for text in texts:
        tokens = text.split()
        score.add_length(len(tokens), _nearest(lengths, len(tokens)))
        for n, top in zip(_lengths(), most, strict=True):
            own = _counts(tokens, n)
            score.add_matches(n, own, sum(min(own[gram], top[gram]) for gram in own))
    return score.mean()


def self_bleu(texts: Sequence[str]) -> float:
    """Return how much texts have in common with each other; all others are references to each.

    Raises:
        ValueError: there are fewer than two texts.
    """
    if len(texts) < 2:
        raise ValueError("self-BLEU needs two texts")
    told = [text.split() for text in texts]
    lengths = sorted(map(len, told))
    score = _Score()
    for tokens in told:
        others = lengths.copy()
        others.pop(bisect_left(others, len(tokens)))
        score.add_length(len(tokens), _nearest(others, len(tokens)))
    for n in _lengths():
        counts = [_counts(tokens, n) for tokens in told]
        top = _most(counts)
        # Whoever has a sequence most often is matched by whoever has it next to most often.
        second: _Counts = Counter()
        holders = Counter(gram for own in counts for gram in own if own[gram] == top[gram])
        for own in counts:
            for gram, count in own.items():
                if count < top[gram] or holders[gram] > 1:
                    second[gram] = max(second[gram], count)
        for own in counts:
            score.add_matches(n, own, sum(min(own[gram], second[gram]) for gram in own))
    return score.mean()


class _Score:
    """Sums over a corpus: lengths, and for each length of sequences what was matched of what."""

    def __init__(self) -> None:
        self._length = 0
        self._reference_length = 0
        self._matched = dict.fromkeys(_lengths(), 0)
        self._possible = dict.fromkeys(_lengths(), 0)

    def add_length(self, length: int, reference_length: int) -> None:
        self._length += length
        self._reference_length += reference_length

    def add_matches(self, n: int, own: _Counts, matched: int) -> None:
        self._matched[n] += matched
        # A text too short for a sequence counts as one that was not matched.
        self._possible[n] += max(1, own.total())

    def mean(self) -> float:
        scores = []
        logs = 0.0
        for n in _lengths():
            if not self._matched[n]:
                break
            logs += math.log(self._matched[n] / self._possible[n])
            scores.append(self._brevity() * math.exp(logs / n))
        return sum(scores) / _LONGEST

    def _brevity(self) -> float:
        if self._length > self._reference_length:
            return 1.0
        return math.exp(1 - self._reference_length / self._length)


def _lengths() -> range:
    return range(1, _LONGEST + 1)


def _counts(tokens: Sequence[str], n: int) -> _Counts:
    return Counter(zip(*(tokens[start:] for start in range(n)), strict=False))


def _most(counts: Iterable[_Counts]) -> _Counts:
    most: _Counts = Counter()
    for own in counts:
        most |= own
    return most


def _nearest(lengths: Sequence[int], length: int) -> int:
    """Return the nearest of some lengths in order; of two, the smaller one."""
    place = bisect_left(lengths, length)
    around = lengths[max(0, place - 1) : place + 1]
    return min(around, key=lambda other: (abs(other - length), other))
