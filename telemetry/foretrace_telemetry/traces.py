"""Traces: one coder's work on one program, as the states that it went through."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen


@frozen
class State:
    """A program at one moment.

    `wall_us` is when, in microseconds of the wall clock, and `passed` the share of its tests that
    pass, from 0 to 1; both are None where they are not known.
    """

    text: str
    wall_us: int | None = None
    passed: float | None = None

    @property
    def works(self) -> bool | None:
        """Whether it passes every test; None where that is not known."""
        return None if self.passed is None else self.passed == 1


@frozen
class Trace:
    """One coder's work on one exercise, in a language; it has one state at least.

    `cohort` is those who worked at the same time, a class or a year, where that is known.
    """

    coder: str
    exercise: str
    language: str
    states: tuple[State, ...]
    cohort: str = ""

    @property
    def last(self) -> State:
        """The state that it ends with."""
        return self.states[-1]


def without_repeats(states: Iterable[State]) -> tuple[State, ...]:
    """Return states without those that have the text of the one before them."""
    kept: list[State] = []
    for state in states:
        if not kept or kept[-1].text != state.text:
            kept.append(state)
    return tuple(kept)
