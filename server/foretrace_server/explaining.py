"""Explaining: why nothing, or not more, is offered for a document."""

from __future__ import annotations

from foretrace_models.repair.assignment import Level
from foretrace_models.repair.diagnosis import Diagnosis
from foretrace_server.levels import next_level

# A code for clients and a message for people.
Explanation = tuple[str, str]

NOT_OPEN: Explanation = ("not-open", "the document is not open here")
NOT_PYTHON: Explanation = ("language", "Foretrace mends Python programs only")
SWITCHED_OFF: Explanation = ("level", "help is set to the level 'off'")
PENDING: Explanation = ("pending", "this version was not looked at yet")
DISMISSED: Explanation = ("dismissed", "this fix was turned down before")


def explanations(diagnosis: Diagnosis, level: Level, dismissed: bool) -> list[Explanation]:
    """Return why no more than a level of a diagnosis is offered."""
    found = []
    if diagnosis.why is not None:
        found.append((diagnosis.why.reason.value, diagnosis.why.message))
    if next_level(diagnosis, level) is not None:
        found.append(("level", f"help is set to the level {level.value!r}, and there is more"))
    if dismissed:
        found.append(DISMISSED)
    return found
