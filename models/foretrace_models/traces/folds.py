"""Folds: coders in groups, each of which is held out once."""

from __future__ import annotations

import random
from collections.abc import Iterable


def folds(coders: Iterable[str], count: int) -> list[frozenset[str]]:
    """Return coders in so many groups of about the same size, by chance, always the same ones.

    Raises:
        ValueError: there are fewer coders than groups.
    """
    names = sorted(set(coders))
    if not 2 <= count <= len(names):
        raise ValueError(f"{len(names)} coders cannot be put into {count} folds")
    random.Random(count).shuffle(names)  # noqa: S311 - no secret
    return [frozenset(names[first::count]) for first in range(count)]
