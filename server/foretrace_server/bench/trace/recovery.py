"""Recovery: how often a trace model gets from a broken state to one that passes all tests.

The model goes on without being told how it did; here its programs are run, and a try counts as
recovered at the first step that passes every test.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from foretrace_models.repair.sandbox.process import SandboxError
from foretrace_models.style import Style, merged, style_distance, style_of
from foretrace_models.trace_model.calling import call
from foretrace_models.trace_model.card import read_card
from foretrace_server.bench import hands
from foretrace_server.bench.intervals import Row
from foretrace_server.bench.repair import datasets
from foretrace_server.bench.repair.judging import Judge, check_of
from foretrace_server.bench.repair.tasks import Dataset, Task
from foretrace_server.bench.resume import Rows
from foretrace_server.bench.student_states import nearest

Tell = Callable[[str], None]

TRIES = 4
STEPS = 5
_CPU_SECONDS = 0.5


def recovery_rows(
    data: Path, weights: Path, limit: int, seed: int, rows: Rows, tell: Tell
) -> list[Row] | None:
    """Return a row for each broken state, from which a model went on.

    Rows of models that left out different coders can be taken together. None of data whose tests
    cannot be run.

    Raises:
        CallError: the model cannot be asked.
        OSError: a file cannot be read or written.
        WeightsError: the folder holds no weights.
    """
    try:
        dataset = datasets.load(data, seed)
    except datasets.NoDatasetError:
        return None
    if dataset.last_programs is None:
        return None
    group = f"{read_card(weights).files['network.safetensors']} recovery"
    done = rows.of(group)
    found = [*done]
    try:
        with Judge() as judge:
            scorer = Scorer(dataset, judge)

            def add(told: dict[str, Any]) -> None:
                if told["exercise"] not in dataset.tasks:
                    return  # it has no tests any more
                row = scorer.row(told)
                rows.add(f"{group}/{row['id']}", row)
                found.append(row)

            request = {
                "data": str(data.resolve()),
                "weights": str(weights.resolve()),
                "seed": seed,
                "limit": limit,
                "tries": TRIES,
                "steps": STEPS,
                "done": [row["id"] for row in done],
            }
            call("recover", request, add)
    except SandboxError as error:
        tell(f"recovery is not measured: {error}")
        return None
    tell(f"{len(found):,} broken states")
    return found


class Scorer:
    """Runs what a model wrote, and says how near it is to the student's other programs."""

    def __init__(self, dataset: Dataset, judge: Judge) -> None:
        self._dataset = dataset
        self._judge = judge

    def row(self, told: dict[str, Any]) -> Row:
        """Return the row of a broken state."""
        task = self._dataset.tasks[told["exercise"]]
        assert self._dataset.last_programs is not None
        programs = self._dataset.last_programs[told["coder"]]
        own = merged(style_of(text) for name, text in programs.items() if name != task.id)
        tries = [each for arm in told["arms"].values() for each in arm]
        texts = [told["text"], told["after"], *(t for each in tries for t in each["states"])]
        passed = self._passed(task, texts)
        peers = {who: text for who, text in task.correct.items() if who != told["coder"]}
        peer = nearest(
            hands.leaves(told["text"]), [(hands.leaves(text), text) for text in peers.values()]
        )
        return {
            "id": told["id"],
            "person": told["coder"],
            "failed_before": told["failed_before"],
            "passed": passed[told["text"]],
            "student_next": passed[told["after"]] == 1,
            "student_style": _distance(own, task.correct.get(told["coder"])),
            "peer_style": _distance(own, peer),
            "arms": {
                arm: [_outcome(told["text"], each, passed, own) for each in several]
                for arm, several in told["arms"].items()
            },
            "seconds": told["seconds"],
        }

    def _passed(self, task: Task, texts: Sequence[str]) -> dict[str, float]:
        """Return the share of tests that each text passes."""
        several = list(dict.fromkeys(texts))
        checks = [check_of(test) for test in task.tests]
        results = self._judge.results(task, several, task.tests, _CPU_SECONDS)
        return {
            text: sum(check.passes(r) for check, r in zip(checks, row, strict=True)) / len(checks)
            for text, row in zip(several, results, strict=True)
        }


def _outcome(
    begin: str, tried: dict[str, Any], passed: dict[str, float], own: Style
) -> dict[str, Any]:
    """Return at which step a try recovered, if it did, and how many tests it gained at best.

    What comes after that step does not count.
    """
    states = tried["states"]
    at = next((step for step, text in enumerate(states, start=1) if passed[text] == 1), None)
    counted = states[:at]
    return {
        "recovered_at": at,
        "gained": max(passed[text] for text in (begin, *counted)) - passed[begin],
        "steps": len(counted),
        "without_edit": sum(one == next_ for one, next_ in pairwise((begin, *counted))),
        "style": None if at is None else _distance(own, states[at - 1]),
        "log_probabilities": tried["log_probabilities"][:at],
    }


def _distance(own: Style, text: str | None) -> float | None:
    return None if text is None else style_distance(own, style_of(text))
