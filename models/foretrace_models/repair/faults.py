"""Faults: what the checks of a program show to be wrong with it."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from foretrace_models.repair.checks import Outcome
from foretrace_models.repair.diagnosis import Kind, Seen
from foretrace_models.repair.locate import suspicion
from foretrace_models.repair.seen import BROKEN, NO_END, seen
from foretrace_models.repair.verify import Verdict, Verifier
from foretrace_telemetry.language import t


@frozen
class Fault:
    """Where a fault showed, and what was seen; `line` counts from 0.

    `failing` of the `checks` that somebody wrote fail. `error` is the type of the exception,
    `function` where it was raised; `complaint` is what Python says of a program that it cannot
    read.
    """

    kind: Kind
    line: int
    seen: Seen | None = None
    error: str | None = None
    function: str | None = None
    complaint: str = ""
    failing: int = 0
    checks: int = 0

    @property
    def endless(self) -> bool:
        """Whether the program went on and on."""
        return self.seen is not None and self.seen.actual == t(NO_END)


def syntax_fault(error: SyntaxError) -> Fault:
    """Return what is wrong with a program that Python cannot read."""
    # What may follow is a guess at the right code.
    complaint = error.msg.partition(". ")[0].partition(" (<")[0]
    return Fault(Kind.SYNTAX, (error.lineno or 1) - 1, complaint=complaint)


def fault_of(verifier: Verifier, verdict: Verdict, lines: Sequence[str]) -> Fault | None:
    """Return what the first check that fails shows; `lines` are those of the program."""
    tests = [
        outcome
        for check, outcome in zip(verifier.checks, verdict.outcomes, strict=True)
        if check.is_test
    ]
    counts = tests.count(Outcome.FAILED), len(tests)
    for check, outcome, result in zip(
        verifier.checks, verdict.outcomes, verdict.results, strict=True
    ):
        if outcome is not Outcome.FAILED:
            continue
        what = seen(check, result, lines)
        error = result.get("error")
        if error and error["frames"]:
            line, function = error["frames"][-1]
            inside = None if function == "<module>" else function
            kind = Kind.TEST if what.actual == t(BROKEN) else Kind.CRASH
            return Fault(kind, line - 1, what, error["type"], inside, "", *counts)
        scores = suspicion(verdict)
        line = max(scores, key=lambda n: (scores[n], -n), default=1)
        # A run that was ended from outside tells no line of its own.
        kind = Kind.CRASH if what.actual == t(NO_END) else Kind.TEST
        return Fault(kind, line - 1, what, None, None, "", *counts)
    return None
