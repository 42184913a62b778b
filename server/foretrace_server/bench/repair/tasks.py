"""What is repaired: programs, the tasks that they are for, and the datasets that hold both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from attrs import frozen

from foretrace_models.repair.assignment import CallTest, OutputTest
from foretrace_server.bench.student_states import FailingState

Test = CallTest | OutputTest


class SituationName(str, Enum):
    """What repair is told beside the program.

    `POOL` is tests and peers' correct programs, `TESTS` the tests alone, `NONE` nothing.
    """

    POOL = "pool"
    TESTS = "tests"
    NONE = "none"


@frozen
class Task:
    """What a program is to do. `reference` and `correct` solve it.

    Of `correct`, which maps ids to programs, repair sees what lies in the pool; nothing but the
    scorer sees the reference.
    """

    id: str
    tests: tuple[Test, ...]
    correct: Mapping[str, str]
    prelude: str = ""
    reference: str | None = None
    timeout_seconds: float = 2.0

    @property
    def visible(self) -> tuple[Test, ...]:
        """The half of the tests that repair may see: every other one, from the first on."""
        return self.tests[::2]


@frozen
class BrokenProgram:
    """A program said to be wrong.

    `person` wrote it, where that is known, `past` is what they wrote before, and `own_correct`
    what they came to write. `state` is where it stands in a log of students.
    """

    id: str
    task: str
    text: str
    person: str | None = None
    past: tuple[str, ...] = ()
    own_correct: str | None = None
    state: FailingState | None = None

    @property
    def file_name(self) -> str:
        """A name for a file of its own."""
        return self.id.replace("/", "_") + ".py"


@frozen
class Dataset:
    """Tasks and programs that were read from one folder.

    `left_out` says in words what of it was not taken, and how much. `last_programs` are those of
    each student, by task, where the data is a log of students.
    """

    name: str
    situations: frozenset[SituationName]
    tasks: Mapping[str, Task]
    programs: Sequence[BrokenProgram]
    left_out: Mapping[str, int]
    last_programs: Mapping[str, Mapping[str, str]] | None = None

    @property
    def kind(self) -> str:
        """What the data is called wherever it lies, as cards of weights have it."""
        return self.name.partition(" (")[0]


Row = dict[str, Any]
