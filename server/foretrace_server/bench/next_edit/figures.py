"""Figures of next edits: sums over rows, one row a sample, with what each proposer made of it.

Places are scored only where the order of changes is known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from foretrace_server.bench.intervals import Row, drawn_again

# Of all samples, so many are to be spoken at where silence is fixed.
SPOKEN = 0.1
_BINS = 5
_COMPARED = ("hit_1", "hit_3", "right", "right_at_fixed_silence")

Figure = Callable[[Sequence[Row]], float | None]


def figures_of(rows: Sequence[Row], name: str, seed: int) -> dict[str, Any]:
    """Return the figures of one proposer, shares from 0 to 1, with intervals by person."""
    figures = {key: figure(name) for key, figure in _FIGURES.items()}
    found: dict[str, Any] = {key: figure(rows) for key, figure in figures.items()}
    found["intervals"] = {key: drawn_again(rows, each, seed) for key, each in figures.items()}
    found["spoken_at_fixed_silence"] = min(SPOKEN, found["spoken"]) if rows else None
    seconds = [row["proposers"][name]["seconds"] for row in rows]
    found["seconds"] = {"p50": percentile(seconds, 0.5), "p95": percentile(seconds, 0.95)}
    return found


def differences_of(rows: Sequence[Row], name: str, other: str, seed: int) -> dict[str, Any]:
    """Return by how much one proposer's shares are above another's, with intervals by person."""

    def difference(key: str) -> Figure:
        one, two = _FIGURES[key](name), _FIGURES[key](other)

        def figure(own: Sequence[Row]) -> float | None:
            a, b = one(own), two(own)
            return None if a is None or b is None else a - b

        return figure

    return {
        key: {
            "difference": difference(key)(rows),
            "interval": drawn_again(rows, difference(key), seed),
        }
        for key in _COMPARED
    }


def parts_of(rows: Sequence[Row], name: str) -> dict[str, dict[str, Any]]:
    """Return the figures of one proposer for each data set, without intervals."""
    return {
        dataset: {
            "n": len(own),
            "people": len({row["person"] for row in own}),
            "is_ordered": all(row["is_ordered"] for row in own),
            **{key: figure(name)(own) for key, figure in _FIGURES.items()},
        }
        for dataset in sorted({row["dataset"] for row in rows})
        for own in [[row for row in rows if row["dataset"] == dataset]]
    }


def patterns_of(rows: Sequence[Row], name: str) -> dict[str, dict[str, int]]:
    """Return for each pattern how many edits it made, and how many were right, and exact."""
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        answer = row["proposers"][name]
        if answer["spoke"]:
            counts = found.setdefault(answer["pattern"], {"made": 0, "right": 0, "exact": 0})
            counts["made"] += 1
            counts["right"] += answer["right"]
            counts["exact"] += answer["exact"]
    return dict(sorted(found.items()))


def calibration(pairs: Sequence[tuple[float, bool]]) -> list[dict[str, Any]]:
    """Return for each fifth of the way from 0 to 1 how sure one was, and how often right."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for confidence, right in pairs:
        bins[min(_BINS - 1, int(confidence * _BINS))].append((confidence, right))
    return [
        {
            "n": len(own),
            "confidence": sum(confidence for confidence, _ in own) / len(own),
            "right": sum(right for _, right in own) / len(own),
        }
        for own in bins
        if own
    ]


def precision_of_surest(pairs: Sequence[tuple[float, bool]], count: int) -> float | None:
    """Return how many of the surest are right; of those as sure as the last one, on average.

    With fewer than `count` it is of all of them; None of none.
    """
    ordered = sorted(pairs, key=lambda pair: -pair[0])
    count = min(count, len(ordered))
    if count == 0:
        return None
    edge = ordered[count - 1][0]
    above = [right for confidence, right in ordered if confidence > edge]
    tied = [right for confidence, right in ordered if confidence == edge]
    return (sum(above) + (count - len(above)) * sum(tied) / len(tied)) / count


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the value that a share of all are not above, by nearest rank; None of none."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, -(-int(share * 100) * len(ordered) // 100) - 1)]


def _mean(name: str, key: str) -> Figure:
    def figure(rows: Sequence[Row]) -> float | None:
        values = [row["proposers"][name][key] for row in rows]
        return sum(values) / len(values) if values else None

    return figure


def _place(name: str, key: str) -> Figure:
    figure = _mean(name, key)
    return lambda rows: figure([row for row in rows if row["is_ordered"]])


def _of_spoken(name: str, key: str) -> Figure:
    def figure(rows: Sequence[Row]) -> float | None:
        answers = [row["proposers"][name] for row in rows]
        values = [answer[key] for answer in answers if answer["spoke"]]
        return sum(values) / len(values) if values else None

    return figure


def _edit_of_surest(name: str) -> Figure:
    def figure(rows: Sequence[Row]) -> float | None:
        answers = [row["proposers"][name] for row in rows]
        pairs = [(answer["confidence"], answer["right"]) for answer in answers if answer["spoke"]]
        return precision_of_surest(pairs, int(SPOKEN * len(rows)))

    return figure


def _place_of_surest(name: str) -> Figure:
    def figure(rows: Sequence[Row]) -> float | None:
        answers = [row["proposers"][name] for row in rows if row["is_ordered"]]
        pairs = [(answer["place_confidence"], answer["hit_1"]) for answer in answers]
        return precision_of_surest(pairs, int(SPOKEN * len(pairs)))

    return figure


_FIGURES: dict[str, Callable[[str], Figure]] = {
    "hit_1": lambda name: _place(name, "hit_1"),
    "hit_3": lambda name: _place(name, "hit_3"),
    "near_1": lambda name: _place(name, "near_1"),
    "spoken": lambda name: _mean(name, "spoke"),
    "exact": lambda name: _mean(name, "exact"),
    "right": lambda name: _mean(name, "right"),
    "exact_of_spoken": lambda name: _of_spoken(name, "exact"),
    "right_of_spoken": lambda name: _of_spoken(name, "right"),
    "reversals_of_spoken": lambda name: _of_spoken(name, "reverses"),
    "right_at_fixed_silence": _edit_of_surest,
    "place_at_fixed_silence": _place_of_surest,
}
