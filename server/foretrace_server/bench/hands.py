"""Whose hand: is what a change inserts nearer to its author's other programs than to a peer's?

Measured by the area under the curve: how often the author's programs are the likelier source, over
pairs of an author and a peer who wrote the same other programs. 0.5 is chance.
"""

from __future__ import annotations

import itertools
import math
import random
from collections import Counter
from collections.abc import Mapping, Sequence

from attrs import frozen
from rapidfuzz.distance import Indel

from foretrace_models.repair.tokens import tokens
from foretrace_models.style import merged, style_distance, style_of

# How much the token before tells, and what an unseen token counts for.
_OF_PAIRS = 0.5
_UNSEEN = 0.1
_VOCABULARY = 1000
_FEWEST_PROGRAMS = 3
_MOST_PEERS = 10


@frozen
class Hand:
    """How often a person wrote which token, and after which."""

    single: Counter[str]
    pairs: Counter[tuple[str, str]]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Hand:
        """Return the hand that wrote some texts."""
        single: Counter[str] = Counter()
        pairs: Counter[tuple[str, str]] = Counter()
        for text in texts:
            words = ["", *leaves(text)]
            single.update(words)
            pairs.update(itertools.pairwise(words))
        return cls(single, pairs)

    def bits(self, inserted: Sequence[tuple[str, str]]) -> float:
        """Return how unlikely tokens are in this hand, each with the one before it: a mean."""
        total = self.single.total() + _UNSEEN * _VOCABULARY
        bits = 0.0
        for before, word in inserted:
            alone = (self.single[word] + _UNSEEN) / total
            after = self.pairs[before, word] / self.single[before] if self.single[before] else alone
            bits -= math.log2(_OF_PAIRS * after + (1 - _OF_PAIRS) * alone)
        return bits / len(inserted)


def leaves(text: str) -> list[str]:
    """Return the tokens of a program without its comments."""
    return [token.text for token in tokens(text) if token.kind != "comment"]


def inserted(old: str, new: str) -> list[tuple[str, str]]:
    """Return the tokens that a change inserts, each with the one before it."""
    before, after = leaves(old), leaves(new)
    places = {op.dest_pos for op in Indel.editops(before, after) if op.tag == "insert"}
    return [(after[n - 1] if n else "", after[n]) for n in sorted(places)]


def peers(
    author: str, problem: str, programs: Mapping[str, Mapping[str, str]], seed: int
) -> list[tuple[list[str], list[str]]]:
    """Return the other programs of an author and of some peers: those that both wrote."""
    pairs = []
    own = programs[author]
    for peer, theirs in sorted(programs.items()):
        shared = sorted((own.keys() & theirs.keys()) - {problem})
        if peer != author and len(shared) >= _FEWEST_PROGRAMS:
            pairs.append(([own[p] for p in shared], [theirs[p] for p in shared]))
    random.Random(f"{seed} {author} {problem}").shuffle(pairs)  # noqa: S311
    return pairs[:_MOST_PEERS]


def by_tokens(old: str, new: str, own: Sequence[str], theirs: Sequence[str]) -> float | None:
    """Return 1 if what is inserted is likelier in the author's hand, 0 if not, 0.5 for neither.

    None if nothing is inserted.
    """
    words = inserted(old, new)
    if not words:
        return None
    return _preference(Hand.of(own).bits(words), Hand.of(theirs).bits(words))


def by_habits(old: str, new: str, own: Sequence[str], theirs: Sequence[str]) -> float | None:
    """Return the same by the habits that the lines show which are inserted."""
    before = Counter(line.strip() for line in old.splitlines())
    lines = Counter(line.strip() for line in new.splitlines()) - before
    came = "\n".join(line for line in new.splitlines() if lines[line.strip()] > 0)
    if not came.strip():
        return None
    style = style_of(came)
    mine = style_distance(style, merged(map(style_of, own)))
    others = style_distance(style, merged(map(style_of, theirs)))
    if mine is None or others is None:
        return None
    return _preference(mine, others)


def _preference(mine: float, others: float) -> float:
    return 0.5 if mine == others else float(mine < others)
