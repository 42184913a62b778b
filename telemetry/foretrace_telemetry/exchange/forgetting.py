"""Forgetting as it travels from a laptop to a course: numbers of events, and nothing of them.

It only ever takes away, so that it may come twice, late and in any order.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from attrs import evolve, field, frozen

from foretrace_telemetry.events import Erased, Recorded, Withheld
from foretrace_telemetry.exchange.segments import SESSION_NAME, last_of

MOST_BYTES = 2**20
MOST_RUNS = 20_000
_MOST_NUMBER = 2**63 - 1
# The first and the last number of events that follow each other.
Numbers = tuple[int, int]


class ForgettingError(ValueError):
    """What somebody sent says not what to forget; the message says why."""


def joined(runs: Iterable[Numbers]) -> tuple[Numbers, ...]:
    """Return runs in order, those that touch made one."""
    found: list[Numbers] = []
    for first, last in sorted(runs):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return tuple(found)


@frozen
class Forgetting:
    """What of a session was forgotten: which events, and of which others the text."""

    session: str
    erased: tuple[Numbers, ...] = field(default=(), converter=joined)
    withheld: tuple[Numbers, ...] = field(default=(), converter=joined)

    def __bool__(self) -> bool:
        return bool(self.erased or self.withheld)

    def and_also(self, other: Forgetting) -> Forgetting:
        """Return what is forgotten by either of two."""
        return evolve(
            self, erased=self.erased + other.erased, withheld=self.withheld + other.withheld
        )

    def parts(self, most_runs: int = MOST_RUNS // 2) -> Iterator[Forgetting]:
        """Iterate over parts that are small enough to be sent."""
        for at in range(0, len(self.erased), most_runs):
            yield Forgetting(self.session, self.erased[at : at + most_runs])
        for at in range(0, len(self.withheld), most_runs):
            yield Forgetting(self.session, (), self.withheld[at : at + most_runs])


def lost_of(session: str, events: Iterable[Recorded], through: int) -> Forgetting:
    """Return what these events have lost, as far as the event `through`."""
    erased, withheld = [], []
    for recorded in events:
        if recorded.sequence > through:
            break
        body = recorded.event.body
        if isinstance(body, Erased):
            erased.append((recorded.sequence, min(last_of(recorded), through)))
        elif any(
            isinstance(getattr(body, name, None), Withheld)
            for name in ("text", "inserted", "removed")
        ):
            withheld.append((recorded.sequence, recorded.sequence))
    return Forgetting(session, tuple(erased), tuple(withheld))


def encode(forgetting: Forgetting) -> bytes:
    """Return what was forgotten as it travels."""
    return json.dumps(
        {
            "session": forgetting.session,
            "erased": forgetting.erased,
            "withheld": forgetting.withheld,
        },
        separators=(",", ":"),
    ).encode()


def decode(raw: bytes) -> Forgetting:
    """Return what was forgotten.

    Raises:
        ForgettingError: it cannot be read, or says what cannot be.
    """
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ForgettingError("it is no JSON that can be read") from error
    if not isinstance(value, dict) or value.keys() != {"session", "erased", "withheld"}:
        raise ForgettingError('it is no object with "session", "erased" and "withheld"')
    session = value["session"]
    if not isinstance(session, str) or SESSION_NAME.fullmatch(session) is None:
        raise ForgettingError("it names no session")
    erased, withheld = (_runs(value[name]) for name in ("erased", "withheld"))
    if len(erased) + len(withheld) > MOST_RUNS:
        raise ForgettingError(f"it has more than {MOST_RUNS} runs of numbers; send fewer at once")
    return Forgetting(session, erased, withheld)


def _runs(value: Any) -> tuple[Numbers, ...]:
    if not isinstance(value, list) or not all(map(_is_run, value)):
        raise ForgettingError("numbers are a list of pairs, the first and the last of each run")
    return tuple((first, last) for first, last in value)


def _is_run(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(type(each) is int for each in value)
        and 1 <= value[0] <= value[1] <= _MOST_NUMBER
    )
