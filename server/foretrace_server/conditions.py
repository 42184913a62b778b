"""The conditions of studies that hold, noted in the trace where there is one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from attrs import frozen

from foretrace_server.policy.rules import Policy
from foretrace_telemetry.consent import Scope
from foretrace_telemetry.events import Actor, ConditionHeld

if TYPE_CHECKING:
    from foretrace_server.recording import Recording

# A course that was joined: its address, and when.
Joined = tuple[str, int]


@frozen
class _Noted:
    """What stands in the trace: a condition for each study, and which courses may see it."""

    held: dict[str, str]
    joined: frozenset[Joined]
    covers_instructor: bool


class Conditions:
    """Notes which conditions hold, when recording begins and when that changes."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._noted: _Noted | None = None

    def note(self, policies: Iterable[Policy], joined: frozenset[Joined], now_wall_us: int) -> None:
        """Note what holds now, unless it stands there.

        A course sees what was recorded since it was joined and that was allowed, so then it is
        noted anew.
        """
        if self._recording.gate.content is None:
            self._noted = None
            return
        parts = (policy.part_at(now_wall_us) for policy in policies)
        held = {part.study: part.condition for part in parts if part is not None}
        covers_instructor = Scope.INSTRUCTOR in self._recording.gate.consent.scopes
        wanted, before = _Noted(held, joined, covers_instructor), self._noted
        if wanted == before:
            return
        self._noted = wanted
        ended = dict.fromkeys(before.held if before is not None else (), "")
        for study, condition in sorted({**ended, **held}.items()):
            self._recording.recorder.noted(ConditionHeld(study, condition), None, Actor.TOOL)
