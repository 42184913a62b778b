"""The figures of whether suggestions are taken, from rows of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from foretrace_models.timing.acceptance import KINDS, SHARE_KEPT
from foretrace_models.timing.features import FEATURES
from foretrace_models.timing.thresholds import cost_of
from foretrace_server.bench.timing.drawing import Figures, intervals
from foretrace_server.bench.timing.nesting import less, nested
from foretrace_server.bench.timing.ranking import Counts, Ranking, brier, calibration_error
from foretrace_server.bench.timing.run import Row, mean_of

# Rules of thumb, each by what it ranks suggestions. Where a model does not say how sure it is, it
# is taken to be as unsure as can be.
_BASELINES: dict[str, Callable[[Row], float]] = {
    "recent_acceptance_auc": lambda row: row["taken_lately"],
    "last_outcome_auc": lambda row: row["last_taken"],
    "longer_first_auc": lambda row: row["characters"],
    "model_certainty_auc": lambda row: row["log_probability"] or -99.0,
}
WITHOUT_CODE = "acceptance_without_code"


def figures_of(rows: Sequence[Row], seed: int) -> dict[str, Any]:
    """Return all figures of a run with their intervals by person."""
    people = [row["person"] for row in rows]
    judged = _Judged(rows)
    once = [1] * len(rows)
    value, spread = judged.figures(once), intervals(people, judged.figures, seed)
    by_seed = [judged.of_fit(fit, once) for fit in range(judged.fits)]
    told = nested(value)
    used = set(KINDS[WITHOUT_CODE])
    return {
        **told,
        "share_kept_of_others": SHARE_KEPT,
        "intervals": nested(spread),
        "by_seed": {
            name: [figures[name] for figures in by_seed] for name in ("auc", "brier_skill")
        },
        "features": {
            each.name: {
                "group": each.group.value,
                "means": each.words,
                "reads_code": each.name not in used,
            }
            for each in FEATURES
        },
    }


class _Judged:
    """Rows that are sorted once, of which people can be drawn again and again."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._taken = [bool(row["taken"]) for row in rows]
        self._rates = [float(row["rate"]) for row in rows]
        self.fits = len(rows[0]["by_fit"]) if rows else 0
        self._kinds = [
            {
                "": self._kind(fit, lambda told: told["acceptance"]["probability"]),
                "without_code": self._kind(fit, lambda told: told[WITHOUT_CODE]["probability"]),
                "personal": self._kind(fit, lambda told: told["personal"]),
            }
            for fit in range(self.fits)
        ]
        self._baselines = {
            name: Ranking([score(row) for row in rows], self._taken)
            for name, score in _BASELINES.items()
        }

    def _kind(
        self, fit: int, probability: Callable[[dict[str, Any]], float]
    ) -> tuple[list[float], Ranking]:
        values = [probability(row["by_fit"][fit]) for row in self._rows]
        return values, Ranking(values, self._taken)

    def figures(self, counts: Counts) -> Figures:
        """Return the mean of each figure over the fits, and those of the rules of thumb."""
        told = mean_of([self.of_fit(fit, counts) for fit in range(self.fits)])
        baselines = {name: ranking.auc(counts) for name, ranking in self._baselines.items()}
        for name, baseline in baselines.items():
            told[f"baselines/{name}"] = baseline
            told[f"differences/{name}"] = less(told["auc"], baseline)
        told["differences/without_code_auc"] = less(told["auc"], told["without_code/auc"])
        return told

    def of_fit(self, fit: int, counts: Counts) -> Figures:
        """Return the figures of one fit."""
        found: Figures = {}
        prior = brier(self._rates, self._taken, counts)
        for kind, (values, ranking) in self._kinds[fit].items():
            under = f"{kind}/" if kind else ""
            found[f"{under}auc"] = ranking.auc(counts)
            skill = 1 - brier(values, self._taken, counts) / prior if prior else None
            found[f"{under}brier_skill"] = skill
            found[f"{under}calibration_error"] = calibration_error(values, self._taken, counts)
            if kind != "personal":
                found |= {f"{under}{k}": v for k, v in self._hidden(fit, kind, counts).items()}
        return found

    def _hidden(self, fit: int, kind: str, counts: Counts) -> Figures:
        name = WITHOUT_CODE if kind else "acceptance"
        sums = dict.fromkeys(("taken", "kept", "others", "hidden", "all", "threshold", "cost"), 0.0)
        for row, taken, count in zip(self._rows, self._taken, counts, strict=True):
            told = row["by_fit"][fit][name]
            is_shown = told["probability"] >= told["threshold"]
            sums["taken" if taken else "others"] += count
            sums["kept"] += count * (taken and is_shown)
            sums["hidden"] += count * (not taken and not is_shown)
            sums["all"] += count
            sums["threshold"] += count * told["threshold"]
            sums["cost"] += count * cost_of(told["threshold"])
        return {
            "acceptances_kept": _share(sums["kept"], sums["taken"]),
            "rejections_hidden": _share(sums["hidden"], sums["others"]),
            "threshold": _share(sums["threshold"], sums["all"]),
            "cost": _share(sums["cost"], sums["all"]),
        }


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
