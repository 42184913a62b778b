"""Figures by names with slashes, as objects in objects, and what one is more than another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Return names with slashes as objects in objects."""
    told: dict[str, Any] = {}
    for name, value in flat.items():
        *groups, own = name.split("/")
        inner = told
        for group in groups:
            inner = inner.setdefault(group, {})
        inner[own] = value
    return told


def less(one: float | None, other: float | None) -> float | None:
    """Return what one figure is more than another; None where one of them is none."""
    return None if one is None or other is None else one - other
