"""The measures of a folder of traces: for each maker, with intervals by exercise."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import reduce
from pathlib import Path
from statistics import median
from typing import Any

from attrs import asdict, frozen

from foretrace_models.trace_model.calling import call
from foretrace_models.trace_model.card import read_card
from foretrace_models.traces.bleu import self_bleu
from foretrace_models.traces.diversity import distinct_share, self_jaccard
from foretrace_models.traces.edit_categories import EditCategory
from foretrace_models.traces.measures import TraceMeasures, measure
from foretrace_server.bench.intervals import Row
from foretrace_server.bench.resume import Rows
from foretrace_server.bench.trace.coder_or_calendar import (
    Dealt,
    Period,
    Vector,
    dealt,
    explained,
    told,
    vectors_of,
)
from foretrace_server.bench.trace.figures import figures_of
from foretrace_server.bench.trace.groups import REAL, Group, Grouped, load
from foretrace_server.bench.trace.same_coder import by_coder
from foretrace_telemetry.traces import Trace

Tell = Callable[[str], None]

_VectorsOf = Callable[[Sequence[Trace]], list[Vector]]


@frozen
class Run:
    """What to measure; `limit` is the most edits, in whole exercises, taken by the seed.

    With `weights`, what is known of coders are the vectors of these rather than profiles.
    """

    data: Path
    weights: Path | None = None
    limit: int | None = None
    seed: int = 7
    resume: Path | None = None


def measure_folder(run: Run, tell: Tell) -> dict[str, Any]:
    """Return all figures as a JSON object.

    Raises:
        OtherRunError: the rows of the resumed file are of another run.
        ValueError: a file is not what its name says, or there are no traces.
        OSError: a file cannot be read or written.
        CallError: the model cannot be asked for vectors.
    """
    grouped = load(run.data)
    groups = _chosen(grouped, run)
    signature = {"bench": "trace metrics", "dataset": grouped.dataset, "seed": run.seed}
    if run.weights is not None:
        signature["weights"] = read_card(run.weights).files
    kept = Rows(run.resume, signature)
    vectors = _vectors(grouped, groups, run, tell)
    rows = []
    for group in groups:
        item = f"{group.maker}/{group.exercise}"
        row = kept.get(item)
        if row is None:
            row = _row(group, grouped.period, run.seed, vectors)
            kept.add(item, row)
        rows.append(row)
        tell(f"{len(rows)}/{len(groups)} {item}: {row['traces']} traces, {row['steps']} edits")
    makers = sorted({row["maker"] for row in rows})
    by_maker = {maker: [row for row in rows if row["maker"] == maker] for maker in makers}
    return {
        "dataset": grouped.dataset,
        "n": sum(row["steps"] for row in rows),
        "exercises": len({row["id"] for row in rows}),
        "exercises_left_out": grouped.exercises_left_out,
        "seed": run.seed,
        "limit": run.limit,
        "models": {maker: figures_of(own, run.seed) for maker, own in by_maker.items()},
        "period": None if grouped.period is None else grouped.period.value,
        "coder_or_calendar": _coder_or_calendar(
            grouped.period, groups, by_maker, run.seed, vectors
        ),
    }


def _coder_or_calendar(
    period: Period | None,
    groups: Sequence[Group],
    by_maker: dict[str, list[Row]],
    seed: int,
    vectors: _VectorsOf,
) -> dict[str, Any] | None:
    """Return for each maker whether profiles are of coders; people's over all exercises."""
    if period is None:
        return None
    if REAL in by_maker:
        traces = [trace for group in groups for trace in group.traces]
        theirs = vectors(traces)
        found = told(dealt(traces, theirs, period, seed))
        return {REAL: {**found, "explained": explained(traces, theirs, period)}}
    return {
        maker: told(reduce(Dealt.__add__, (Dealt.from_json(row["dealt"]) for row in own)))
        for maker, own in by_maker.items()
    }


def _chosen(grouped: Grouped, run: Run) -> list[Group]:
    """Return all groups, or those of exercises by chance until there are enough edits."""
    by_exercise: dict[str, list[Group]] = defaultdict(list)
    for group in grouped.groups:
        by_exercise[group.exercise].append(group)
    exercises = sorted(by_exercise)
    if run.limit is not None:
        random.Random(f"{run.seed} exercises").shuffle(exercises)  # noqa: S311 - no secret
    chosen: list[Group] = []
    for exercise in exercises:
        if run.limit is not None and sum(map(_edits, chosen)) >= run.limit:
            break
        chosen += by_exercise[exercise]
    return chosen


def _edits(group: Group) -> int:
    return sum(len(trace.states) - 1 for trace in group.traces)


def _vectors(grouped: Grouped, groups: Sequence[Group], run: Run, tell: Tell) -> _VectorsOf:
    """Return what gives the vectors of traces: by their profiles, or by a model that saw them all.

    Raises:
        CallError: the model cannot be asked.
    """
    if run.weights is None or grouped.period is None:
        return vectors_of
    traces = [trace for group in groups for trace in group.traces]
    tell(f"the vectors of {len(traces):,} traces")
    request = {"traces": [asdict(trace) for trace in traces], "weights": str(run.weights.resolve())}
    known = dict(zip(map(id, traces), map(tuple, call("introduce", request)), strict=True))
    return lambda several: [known[id(trace)] for trace in several]


def _row(group: Group, period: Period | None, seed: int, vectors: _VectorsOf) -> Row:
    """Return what is counted of a group: sums, and what is of the whole group."""
    # Only models were asked for several traces by one coder for one exercise.
    asked_again = group.maker != REAL
    measures = [measure(trace) for trace in group.traces]
    last = [trace.last.text for trace in group.traces]
    gaps = [gap for each in measures for gap in each.gaps_seconds]
    categories = Counter(category for each in measures for category in each.categories)
    solved = [each for each in measures if each.solved]
    timed = [each for each in measures if len(each.gaps_seconds) == each.states - 1]
    return {
        "id": group.exercise,
        "person": None,
        "maker": group.maker,
        "traces": len(measures),
        "begun": group.begun,
        "reached_end": group.reached_end,
        "states": sum(each.states for each in measures),
        "steps": _edits(group),
        "self_bleu": self_bleu(last) if len(last) > 1 else None,
        "self_jaccard": self_jaccard(last) if len(last) > 1 else None,
        "distinct": distinct_share(last) if last else None,
        "backtracking": sum(each.backtracking for each in measures),
        "away": sum(map(_away, measures)),
        "solved_away": sum(map(_away, solved)),
        "solved_steps": sum(len(each.away) for each in solved),
        "categories": {category.value: categories[category] for category in EditCategory},
        "step_distance": sum(sum(each.step_distances) for each in measures),
        "comments": _sum([each.comments for each in measures]),
        "functions": _sum([each.functions for each in measures]),
        "gap_seconds": median(gaps) if gaps else None,
        "seconds": sum(sum(each.gaps_seconds) for each in timed) if gaps else None,
        "timed": len(timed) if gaps else 0,
        "judged": sum(each.solved is not None for each in measures),
        "solved": len(solved),
        "attempts": sum(each.attempts or 0 for each in solved),
        **(_same_coder(group.traces, period, seed, vectors) if period and asked_again else {}),
    }


def _same_coder(traces: Sequence[Trace], period: Period, seed: int, vectors: _VectorsOf) -> Row:
    return {
        "same_coder": by_coder(traces),
        "dealt": dealt(traces, vectors(traces), period, seed).to_json(),
    }


def _away(measures: TraceMeasures) -> int:
    return sum(measures.away)


def _sum(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
