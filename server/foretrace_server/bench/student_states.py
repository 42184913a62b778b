"""What students had written, state after state, and which of it did not yet work.

Read from the log of the ITAP tutor: ``sequences.jsonl.gz``.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from attrs import frozen

from foretrace_models.repair.edits import distance
from foretrace_telemetry.readers import itap


@frozen
class State:
    """A program as a student had it at one moment; `passed` is the share of its tests that pass."""

    student: str
    problem: str
    order: int
    code: str
    passed: float

    @property
    def works(self) -> bool:
        """Whether it passes every test."""
        return self.passed == 1


@frozen
class FailingState:
    """A state that fails a test, what the student wrote before, and what they wrote next.

    `after` is their next state of the same program that works, or if there is none the next one.
    `past` has their earlier texts, those of the same program first, the latest first.
    """

    state: State
    after: State | None
    past: tuple[str, ...]

    @property
    def id(self) -> str:
        """A name for it."""
        return f"{self.state.student}/{self.state.problem}/{self.state.order}"


def read_states(folder: Path) -> list[State]:
    """Return the states of all students in their order, none twice in a row.

    Raises:
        OSError: the log cannot be read.
        ValueError: it is not such a log.
    """
    found: dict[tuple[str, str], list[State]] = defaultdict(list)
    with gzip.open(folder / itap.SEQUENCES, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if row["oracle_pass"] is None or not row["code"].strip():
                continue
            state = State(
                row["student"], row["problem"], row["order"], row["code"], row["oracle_pass"]
            )
            found[state.student, state.problem].append(state)
    states = []
    for own in found.values():
        own.sort(key=lambda state: state.order)
        states += [s for n, s in enumerate(own) if n == 0 or own[n - 1].code != s.code]
    return sorted(states, key=lambda state: (state.student, state.order))


def failing_states(
    states: Sequence[State], problems: Iterable[str], most_of_a_student: int, seed: int
) -> list[FailingState]:
    """Return states that fail, at most so many of a student, chosen by the seed."""
    known = frozenset(problems)
    by_student: dict[str, list[State]] = defaultdict(list)
    for state in states:
        by_student[state.student].append(state)
    chosen = []
    for student, own in sorted(by_student.items()):
        failing = {s.code: s for s in own if not s.works and s.problem in known}
        some = sorted(failing.values(), key=lambda state: state.order)
        random.Random(f"{seed} {student}").shuffle(some)  # noqa: S311
        chosen += [_in_its_place(state, own) for state in some[:most_of_a_student]]
    return chosen


def _in_its_place(state: State, own: Sequence[State]) -> FailingState:
    same = [other for other in own if other.problem == state.problem]
    later = [other for other in same if other.order > state.order]
    working = [other for other in later if other.works]
    after = next(iter(working or later), None)
    here = [other.code for other in same if other.order < state.order]
    elsewhere = _last_of_each(own, before=state.order, without=state.problem)
    return FailingState(state, after, (*reversed(here), *elsewhere))


def _last_of_each(own: Sequence[State], before: int, without: str) -> list[str]:
    """Return the last text of each other program that was begun before, the latest first."""
    last: dict[str, State] = {}
    for state in own:
        if state.order < before and state.problem != without:
            last[state.problem] = state
    return [s.code for s in sorted(last.values(), key=lambda s: s.order, reverse=True)]


def last_programs(states: Iterable[State]) -> Mapping[str, Mapping[str, str]]:
    """Return each student's last text for each problem."""
    last: dict[str, dict[str, str]] = defaultdict(dict)
    for state in states:
        last[state.student][state.problem] = state.code
    return last


def nearest(code: Sequence[str], others: Iterable[tuple[Sequence[str], str]]) -> str | None:
    """Return the text whose tokens are the nearest to some tokens; None if there is none."""
    found = min(others, key=lambda other: (distance(code, other[0]), other[1]), default=None)
    return found[1] if found is not None else None
