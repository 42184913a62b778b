"""Figures as lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_HIDDEN = ("dataset", "seed", "limit", "fit", "n", "intervals")


def lines_of(figures: dict[str, Any]) -> Iterator[str]:
    """Iterate over lines that tell figures, those with intervals with theirs."""
    yield (
        f"{figures['dataset']}: {figures['n']:,.0f} scored, "
        f"{_fit(figures)}seed {figures['seed']}; intervals of 95 % by person"
    )
    yield from _lines(figures, figures.get("intervals", {}), "")


def _fit(figures: dict[str, Any]) -> str:
    return f"fit {figures['fit']}, " if "fit" in figures else ""


def _lines(told: dict[str, Any], intervals: dict[str, Any], indent: str) -> Iterator[str]:
    for name, value in told.items():
        if name in _HIDDEN:
            continue
        if isinstance(value, dict):
            yield f"{indent}{name}"
            yield from _lines(value, value.get("intervals", {}), indent + "  ")
        else:
            yield f"{indent}{name:<28}{_value(value)}{_interval(intervals.get(name))}"


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, list):
        return " to ".join(map(_value, value))
    return str(value)


def _interval(interval: Any) -> str:
    return f" ({interval[0]:.3f} to {interval[1]:.3f})" if interval else ""
