"""Drafting: guesses of what a model will write next, for it to verify many tokens at once.

Edits mostly copy. A draft is taken from the text that the answer is likely to repeat, kept in step
with it across small changes, or else from where the last tokens stood before (prompt lookup). The
answer stays what the model would have written token by token; only its speed is at stake.
"""

from __future__ import annotations

from collections.abc import Sequence

# After a change, the copy is looked for again among so many tokens.
_WINDOW = 12
# So many tokens in a row that are nowhere near mean that the copy is lost.
_MOST_MISSES = 6
_GRAM = 2
_LONGEST = 64
_FIRST = 48
_SHORTEST = 4


class Drafter:
    """Drafts for one answer; tokens are numbers."""

    def __init__(self, prompt: Sequence[int], likely: Sequence[int] = ()) -> None:
        self._context = list(prompt)
        self._likely = list(likely)
        self._at = 0
        self._misses = 0
        self._length = _FIRST if likely else _SHORTEST
        self._places: dict[tuple[int, ...], int] = {}
        self._indexed = 0
        self._index()

    def draft(self, longest: int) -> list[int]:
        """Return at most so many tokens that may come next, none where there is no guess."""
        length = min(longest, self._length)
        if self._at < len(self._likely) and self._misses <= _MOST_MISSES:
            # Tokens that came instead of others leave the rest of the copy where it was.
            start = self._at + self._misses
            return self._likely[start : start + length]
        place = self._places.get(tuple(self._context[-_GRAM:]))
        return self._context[place : place + length] if place is not None else []

    def accept(self, tokens: Sequence[int], drafted: int) -> None:
        """Take in what did come; `drafted` is how long the draft was."""
        kept = len(tokens) - 1
        if drafted:
            if kept == drafted:
                self._length = min(_LONGEST, 2 * self._length)
            elif 2 * kept < drafted:
                self._length = max(_SHORTEST, self._length // 2)
        for token in tokens:
            near = self._likely[self._at : self._at + _WINDOW]
            if token in near:
                self._at += near.index(token) + 1
                self._misses = 0
            else:
                self._misses += 1
        self._context += tokens
        self._index()

    def _index(self) -> None:
        """Note after which tokens what came, but not the end, which is what is looked for."""
        for end in range(max(self._indexed, _GRAM), len(self._context)):
            self._places[tuple(self._context[end - _GRAM : end])] = end
        self._indexed = max(_GRAM, len(self._context))


def accepted(draft: Sequence[int], chosen: Sequence[int]) -> list[int]:
    """Return the tokens that come next: the part of a draft that the model would have written too.

    `chosen` holds what the model writes after nothing of the draft, after its first token, and so
    on: one more than the draft is long. The last token returned is always the model's own.
    """
    count = 0
    while count < len(draft) and draft[count] == chosen[count]:
        count += 1
    return [*draft[:count], chosen[count]]
