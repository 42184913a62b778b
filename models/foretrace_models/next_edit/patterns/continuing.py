"""Continuation: lines that count, and the one that comes after them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from foretrace_models.next_edit.lexing import shape
from foretrace_models.next_edit.proposal import Pattern, Proposal
from foretrace_models.next_edit.scene import Scene
from foretrace_models.repair.edits import TextEdit

_NUMBER = re.compile(r"(?<![\d.])\d{1,6}(?![\d.]*\d)")
_MOST_LINES = 4


def continuation(scene: Scene) -> Iterator[Proposal]:
    """Propose the next line after two or more that differ by numbers that go on evenly."""
    if not scene.changes or scene.changes[-1].new is None:
        return
    line = scene.changes[-1].line
    contents = scene.lines.contents
    if line == 0 or line >= len(contents):
        return
    last = contents[line]
    if line + 1 < len(contents) and shape(contents[line + 1]) == shape(last) != "":
        return
    rest = _NUMBER.split(last)
    rows = [_numbers(last)]
    for above in range(line - 1, max(-1, line - _MOST_LINES), -1):
        if _NUMBER.split(contents[above]) != rest:
            break
        rows.append(_numbers(contents[above]))
    if len(rows) < 2 or not rows[0]:
        return
    steps = [
        [a - b for a, b in zip(*pair, strict=True)] for pair in zip(rows, rows[1:], strict=False)
    ]
    even = 1
    while even < len(steps) and steps[even] == steps[0]:
        even += 1
    if not any(steps[0]) or (even == 1 and set(steps[0]) - {0, 1}):
        return
    following = iter(number + step for number, step in zip(rows[0], steps[0], strict=True))
    if any(number + step < 0 for number, step in zip(rows[0], steps[0], strict=True)):
        return
    written = _NUMBER.sub(lambda _: str(next(following)), last)
    end = scene.lines.ends[line]
    edit = TextEdit(end, end, scene.lines.newline + written)
    yield Proposal(Pattern.CONTINUATION, f"{even + 1} lines", (edit,), "the next line of a row")


def _numbers(line: str) -> list[int]:
    return [int(number) for number in _NUMBER.findall(line)]
