"""Drafting: guesses of what a model will write next, for it to verify many tokens at once.

Edits mostly copy. A draft is what came after the place in the text so far that is most like its end
(prompt lookup). The answer stays what the model would have written token by token; only its speed
is at stake.
"""

from __future__ import annotations

from collections.abc import Sequence

# How many tokens before two places are compared, and how many places are.
_DEEPEST = 8
_MOST_PLACES = 64
_LONGEST = 64


class Drafter:
    """Drafts for one answer; tokens are numbers."""

    def __init__(self, prompt: Sequence[int]) -> None:
        self._seen: list[int] = []
        self._places: dict[int, list[int]] = {}
        self.accept(prompt)

    def draft(self, longest: int) -> list[int]:
        """Return at most so many tokens that may come next, none where there is no guess."""
        best, depth = 0, 0
        for place in self._places.get(self._seen[-1], ())[-_MOST_PLACES - 1 : -1]:
            if (alike := self._alike(place)) >= depth:
                best, depth = place, alike
        # The more two places have in common, the longer they will go on alike.
        length = min(longest, _LONGEST, 2 << depth)
        return self._seen[best + 1 : best + 1 + length] if depth else []

    def accept(self, tokens: Sequence[int]) -> None:
        """Take in what came."""
        for place, token in enumerate(tokens, start=len(self._seen)):
            self._places.setdefault(token, []).append(place)
        self._seen += tokens

    def _alike(self, place: int) -> int:
        """Return how many tokens up to a place are those that stand at the end."""
        count = 1
        for back in range(1, min(_DEEPEST, place + 1)):
            if self._seen[place - back] != self._seen[-1 - back]:
                break
            count += 1
        return count


def accepted(draft: Sequence[int], chosen: Sequence[int]) -> list[int]:
    """Return the tokens that come next: the part of a draft that the model would have written too.

    `chosen` holds what the model writes after nothing of the draft, after its first token, and so
    on: one more than the draft is long. The last token returned is always the model's own.
    """
    count = 0
    while count < len(draft) and draft[count] == chosen[count]:
        count += 1
    return [*draft[:count], chosen[count]]
