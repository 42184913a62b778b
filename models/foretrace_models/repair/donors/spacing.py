"""Where a person puts spaces, and a donor's code with spaces there."""

from __future__ import annotations

import keyword
from collections import Counter
from collections.abc import Iterator

from attrs import evolve, frozen

from foretrace_models.repair.donors.changes import Written
from foretrace_models.repair.donors.listing import Listing, Token

_COMPARING = frozenset(("<", ">", "<=", ">=", "==", "!="))
_COMPUTING = frozenset(("+", "-", "*", "/", "//", "%", "**", "|", "&", "^", "<<", ">>", "@"))
_ASSIGNING = frozenset(("=", "+=", "-=", "*=", "/=", "//=", "%=", "**=", ":="))
# A habit is what was done at least twice, and hardly ever otherwise.
_FEWEST = 2
_SHARE = 0.7


@frozen
class Spacing:
    """The space, or none, that a person puts into each kind of gap between two tokens."""

    habits: dict[str, str]

    @classmethod
    def of(cls, listing: Listing) -> Spacing:
        """Return the habits of a program; of what there is too little there is none."""
        counts: dict[str, Counter[str]] = {}
        for line in listing.lines:
            words = line.words
            for number, kind in _gaps(words):
                space = _between(listing.text, line.tokens, number)
                if space in ("", " "):
                    counts.setdefault(kind, Counter())[space] += 1
        habits = {}
        for kind, spaces in counts.items():
            ((space, count), *_) = spaces.most_common(1)
            if count >= _FEWEST and count >= _SHARE * spaces.total():
                habits[kind] = space
        return cls(habits)

    def applied(self, written: Written) -> Written:
        """Return code with its spaces as the person would put them."""
        spaces = list(written.spaces)
        for number, kind in _gaps(written.words):
            spaces[number] = self.habits.get(kind, spaces[number])
        return evolve(written, spaces=tuple(spaces))


def _between(text: str, tokens: tuple[Token, ...], number: int) -> str:
    return text[tokens[number - 1].end : tokens[number].start]


def _gaps(words: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Yield the number of each token before which a gap has a kind, and that."""
    depth = 0
    for number, word in enumerate(words):
        depth += (word in ("(", "[", "{")) - (word in (")", "]", "}"))
        if word == "," and number:
            yield number, "before a comma"
        if number and words[number - 1] == "," and word not in (")", "]", "}"):
            yield number, "after a comma"
        kind = _kind(words, number, depth)
        if kind is not None and 0 < number < len(words) - 1:
            yield number, f"before {kind}"
            yield number + 1, f"after {kind}"


def _kind(words: tuple[str, ...], number: int, depth: int) -> str | None:
    """Return what an operator between two operands does; None if the token is no such operator."""
    word = words[number]
    if word in _ASSIGNING:
        return "an argument's value" if depth else "an assignment"
    if word in _COMPARING:
        return "a comparison"
    if word in _COMPUTING and number and _ends_operand(words[number - 1]):
        return "a computation"
    return None


def _ends_operand(word: str) -> bool:
    if word in (")", "]", "}"):
        return True
    return (word[0].isalnum() or word[0] in "_\"'") and not keyword.iskeyword(word)
