"""Continuation: lines that count, and the one that comes after them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from foretrace_models.next_edit.lexing import shape
from foretrace_models.next_edit.proposal import Pattern, Proposal
from foretrace_models.next_edit.scene import Scene
from foretrace_models.repair.edits import TextEdit
from foretrace_telemetry.language import t

_NUMBER = re.compile(r"(?<![\d.])\d{1,6}(?![\d.]*\d)")
# Two lines that differ by one are often all that there is to be.
_LEAST_LINES = 3
_MOST_LINES = 5


def continuation(scene: Scene) -> Iterator[Proposal]:
    """Propose the next line after three or more, of which the last was just written."""
    change = scene.changes[-1] if scene.changes else None
    if change is None or change.new is None or (change.old or "").strip():
        return
    line, contents = change.line, scene.lines.contents
    if line >= len(contents) or not _NUMBER.search(contents[line]):
        return
    last = contents[line]
    if line + 1 < len(contents) and shape(contents[line + 1]) == shape(last):
        return
    rows = _rows(contents, line)
    step = [a - b for a, b in zip(rows[0], rows[1], strict=True)] if len(rows) > 1 else []
    if len(rows) < _LEAST_LINES or not any(step):
        return
    following = [number + more for number, more in zip(rows[0], step, strict=True)]
    if min(following) < 0:
        return
    numbers = iter(following)
    written = _NUMBER.sub(lambda _: str(next(numbers)), last)
    end = scene.lines.ends[line]
    edit = TextEdit(end, end, scene.lines.newline + written)
    yield Proposal(Pattern.CONTINUATION, f"{len(rows)} lines", (edit,), t("the next line of a row"))


def _rows(contents: Sequence[str], line: int) -> list[list[int]]:
    """Return the numbers of a line and of those above it that lead to it evenly."""
    rest = _NUMBER.split(contents[line])
    rows = [_numbers(contents[line])]
    for above in range(line - 1, max(-1, line - _MOST_LINES), -1):
        if _NUMBER.split(contents[above]) != rest:
            break
        row = _numbers(contents[above])
        if len(rows) > 1 and any(a - b != b - c for a, b, c in zip(*rows[-2:], row, strict=True)):
            break
        rows.append(row)
    return rows


def _numbers(line: str) -> list[int]:
    return [int(number) for number in _NUMBER.findall(line)]
