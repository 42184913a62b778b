"""How much two texts have in common, word by word."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"[A-Za-z]{2,}|\d+")


def words_of(text: str) -> Counter[str]:
    """Return the words of a text in lower case; those of a name stand apart."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", text)
    return Counter(word.lower() for word in _WORD.findall(apart))


def shared_words(one: str, other: str) -> float:
    """Return the F1 of the words that two texts share, from 0 to 1."""
    here, there = words_of(one), words_of(other)
    total = here.total() + there.total()
    return 2.0 * (here & there).total() / total if total else 0.0


class Rarity:
    """How rare words are in some texts, and how alike texts are by the rare ones they share."""

    def __init__(self, texts: Iterable[str]) -> None:
        known = [set(words_of(text)) for text in texts]
        counts = Counter(word for words in known for word in words)
        self._weights = {word: math.log(len(known) / count) for word, count in counts.items()}
        self._rarest = math.log(len(known) + 1)

    def alike(self, one: str, other: str) -> float:
        """Return the cosine of two texts, from 0 to 1."""
        here, there = self._weighed(one), self._weighed(other)
        lengths = math.sqrt(_squares(here) * _squares(there))
        return sum(here[word] * there.get(word, 0.0) for word in here) / lengths if lengths else 0.0

    def _weighed(self, text: str) -> dict[str, float]:
        return {
            word: count * self._weights.get(word, self._rarest)
            for word, count in words_of(text).items()
        }


def _squares(weights: dict[str, float]) -> float:
    return sum(weight * weight for weight in weights.values())
