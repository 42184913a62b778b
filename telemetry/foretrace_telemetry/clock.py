"""The two clocks of every event: the wall's, to say when, and a steady one, to measure between."""

from __future__ import annotations

import time
from collections.abc import Callable

# The wall time since 1970 and the monotonic time, both in microseconds.
Moment = tuple[int, int]
Clock = Callable[[], Moment]

_YEAR_9999_WALL_US = 253_370_764_800_000_000


def system_clock() -> Moment:
    """Return this moment."""
    return time.time_ns() // 1000, time.monotonic_ns() // 1000


def is_moment(value: object) -> bool:
    """Return whether a value from elsewhere is a wall time in microseconds that calendars have."""
    return type(value) is int and 0 <= value < _YEAR_9999_WALL_US
