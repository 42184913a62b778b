"""The policies of the machine and of the courses that were joined, as they hold in this session.

Those of courses are read where the sending thread and the commands keep them, again when that
changes, and what begins or ends by the clock does so here, without a restart.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from foretrace_models.repair.assignment import Level
from foretrace_server.conditions import Conditions, Joined
from foretrace_server.policy.rules import (
    HelpLimit,
    Policy,
    limit_of,
    limits,
    machine_limit,
    next_edge,
)
from foretrace_server.policy.words import limit_words, machine_words
from foretrace_telemetry.home import Home
from foretrace_telemetry.language import t
from foretrace_telemetry.machine_policy import PATH

if TYPE_CHECKING:
    from foretrace_server.recording import Recording

log = logging.getLogger(__name__)

_LOOK_SECONDS = 0.5
_Stamp = tuple[tuple[int, ...] | None, ...]


class Policies:
    """How much help is allowed, and who is told when that changes."""

    def __init__(
        self,
        home: Home,
        recording: Recording,
        changed: Callable[[], None],
        warn: Callable[[str], None],
    ) -> None:
        """`changed` is called when another limit holds than before, `warn` with what is wrong."""
        self._home = home
        self._machine = recording.gate.machine
        self._warn = warn
        self._conditions = Conditions(recording)
        self._changed = changed
        self._policies: dict[str, Policy] = {}
        self._joined: frozenset[Joined] = frozenset()
        self._stamp: _Stamp | None = None
        # What holds in this span of time, in microseconds, and as long as nothing else is told.
        self._valid = range(0)
        self._limits: tuple[HelpLimit, ...] = ()
        self._held: tuple[HelpLimit, ...] = ()
        self._known = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Begin to notice what courses tell, and what begins and ends."""
        self._looking = asyncio.create_task(self._look_on())

    async def ready(self) -> None:
        """Wait until what is kept was read."""
        await self._known.wait()

    def close(self) -> None:
        """End."""
        self._known.set()
        if self._looking is not None:
            with contextlib.suppress(RuntimeError):  # the loop may have ended before
                self._looking.cancel()

    def limit(self, assignment: str | None) -> HelpLimit | None:
        """Return the strictest limit that now holds for an assignment."""
        return limit_of(self._now(), assignment)

    @property
    def forbid_help(self) -> bool:
        """Whether the machine allows no help at all, so that nothing is to be looked for."""
        return self._machine.policy.ceiling == Level.OFF.value

    @property
    def status(self) -> list[dict[str, Any]]:
        """The limits that hold now, as a client shows them."""
        return [as_json(each) for each in self._now()]

    @property
    def machine_status(self) -> dict[str, Any]:
        """What the policy of the machine says, as a client shows it."""
        policy = self._machine.policy
        return {
            "path": str(PATH),
            "mayRecord": policy.may_record,
            "mayRecordText": policy.may_record_text,
            "recording": policy.recording_words,
            "message": machine_words(policy),
        }

    def look(self) -> None:
        """Heed what began or ended by the clock since the last look."""
        held = self._now()
        if (trouble := self._machine.policy.trouble) is not None:
            self._warn(
                t(
                    "this machine's policy cannot be read, so nothing is recorded or sent, and "
                    "there is no help: {trouble}",
                    trouble=trouble,
                )
            )
        self._conditions.note(self._policies, self._joined, _now_wall_us())
        # When it ends is told where it is asked for: that changes nothing of what is shown.
        ceilings = [(each.course, each.assignment, each.limit.ceiling) for each in held]
        before = [(each.course, each.assignment, each.limit.ceiling) for each in self._held]
        self._held = held
        if ceilings != before:
            self._changed()

    def _now(self) -> tuple[HelpLimit, ...]:
        """Return the limits that hold now: the machine's, and those of all courses."""
        own = machine_limit(self._machine.policy)
        return (*([own] if own is not None else []), *self._of_courses())

    def _of_courses(self) -> tuple[HelpLimit, ...]:
        now_wall_us = _now_wall_us()
        if now_wall_us not in self._valid:
            policies = self._policies.values()
            edges = (next_edge(policy, now_wall_us) for policy in policies)
            until_wall_us = min((edge for edge in edges if edge is not None), default=sys.maxsize)
            self._valid = range(now_wall_us, until_wall_us)
            found = (each for policy in policies for each in limits(policy, now_wall_us))
            self._limits = tuple(found)
        return self._limits

    async def _look_on(self) -> None:
        while True:
            try:
                await self._read()
                self._known.set()
                self.look()
            except Exception:
                # Help goes on as it was; the next look may do better.
                log.exception("the policies of courses cannot be looked at")
                self._known.set()
            await asyncio.sleep(_LOOK_SECONDS)

    async def _read(self) -> None:
        """Read what is kept, where it changed."""
        stamp = await asyncio.to_thread(_stamp, self._home)
        if stamp != self._stamp:
            kept = await asyncio.to_thread(_kept, self._home)
            if kept is not None:
                self._policies, self._joined = kept
            self._stamp, self._valid = stamp, range(0)


def as_json(found: HelpLimit) -> dict[str, Any]:
    """Return a limit as a client shows it."""
    until_wall_us = found.limit.until_wall_us
    until = None
    if until_wall_us is not None:
        until = datetime.fromtimestamp(until_wall_us / 1e6, timezone.utc).isoformat()
    return {
        "course": found.course,
        "assignment": found.assignment,
        "ceiling": found.limit.ceiling.value,
        "until": until,
        "message": limit_words(found, _now_wall_us()),
    }


def _kept(home: Home) -> tuple[dict[str, Policy], frozenset[Joined]] | None:
    """Return what is kept, by the address of the course, and which courses are joined.

    None where it cannot be read: what was known holds on then.
    """
    if not home.policies.exists():
        return {}, frozenset()
    # Only here: it brings in what checks signatures.
    from foretrace_server.policy.keeping import kept_policies
    from foretrace_telemetry.sending.courses import CoursesUnreadableError, read_courses

    try:
        joined = ((each.address, each.joined_wall_us) for each in read_courses(home))
        return kept_policies(home), frozenset(joined)
    except (CoursesUnreadableError, OSError) as error:
        log.error("what courses allow cannot be read: %s", error)
        return None


def _stamp(home: Home) -> _Stamp:
    return tuple(map(_stamp_of, (home.courses, home.policies)))


def _stamp_of(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _now_wall_us() -> int:
    return time.time_ns() // 1000
