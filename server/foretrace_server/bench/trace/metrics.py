"""The measures of a folder of traces: for each maker, with intervals by exercise."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean, median
from typing import Any

from attrs import frozen

from foretrace_models.traces.bleu import self_bleu
from foretrace_models.traces.diversity import distinct_share, self_jaccard
from foretrace_models.traces.edit_categories import EditCategory
from foretrace_models.traces.measures import TraceMeasures, measure
from foretrace_server.bench.intervals import Row, drawn_again
from foretrace_server.bench.resume import Rows
from foretrace_server.bench.trace.groups import Group, Grouped, load

Tell = Callable[[str], None]


@frozen
class Run:
    """What to measure; `limit` is the most edits, in whole exercises, taken by the seed."""

    data: Path
    limit: int | None = None
    seed: int = 7
    resume: Path | None = None


def measure_folder(run: Run, tell: Tell) -> dict[str, Any]:
    """Return all figures as a JSON object.

    Raises:
        OtherRunError: the rows of the resumed file are of another run.
        ValueError: a file is not what its name says, or there are no traces.
        OSError: a file cannot be read or written.
    """
    grouped = load(run.data)
    groups = _chosen(grouped, run)
    kept = Rows(run.resume, {"bench": "trace metrics", "dataset": grouped.dataset})
    rows = []
    for group in groups:
        item = f"{group.maker}/{group.exercise}"
        row = kept.get(item)
        if row is None:
            row = _row(group)
            kept.add(item, row)
        rows.append(row)
        tell(f"{len(rows)}/{len(groups)} {item}: {row['traces']} traces, {row['steps']} edits")
    return {
        "dataset": grouped.dataset,
        "n": sum(row["steps"] for row in rows),
        "exercises": len({row["id"] for row in rows}),
        "exercises_left_out": grouped.exercises_left_out,
        "seed": run.seed,
        "limit": run.limit,
        "models": {
            maker: _with_intervals([row for row in rows if row["maker"] == maker], run.seed)
            for maker in sorted({row["maker"] for row in rows})
        },
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


def _row(group: Group) -> Row:
    """Return what is counted of a group: sums, and what is of the whole group."""
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
    }


def _away(measures: TraceMeasures) -> int:
    return sum(measures.away)


def _sum(counts: Sequence[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def _with_intervals(rows: Sequence[Row], seed: int) -> dict[str, Any]:
    figures = {name: figure(rows) for name, figure in _FIGURES.items()}
    return {
        "traces": sum(row["traces"] for row in rows),
        "edits": sum(row["steps"] for row in rows),
        **figures,
        "edit_categories": {c.value: _share(c)(rows) for c in EditCategory},
        "intervals": {
            **{name: drawn_again(rows, figure, seed) for name, figure in _FIGURES.items()},
            "edit_categories": {c.value: drawn_again(rows, _share(c), seed) for c in EditCategory},
        },
    }


_Figure = Callable[[Sequence[Row]], float | None]


def _by_exercise(name: str, middle: Callable[[list[float]], float] = fmean) -> _Figure:
    """Return the mean, or another middle, over exercises of a value."""

    def figure(rows: Sequence[Row]) -> float | None:
        values = [row[name] for row in rows if row[name] is not None]
        return middle(values) if values else None

    return figure


def _ratio(name: str, of: str) -> _Figure:
    """Return one sum over another, over all exercises."""

    def figure(rows: Sequence[Row]) -> float | None:
        known = [row for row in rows if row[name] is not None]
        whole = sum(row[of] for row in known)
        return sum(row[name] for row in known) / whole if whole else None

    return figure


def _share(category: EditCategory) -> _Figure:
    def figure(rows: Sequence[Row]) -> float | None:
        whole = sum(row["steps"] for row in rows)
        return sum(row["categories"][category.value] for row in rows) / whole if whole else None

    return figure


_FIGURES: dict[str, _Figure] = {
    "self_bleu": _by_exercise("self_bleu"),
    "self_jaccard": _by_exercise("self_jaccard"),
    "distinct": _by_exercise("distinct"),
    "states_mean": _ratio("states", "traces"),
    "reached_end": _ratio("reached_end", "begun"),
    "backtracking": _ratio("backtracking", "traces"),
    "backtracking_per_step": _ratio("away", "steps"),
    "backtracking_per_step_solved": _ratio("solved_away", "solved_steps"),
    "step_distance": _ratio("step_distance", "steps"),
    "comments": _ratio("comments", "traces"),
    "functions": _ratio("functions", "traces"),
    "seconds": _ratio("seconds", "timed"),
    "gap_seconds": _by_exercise("gap_seconds", median),
    "solved": _ratio("solved", "judged"),
    "attempts": _ratio("attempts", "solved"),
}
