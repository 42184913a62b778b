"""The figures of what edits cost: bits for each byte that they change, by what a model was told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from foretrace_server.bench.intervals import Row, drawn_again

# What is told besides, and what without it.
_PAIRS = {
    "current_less_none": ("current", "none"),
    "trace_less_current": ("trace", "current"),
    "trace_less_shuffled": ("trace", "trace_shuffled"),
    "vector_less_trace": ("trace_vector", "trace"),
    "vector_less_wrong_vector": ("trace_vector", "trace_wrong_vector"),
}
_KNOWN = "known_"


def costs(rows: Sequence[Row], seed: int) -> dict[str, Any]:
    """Return the bits per edit byte in each context, over the edits that fit in all contexts.

    With 95 % intervals by drawing whole coders again.
    """
    contexts, scored = _contexts(rows), complete(rows)
    return {
        "scored": len(scored),
        "edit_bytes": sum(row["bytes"] for row in scored),
        "bits_per_edit_byte": {name: _per_byte(name)(scored) for name in contexts},
        "intervals": {name: drawn_again(scored, _per_byte(name), seed) for name in contexts},
    }


def complete(rows: Sequence[Row]) -> list[Row]:
    """Return the edits that fit in all contexts."""
    return _with(rows, _contexts(rows))


def differences(rows: Sequence[Row], seed: int) -> dict[str, Any]:
    """Return what is won or lost by telling more, on the same edits: below 0 is won."""
    return {
        name: _difference(_with(rows, pair), *pair, seed)
        for name, pair in _PAIRS.items()
        if _with(rows, pair)
    }


def against(rows: Sequence[Row], others: Sequence[Row], seed: int) -> dict[str, Any]:
    """Return what a model's edits cost more than another's, told the trace: below 0 is won."""
    of_other = {row["id"]: row["bits"]["trace"] for row in others}
    paired = [
        {**row, "bits": {"own": row["bits"]["trace"], "other": of_other[row["id"]]}} for row in rows
    ]
    return _difference(paired, "own", "other", seed)


def adaptation(rows: Sequence[Row], seed: int) -> dict[str, Any]:
    """Return what is won by each number of traces known, against none, on the same edits."""
    names = sorted(
        {name for row in rows for name in row["bits"] if name.startswith(_KNOWN)},
        key=lambda name: int(name.removeprefix(_KNOWN)),
    )
    curve = {}
    for name in names:
        scored = _with(rows, (name, "trace"))
        curve[name.removeprefix(_KNOWN)] = {
            "n": len(scored),
            "coders": len({row["person"] for row in scored}),
            "bits_per_edit_byte": _per_byte(name)(scored),
            "none_known": _per_byte("trace")(scored),
            **_difference(scored, name, "trace", seed),
        }
    return curve


def _difference(rows: Sequence[Row], name: str, than: str, seed: int) -> dict[str, Any]:
    def figure(rows: Sequence[Row]) -> float | None:
        with_it, without = _per_byte(name)(rows), _per_byte(than)(rows)
        return None if with_it is None or without is None else with_it - without

    return {"difference": figure(rows), "interval": drawn_again(rows, figure, seed)}


def _contexts(rows: Sequence[Row]) -> list[str]:
    names = dict.fromkeys(name for row in rows for name in row["bits"])
    return [name for name in names if not name.startswith(_KNOWN)]


def _with(rows: Sequence[Row], contexts: Sequence[str]) -> list[Row]:
    return [row for row in rows if all(name in row["bits"] for name in contexts)]


def _per_byte(context: str) -> Callable[[Sequence[Row]], float | None]:
    def figure(rows: Sequence[Row]) -> float | None:
        size_bytes = sum(row["bytes"] for row in rows)
        return sum(row["bits"][context] for row in rows) / size_bytes if size_bytes else None

    return figure
