"""The conditions of studies that hold, noted in the trace where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import frozen

from foretrace_server.policy.rules import Policy
from foretrace_telemetry.consent import Scope
from foretrace_telemetry.events import Actor, ConditionHeld

if TYPE_CHECKING:
    from foretrace_server.recording import Recording

# A course that was joined: its address, and when.
Joined = tuple[str, int]
# The address of a course, and the name of a study of it.
_Study = tuple[str, str]


@frozen
class _Noted:
    """What stands in the trace: the condition in each study of a course, and who may see any."""

    held: dict[_Study, str]
    joined: frozenset[Joined]
    covers_instructor: bool


class Conditions:
    """Notes which conditions hold, when recording begins and when that changes."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._noted: _Noted | None = None

    def note(
        self, policies: Mapping[str, Policy], joined: frozenset[Joined], now_wall_us: int
    ) -> None:
        """Note what holds now by the policies of some courses, unless it stands there.

        A course sees what was recorded since it was joined and that was allowed, so then it is
        noted anew.
        """
        if self._recording.gate.content is None:
            self._noted = None
            return
        parts = {course: policy.part_at(now_wall_us) for course, policy in policies.items()}
        held = {
            (course, part.study): part.condition
            for course, part in parts.items()
            if part is not None
        }
        covers_instructor = Scope.INSTRUCTOR in self._recording.gate.consent.scopes
        wanted, before = _Noted(held, joined, covers_instructor), self._noted
        if wanted == before:
            return
        self._noted = wanted
        ended = dict.fromkeys(before.held if before is not None else (), "")
        for (course, study), condition in sorted({**ended, **held}.items()):
            body = ConditionHeld(study, condition, course)
            self._recording.recorder.noted(body, None, Actor.TOOL)
