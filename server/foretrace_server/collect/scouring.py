"""When a course's files are scoured of what was forgotten: soon, and never most of the time.

Scouring writes the whole database anew, and what laptops send waits for it. So what several
students forget is gathered, and afterwards the course works a good while before the next time.
"""

from __future__ import annotations

from attrs import define

_GATHER_SECONDS = 2.0
# At most this part of the time goes by with scouring.
_SHARE = 1 / 20


@define
class Scouring:
    """Times are seconds of the monotonic clock."""

    gather_seconds: float = _GATHER_SECONDS
    _rests_until: float = 0.0

    def wait_seconds(self, now: float) -> float:
        """Return how long to wait, where something was forgotten just now."""
        return max(self.gather_seconds, self._rests_until - now)

    def done(self, began: float, ended: float) -> None:
        """Note that the files were scoured, or that it was tried."""
        self._rests_until = ended + (ended - began) / _SHARE
