"""The rules that courses offer for a program: from the data folder, and only if in order."""

from __future__ import annotations

import logging
from pathlib import Path

from attrs import define, field

from foretrace_models.repair.assignment import assignment_of
from foretrace_models.repair.class_help import decoded, own_words, ready
from foretrace_models.repair.rules.mined import MinedRule, MinedRules
from foretrace_telemetry import class_help
from foretrace_telemetry.class_help import HelpRefusedError
from foretrace_telemetry.home import Home

log = logging.getLogger(__name__)

_Stamp = tuple[tuple[str, int, int], ...]


@define
class OfferedRules:
    """What the courses offer that were joined, read again where a file has changed."""

    _home: Home
    _stamp: _Stamp = ()
    _known: dict[tuple[str, frozenset[str]], MinedRules | None] = field(factory=dict)

    def rules_for(self, path: Path | None) -> MinedRules | None:
        """Return what is offered for a program; None where that is nothing.

        Only a program with an assignment's tests gets any: they tell whether a rule helps.
        """
        assignment = assignment_of(path)
        if assignment is None or not assignment.tests:
            return None
        stamp = self._stamp_now()
        if stamp != self._stamp:
            self._stamp, self._known = stamp, {}
        own = own_words(assignment)
        key = assignment.id, own
        if key not in self._known:
            self._known[key] = self._read(assignment.id, own)
        return self._known[key]

    def _stamp_now(self) -> _Stamp:
        stamp = []
        for path in class_help.kept(self._home):
            try:
                found = path.stat()
            except OSError:  # it was dropped meanwhile
                continue
            stamp.append((path.name, found.st_mtime_ns, found.st_size))
        return tuple(stamp)

    def _read(self, assignment_id: str, own: frozenset[str]) -> MinedRules | None:
        rules: list[MinedRule] = []
        for name, _, _ in self._stamp:
            try:
                raw = (self._home.class_help / name).read_bytes()
                found = decoded(raw, {assignment_id: own}).get(assignment_id)
            except (OSError, HelpRefusedError) as error:
                log.warning("help of a course is refused: %s", error)
                continue
            rules += found.rules if found is not None else ()
        return ready(rules) if rules else None
