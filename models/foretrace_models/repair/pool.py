"""The pool: peers' correct programs of one exercise."""

from __future__ import annotations

from collections.abc import Iterable


class Pool:
    """Correct programs that others wrote for the same exercise.

    For instructors and benchmarks: peers' programs never lie on a student's disk.
    """

    def __init__(self, programs: Iterable[str]) -> None:
        """Take the programs; those that do not parse are passed over."""
        self.programs = tuple(dict.fromkeys(programs))
