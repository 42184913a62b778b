"""The two clocks of every event: the wall's, to say when, and a steady one, to measure between."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], "tuple[int, int]"]


def system_clock() -> tuple[int, int]:
    """Return the wall time since 1970 and the monotonic time, both in microseconds."""
    return time.time_ns() // 1000, time.monotonic_ns() // 1000
