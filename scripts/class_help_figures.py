"""Measures class help: the students of a data set in five folds, each helped by the other four.

Programs are repaired by the rules alone, with what the other students share (by so many of them at
least), and by the nearest of their correct programs, as an upper bound that takes their text. A
program counts as repaired if it passes the whole suite, half of which repair sees. Of an exercise
set, which has no students, each program is one's own, and what peers would change in it stands for
what its author did.

Usage: .venv/bin/python scripts/class_help_figures.py DATA --mined RULES.json [--seconds 4]
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from foretrace_models.repair.assignment import Assignment
from foretrace_models.repair.diagnosis import Situation
from foretrace_models.repair.edits import apply_edits
from foretrace_models.repair.mining.pairs import read_pairs
from foretrace_models.repair.mining.shared import Work, mine
from foretrace_models.repair.mining.trial import Trial
from foretrace_models.repair.pipeline import diagnose
from foretrace_models.repair.pool import Pool
from foretrace_models.repair.rules.mined import MinedRules, load_rules
from foretrace_models.repair.sources import SourceName, Sources
from foretrace_server.bench.intervals import drawn_again
from foretrace_server.bench.repair.datasets import load
from foretrace_server.bench.repair.judging import Judge, assignment_text, written
from foretrace_server.bench.repair.tasks import BrokenProgram, Dataset, Task
from foretrace_server.bench.student_states import read_states
from foretrace_telemetry.readers import itap

_FOLDS = 5
_AUTHORS = (1, 2, 5, 10)
_NO_RULES = frozenset((SourceName.RULES, SourceName.MINED))

Works = Mapping[str, Sequence[Work]]


def main() -> None:
    """Measure, and print the figures as one JSON object."""
    parser = argparse.ArgumentParser(description="Measures class help.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--mined", type=Path, help="rules that were mined without these people")
    parser.add_argument("--each", type=int, default=2, help="the most programs of a student")
    parser.add_argument("--limit", type=int, default=60, help="the most of an exercise set's")
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    print(json.dumps(_Evaluation(options).figures(), indent=2))


class _Evaluation:
    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._dataset = load(options.data, options.seed)
        self._mined = load_rules(options.mined) if options.mined else None
        self._works = _works(options, self._dataset)
        self._trials: dict[str, Trial] = {}
        self._rules: dict[str, int] = defaultdict(int)

    def figures(self) -> dict[str, Any]:
        """Return the share that each way repairs, with intervals by student."""
        rows = list(self._rows())
        ways = list(dict.fromkeys(way for row in rows for way in row["ways"]))
        return {
            "dataset": self._dataset.name,
            "programs": len(rows),
            "students": len({row["person"] for row in rows}),
            "rules_published_over_all_folds": dict(self._rules),
            "repaired": {way: self._share(rows, way) for way in ways},
        }

    def _share(self, rows: Sequence[dict[str, Any]], way: str) -> dict[str, Any]:
        def rate(some: Sequence[dict[str, Any]]) -> float:
            return fmean(row["ways"][way] for row in some)

        def gain(some: Sequence[dict[str, Any]]) -> float:
            return fmean(row["ways"][way] - row["ways"]["rules"] for row in some)

        seed = self._options.seed
        return {
            "repaired": sum(row["ways"][way] for row in rows),
            "rate": rate(rows),
            "interval": drawn_again(rows, rate, seed),
            "gain": gain(rows),
            "gain_interval": drawn_again(rows, gain, seed),
            "gained": sum(row["ways"][way] > row["ways"]["rules"] for row in rows),
            "lost": sum(row["ways"][way] < row["ways"]["rules"] for row in rows),
        }

    def _rows(self) -> Iterator[dict[str, Any]]:
        programs = self._programs()
        people = sorted({_person(each) for each in programs} | self._authors())
        random.Random(self._options.seed).shuffle(people)
        fold_of = {person: number % _FOLDS for number, person in enumerate(people)}
        with Judge() as judge:
            for fold in range(_FOLDS):
                for name, task in self._dataset.tasks.items():
                    own = [p for p in programs if p.task == name and fold_of[_person(p)] == fold]
                    broken = [p for p in own if not all(judge.passed(task, p.text))]
                    if broken:
                        yield from self._of_task(task, broken, fold, fold_of, judge)

    def _of_task(
        self,
        task: Task,
        broken: Sequence[BrokenProgram],
        fold: int,
        fold_of: Mapping[str, int],
        judge: Judge,
    ) -> Iterator[dict[str, Any]]:
        started = time.monotonic()
        works = [work for work in self._works.get(task.id, ()) if fold_of[work.author] != fold]
        shared = {least: self._shared(task, works, least) for least in _AUTHORS}
        correct = {who: text for who, text in task.correct.items() if fold_of.get(who, -1) != fold}
        pool = Pool(correct.values())
        print(
            f"fold {fold}, {task.id}: {len(works)} students, {len(broken)} programs, mined in "
            f"{time.monotonic() - started:.0f} s",
            file=sys.stderr,
        )
        for program in broken:
            alone = self._repairs(task, program, Sources(mined=self._mined), judge)
            ways = {"rules": alone}
            if self._mined is not None:
                ways["rules as shipped"] = self._repairs(task, program, Sources(), judge)
            for least, rules in shared.items():
                sources = Sources(mined=self._mined, shared=rules)
                same = rules is None
                ways[f"class, {least}"] = (
                    alone if same else self._repairs(task, program, sources, judge)
                )
            donors = Sources(pool.without(program.text), mined=self._mined)
            ways["nearest peers"] = self._repairs(task, program, donors, judge)
            only = Sources(pool.without(program.text), without=_NO_RULES)
            ways["nearest peers, no rules"] = self._repairs(task, program, only, judge)
            yield {"id": program.id, "person": _person(program), "ways": ways}

    def _shared(self, task: Task, works: Sequence[Work], least: int) -> MinedRules | None:
        assignment = Assignment(
            task.id, "program.py", task.prelude, task.timeout_seconds, tests=task.visible
        )
        trial = self._trials.get(task.id)
        if trial is None:
            trial = self._trials[task.id] = Trial(assignment)
        rules = mine(works, assignment, trial, lambda _: None, least).rules
        self._rules[f"class, {least}"] += len(rules)
        return MinedRules(rules) if rules else None

    def _repairs(self, task: Task, program: BrokenProgram, sources: Sources, judge: Judge) -> bool:
        with tempfile.TemporaryDirectory() as folder:
            path = written(Path(folder), program.text)
            path.with_name("foretrace.toml").write_text(
                assignment_text(task, task.visible), encoding="utf-8"
            )
            situation = Situation(program.text, path, may_run=True)
            fix = diagnose(situation, self._options.seconds, sources=sources).fix
        return fix is not None and all(judge.passed(task, apply_edits(program.text, fix.edits)))

    def _programs(self) -> list[BrokenProgram]:
        if any(each.person for each in self._dataset.programs):
            count: dict[str, int] = defaultdict(int)
            some = []
            for each in self._dataset.programs:
                count[_person(each)] += 1
                if count[_person(each)] <= self._options.each:
                    some.append(each)
            return some
        authors = self._authors()
        return [each for each in self._dataset.programs if each.id in authors]

    def _authors(self) -> set[str]:
        return {work.author for works in self._works.values() for work in works}


def _person(program: BrokenProgram) -> str:
    return program.person or program.id


def _works(options: argparse.Namespace, dataset: Dataset) -> Works:
    works: dict[str, list[Work]] = defaultdict(list)
    if itap.find(options.data) is not None:
        texts: dict[tuple[str, str], list[str]] = defaultdict(list)
        for state in read_states(options.data):
            texts[state.problem, state.student].append(state.code)
        for (problem, student), own in texts.items():
            works[problem].append(Work(student, tuple(own)))
        return works
    changed = {
        pair.author: pair.after
        for pair in read_pairs(
            options.data, options.limit, options.seed, (), lambda line: print(line, file=sys.stderr)
        )
    }
    chosen: dict[str, list[BrokenProgram]] = defaultdict(list)
    shuffled = list(dataset.programs)
    random.Random(options.seed).shuffle(shuffled)
    for program in shuffled:
        if program.id in changed or len(chosen[program.task]) < options.limit:
            chosen[program.task].append(program)
            after = changed.get(program.id)
            texts_of = (program.text,) if after is None else (program.text, after)
            works[program.task].append(Work(program.id, texts_of))
    return works


if __name__ == "__main__":
    main()
