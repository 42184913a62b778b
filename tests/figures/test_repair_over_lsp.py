"""How many really failing student programs one code action mends, asked for over LSP."""

from __future__ import annotations

import ast
import json
import random
import statistics
import time
from collections import Counter
from pathlib import Path

import pytest

from foretrace_models.repair.assignment import CallTest
from foretrace_models.repair.checks import CallCheck
from foretrace_models.repair.edits import distance
from foretrace_models.repair.sandbox.runner import Sandbox
from foretrace_models.repair.tokens import tokens
from foretrace_models.repair.verify import Verifier
from foretrace_telemetry.home import Home
from foretrace_telemetry.readers.exercises import (
    Exercise,
    Program,
    read_exercises,
    read_programs,
)
from tests.clients import TRUSTED, applied, session

PROGRAMS = 100
SEED = 7
FULL_SECONDS = 5.0


def assignment_text(exercise: Exercise, file: str) -> str:
    """Return the assignment file of an exercise; JSON strings are TOML strings too."""
    lines = [
        "[assignment]",
        f"id = {json.dumps(exercise.id)}",
        f"entry = {json.dumps(file)}",
        f"prelude = {json.dumps(exercise.prelude)}",
    ]
    for call, expected in exercise.tests:
        lines += ["[[test]]", f"call = {json.dumps(call)}", f"expected = {json.dumps(expected)}"]
    return "\n".join(lines) + "\n"


def passes(folder: Path, exercise: Exercise, code: str) -> bool:
    """Return whether a program passes all tests of its exercise, each in a fresh process."""
    with Sandbox(folder) as sandbox:
        for call, want in exercise.tests:
            check = CallCheck(CallTest(call, ast.literal_eval(want)))
            verifier = Verifier(sandbox, folder / "x.py", exercise.prelude, [check], FULL_SECONDS)
            if not verifier.verify(code).all_pass:
                return False
    return True


def really_failing(
    programs: list[Program], exercises: dict[str, Exercise], folder: Path
) -> list[Program]:
    """Return the first so many wrong programs, in a seeded order, that fail a test when run."""
    wrong = [program for program in programs if program.label == "wrong"]
    random.Random(SEED).shuffle(wrong)
    found = []
    for program in wrong:
        if not passes(folder, exercises[program.exercise], program.code):
            found.append(program)
        if len(found) == PROGRAMS:
            break
    return found


@pytest.mark.figures
async def test_code_actions_mend_failing_programs(data: Path, home: Home, tmp_path: Path) -> None:
    exercises = read_exercises(data / "refactory")
    programs = really_failing(list(read_programs(data / "refactory")), exercises, tmp_path)
    sizes, seconds, mended = [], [], Counter[str]()
    async with session(home, options=TRUSTED) as client:
        for number, program in enumerate(programs):
            exercise = exercises[program.exercise]
            folder = tmp_path / str(number)
            folder.mkdir()
            path = folder / "program.py"
            path.write_text(program.code, newline="")
            (folder / "foretrace.toml").write_text(assignment_text(exercise, path.name))
            client.open(path.as_uri(), program.code)
            started = time.perf_counter()
            actions = await client.fixes(path.as_uri())
            seconds.append(time.perf_counter() - started)
            if actions:
                fixed = applied(program.code, actions[0])
                if passes(folder, exercise, fixed):
                    mended[program.exercise] += 1
                    before, after = ([t.text for t in tokens(c)] for c in (program.code, fixed))
                    sizes.append(distance(before, after))
            client.close(path.as_uri())
    seconds.sort()
    print(
        json.dumps(
            {
                "programs": len(programs),
                "mended": sum(mended.values()),
                "per_exercise": dict(sorted(mended.items())),
                "edit_tokens_median": statistics.median(sizes) if sizes else None,
                "edit_tokens_mean": statistics.mean(sizes) if sizes else None,
                "answer_seconds_p50": seconds[len(seconds) // 2],
                "answer_seconds_p95": seconds[int(len(seconds) * 0.95)],
                "answer_seconds_max": seconds[-1],
            }
        )
    )
    assert seconds[-1] < 10.5
    assert mended
