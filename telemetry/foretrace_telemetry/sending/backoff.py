"""Back-off: how long a course that could not be reached is left alone."""

from __future__ import annotations

_FIRST_SECONDS = 5.0
_LONGEST_SECONDS = 600.0
# What a course may ask for: a day, should its clock or somebody in between be wrong.
_LONGEST_ASKED_SECONDS = 24 * 3600.0


def delay_seconds(failures: int, chance: float, asked_seconds: float | None = None) -> float:
    """Return for how long not to try again after so many failures in a row, one at least.

    It doubles with each of them up to a cap, and up to half of it is left to `chance`, from 0 to 1,
    so that a class does not come back all at once. `asked_seconds` is what the course asks for.
    """
    longest = min(_LONGEST_SECONDS, _FIRST_SECONDS * 2.0 ** min(failures - 1, 16))
    delay = longest * (1 - chance / 2)
    if asked_seconds is None:
        return delay
    # Not earlier than asked, and not all at that moment.
    return max(delay, min(asked_seconds, _LONGEST_ASKED_SECONDS) * (1 + chance / 10))
