"""Levels of help: what a person chose, and where they asked for more."""

from __future__ import annotations

from foretrace_models.repair.assignment import Level
from foretrace_models.repair.diagnosis import Diagnosis, Problem

# A document and, wherever it stands by now, its problem.
_Key = tuple[str, str, str]


class Levels:
    """How much help is given with each problem."""

    def __init__(self) -> None:
        self._raised: dict[_Key, Level] = {}

    def of(self, uri: str, diagnosis: Diagnosis, chosen: Level) -> Level:
        """Return the level for a problem: what was chosen or asked for, within the ceiling."""
        asked = chosen
        if diagnosis.problem is not None:
            raised = self._raised.get(_key(uri, diagnosis.problem), chosen)
            asked = raised if raised.allows(chosen) else chosen
        return asked if diagnosis.ceiling.allows(asked) else diagnosis.ceiling

    def raise_one(self, uri: str, diagnosis: Diagnosis, chosen: Level) -> None:
        """Give the next level of help with a problem from now on, if there is any."""
        more = next_level(diagnosis, self.of(uri, diagnosis, chosen))
        if more is not None and diagnosis.problem is not None:
            self._raised[_key(uri, diagnosis.problem)] = more

    def forget(self, uri: str) -> None:
        """Forget what was asked for in a document."""
        self._raised = {key: level for key, level in self._raised.items() if key[0] != uri}


def next_level(diagnosis: Diagnosis, level: Level) -> Level | None:
    """Return the next level above one at which a diagnosis has more to show, or None."""
    shown = diagnosis.within(level)
    for higher in Level:
        if not level.allows(higher) and diagnosis.ceiling.allows(higher):
            more = diagnosis.within(higher)
            if (more.problem, more.fix) != (shown.problem, shown.fix):
                return higher
    return None


def _key(uri: str, problem: Problem) -> _Key:
    # The failing input if there is one: what comes of it changes as a person tries things.
    return uri, problem.kind.value, problem.seen.given if problem.seen is not None else ""
