"""Measures class help: the students of ITAP's log in five folds, each helped by the other four.

Programs are repaired by the rules alone, with what the other students share (by so many of them at
least), and by the nearest of their correct programs, an upper bound that takes their text. A
program counts as repaired if it passes the whole suite, half of which repair sees.

Usage: .venv/bin/python scripts/class_help_figures.py DATA --mined RULES.json --resume ROWS.jsonl
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from foretrace_models.repair.assignment import FILE_NAME, Assignment
from foretrace_models.repair.diagnosis import Situation
from foretrace_models.repair.edits import apply_edits
from foretrace_models.repair.mining.shared import Work, mine
from foretrace_models.repair.mining.trial import Trial
from foretrace_models.repair.pipeline import diagnose
from foretrace_models.repair.pool import Pool
from foretrace_models.repair.rules.mined import MinedRules, load_rules
from foretrace_models.repair.sources import Sources
from foretrace_server.bench.intervals import drawn_again
from foretrace_server.bench.repair.datasets import load
from foretrace_server.bench.repair.judging import Judge, assignment_text, written
from foretrace_server.bench.repair.tasks import BrokenProgram, Task
from foretrace_server.bench.resume import Rows
from foretrace_server.bench.student_states import read_states

_FOLDS = 5
_AUTHORS = (1, 2, 5, 10)
_ALONE = "rules"


def main() -> None:
    """Measure, and print the figures as one JSON object."""
    parser = argparse.ArgumentParser(description="Measures class help.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--mined", type=Path, required=True, help="rules mined without ITAP")
    parser.add_argument("--resume", type=Path, required=True, help="a file for the rows")
    parser.add_argument("--each", type=int, default=2, help="the most programs of a student")
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    rows = [row for row in _Evaluation(options).rows() if row["ways"]]
    print(json.dumps(_figures(rows, options.seed), indent=2))


class _Evaluation:
    """Repairs the programs of each fold in every way."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._tasks = load(options.data, options.seed).tasks
        self._mined = load_rules(options.mined)
        self._works: dict[str, list[Work]] = defaultdict(list)
        texts: dict[tuple[str, str], list[str]] = defaultdict(list)
        for state in read_states(options.data):
            texts[state.problem, state.student].append(state.code)
        for (problem, student), own in texts.items():
            self._works[problem].append(Work(student, tuple(own)))
        self._trials: dict[str, Trial] = {}
        self._kept = Rows(
            options.resume,
            {
                "mined": hashlib.sha256(options.mined.read_bytes()).hexdigest(),
                "seconds": options.seconds,
                "seed": options.seed,
            },
        )

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield a row for each program; one that does not really fail has no ways."""
        programs = self._programs()
        people = sorted({work.author for works in self._works.values() for work in works})
        random.Random(self._options.seed).shuffle(people)
        fold_of = {person: number % _FOLDS for number, person in enumerate(people)}
        with Judge() as judge:
            for fold in range(_FOLDS):
                for name, task in self._tasks.items():
                    own = [
                        each
                        for each in programs
                        if each.task == name and fold_of[str(each.person)] == fold
                    ]
                    left = [each for each in own if self._kept.get(each.id) is None]
                    if left:
                        others = {who for who in people if fold_of[who] != fold}
                        self._measure(task, left, others, judge)
                        print(f"fold {fold}, {name}: {len(left)} programs", file=sys.stderr)
                    yield from (row for each in own if (row := self._kept.get(each.id)))

    def _programs(self) -> list[BrokenProgram]:
        count: dict[str | None, int] = defaultdict(int)
        some = []
        for each in load(self._options.data, self._options.seed).programs:
            count[each.person] += 1
            if count[each.person] <= self._options.each:
                some.append(each)
        return some

    def _measure(
        self, task: Task, programs: Sequence[BrokenProgram], others: set[str], judge: Judge
    ) -> None:
        shared = self._shared(task, [w for w in self._works[task.id] if w.author in others])
        pool = Pool(text for who, text in task.correct.items() if who in others)
        for program in programs:
            ways: dict[str, bool] = {}
            if not all(judge.passed(task, program.text)):
                several = {
                    _ALONE: Sources(mined=self._mined),
                    "rules as shipped": Sources(),
                    **{
                        f"class, {least}": Sources(mined=self._mined, shared=rules)
                        for least, rules in shared.items()
                    },
                    "nearest peers": Sources(pool.without(program.text), mined=self._mined),
                }
                known: dict[Sources, bool] = {}
                for way, sources in several.items():
                    if sources not in known:
                        known[sources] = self._repairs(task, program, sources, judge)
                    ways[way] = known[sources]
            offered = {f"{n}": len(rules.rules) if rules else 0 for n, rules in shared.items()}
            row = {"id": program.id, "person": program.person, "ways": ways, "offered": offered}
            self._kept.add(program.id, row)

    def _shared(self, task: Task, works: Sequence[Work]) -> dict[int, MinedRules | None]:
        """Return what is shared by so many students at least; the same is one object."""
        assignment = Assignment(
            task.id, "program.py", task.prelude, task.timeout_seconds, tests=task.visible
        )
        if task.id not in self._trials:
            self._trials[task.id] = Trial(assignment)
        found: dict[int, MinedRules | None] = {}
        known: dict[tuple[tuple[str, str], ...], MinedRules] = {}
        for least in _AUTHORS:
            rules = mine(works, assignment, self._trials[task.id], lambda _: None, least).rules
            key = tuple((rule.before, rule.after) for rule in rules)
            found[least] = known.setdefault(key, MinedRules(rules)) if rules else None
        return found

    def _repairs(self, task: Task, program: BrokenProgram, sources: Sources, judge: Judge) -> bool:
        with tempfile.TemporaryDirectory() as folder:
            path = written(Path(folder), program.text)
            text = assignment_text(task, task.visible)
            path.with_name(FILE_NAME).write_text(text, encoding="utf-8")
            situation = Situation(program.text, path, may_run=True)
            fix = diagnose(situation, self._options.seconds, sources=sources).fix
        return fix is not None and all(judge.passed(task, apply_edits(program.text, fix.edits)))


def _figures(rows: Sequence[Mapping[str, Any]], seed: int) -> dict[str, Any]:
    """Return of each way the share that it repairs, with intervals by student."""
    return {
        "programs": len(rows),
        "students": len({row["person"] for row in rows}),
        "with_rules_offered": {
            least: sum(row["offered"][least] > 0 for row in rows) for least in rows[0]["offered"]
        },
        "ways": {way: _of_way(rows, way, seed) for way in rows[0]["ways"]},
    }


def _of_way(rows: Sequence[Mapping[str, Any]], way: str, seed: int) -> dict[str, Any]:
    def rate(some: Sequence[Mapping[str, Any]]) -> float:
        return fmean(row["ways"][way] for row in some)

    def gain(some: Sequence[Mapping[str, Any]]) -> float:
        return fmean(row["ways"][way] - row["ways"][_ALONE] for row in some)

    several = [dict(row) for row in rows]
    return {
        "repaired": sum(row["ways"][way] for row in rows),
        "rate": rate(rows),
        "rate_interval": drawn_again(several, rate, seed),
        "gain": gain(rows),
        "gain_interval": drawn_again(several, gain, seed),
        "gained": sum(row["ways"][way] > row["ways"][_ALONE] for row in rows),
        "lost": sum(row["ways"][way] < row["ways"][_ALONE] for row in rows),
    }


if __name__ == "__main__":
    main()
