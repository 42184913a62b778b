"""How large a change is in tokens, and how much of what a student wrote it keeps."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterable, Sequence

from rapidfuzz.distance import LCSseq, Levenshtein

from foretrace_models.repair.names_kept import Ratio
from foretrace_server.bench.hands import leaves

_NO_TOKENS = (
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
)


def token_distance(one: str, other: str) -> int:
    """Return the Levenshtein distance between the leaves of two programs, without comments."""
    return int(Levenshtein.distance(leaves(one), leaves(other)))


def tokenized(text: str) -> list[str] | None:
    """Return what Python's own `tokenize` makes of a program, None where it gives up.

    Comments and the line ends that mean nothing are left out; line ends that do, and the beginnings
    and ends of blocks, are tokens like others.
    """
    try:
        found = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return None
    return [
        token.string if token.string.strip() else tokenize.tok_name[token.type]
        for token in found
        if token.type not in _NO_TOKENS
    ]


def tokenize_distance(one: str, other: str) -> int | None:
    """Return the distance over the tokens of `tokenize`; None where a program has none."""
    before, after = tokenized(one), tokenized(other)
    if before is None or after is None:
        return None
    return int(Levenshtein.distance(before, after))


def tokens_kept(broken: str, fixed: str) -> Ratio:
    """Return how many of a program's tokens, without comments, a fix keeps in their order."""
    before, after = leaves(broken), leaves(fixed)
    return Ratio(int(LCSseq.similarity(before, after)), len(before))


def nearest(text: str, others: Iterable[Sequence[str]]) -> int | None:
    """Return the place, among others given as their leaves, of the nearest; None of nothing."""
    own = leaves(text)
    distances = [Levenshtein.distance(own, other) for other in others]
    return distances.index(min(distances)) if distances else None
