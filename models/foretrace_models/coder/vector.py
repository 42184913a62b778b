"""A coder's vector as it is kept: in their database, with the sessions that it was made of.

It goes when any of these is forgotten. It is of the network that it was made for: another one would
misread it.
"""

from __future__ import annotations

import json
from typing import Any

import cattrs
import sqlite_utils
from attrs import asdict, evolve, frozen

from foretrace_models.coder.recorded import Work
from foretrace_telemetry.erase import forget_derived
from foretrace_telemetry.home import Home
from foretrace_telemetry.lineage import Derived, derived, keep_derived

_KIND = "vector"


@frozen
class Refinement:
    """What it brought to refine a vector: bits of the coder's latest trace, which was held out.

    `passes` is how often the other traces were gone through; 0 where none of it helped, and the
    vector is the encoder's.
    """

    bits_before: float
    bits_after: float
    passes: int


@frozen
class CoderVector:
    """The numbers of a coder, how far they are `from_mean`, and how they came about.

    They were made of so many `traces`, in `seconds`; nothing after `until_wall_us` is in them.
    """

    numbers: tuple[float, ...]
    from_mean: float
    network_sha256: str
    traces: int
    until_wall_us: int
    made_wall_us: int
    seconds: float
    refinement: Refinement | None = None
    sessions: tuple[str, ...] = ()

    def is_current(self, work: Work, network_sha256: str) -> bool:
        """Return whether it is of this network, and of the latest that is recorded of its coder."""
        return (self.network_sha256, self.sessions, self.until_wall_us) == (
            network_sha256,
            sessions_of(work),
            until_wall_us(work),
        )


def sessions_of(work: Work) -> tuple[str, ...]:
    """Return the sessions that a vector of a coder's work is made of."""
    return tuple(sorted({name for each in work.known for name in each.sessions}))


def until_wall_us(work: Work) -> int:
    """Return when the last state was that a vector of a coder's work is made of, 0 without one."""
    return max((each.trace.last.wall_us or 0 for each in work.known), default=0)


def keep(home: Home, work: Work, vector: CoderVector) -> None:
    """Keep a coder's vector in the place of the one before.

    Raises:
        ForgottenError: something was forgotten since the work was read; nothing was written.
        OSError: the folder or the file cannot be made.
        sqlite3.Error: the store cannot be written.
    """
    told = asdict(evolve(vector, sessions=()))
    del told["sessions"]
    content = json.dumps(told).encode()
    kept = Derived(_KIND, _name(work.coder), vector.sessions, content)
    keep_derived(home, kept, work.newest_erasure)


def kept(db: sqlite_utils.Database, coder: str | None) -> CoderVector | None:
    """Return a coder's vector, None where none is kept that this version can read."""
    for each in derived(db, _KIND, _name(coder)):
        try:
            told: dict[str, Any] = json.loads(each.content)
            return cattrs.structure({**told, "sessions": each.sessions}, CoderVector)
        except Exception:  # one of another version; a new one can be made
            return None
    return None


def reset(home: Home, coder: str | None) -> bool | None:
    """Forget a coder's vector, to the byte; None where there is none, False where bytes stay.

    Raises:
        OSError: the folder or the file cannot be made.
        sqlite3.Error: the store cannot be written.
    """
    return forget_derived(home, _KIND, _name(coder))


def _name(coder: str | None) -> str:
    return "own" if coder is None else f"of {coder}"
