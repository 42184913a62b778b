"""Hints: where to look and what is wrong, in words, made from what was seen and what mends it."""

from __future__ import annotations

from foretrace_models.repair.concepts import Concept, concept_of, concept_of_error
from foretrace_models.repair.diagnosis import Fix, Hint, Kind, Problem
from foretrace_models.repair.edits import TextEdit, apply_edits
from foretrace_models.repair.faults import Fault
from foretrace_models.repair.lessons import LESSONS
from foretrace_models.repair.seen import BROKEN, INPUT, NO_INPUT, PROGRAM
from foretrace_telemetry.language import t

# What Python says of the print statement of its second version.
_PRINT = "Missing parentheses in call"


def problem_of(fault: Fault, text: str, fix: Fix | None) -> Problem:
    """Return a fault in words; what would mend it, if known, says where and what it is about."""
    line, concept = fault.line, concept_of_error(fault.error, fault.endless)
    if fault.kind is Kind.SYNTAX:
        concept = Concept.SYNTAX
    if fix is not None:
        edits = fix.next_step.edits
        line = _line_of(text, min(edits))
        concept = concept_of(text, apply_edits(text, edits), fault.error, fault.endless)
    if fault.complaint.startswith(_PRINT):
        concept = Concept.CALL
    lesson = LESSONS[concept]
    return Problem(
        fault.kind,
        line,
        _nudge(fault, line),
        Hint(_what(fault), t(lesson.why), t(lesson.how), t(lesson.check)),
        fault.seen,
        fault.failing,
        fault.checks,
    )


def _line_of(text: str, edit: TextEdit) -> int:
    """Return the line, from 0, of an edit; that above, where it adds lines below it."""
    line = text.count("\n", 0, edit.start)
    adds_lines = edit.start == edit.end and text[: edit.start].endswith("\n")
    return line - 1 if adds_lines else line


def _nudge(fault: Fault, line: int) -> str:
    if fault.kind is Kind.SYNTAX:
        return t("Look at this line: Python cannot read the program here.")
    if fault.kind is Kind.TEST:
        return t("Look at this line: {failing}.", failing=_failing(fault))
    if line == fault.line:
        if fault.endless:
            return t("Look at this line: the program does not get past it.")
        return t("Look at this line: the program stops here.")
    number = fault.line + 1
    if fault.endless:
        return t("Look at this line: the program does not come to an end in line {n}.", n=number)
    return t("Look at this line: the program stops in line {n}.", n=number)


def _what(fault: Fault) -> str:
    seen, line = fault.seen, fault.line + 1
    if seen is None:
        return t("Python cannot read line {n}: {complaint}.", n=line, complaint=fault.complaint)
    if seen.actual == t(BROKEN):
        return t("{given} in line {n} does not hold.", given=seen.given, n=line)
    subject, actual = _subject(seen.given), seen.actual
    if fault.endless:
        return t("{subject} goes on and on, and was stopped in line {n}.", subject=subject, n=line)
    if fault.kind is Kind.CRASH:
        if not fault.function:
            return t("{subject} stops in line {n}: {error}.", subject=subject, n=line, error=actual)
        return t(
            "{subject} stops in line {n}, in {function}: {error}.",
            subject=subject,
            n=line,
            function=fault.function,
            error=actual,
        )
    made = (
        t("{subject} prints {actual}", subject=subject, actual=actual)
        if _has_input(seen.given)
        else t("{subject} gives {actual}", subject=subject, actual=actual)
    )
    if seen.expected is None:
        return f"{made}."
    return t("{made}; expected is {expected}.", made=made, expected=seen.expected)


def _subject(given: str) -> str:
    """Return how a sentence begins about what was given."""
    if given == t(PROGRAM):
        return t("The program")
    return t("With {given} the program", given=given) if _has_input(given) else given


def _has_input(given: str) -> bool:
    return given == t(NO_INPUT) or given.startswith(t(INPUT))


def _failing(fault: Fault) -> str:
    if fault.checks == 0:
        return t("what it does is not what it did before")
    if fault.checks == 1:
        return t("a test fails that runs it")
    if fault.failing == 1:
        return t("1 of {n} tests fails", n=fault.checks)
    return t("{failing} of {n} tests fail", failing=fault.failing, n=fault.checks)
