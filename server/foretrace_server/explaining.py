"""Explaining: why nothing, or not more, is offered for a document."""

from __future__ import annotations

from datetime import datetime

from foretrace_models.next_edit.proposal import Quiet
from foretrace_models.repair.assignment import Level
from foretrace_models.repair.diagnosis import Diagnosis
from foretrace_models.timing.policy import Silence
from foretrace_server.levels import next_level
from foretrace_server.speaking import Verdict
from foretrace_telemetry.language import t

# A code for clients and a message for people.
Explanation = tuple[str, str]

NOT_OPEN: Explanation = ("not-open", "the document is not open here")
NOT_PYTHON: Explanation = ("language", "Foretrace mends Python programs only")
SWITCHED_OFF: Explanation = ("level", "help is set to the level 'off'")
PENDING: Explanation = ("pending", "this version was not looked at yet")
DISMISSED: Explanation = ("dismissed", "this fix was turned down before")


def told(explanation: Explanation) -> Explanation:
    """Return an explanation in the language that is spoken."""
    code, message = explanation
    return code, t(message)


def explanations(diagnosis: Diagnosis, level: Level, dismissed: bool) -> list[Explanation]:
    """Return why no more than a level of a diagnosis is offered."""
    found = []
    if diagnosis.why is not None:
        found.append((diagnosis.why.reason.value, diagnosis.why.message))
    if next_level(diagnosis, level) is not None:
        found.append(
            ("level", t("help is set to the level {level!r}, and there is more", level=level.value))
        )
    if dismissed:
        found.append(told(DISMISSED))
    return found


_NO_NEXT_EDIT = {
    Quiet.TEXT_TOO_LONG: "the text, or a line of it, is too long to look at",
    Quiet.NO_CHANGES: "nothing was changed yet",
    Quiet.NO_PATTERN: "what you changed last does not go on elsewhere",
    Quiet.UNDOES: "it would undo what you just did",
    Quiet.CHANGES_NOTHING: "it would change nothing",
    Quiet.UNDER_CURSOR: "it is in the line that you are in",
    Quiet.BREAKS_SYNTAX: "it would break the program",
    Quiet.TOO_LARGE: "it would be too large",
    Quiet.NOT_CODE: "it would be in a string or a comment",
    Quiet.ALREADY_THERE: "it stands there already",
    Quiet.TURNED_DOWN: "you turned it down before",
    Quiet.UNLIKELY: "such edits are seldom right",
}


def no_next_edit(reason: Quiet) -> Explanation:
    """Return why no next edit is offered."""
    return (
        "no-next-edit",
        t("there is no next edit to offer: {why}", why=t(_NO_NEXT_EDIT[reason])),
    )


def policy_allows(course: str | None, words: str) -> Explanation:
    """Return what the policy of a course, or of the machine, allows: less than the whole fix."""
    return ("machine", words) if course is None else ("course", words)


_REASONS_TOLD = 2


def silences(verdict: Verdict, seconds_left: float, until: datetime | None) -> list[Explanation]:
    """Return why what was found is not shown; `until` is the end of snoozing, if there is one."""
    silence, likelihood = verdict.decision.silence, verdict.likelihood
    if silence is Silence.SNOOZED:
        return [snoozed(until)]
    if silence is Silence.REJECTED:
        words = t(
            "you turned a suggestion down a moment ago, and nothing comes by itself for {n} more "
            "seconds",
            n=round(seconds_left),
        )
        return [("rejected", words)]
    if silence is Silence.IDLE:
        words = t(
            "you wrote something just now; help waits {seconds} s more",
            seconds=f"{seconds_left:.1f}",
        )
        return [("idle", words)]
    if silence is Silence.UNLIKELY and likelihood is not None:
        words = t(
            "by what you and others did, you would take it with {probability}, and it is shown "
            "from {threshold} on",
            probability=f"{likelihood.probability:.0%}",
            threshold=f"{likelihood.threshold:.0%}",
        )
        against = ", ".join(t(each) for each in verdict.reasons[:_REASONS_TOLD])
        if against:
            words += t("; what speaks against it most: {reasons}", reasons=against)
        return [("unlikely", words)]
    return []


def snoozed(until: datetime | None) -> Explanation:
    """Return that suggestions are snoozed, and until when."""
    if until is None:
        return ("snoozed", t("suggestions are snoozed until the server ends"))
    return (
        "snoozed",
        t("suggestions are snoozed until {time}", time=f"{until.astimezone():%H:%M}"),
    )
