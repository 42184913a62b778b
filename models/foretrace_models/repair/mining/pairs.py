"""Pairs to mine rules from: what students did next, what peers would change, what others mended."""

from __future__ import annotations

import gzip
import json
import random
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from foretrace_models.repair.diagnosis import Proof, Situation
from foretrace_models.repair.edits import apply_edits
from foretrace_models.repair.mining.counting import Pair
from foretrace_models.repair.pipeline import diagnose
from foretrace_models.repair.pool import Pool
from foretrace_models.repair.sources import SourceName, Sources
from foretrace_telemetry.readers import exercises, itap

_BY_RULES: frozenset[SourceName] = frozenset((SourceName.RULES, SourceName.MINED))
_SECONDS = 5.0
_FIXES = "python3_*.json"
# Programs with several of the faults that stand by themselves in the other files.
_SEVERAL = frozenset(("double", "triple", "quadruple"))


def read_pairs(
    folder: Path,
    limit: int,
    seed: int,
    left_out: Sequence[str],
    progress: Callable[[str], None],
) -> Iterator[Pair]:
    """Iterate over the pairs of a data set, recognised by its files.

    A log of ITAP gives each submission with a later one of the same student that passes more
    tests; an exercise set gives wrong programs, at most `limit` of each exercise, with the least
    that peers' correct programs change in them; DebugBench gives programs with the oracle's.
    Exercises that are `left_out` are not mended.

    Raises:
        OSError: a file cannot be read.
        ValueError: the folder holds no such data set, or a file is not what it should be.
    """
    if (log := itap.find(folder)) is not None:
        yield from _of_students(log)
    elif exercises.recognises(folder):
        yield from _of_peers(folder, limit, seed, left_out, progress)
    elif fixes := sorted(folder.glob(_FIXES)):
        yield from _of_oracle(fixes)
    else:
        raise ValueError(
            f"{folder} holds no pairs: neither {itap.SEQUENCES}, nor {exercises.EXERCISES}, "
            f"nor {_FIXES}"
        )


def _of_students(log: Path) -> Iterator[Pair]:
    states: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    with gzip.open(log, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            states[row["student"], row["problem"]].append(row)
    for (student, problem), rows in states.items():
        rows.sort(key=lambda row: row["order"])
        for before, after in pairwise(rows):
            if (after["oracle_pass"] or 0) > (before["oracle_pass"] or 0):
                yield Pair(problem, student, before["code"], after["code"])


def _of_peers(
    folder: Path,
    limit: int,
    seed: int,
    left_out: Sequence[str],
    progress: Callable[[str], None],
) -> Iterator[Pair]:
    known = exercises.read_exercises(folder)
    programs = list(exercises.read_programs(folder))
    random.Random(seed).shuffle(programs)  # noqa: S311 - nothing secret
    for exercise in known.values():
        if exercise.id in left_out:
            continue
        own = [program for program in programs if program.exercise == exercise.id]
        pool = Pool(program.code for program in own if program.label == "correct")
        wrong = [program for program in own if program.label == "wrong"][:limit]
        for number, program in enumerate(wrong):
            if number % 20 == 0:
                progress(f"{exercise.id}: {number} of {len(wrong)} programs mended by peers'")
            mended = _mended(program.code, exercise, pool)
            if mended is not None:
                yield Pair(exercise.id, program.id, program.code, mended)


def _mended(code: str, exercise: exercises.Exercise, pool: Pool) -> str | None:
    """Return a program with the least that peers would change in it."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "program.py"
        lines = [
            "[assignment]",
            f"entry = {json.dumps(path.name)}",
            f"prelude = {json.dumps(exercise.prelude)}",
        ]
        for call, expected in exercise.tests:
            lines += [
                "[[test]]",
                f"call = {json.dumps(call)}",
                f"expected = {json.dumps(expected)}",
            ]
        (path.parent / "foretrace.toml").write_text("\n".join(lines), encoding="utf-8")
        sources = Sources(pool=pool.without(code), without=_BY_RULES)
        fix = diagnose(Situation(code, path, True, True), _SECONDS, sources=sources).fix
    if fix is None or fix.proof is not Proof.TESTS:
        return None
    return apply_edits(code, fix.edits)


def _of_oracle(files: Sequence[Path]) -> Iterator[Pair]:
    for file in files:
        if file.stem.rpartition("_")[2] in _SEVERAL:
            continue
        for row in json.loads(file.read_text(encoding="utf-8")):
            slug = row["slug"]
            yield Pair(slug, slug, row["buggy_code"].strip(), row["oracle_code"].strip())
