"""One run: programs are chosen, repaired, and scored; each row is kept as soon as it is there."""

from __future__ import annotations

import hashlib
import itertools
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from foretrace_models.repair.rules.mined import load_rules
from foretrace_models.repair.sources import SourceName
from foretrace_server.bench.repair.asking import Asking
from foretrace_server.bench.repair.datasets import NoDatasetError, load
from foretrace_server.bench.repair.figures import figures
from foretrace_server.bench.repair.judging import Judge
from foretrace_server.bench.repair.samplers import Sampler, sampler_of
from foretrace_server.bench.repair.scoring import SECONDS, Scorer, Way
from foretrace_server.bench.repair.tasks import BrokenProgram, Dataset, Row, SituationName
from foretrace_server.bench.resume import Rows

Tell = Callable[[str], None]


@frozen
class Run:
    """What to measure, and where to keep what comes of it.

    `limit` is the most programs that really fail, in equal shares of all exercises; `ids` names
    the programs to take instead, one a line. Samples are of a `base`, a language model as it was
    fetched, or else of the shipped trace model.
    """

    data: Path
    situation: SituationName
    without: frozenset[SourceName] = frozenset()
    rules: Path | None = None
    ids: Path | None = None
    out: Path | None = None
    limit: int | None = None
    seed: int = 7
    resume: Path | None = None
    base: str | None = None


def measure(run: Run, tell: Tell) -> dict[str, Any]:
    """Return all figures as a JSON object.

    Raises:
        CatalogueError: the card of the base cannot be read.
        NoDatasetError: the folder holds nothing that can be repaired in this situation.
        OtherRunError: the rows of the resumed file are of another run.
        RulesError: the file of rules holds none.
        SandboxError: programs cannot be run here.
        ValueError: a file is not what its name says, or the base was not fetched.
        OSError: a file cannot be read or written.
    """
    dataset = load(run.data, run.seed)
    if run.situation not in dataset.situations:
        known = " or ".join(sorted(name.value for name in dataset.situations))
        raise NoDatasetError(
            f"{dataset.name} cannot be repaired in the situation {run.situation.value!r}; "
            f"use --situation {known}"
        )
    mined = load_rules(run.rules) if run.rules else None
    sampler = sampler_of(dataset, run.situation, run.without, run.base, tell)
    way = Way(run.situation, run.without, mined, sampler.asked_about)
    programs = list(_chosen(dataset.programs, run))
    kept = Rows(run.resume, _signature(run, dataset, sampler))
    if run.out is not None:
        run.out.mkdir(parents=True, exist_ok=True)
    with Judge() as judge, Asking(sampler.model, SECONDS) as asking:
        scorer = Scorer(dataset, way, run.seed, judge, asking)
        rows = []
        broken = 0
        for program in programs:
            if run.limit is not None and broken == run.limit:
                break
            row = kept.get(program.id)
            if row is None:
                row = scorer.row(program)
                kept.add(program.id, row)
            rows.append(row)
            broken += row["broken"]
            _write(run.out, program, row)
            tell(f"{len(rows)}/{_count(programs, run.limit)} {_told(row)}")
        tasks = {row["task"] for row in rows if row.get("repaired")}
        inputs = {task: scorer.generated(task) for task in sorted(tasks)}
        return {
            "dataset": dataset.name,
            "n": len(rows),
            "situation": run.situation.value,
            "without": sorted(name.value for name in run.without),
            "seed": run.seed,
            "seconds_allowed": SECONDS,
            "samples_of": sampler.name,
            "left_out": dict(dataset.left_out),
            **figures(rows, run.seed),
            "generated": {
                task: {
                    "inputs": len(found.tests),
                    "asked": found.asked,
                    "correct_share": found.correct_share,
                }
                for task, found in inputs.items()
            },
            "pool_seconds": scorer.pool_seconds,
            "rows": [{k: v for k, v in row.items() if k not in ("fix", "beside")} for row in rows],
        }


def _chosen(programs: Sequence[BrokenProgram], run: Run) -> Iterator[BrokenProgram]:
    """Yield the programs in the order to take them: from each exercise in turn, by the seed."""
    if run.ids is not None:
        by_id = {program.id: program for program in programs}
        for name in run.ids.read_text(encoding="utf-8").split():
            if name not in by_id:
                raise NoDatasetError(f"{run.ids} names {name}, which the data does not have")
            yield by_id[name]
        return
    by_task: dict[str, list[BrokenProgram]] = defaultdict(list)
    for program in programs:
        by_task[program.task].append(program)
    for task, own in by_task.items():
        random.Random(f"{run.seed} {task}").shuffle(own)  # noqa: S311 - no secret
    for several in itertools.zip_longest(*by_task.values()):
        yield from (program for program in several if program is not None)


def _signature(run: Run, dataset: Dataset, sampler: Sampler) -> dict[str, Any]:
    """Return what all rows of a run depend on."""
    return {
        "bench": "repair",
        "dataset": dataset.name,
        "situation": run.situation.value,
        "without": sorted(name.value for name in run.without),
        "rules": hashlib.sha256(run.rules.read_bytes()).hexdigest() if run.rules else None,
        "seed": run.seed,
        "samples_of": sampler.name,
    }


def _write(out: Path | None, program: BrokenProgram, row: Row) -> None:
    if out is not None and row.get("repaired"):
        path = out / program.file_name
        path.write_bytes(row["fix"].encode("utf-8", "surrogatepass"))


def _count(programs: Sequence[BrokenProgram], limit: int | None) -> int:
    return len(programs) if limit is None else min(limit, len(programs))


def _told(row: Row) -> str:
    if not row["broken"]:
        return f"{row['id']}: passes all tests, not broken"
    outcome = "repaired" if row["repaired"] else "not repaired"
    return f"{row['id']}: {outcome} in {row['seconds']:.2f} s"
