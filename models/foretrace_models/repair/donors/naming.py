"""Which name of a donor is which of the person's."""

from __future__ import annotations

from collections import defaultdict

from rapidfuzz.distance import Levenshtein

from foretrace_models.repair.donors.alignment import pairs
from foretrace_models.repair.donors.units import LOCAL, Function, variables

_SAME_NAME = 0.4
_SAME_BINDING = 0.3


def names_between(donor: Function, own: Function) -> dict[str, str]:
    """Return a name of the person's for each of a donor function's own names.

    Parameters go by their place. Of the others those belong together that stand in the same places
    of lines that are alike. What is left takes names of the same kind that the person has, so that
    no more new ones come than must; a name that would hide another one gets a new form.
    """
    found = dict(zip(donor.parameters, own.parameters, strict=False))
    votes = _votes(donor, own)
    taken = set(found.values())
    # A name that the donor knows from outside must go on meaning that.
    taken |= donor.used
    free = [name for name in own.own if name not in taken]
    for theirs, mine in sorted(votes, key=lambda pair: -votes[pair]):
        if theirs not in found and mine in free:
            found[theirs] = mine
            free.remove(mine)
    for name, how in donor.own.items():
        if name not in found:
            like = next((mine for mine in free if own.own[mine] == how), None)
            if like is not None:
                free.remove(like)
            found[name] = like or _fresh(name, own, set(found.values()) | donor.used)
    return found


def _votes(donor: Function, own: Function) -> dict[tuple[str, str], float]:
    """Count how often two names stand in the same place of lines that are alike."""
    votes: dict[tuple[str, str], float] = defaultdict(float)
    theirs = [donor.canonical(line) for line in donor.lines]
    mine = [own.canonical(line) for line in own.lines]
    for i, j in pairs(mine, theirs):
        a, b = mine[i], theirs[j]
        weight = 1 / (1 + Levenshtein.distance(a, b))
        for block in Levenshtein.opcodes(a, b):
            if block.tag != "equal":
                continue
            for x, y in zip(
                range(block.src_start, block.src_end),
                range(block.dest_start, block.dest_end),
                strict=True,
            ):
                if a[x] == LOCAL:
                    votes[donor.lines[j].words[y], own.lines[i].words[x]] += weight
    for pair in votes:
        if pair[0] == pair[1]:
            votes[pair] += _SAME_NAME
        if donor.own.get(pair[0]) == own.own.get(pair[1]):
            votes[pair] += _SAME_BINDING
    return votes


def renamed(words: tuple[str, ...], names: dict[str, str]) -> tuple[str, ...]:
    """Return the tokens of a line with other names for its variables."""
    return tuple(
        names.get(word, word) if is_variable else word
        for word, is_variable in zip(words, variables(words), strict=True)
    )


def _fresh(name: str, own: Function, taken: set[str]) -> str:
    while name in own.own or name in own.used or name in taken:
        name += "_"
    return name
