"""How different some programs are from each other, apart from BLEU."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations


def self_jaccard(texts: Sequence[str]) -> float:
    """Return the mean over all pairs of the share of tokens that both have, of those that one has.

    Tokens are what white space separates. Two empty texts have nothing in common.

    Raises:
        ValueError: there are fewer than two texts.
    """
    if len(texts) < 2:
        raise ValueError("self-Jaccard needs two texts")
    # Equal sets of tokens are taken together: models write the same program again and again.
    kinds = Counter(frozenset(text.split()) for text in texts)
    total = 0.0
    for tokens, count in kinds.items():
        total += (count * (count - 1) / 2) * (1.0 if tokens else 0.0)
    for (a, a_count), (b, b_count) in combinations(kinds.items(), 2):
        total += a_count * b_count * len(a & b) / len(a | b)
    return total / (len(texts) * (len(texts) - 1) / 2)


def distinct_share(texts: Sequence[str]) -> float:
    """Return how many different texts there are, for each text.

    Raises:
        ValueError: there is none.
    """
    if not texts:
        raise ValueError("there is no text")
    return len(set(texts)) / len(texts)
