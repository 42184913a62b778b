"""What is told of an intent: a sentence, and where the next edit is likely."""

from __future__ import annotations

import re

from attrs import frozen

from foretrace_models.intent.activities import Activity
from foretrace_models.intent.symbols import Context
from foretrace_telemetry.language import t


@frozen
class Place:
    """Some lines of a document, counted from 0; `end_line` is the last of them."""

    uri: str
    start_line: int
    end_line: int
    confidence: float


def statement(activity: Activity, context: Context, line: int | None) -> str:
    """Return what somebody seems to be doing, around a line if that is known, as one sentence."""
    if activity is Activity.FIXING and context.failed_line is not None:
        line = context.failed_line
    function = _function_at(context.text, line) if line is not None else None
    doing = t(activity.value)
    if activity is Activity.FIXING and context.failure:
        doing = t("fixing {failure}", failure=context.failure)
    if function:
        return t("You seem to be {doing} in {function}.", doing=doing, function=function)
    return t("You seem to be {doing}.", doing=doing)


def place(
    activity: Activity, confidence: float, context: Context, line: int | None
) -> Place | None:
    """Return where the next edit is likely, given the line of the last."""
    if activity is Activity.FIXING and context.failed_line is not None:
        return Place(context.uri, context.failed_line, context.failed_line, round(confidence, 3))
    if line is None:
        return None
    # Most next edits are near the last one; how many is not measured yet.
    last = min(line + 2, context.text.count("\n"))
    return Place(context.uri, max(line - 2, 0), last, round(confidence / 2, 3))


def _function_at(text: str, line: int) -> str | None:
    """Return the name of the function that a line lies in; the text need not parse."""
    lines = text.split("\n")
    if not lines[line : line + 1]:
        return None
    depth = None
    for row in reversed(lines[: line + 1]):
        if not row.strip():
            continue
        indent = len(row) - len(row.lstrip())
        if depth is None or indent < depth:
            if match := re.match(r"\s*(?:async\s+)?def\s+(\w+)", row):
                return match[1]
            depth = indent
            if indent == 0:
                return None
    return None
