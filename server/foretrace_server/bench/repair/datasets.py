"""Which of the datasets that are known lies in a folder, and what of it there is to repair."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from foretrace_models.repair.assignment import CallTest, OutputTest
from foretrace_models.repair.parse import syntax_error
from foretrace_server.bench import student_states
from foretrace_server.bench.repair.tasks import BrokenProgram, Dataset, SituationName, Task, Test
from foretrace_telemetry.readers import codeforces, exercises, humanevalpack, itap, pydex

_MOST_OF_A_STUDENT = 5
_LONGEST_TEST_SECONDS = 2.0


class NoDatasetError(ValueError):
    """A folder holds nothing to repair, or nothing that fits what was asked."""


def load(folder: Path, seed: int) -> Dataset:
    """Return the dataset of a folder; of several, the log of students before all others.

    Raises:
        NoDatasetError: there is none.
        OSError: a file cannot be read.
        ValueError: a file is not what its name says.
    """
    for recognises, read in _READERS:
        if recognises(folder):
            return read(folder, seed)
    raise NoDatasetError(
        f"{folder} holds no programs to repair; what is known are ITAP's sequences "
        f"({itap.SEQUENCES}), exercise sets ({exercises.EXERCISES}), PyDex ({pydex.PAIRS}), "
        f"HumanEvalPack ({humanevalpack.FILE}) and submissions to Codeforces (a *.json for each "
        "problem)"
    )


def _itap(folder: Path, seed: int) -> Dataset:
    """Return states that fail, at most some of a student; what works then is a peer's program."""
    states = student_states.read_states(folder)
    sets = exercises.read_exercises(folder)
    correct: dict[str, dict[str, str]] = defaultdict(dict)
    for state in states:
        if state.works:
            correct[state.problem].setdefault(state.student, state.code)
    failing = student_states.failing_states(states, sets, _MOST_OF_A_STUDENT, seed)
    return Dataset(
        f"itap ({folder.name})",
        frozenset(SituationName),
        {exercise.id: _task(exercise, correct[exercise.id]) for exercise in sets.values()},
        [
            BrokenProgram(
                each.id,
                each.state.problem,
                each.state.code,
                each.state.student,
                each.past,
                each.after.code if each.after and each.after.works else None,
                each,
            )
            for each in failing
        ],
        {},
        student_states.last_programs(states),
    )


def _exercise_set(folder: Path, _: int) -> Dataset:
    sets = exercises.read_exercises(folder)
    correct: dict[str, dict[str, str]] = defaultdict(dict)
    wrong = []
    for program in exercises.read_programs(folder):
        if program.exercise not in sets:
            raise NoDatasetError(
                f"{folder / exercises.PROGRAMS}: {program.id} is for {program.exercise}, "
                f"which {exercises.EXERCISES} does not have"
            )
        if program.label == "correct":
            correct[program.exercise][program.id] = program.code
        else:
            wrong.append(BrokenProgram(program.id, program.exercise, program.code))
    return Dataset(
        f"exercise set ({folder.name})",
        frozenset(SituationName),
        {exercise.id: _task(exercise, correct[exercise.id]) for exercise in sets.values()},
        wrong,
        {},
    )


def _task(exercise: exercises.Exercise, correct: dict[str, str]) -> Task:
    return Task(
        exercise.id,
        _calls(exercise.tests),
        correct,
        exercise.prelude,
        exercise.reference or None,
    )


def _pydex(folder: Path, _: int) -> Dataset:
    tasks, programs = {}, []
    for exercise in pydex.read(folder):
        ids = [f"{exercise.id}/{number}" for number in range(len(exercise.pairs))]
        correct = {of: pair.correct for of, pair in zip(ids, exercise.pairs, strict=True)}
        tasks[exercise.id] = Task(exercise.id, _outputs(exercise.tests), correct)
        programs += [
            BrokenProgram(of, exercise.id, pair.broken, own_correct=pair.correct)
            for of, pair in zip(ids, exercise.pairs, strict=True)
        ]
    return Dataset(f"pydex ({folder.name})", frozenset({SituationName.NONE}), tasks, programs, {})


def _humanevalpack(folder: Path, _: int) -> Dataset:
    functions = list(humanevalpack.read(folder))
    some = [function for function in functions if function.tests]
    return Dataset(
        f"humanevalpack ({folder.name})",
        frozenset({SituationName.TESTS}),
        {f.id: Task(f.id, _calls(f.tests), {}, reference=f.reference) for f in some},
        [BrokenProgram(f.id, f.id, f.buggy) for f in some],
        {
            "assertions that are not a call and a literal": sum(
                function.tests_left_out for function in functions
            ),
            "functions without any other assertion": len(functions) - len(some),
        },
    )


def _codeforces(folder: Path, _: int) -> Dataset:
    tasks, programs = {}, []
    unparsed = 0
    for problem in codeforces.read(folder):
        parsing = [s for s in problem.submissions if syntax_error(s.code) is None]
        unparsed += len(problem.submissions) - len(parsing)
        tasks[problem.id] = Task(
            problem.id,
            _outputs(problem.tests),
            {s.id: s.code for s in parsing if s.verdict == "OK"},
            timeout_seconds=min(problem.seconds, _LONGEST_TEST_SECONDS),
        )
        programs += [
            BrokenProgram(f"{problem.id}/{s.id}", problem.id, s.code)
            for s in parsing
            if s.verdict == "WRONG_ANSWER"
        ]
    return Dataset(
        f"codeforces ({folder.name})",
        frozenset({SituationName.TESTS}),
        tasks,
        programs,
        {"submissions that Python 3 does not parse": unparsed},
    )


def _calls(tests: Sequence[tuple[str, str]]) -> tuple[Test, ...]:
    return tuple(CallTest(call, ast.literal_eval(expected)) for call, expected in tests)


def _outputs(tests: Sequence[tuple[str, str]]) -> tuple[Test, ...]:
    return tuple(OutputTest(stdin, stdout) for stdin, stdout in tests)


def _has_itap(folder: Path) -> bool:
    return itap.find(folder) is not None and exercises.recognises(folder)


_READERS: tuple[tuple[Callable[[Path], bool], Callable[[Path, int], Dataset]], ...] = (
    (_has_itap, _itap),
    (exercises.recognises, _exercise_set),
    (pydex.recognises, _pydex),
    (humanevalpack.recognises, _humanevalpack),
    (codeforces.recognises, _codeforces),
)
