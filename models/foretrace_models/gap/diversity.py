"""Diversity: how many different things somebody does, and how well the last tells the next.

Entropies are those of the counts, in bits. They are too low for small samples, so that only samples
of equal size are to be compared.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from foretrace_models.gap.streams import Session

NGram = tuple[str, ...]


def ngrams(sessions: Iterable[Session], n: int) -> Counter[NGram]:
    """Count runs of n events; none goes beyond its session."""
    counts: Counter[NGram] = Counter()
    for session in sessions:
        counts.update(zip(*(session.events[first:] for first in range(n)), strict=False))
    return counts


def entropy_bits(counts: Collection[int]) -> float:
    """Return how many bits one of so many things costs, each being as frequent as counted."""
    total = sum(counts)
    return sum(count / total * math.log2(total / count) for count in counts) if total else 0.0


def ngram_entropy_bits(sessions: Sequence[Session], n: int) -> float:
    """Return the entropy of runs of n events."""
    return entropy_bits(ngrams(sessions, n).values())


def next_entropy_bits(sessions: Sequence[Session], told: int) -> float | None:
    """Return the entropy of an event when the `told` events before it are known.

    None where no session is so long.
    """
    runs = ngrams(sessions, told + 1)
    if not runs:
        return None
    before: Counter[NGram] = Counter()
    for run, count in runs.items():
        before[run[:-1]] += count
    return entropy_bits(runs.values()) - entropy_bits(before.values())


def distinct(sessions: Sequence[Session], n: int) -> int:
    """Return how many different runs of n events there are."""
    return len(ngrams(sessions, n))


def repeats(sessions: Sequence[Session]) -> float | None:
    """Return the share of events that are the same as the one before; None without a pair."""
    pairs = ngrams(sessions, 2)
    total = sum(pairs.values())
    return sum(n for (a, b), n in pairs.items() if a == b) / total if total else None


def covered(own: Counter[NGram], known: Collection[NGram]) -> float | None:
    """Return the share of runs that are among those known; None of nothing."""
    total = sum(own.values())
    return sum(count for run, count in own.items() if run in known) / total if total else None
