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
from foretrace_models.repair.donors.spacing import Spacing
from foretrace_models.repair.donors.units import Function, Unit


def differences(
    listing: Listing, spacing: Spacing, own: Unit | None, donor_text: str, donor: Unit
) -> list[Patch]:
    """Return the patches that make a unit of a program do what a donor's does.

    Functions with the same name belong together; of the others those that take as much. New code
    has its spaces where the person puts them.
    """
    return list(_Differences(listing, spacing, donor_text).between(own, donor))


class _Differences:
    """What is left between one program and one donor."""

    def __init__(self, listing: Listing, spacing: Spacing, donor_text: str) -> None:
        self._listing = listing
        self._spacing = spacing
        self._donor_text = donor_text
        self._numbers = {id(line): number for number, line in enumerate(listing.lines)}
        self._order = itertools.count()

    def between(self, own: Unit | None, donor: Unit) -> Iterator[Patch]:
        """Yield the patches of one unit."""
        partners = _partners(own, donor)
        outer = {
            theirs.name: mine.name for theirs, mine in partners if mine is not None and theirs.name
        }
        present = {line.words for line in self._listing.lines if line.depth == 0}
        for line in donor.others:
            if line.words not in present:
                yield (self._added(-1, line.depth, self._written(line, {})),)
        end = len(self._listing.lines) - 1
        for theirs, mine in partners:
            if mine is not None:
                yield from patches_of(list(self._of_function(mine, theirs, outer)))
            else:
                yield tuple(
                    self._added(end, line.depth, self._written(line, outer))
                    for line in theirs.lines
                )

    def _of_function(
        self, own: Function, donor: Function, outer: dict[str, str]
    ) -> Iterator[Change]:
        names = {**outer, **names_between(donor, own)}
        theirs = [self._written(line, names) for line in donor.lines]
        base, donor_base = own.lines[0].depth, donor.lines[0].depth
        depths = [line.depth - base for line in own.lines]
        their_depths = [line.depth - donor_base for line in donor.lines]
        words = [line.words for line in own.lines]
        together = dict(pairs(words, [line.words for line in theirs], depths, their_depths))
        j = 0
        last = self._numbers[id(own.lines[0])] - 1
        for i, line in enumerate(own.lines):
            number = self._numbers[id(line)]
            if i not in together:
                yield Dropped(number, len(line.words))
                last = number
                continue
            while j < together[i]:
                yield self._added(last, base + their_depths[j], theirs[j])
                j += 1
            yield from changes_of_line(
                number, line.words, theirs[j], line.depth, base + their_depths[j]
            )
            j, last = j + 1, number
        while j < len(theirs):
            yield self._added(last, base + their_depths[j], theirs[j])
            j += 1

    def _added(self, line: int, depth: int, written: Written) -> Added:
        return Added(line, next(self._order), depth, written)

    def _written(self, line: Line, names: dict[str, str]) -> Written:
        """Return a donor's line with the person's names and spaces."""
        spaces = [""]
        for before, token in itertools.pairwise(line.tokens):
            space = self._donor_text[before.end : token.start]
            # Not where it goes on in the next line.
            spaces.append(space if not space.strip(" ") else " ")
        return self._spacing.applied(Written(renamed(line.words, names), tuple(spaces)))


def _partners(own: Unit | None, donor: Unit) -> list[tuple[Function, Function | None]]:
    left = {function.name: function for function in own.functions} if own else {}
    found: list[tuple[Function, Function | None]] = []
    for theirs in donor.functions:
        if theirs.name == donor.entry and own is not None:
            found.append((theirs, left.pop(own.entry, None)))
        else:
            found.append((theirs, left.pop(theirs.name, None)))
    for number, (theirs, mine) in enumerate(found):
        fitting = [f for f in left.values() if len(f.parameters) == len(theirs.parameters)]
        if mine is None and fitting and theirs.name != donor.entry:
            found[number] = theirs, left.pop(fitting[0].name)
    return found
