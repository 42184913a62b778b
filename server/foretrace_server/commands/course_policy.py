"""The policy of a course that was joined, as commands ask for it and tell it."""

from __future__ import annotations

import time
from typing import Any

from foretrace_server.policy.keeping import fetch, kept_policy
from foretrace_server.policy.signed import PolicyRefusedError, key_words
from foretrace_server.policy.words import student_words
from foretrace_telemetry.home import Home
from foretrace_telemetry.locking import HeldError
from foretrace_telemetry.sending.calling import Line, UnreachableError
from foretrace_telemetry.sending.courses import Course, CoursesUnreadableError, read_courses


def policy_report(home: Home, course: Course, line: Line, timeout_seconds: float) -> dict[str, Any]:
    """Return the policy of a course, asked for anew; the last good one where that fails."""
    trouble, kept = None, None
    try:
        fetch(home, course, line, timeout_seconds)
    except PolicyRefusedError as error:
        trouble = f"what the course tells now is refused: {error}"
    except (UnreachableError, CoursesUnreadableError, HeldError, OSError) as error:
        trouble = str(error)
    try:
        # As it is kept now: the key may have come with the policy.
        course = next((e for e in read_courses(home) if e.address == course.address), course)
        kept = kept_policy(home, course)
    except (CoursesUnreadableError, OSError) as error:
        trouble = str(error)
    return {
        "number": kept.number if kept is not None else None,
        "key": course.key or None,
        "words": student_words(kept, time.time_ns() // 1000) if kept is not None else [],
        "trouble": trouble,
    }


def report_words(report: dict[str, Any]) -> str:
    """Return what a report says, a line each; nothing where a course knows of no policies."""
    lines = []
    if report["key"] is not None:
        number = f"policy {report['number']}, " if report["number"] else ""
        lines.append(f"Help: {number}signed with the key {key_words(report['key'])}.")
        lines += [f"  {line[0].upper()}{line[1:]}." for line in report["words"]]
    if report["trouble"] is not None:
        lines.append(f"The policy could not be renewed: {report['trouble']}.")
    return "\n".join(lines)
