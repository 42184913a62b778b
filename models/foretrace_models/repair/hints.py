"""Hints: where to look and what is wrong, in words, made from what was seen and what mends it."""

from __future__ import annotations

from foretrace_models.repair.concepts import Concept, concept_of, concept_of_error
from foretrace_models.repair.diagnosis import Fix, Hint, Kind, Problem
from foretrace_models.repair.edits import TextEdit, apply_edits
from foretrace_models.repair.faults import Fault
from foretrace_models.repair.lessons import LESSONS
from foretrace_models.repair.seen import BROKEN, INPUT, PROGRAM

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
        Hint(_what(fault), lesson.why, lesson.how, lesson.check),
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
        return "Look at this line: Python cannot read the program here."
    if fault.kind is Kind.TEST:
        return f"Look at this line: {_failing(fault)}."
    what = "does not come to an end" if fault.endless else "stops"
    if line != fault.line:
        return f"Look at this line: the program {what} in line {fault.line + 1}."
    here = "does not get past it" if fault.endless else "stops here"
    return f"Look at this line: the program {here}."


def _what(fault: Fault) -> str:
    seen, line = fault.seen, fault.line + 1
    if seen is None:
        return f"Python cannot read line {line}: {fault.complaint}."
    if seen.actual == BROKEN:
        return f"{seen.given} in line {line} {BROKEN}."
    subject, verb = _subject(seen.given)
    if fault.endless:
        return f"{subject} goes on and on, and was stopped in line {line}."
    if fault.kind is Kind.CRASH:
        where = f" in line {line}" + (f", in {fault.function}" if fault.function else "")
        return f"{subject} stops{where}: {seen.actual}."
    expected = "" if seen.expected is None else f"; expected is {seen.expected}"
    return f"{subject} {verb} {seen.actual}{expected}."


def _subject(given: str) -> tuple[str, str]:
    """Return how a sentence begins about what was given, and what the program does with it."""
    if given == PROGRAM:
        return "The program", "gives"
    if given.endswith(INPUT) or given.startswith(INPUT):
        return f"With {given} the program", "prints"
    return given, "gives"


def _failing(fault: Fault) -> str:
    if fault.checks == 0:
        return "what it does is not what it did before"
    if fault.checks == 1:
        return "a test fails that runs it"
    fail = "fails" if fault.failing == 1 else "fail"
    return f"{fault.failing} of {fault.checks} tests {fail}"
