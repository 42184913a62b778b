"""What became of single lines, with the bursts that went back to the same line taken together."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from foretrace_models.next_edit.settling import Burst


@frozen
class LineChange:
    """What became of one line: `old` is None if it came, `new` if it went.

    `line` is where it is in the text now, or where it was.
    """

    old: str | None
    new: str | None
    line: int


def line_changes(bursts: Sequence[Burst]) -> tuple[LineChange, ...]:
    """Return the changes of single lines, the last one last; bursts of several lines have none."""
    found: list[LineChange] = []
    for burst in bursts:
        if len(burst.before_lines) > 1 or len(burst.after_lines) > 1:
            continue
        old = burst.before_lines[0] if burst.before_lines else None
        new = burst.after_lines[0] if burst.after_lines else None
        before = found[-1] if found else None
        if before is not None and before.line == burst.line_now and before.new == old is not None:
            found[-1] = LineChange(before.old, new, burst.line_now)
        else:
            found.append(LineChange(old, new, burst.line_now))
    return tuple(found)
