"""The figures of recovery: how often each arm gets there, and how near it stays to the student."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

from foretrace_server.bench.intervals import Row, drawn_again

_Figure = Callable[[Sequence[Row]], float | None]

_WITHOUT = "no_vector"


def recovery_figures(rows: Sequence[Row], seed: int) -> dict[str, Any]:
    """Return the figures as a JSON object, with 95 % intervals by drawing whole coders again."""
    arms = list(rows[0]["arms"]) if rows else []
    return {
        "n": len(rows),
        "coders": len({row["person"] for row in rows}),
        "student_next": _told(rows, _mean(lambda row: [row["student_next"]]), seed),
        "student_style": _told(rows, _mean(lambda row: [row["student_style"]]), seed),
        "peer_style": _told(rows, _mean(lambda row: [row["peer_style"]]), seed),
        "arms": {arm: _of_arm(rows, arm, seed) for arm in arms},
    }


def _of_arm(rows: Sequence[Row], arm: str, seed: int) -> dict[str, Any]:
    recovered, gained = _recovered(arm), _each(arm, "gained")
    tries = [each for row in rows for each in row["arms"][arm]]
    steps = sum(each["steps"] for each in tries)
    found = {
        "tries": len(tries),
        "recovered": _told(rows, recovered, seed),
        "recovered_in_any": _told(rows, _in_any(arm), seed),
        "tests_gained": _told(rows, gained, seed),
        "style": _told(rows, _each(arm, "style"), seed),
        "steps_to_recovery": _each(arm, "recovered_at")(rows),
        "without_edit": sum(each["without_edit"] for each in tries) / steps if steps else None,
        "seconds": fmean(row["seconds"][arm] for row in rows),
    }
    if arm != _WITHOUT:
        found["recovered_less_no_vector"] = _told(
            rows, _less(recovered, _recovered(_WITHOUT)), seed
        )
        found["tests_gained_less_no_vector"] = _told(
            rows, _less(gained, _each(_WITHOUT, "gained")), seed
        )
    return found


def _told(rows: Sequence[Row], figure: _Figure, seed: int) -> dict[str, Any]:
    return {"value": figure(rows), "interval": drawn_again(rows, figure, seed)}


def _mean(values: Callable[[Row], Sequence[float | None]]) -> _Figure:
    """Return the mean of all values of all rows that are known."""

    def figure(rows: Sequence[Row]) -> float | None:
        known = [value for row in rows for value in values(row) if value is not None]
        return fmean(known) if known else None

    return figure


def _each(arm: str, key: str) -> _Figure:
    return _mean(lambda row: [each[key] for each in row["arms"][arm]])


def _recovered(arm: str) -> _Figure:
    return _mean(lambda row: [each["recovered_at"] is not None for each in row["arms"][arm]])


def _in_any(arm: str) -> _Figure:
    return _mean(lambda row: [any(each["recovered_at"] for each in row["arms"][arm])])


def _less(one: _Figure, other: _Figure) -> _Figure:
    def figure(rows: Sequence[Row]) -> float | None:
        first, second = one(rows), other(rows)
        return None if first is None or second is None else first - second

    return figure
