"""What is left between a person's function and a donor's, as patches of the person's program."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from foretrace_models.repair.donors.alignment import pairs
from foretrace_models.repair.donors.changes import (
    Added,
    Change,
    Dropped,
    Patch,
    Written,
    changes_of_line,
    patches_of,
)
from foretrace_models.repair.donors.listing import Line, Listing
from foretrace_models.repair.donors.naming import names_between, renamed
from foretrace_models.repair.donors.units import Function, Unit


def differences(listing: Listing, own: Unit | None, donor_text: str, donor: Unit) -> list[Patch]:
    """Return the patches that make a unit of a program do what a donor's does.

    Functions with the same name belong together; of the others those that are most alike.
    """
    partners = _partners(own, donor)
    outer = {
        theirs.name: mine.name for theirs, mine in partners if mine is not None and theirs.name
    }
    numbers = {id(line): number for number, line in enumerate(listing.lines)}
    found: list[Patch] = []
    end = len(listing.lines) - 1
    numbering = itertools.count()
    for line in donor.others:
        if not _has_line(listing, line.words):
            code = written(donor_text, line, {})
            found.append((Added(-1, next(numbering), line.depth, code),))
    for theirs, mine in partners:
        if mine is None:
            added = (
                Added(end, next(numbering), line.depth, written(donor_text, line, outer))
                for line in theirs.lines
            )
            found.append(tuple(added))
        else:
            changes = _between(numbers, mine, donor_text, theirs, outer, numbering)
            found += patches_of(list(changes))
    return found


def _has_line(listing: Listing, words: tuple[str, ...]) -> bool:
    return any(line.words == words and line.depth == 0 for line in listing.lines)


def _partners(own: Unit | None, donor: Unit) -> list[tuple[Function, Function | None]]:
    left = {function.name: function for function in own.functions} if own else {}
    found: list[tuple[Function, Function | None]] = []
    for theirs in donor.functions:
        if theirs.name == donor.entry and own is not None:
            found.append((theirs, left.pop(own.entry, None)))
        elif theirs.name in left:
            found.append((theirs, left.pop(theirs.name)))
        else:
            found.append((theirs, None))
    for number, (theirs, mine) in enumerate(found):
        fitting = [f for f in left.values() if len(f.parameters) == len(theirs.parameters)]
        if mine is None and fitting and theirs.name != donor.entry:
            found[number] = theirs, left.pop(fitting[0].name)
    return found


def _between(
    numbers: dict[int, int],
    own: Function,
    donor_text: str,
    donor: Function,
    outer: dict[str, str],
    numbering: Iterator[int],
) -> Iterator[Change]:
    names = {**outer, **names_between(donor, own)}
    theirs = [written(donor_text, line, names) for line in donor.lines]
    mine = [line.words for line in own.lines]
    base = own.lines[0].depth if own.lines else 0
    donor_base = donor.lines[0].depth if donor.lines else 0
    depths = [line.depth - base for line in own.lines]
    their_depths = [line.depth - donor_base for line in donor.lines]
    together = dict(pairs(mine, [line.words for line in theirs], depths, their_depths))
    j = 0
    last = numbers[id(own.lines[0])] - 1
    for i, line in enumerate(own.lines):
        number = numbers[id(line)]
        if i not in together:
            yield Dropped(number, len(line.words))
            last = number
            continue
        while j < together[i]:
            yield Added(last, next(numbering), base + their_depths[j], theirs[j])
            j += 1
        yield from changes_of_line(
            number, line.words, theirs[j], line.depth, base + their_depths[j]
        )
        j, last = j + 1, number
    while j < len(theirs):
        yield Added(last, next(numbering), base + their_depths[j], theirs[j])
        j += 1


def written(text: str, line: Line, names: dict[str, str]) -> Written:
    """Return a donor's line with other names, as the donor wrote it."""
    spaces = [""]
    for before, token in zip(line.tokens, line.tokens[1:], strict=False):
        space = text[before.end : token.start]
        spaces.append(space if space.strip(" ") == "" else " ")
    return Written(renamed(line.words, names), tuple(spaces))
