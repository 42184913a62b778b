"""Whether experts step in: what is said of each step by what was learned from other students."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from foretrace_models.learned.classifier import Classifier
from foretrace_models.learned.fitting import Example
from foretrace_models.timing import stepping_in
from foretrace_models.timing.stepping_in import IDLE_SECONDS, PROBLEM, SUBGOAL, examples_of
from foretrace_models.timing.steps import Deed
from foretrace_models.timing.students import REACH, Watched, watched_in
from foretrace_server.bench.fit import Fit, refuse_the_known
from foretrace_server.bench.timing.left_out import LeftOut
from foretrace_server.bench.timing.ranking import Ranking
from foretrace_server.bench.timing.run import Progress, Row, Run, need_people
from foretrace_server.bench.timing.stepping_figures import figures_of
from foretrace_telemetry.readers import fitech
from foretrace_telemetry.readers.fitech import Mark

DATASET = "fitech"
_IDLE_SECONDS = (1, 2, 3, 5, 8, 12, 20, 30, 45, 60, 90, 120, 180)

ByPerson = Mapping[str, Sequence[Watched]]


@frozen
class _Judges:
    """What is known of one student's steps from others: of each fit, and the best idle seconds."""

    by_fit: tuple[Classifier, ...]
    idle_seconds: float


def measure(file: Path, run: Run, tell: Progress) -> dict[str, Any]:
    """Return the figures of a run over a table of FITech.

    Raises:
        OSError: a file cannot be read or written.
        ValueError: one is not what it should be, its people were seen, or nothing can be fitted.
        WeightsError: the shipped weights are missing.
    """
    by_person: dict[str, list[Watched]] = defaultdict(list)
    for watched in watched_in(fitech.read(file)):
        by_person[watched.person].append(watched)
    if not by_person:
        raise ValueError(f"{file} has no steps")
    examples = {
        person: [example for watched in own for example in examples_of(watched)]
        for person, own in by_person.items()
    }
    judges_of = _judges(run, by_person, examples)
    rows = run.rows(DATASET, hashlib.sha256(file.read_bytes()).hexdigest())
    items = [item for own in by_person.values() for each in own for item in _items(each)]
    chosen = run.chosen(items)
    for number, (person, own) in enumerate(by_person.items(), start=1):
        left = {i for each in own for i in _items(each) if i in chosen and not rows.get(i)}
        for item, row in _rows(own, examples[person], judges_of(person), left) if left else ():
            rows.add(item, row)
        tell(f"{number} of {len(by_person)} people")
    scored = [kept for item in items if item in chosen and (kept := rows.get(item))]
    return {
        "dataset": f"{DATASET} ({run.data.name})",
        "n": len(scored),
        "people": len({row["person"] for row in scored}),
        "fit": run.fit.value,
        "seed": run.seed,
        "seeds": run.seeds if run.fit is Fit.LOO else [],
        "within_steps": REACH,
        **figures_of(scored, run.seed),
    }


def best_idle_seconds(by_person: ByPerson) -> float:
    """Return after how many idle seconds speaking comes nearest to what experts do."""
    steps = [
        (idle, near)
        for own in by_person.values()
        for watched in own
        for idle, near in zip(_idle(watched), _near(watched), strict=True)
    ]
    meant = [near["agreed"] for _, near in steps]

    def good(seconds: int) -> float:
        ranking = Ranking([float(idle >= seconds) for idle, _ in steps], meant)
        return ranking.average_precision([1] * len(steps)) or 0.0

    return float(max(_IDLE_SECONDS, key=good))


def _judges(
    run: Run, by_person: ByPerson, examples: Mapping[str, Sequence[Example]]
) -> Callable[[str], _Judges]:
    if run.fit is Fit.SHIPPED:
        weights = stepping_in.shipped()
        refuse_the_known(weights.card, DATASET, by_person)
        judges = _Judges((weights.classifier,), weights.card.metrics[IDLE_SECONDS])
        return lambda _: judges
    need_people(by_person)
    fits = [LeftOut(examples, seed) for seed in run.seeds]

    def left_out(person: str) -> _Judges:
        others = {other: own for other, own in by_person.items() if other != person}
        return _Judges(tuple(fit.without(person) for fit in fits), best_idle_seconds(others))

    return left_out


def _items(watched: Watched) -> list[str]:
    return [f"{watched.person}/{watched.assignment}/{n}" for n in range(len(watched.steps))]


def _rows(
    own: Sequence[Watched], examples: Sequence[Example], judges: _Judges, left: set[str]
) -> Iterator[tuple[str, Row]]:
    """Yield the rows of one student's steps that are still to be scored."""
    numbers = iter(examples)
    for watched in own:
        several = zip(_items(watched), watched.steps, _idle(watched), _near(watched), strict=True)
        for item, step, idle, near in several:
            told = next(numbers).numbers
            if item in left:
                said = [classifier.probabilities(told) for classifier in judges.by_fit]
                yield (
                    item,
                    {
                        "person": watched.person,
                        "near": near,
                        "sub_goal": [each.get(SUBGOAL, 0.0) for each in said],
                        "problem": [each.get(PROBLEM, 0.0) for each in said],
                        "is_run": step.deed is Deed.RUN,
                        "idle": idle,
                        "idle_seconds": judges.idle_seconds,
                    },
                )


def _idle(watched: Watched) -> list[float]:
    """Return for how many seconds nothing was done before each step."""
    times = [step.elapsed_s for step in watched.steps]
    return [now - before for before, now in zip([times[0], *times], times, strict=False)]


def _near(watched: Watched) -> list[dict[str, bool]]:
    """Return of each step which marks of the experts lie within reach of it."""
    agreed, either = (Mark.AGREED,), (Mark.AGREED, Mark.DISAGREED)
    everywhere = {
        "agreed": watched.marked(agreed),
        "agreed_or_not": watched.marked(either),
        "disagreed": watched.marked((Mark.DISAGREED,)),
        "agreed_sub_goal": watched.marked(agreed, subgoal=True),
        "agreed_problem": watched.marked(agreed, subgoal=False),
        "either_problem": watched.marked(either, subgoal=False),
    }
    return [
        {
            **{n: watched.near(place, marks, REACH, REACH) for n, marks in everywhere.items()},
            "agreed_ahead": watched.near(place, everywhere["agreed"], 0, REACH),
            "agreed_here": place in everywhere["agreed"],
        }
        for place in range(len(watched.steps))
    ]
