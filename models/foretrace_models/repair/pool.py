"""The pool: peers' correct programs of one exercise."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from foretrace_models.repair.agreed import Evaluate, agreed_tests, are_quick, differing
from foretrace_models.repair.assignment import CallTest
from foretrace_models.repair.donors.listing import Listing
from foretrace_models.repair.donors.units import Units, names_in


class Pool:
    """Correct programs that others wrote for the same exercise.

    For instructors and benchmarks: peers' programs never lie on a student's disk.
    """

    def __init__(self, programs: Iterable[str]) -> None:
        """Take the programs, each once; those that do not parse are passed over."""
        self._by_tree: dict[str, str] = {}
        for program in programs:
            try:
                self._by_tree.setdefault(ast.dump(ast.parse(program)), program)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
        self._donors: dict[str, tuple[Units, ...]] = {}
        self._tests: dict[tuple[str, ...], list[CallTest]] = {}
        self._quick: dict[tuple[str, ...], bool] = {}
        self._differing: set[str] = set()

    @property
    def programs(self) -> tuple[str, ...]:
        """The programs, no two of which are copies of each other."""
        return tuple(self._by_tree.values())

    def __len__(self) -> int:
        return len(self._by_tree)

    def without(self, text: str) -> Pool:
        """Return the pool without the copies of a program: those with the same tree."""
        try:
            tree = ast.dump(ast.parse(text))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return self
        if tree not in self._by_tree:
            return self
        return Pool(program for key, program in self._by_tree.items() if key != tree)

    def donors(self, prelude: str) -> tuple[Units, ...]:
        """Return the programs taken apart; `prelude` is the code that runs before each.

        Those that were found to differ from what the others agree on are none.
        """
        if prelude not in self._donors:
            known = names_in(prelude)
            listed = (Units(Listing(text), known) for text in self.programs)
            self._donors[prelude] = tuple(listed)
        return tuple(
            units for units in self._donors[prelude] if units.listing.text not in self._differing
        )

    def tests(self, calls: Sequence[str], prelude: str, evaluate: Evaluate) -> list[CallTest]:
        """Return further tests, made up from some calls, that the programs agree on."""
        key = (prelude, *calls)
        if key not in self._tests:
            tests = agreed_tests(calls, self.programs, prelude, evaluate)
            self._tests[key] = tests
            self._quick[key] = are_quick(calls, self.programs, evaluate)
            self._differing.update(differing(tests, self.programs, evaluate))
        return self._tests[key]

    def are_quick(self, calls: Sequence[str], prelude: str) -> bool:
        """Return whether the programs are known to need next to no time for any of some calls.

        That is found out with the tests that are made up from these.
        """
        return self._quick.get((prelude, *calls), False)
