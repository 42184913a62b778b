"""Settling: raw keystrokes become bursts, each one stay at one place."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, frozen

from foretrace_models.next_edit.lines import line_at
from foretrace_models.next_edit.moment import Keystroke
from foretrace_models.repair.edits import TextEdit, trimmed

# A rest that ends a burst, where times are known.
_REST_US = 3_000_000
# Of longer lines only so much is looked at, in code points, to each side.
_LONGEST_LINE = 2000


@frozen
class Burst:
    """What one stay at a place changed.

    `offset` and `line` are in the text at that time, where `removed` gave way to `inserted`. The
    lines that it touched are there as they were and as they became; lines that came whole, or
    went, have no counterpart. `line_now` is where they begin in the text of the moment.
    """

    offset: int
    removed: str
    inserted: str
    line: int
    before_lines: tuple[str, ...]
    after_lines: tuple[str, ...]
    line_now: int

    @property
    def one_line(self) -> bool:
        """Whether it changed one line into another."""
        return len(self.before_lines) == len(self.after_lines) == 1


def goes_on(earlier: Keystroke, later: Keystroke, text: str) -> bool:
    """Return whether a keystroke belongs to the burst of the one before it.

    `text` is that between the two. A burst stays on its line: who ends one and begins another
    begins another burst.
    """
    if _rest_us(earlier, later) > _REST_US:
        return False
    if later.inserted[:1] in ("\n", "\r") and not later.removed:
        return False
    first, last = earlier.offset, earlier.offset + len(earlier.inserted)
    start, end = later.offset, later.offset + len(later.removed)
    # The same line, if no line ends between the nearest ends of the two.
    between = text[last:start] if start > last else text[end:first] if end < first else ""
    return "\n" not in between and "\r" not in between


def _rest_us(earlier: Keystroke, later: Keystroke) -> int:
    """Return how long somebody rested between two keystrokes; 0 where times are not known."""
    if earlier.wall_us is None or later.wall_us is None:
        return 0
    return later.wall_us - earlier.wall_us


def settle(text: str, keystrokes: Sequence[Keystroke], most: int) -> tuple[Burst, ...]:
    """Return the last bursts, at most so many, the last one last.

    Keystrokes from before one that does not fit the text are left out.
    """
    bursts: list[Burst] = []
    group: list[Keystroke] = []
    after, between = text, text  # the text after the group, and before its first keystroke
    shift: list[tuple[int, int]] = []  # line and lines gained by bursts found so far
    for each in reversed(keystrokes):
        end = each.offset + len(each.inserted)
        fits = 0 <= each.offset <= len(between)
        if not fits or between[each.offset : end] != each.inserted:
            break
        if group and not goes_on(each, group[-1], between):
            _close(group, between, after, bursts, shift)
            if len(bursts) == most:
                return tuple(reversed(bursts))
            group, after = [], between
        group.append(each)
        between = between[: each.offset] + each.removed + between[end:]
    if group:
        _close(group, between, after, bursts, shift)
    return tuple(reversed(bursts))


def _close(
    group: list[Keystroke],
    before: str,
    after: str,
    bursts: list[Burst],
    shift: list[tuple[int, int]],
) -> None:
    """Add the burst of keystrokes, the last of which comes first, unless nothing is left of it."""
    edit = net(group[::-1], before, after)
    if edit is None:
        return
    burst = burst_of(before, after, edit)
    line_now = burst.line
    for line, gained in reversed(shift):
        if line_now > line:
            line_now = max(line, line_now + gained)
    shift.append((burst.line, len(burst.after_lines) - len(burst.before_lines)))
    bursts.append(evolve(burst, line_now=line_now))


def net(keystrokes: Sequence[Keystroke], before: str, after: str) -> TextEdit | None:
    """Return the one edit that keystrokes, the first one first, made together; None for nothing."""
    start, old_end, new_end = -1, 0, 0
    for each in keystrokes:
        end = each.offset + len(each.removed)
        if start < 0:
            start, old_end, new_end = each.offset, end, end
        start = min(start, each.offset)
        if end > new_end:
            old_end += end - new_end
            new_end = end
        new_end += len(each.inserted) - len(each.removed)
    if start < 0:
        return None
    edit = trimmed(before, TextEdit(start, old_end, after[start:new_end]))
    if edit.start == edit.end and not edit.new_text:
        return None
    return edit


def burst_of(before: str, after: str, edit: TextEdit) -> Burst:
    """Return an edit from one text to another as a burst whose line is that of the time."""
    edit = _whole_lines(before, edit)
    start, end = edit.start, edit.end
    new_end = start + len(edit.new_text)
    removed = before[start:end]
    starts_line = start == 0 or before[start - 1] in "\n\r"
    comes_whole = starts_line and _ends_line(edit.new_text) and not removed
    goes_whole = starts_line and _ends_line(removed) and not edit.new_text
    line = line_at(before, start)
    first = start - len(_last_line(before[max(0, start - _LONGEST_LINE) : start]))
    if comes_whole:
        olds: tuple[str, ...] = ()
        news = _lines(edit.new_text)[:-1]
    elif goes_whole:
        olds, news = _lines(removed)[:-1], ()
    else:
        olds = _lines(before[first:end] + _first_line(before[end : end + _LONGEST_LINE]))
        news = _lines(after[first:new_end] + _first_line(after[new_end : new_end + _LONGEST_LINE]))
    return Burst(start, removed, edit.new_text, line, olds, news, line)


def _whole_lines(before: str, edit: TextEdit) -> TextEdit:
    """Return the same change as whole lines, where it begins with a line end and can be both."""
    removed = before[edit.start : edit.end]
    turned = removed or edit.new_text
    if (removed and edit.new_text) or turned[:1] not in ("\n", "\r"):
        return edit
    end = 2 if turned.startswith("\r\n") else 1
    if before[edit.end : edit.end + end] != turned[:end]:
        return edit
    new = edit.new_text and edit.new_text[end:] + turned[:end]
    return TextEdit(edit.start + end, edit.end + end, new)


def _ends_line(text: str) -> bool:
    return text.endswith(("\n", "\r"))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def _last_line(text: str) -> str:
    return _lines(text)[-1] if "\r" in text else text[text.rfind("\n") + 1 :]


def _first_line(text: str) -> str:
    return text.replace("\r", "\n").partition("\n")[0]
