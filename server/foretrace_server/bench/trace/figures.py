"""The figures of one maker of traces, from a row for each exercise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean, median
from typing import Any

from foretrace_models.traces.edit_categories import EditCategory
from foretrace_server.bench.intervals import Row, drawn_again
from foretrace_server.bench.trace.same_coder import PROPERTIES

_Figure = Callable[[Sequence[Row]], float | None]


def figures_of(rows: Sequence[Row], seed: int) -> dict[str, Any]:
    """Return the figures of one maker, with 95 % intervals by drawing whole exercises again."""
    return {
        "traces": sum(row["traces"] for row in rows),
        "edits": sum(row["steps"] for row in rows),
        **{name: figure(rows) for name, figure in _FIGURES.items()},
        **{
            name: {part: figure(rows) for part, figure in parts.items()}
            for name, parts in _PARTS.items()
        },
        "intervals": {
            **{name: drawn_again(rows, figure, seed) for name, figure in _FIGURES.items()},
            **{
                name: {part: drawn_again(rows, figure, seed) for part, figure in parts.items()}
                for name, parts in _PARTS.items()
            },
        },
    }


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


def _same(name: str) -> _Figure:
    """Return the mean over exercises of the intraclass correlation of a property."""

    def figure(rows: Sequence[Row]) -> float | None:
        found = [row["same_coder"][name] for row in rows if "same_coder" in row]
        known = [value for value in found if value is not None]
        return fmean(known) if known else None

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
_PARTS: dict[str, dict[str, _Figure]] = {
    "edit_categories": {category.value: _share(category) for category in EditCategory},
    "same_coder": {name: _same(name) for name in PROPERTIES},
}
