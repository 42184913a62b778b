"""What probes of a trace model tell of what comes next, beside what is told without it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

from foretrace_server.bench.intervals import Row, drawn_again

_Figure = Callable[[Sequence[Row]], float | None]

_YES = "yes"


def probe_figures(rows: Sequence[Row], seed: int) -> dict[str, Any]:
    """Return for each question what each feature tells, with 95 % intervals by coder.

    `accuracy` is the share of answers that were the likeliest, `bits` what an answer costs, and
    `auc`, of questions with yes and no, how often a yes was likelier than a no.
    """
    by_question: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_question[row["question"]].append({"id": "", **row})
    return {
        question: {
            "n": len(own),
            "coders": len({row["person"] for row in own}),
            **{feature: _told_by(feature, own, seed) for feature in own[0]["says"]},
        }
        for question, own in by_question.items()
    }


def _told_by(feature: str, rows: Sequence[Row], seed: int) -> dict[str, Any]:
    figures: dict[str, _Figure] = {
        "accuracy": lambda rows: fmean(_likeliest(row, feature) for row in rows),
        "bits": lambda rows: fmean(-math.log2(_share(row, feature)) for row in rows),
    }
    if _YES in rows[0]["says"][feature]:
        figures["auc"] = lambda rows: _auc(
            [(row["says"][feature][_YES], row["answer"] == _YES) for row in rows]
        )
    return {
        **{name: figure(rows) for name, figure in figures.items()},
        "intervals": {name: drawn_again(rows, figure, seed) for name, figure in figures.items()},
    }


def _likeliest(row: Row, feature: str) -> bool:
    says = row["says"][feature]
    return bool(max(says, key=lambda answer: says[answer]) == row["answer"])


def _share(row: Row, feature: str) -> float:
    return max(float(row["says"][feature][row["answer"]]), 1e-9)


def _auc(scored: Sequence[tuple[float, bool]]) -> float | None:
    """Return how often a true one has the higher score of a true and a false one; ties are half."""
    true = sum(is_true for _, is_true in scored)
    false = len(scored) - true
    if not true or not false:
        return None
    ranks: dict[float, list[bool]] = defaultdict(list)
    for score, is_true in scored:
        ranks[score].append(is_true)
    below = won = 0.0
    for score in sorted(ranks):
        tied = ranks[score]
        yes = sum(tied)
        won += yes * (below + (len(tied) - yes) / 2)
        below += len(tied) - yes
    return won / (true * false)
