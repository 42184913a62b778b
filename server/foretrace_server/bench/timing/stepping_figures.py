"""The figures of whether experts step in, from rows of steps."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from foretrace_models.timing.steps import WORDS
from foretrace_server.bench.timing.drawing import Figures, intervals
from foretrace_server.bench.timing.nesting import less, nested
from foretrace_server.bench.timing.ranking import Counts, Ranking
from foretrace_server.bench.timing.run import Row, mean_of

MAIN = "agreed"
# What each target means, and by which of the two probabilities it is ranked.
_TARGETS = {
    MAIN: ("both experts step in within three steps before or after", "sum"),
    "agreed_or_not": ("one of them does, at least", "sum"),
    "disagreed": ("one of them does, and the other does not", "sum"),
    "agreed_sub_goal": ("both do, for a sub-goal that is reached", "sub_goal"),
    "agreed_problem": ("both do, for anything but a sub-goal", "problem"),
    "either_problem": ("one does, at least, for anything but a sub-goal", "problem"),
    "agreed_ahead": ("both do here or within the next three steps", "sum"),
    "agreed_here": ("both do exactly here", "sum"),
}
_SCORES: dict[str, Callable[[Row, int], float]] = {
    "sum": lambda row, fit: row["sub_goal"][fit] + row["problem"][fit],
    "sub_goal": lambda row, fit: row["sub_goal"][fit],
    "problem": lambda row, fit: row["problem"][fit],
}
_BASELINES: dict[str, Callable[[Row], float]] = {
    "after_every_run": lambda row: float(row["is_run"]),
    "after_idle": lambda row: row["idle"],
    "after_idle_rule": lambda row: float(row["idle"] >= row["idle_seconds"]),
}


def figures_of(rows: Sequence[Row], seed: int) -> dict[str, Any]:
    """Return all figures of a run with their intervals by person."""
    people = [row["person"] for row in rows]
    ranked = _Ranked(rows, seed)
    once = [1] * len(rows)
    by_seed = [ranked.of_fit(fit, once)[f"targets/{MAIN}/average_precision"] for fit in ranked.fits]
    told, spread = ranked.figures(once), intervals(people, ranked.figures, seed)
    value, between = nested(told), nested(spread)
    main, main_between = value["targets"][MAIN], between["targets"][MAIN]
    return {
        "average_precision": main["average_precision"],
        "share": main["share"],
        "baselines": {**main["baselines"], "shuffled": value["shuffled"]},
        "differences": main["differences"],
        "targets": {
            name: {"means": words, **value["targets"][name]}
            for name, (words, _) in _TARGETS.items()
        },
        "idle_seconds": sorted({row["idle_seconds"] for row in rows}),
        "intervals": {
            "average_precision": main_between["average_precision"],
            "share": main_between["share"],
            "baselines": {**main_between["baselines"], "shuffled": between["shuffled"]},
            "differences": main_between["differences"],
            "targets": between["targets"],
        },
        "by_seed": {"average_precision": by_seed},
        "features": WORDS,
    }


class _Ranked:
    """Rows that are sorted once, of which people can be drawn again and again."""

    def __init__(self, rows: Sequence[Row], seed: int) -> None:
        self.fits = range(len(rows[0]["problem"]) if rows else 0)
        self._meant = {name: [bool(row["near"][name]) for row in rows] for name in _TARGETS}
        self._by_fit = [
            {
                name: Ranking([_SCORES[score](row, fit) for row in rows], self._meant[name])
                for name, (_, score) in _TARGETS.items()
            }
            for fit in self.fits
        ]
        self._baselines = {
            name: {
                baseline: Ranking([score(row) for row in rows], self._meant[name])
                for baseline, score in _BASELINES.items()
            }
            for name in _TARGETS
        }
        chance = random.Random(seed)  # noqa: S311 - no secret
        self._shuffled = Ranking([chance.random() for _ in rows], self._meant[MAIN])

    def of_fit(self, fit: int, counts: Counts) -> Figures:
        """Return the average precision of one fit, for each target."""
        return {
            f"targets/{name}/average_precision": ranking.average_precision(counts)
            for name, ranking in self._by_fit[fit].items()
        }

    def figures(self, counts: Counts) -> Figures:
        """Return the mean of each figure over the fits, and those of the rules of thumb."""
        told = mean_of([self.of_fit(fit, counts) for fit in self.fits])
        everything = sum(counts)
        for name, baselines in self._baselines.items():
            under = f"targets/{name}"
            meant = zip(self._meant[name], counts, strict=True)
            told[f"{under}/share"] = sum(n for yes, n in meant if yes) / everything
            for baseline, ranking in baselines.items():
                value = ranking.average_precision(counts)
                told[f"{under}/baselines/{baseline}"] = value
                own = told[f"{under}/average_precision"]
                told[f"{under}/differences/{baseline}"] = less(own, value)
        told["shuffled"] = self._shuffled.average_precision(counts)
        return told
