"""What is wrong with a program, and what would mend it: the types that repair hands over."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Any

import cattrs
from attrs import evolve, frozen

from foretrace_models.repair.assignment import Level
from foretrace_models.repair.edits import TextEdit
from foretrace_models.repair.samples import Proposal


@frozen
class Situation:
    """A program as it stands at one moment.

    `may_run` says whether it may be executed to check fixes; `unbounded` whether that may be
    without a boundary of the operating system, which only a person's explicit request allows.
    `proposals` are corrections that a model proposes; `past` is what the person wrote before, the
    latest first.
    """

    text: str
    path: Path | None = None
    may_run: bool = False
    unbounded: bool = False
    proposals: tuple[Proposal, ...] = ()
    past: tuple[str, ...] = ()


class Kind(str, Enum):
    """What sort of problem a program has."""

    SYNTAX = "syntax"
    CRASH = "crash"
    TEST = "test"


@frozen
class Seen:
    """What one failing check showed, clipped: what was given, what should come of it, what did.

    `expected` is None where nothing is known but that nothing should break off.
    """

    given: str
    expected: str | None
    actual: str


@frozen
class Hint:
    """What is wrong, in words and without saying what to write instead.

    `what` happens, `why` that is wrong, `how` one would find it out, and a question or a thing to
    `check`.
    """

    what: str
    why: str
    how: str
    check: str


@frozen
class Problem:
    """The most telling fault; `line` counts from 0.

    `nudge` only says where to look. `hint` and `seen` are None where no more help is allowed.
    """

    kind: Kind
    line: int
    nudge: str
    hint: Hint | None = None
    seen: Seen | None = None
    failing: int = 0
    checks: int = 0


class Proof(str, Enum):
    """By what a fix was verified: its tests, that it runs to its end, or that it parses.

    One that mends nothing goes on with what the person did, and is not verified.
    """

    TESTS = "tests"
    RUNS = "runs"
    PARSES = "parses"
    GOES_ON = "goes-on"


@frozen
class Step:
    """A part of a fix. Its edits are places in the text of the situation, as those of the fix are.

    `tests_passed` is what the program does with it and all steps before it.
    """

    edits: tuple[TextEdit, ...]
    title: str
    diff: str
    tests_passed: int


@frozen
class Fix:
    """A change that was verified. Its edits are places in the text of the situation.

    `tests_passed` of `tests` is what the program does with it: all of them, but for a single step
    of a fix and for a change of which no more is known than that it parses. The edits of its
    `steps`, taken together, are those of the fix; `steps_left` come after it.
    """

    edits: tuple[TextEdit, ...]
    title: str
    diff: str
    proof: Proof
    tests_passed: int
    tests: int
    rules: tuple[str, ...]
    token_distance: int
    steps: tuple[Step, ...] = ()
    steps_left: int = 0

    @property
    def next_step(self) -> Fix:
        """The first step as a fix of its own; the fix itself if it has no more than one."""
        if len(self.steps) < 2:
            return self
        step = self.steps[0]
        return evolve(
            self,
            edits=step.edits,
            title=step.title,
            diff=step.diff,
            proof=Proof.PARSES,
            tests_passed=step.tests_passed,
            steps=(step,),
            steps_left=len(self.steps) - 1,
        )


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
    """What was found out about a situation, within the ceiling of its assignment.

    `assignment` is the name of that, None where there is none.
    """

    problem: Problem | None = None
    fix: Fix | None = None
    why: Why | None = None
    ceiling: Level = Level.FIX
    assignment: str | None = None
    boundary: str | None = None
    tried: int = 0

    def within(self, level: Level) -> Diagnosis:
        """Return the diagnosis with no more in it than a level of help allows."""
        problem, fix = self.problem, self.fix
        if level is Level.OFF:
            problem = None
        elif problem is not None and level is Level.NUDGE:
            problem = evolve(problem, hint=None, seen=None)
        if fix is not None and level is Level.STEP:
            fix = fix.next_step
        elif not level.allows(Level.STEP):
            fix = None
        return evolve(self, problem=problem, fix=fix)


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
