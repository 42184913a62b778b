"""What is wrong with a program, and what would mend it: the types that repair hands over."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Any

import cattrs
from attrs import frozen

from foretrace_models.repair.assignment import Level
from foretrace_models.repair.edits import TextEdit
from foretrace_models.repair.samples import Proposal


@frozen
class Situation:
    """A program as it stands at one moment.

    `may_run` says whether it may be executed to check fixes; `unbounded` whether that may be
    without a boundary of the operating system, which only a person's explicit request allows.
    `proposals` are corrections that a language model proposes after the rules found none.
    """

    text: str
    path: Path | None = None
    may_run: bool = False
    unbounded: bool = False
    proposals: tuple[Proposal, ...] = ()


class Kind(str, Enum):
    """What sort of problem a program has."""

    SYNTAX = "syntax"
    CRASH = "crash"
    TEST = "test"


@frozen
class Problem:
    """The most telling fault; `line` counts from 0."""

    kind: Kind
    line: int
    message: str
    failing: int = 0
    checks: int = 0


class Proof(str, Enum):
    """By what a fix was verified: its tests, that it runs to its end, or that it parses."""

    TESTS = "tests"
    RUNS = "runs"
    PARSES = "parses"


@frozen
class Fix:
    """A change that was verified. Its edits are places in the text of the situation.

    `tests_passed` of `tests` is what the program does with it: all of them, but for a single step
    of a fix and for a change of which no more is known than that it parses.
    """

    edits: tuple[TextEdit, ...]
    title: str
    diff: str
    proof: Proof
    tests_passed: int
    tests: int
    rules: tuple[str, ...]
    token_distance: int


class Reason(str, Enum):
    """Why nothing, or not more, is offered."""

    OFF = "off"
    TOO_LARGE = "too-large"
    ASSIGNMENT = "assignment"
    NOT_RUN = "not-run"
    NO_BOUNDARY = "no-boundary"
    CANNOT_TELL = "cannot-tell"
    NOTHING_WRONG = "nothing-wrong"
    NO_FIX_FOUND = "no-fix-found"
    CEILING = "ceiling"
    WORKER = "worker"


@frozen
class Why:
    """A reason, and the same in words for the person."""

    reason: Reason
    message: str
    line: int | None = None


@frozen
class Diagnosis:
    """What was found out about a situation, within the ceiling of its assignment."""

    problem: Problem | None = None
    fix: Fix | None = None
    why: Why | None = None
    ceiling: Level = Level.FIX
    boundary: str | None = None
    tried: int = 0


_converter = cattrs.Converter()
_converter.register_unstructure_hook_func(lambda kind: issubclass(kind, Path), str)
_converter.register_structure_hook(Path, lambda value, _: Path(value))


def to_json(value: Situation | Diagnosis) -> Any:
    """Return a value as a JSON object, for another process."""
    return _converter.unstructure(value)


def situation_from_json(data: Any) -> Situation:
    """Return the situation that a JSON object holds."""
    return _converter.structure(data, Situation)


def diagnosis_from_json(data: Any) -> Diagnosis:
    """Return the diagnosis that a JSON object holds."""
    return _converter.structure(data, Diagnosis)
