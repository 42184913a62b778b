"""A scene: what the patterns look at, worked out once for a moment."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

from foretrace_models.next_edit.lexing import quiet_spans
from foretrace_models.next_edit.line_changes import LineChange, line_changes
from foretrace_models.next_edit.lines import Lines, indentation
from foretrace_models.next_edit.moment import Moment
from foretrace_models.next_edit.settling import Burst, settle
from foretrace_models.repair.edits import TextEdit

_MOST_BURSTS = 12
# What begins a function, in most languages: a name, parentheses, and a body.
_HEADER = re.compile(r"(?:[^\W\d]\w*\s*(?:<[^<>]*>)?\([^()]*(?:\([^()]*\)[^()]*)*\)?|=>).*[:{]\s*$")
_NO_HEADER = re.compile(
    r"\s*\}?\s*(?:if|elif|else|for|while|switch|catch|with|try|do|foreach|class)\b"
)


class Scene:
    """The text now in lines, the bursts that led there, and blocks by indentation."""

    def __init__(self, moment: Moment) -> None:
        """Settle what happened."""
        self.moment = moment
        self.text = moment.text
        self.language = moment.language
        self.bursts = settle(moment.text, moment.keystrokes, _MOST_BURSTS)

    @property
    def last(self) -> Burst | None:
        """The last burst, None where there is none."""
        return self.bursts[-1] if self.bursts else None

    @cached_property
    def changes(self) -> tuple[LineChange, ...]:
        """What became of single lines; empty if the last burst did something else."""
        last = self.last
        if last is None or max(len(last.before_lines), len(last.after_lines)) > 1:
            return ()
        return line_changes(self.bursts)

    @cached_property
    def lines(self) -> Lines:
        """The text now in lines."""
        return Lines(self.text)

    @cached_property
    def _quiet(self) -> list[tuple[int, int]]:
        return quiet_spans(self.text, self.language)

    def in_quiet(self, offset: int) -> bool:
        """Return whether an offset lies in a string or a comment."""
        index = bisect_right(self._quiet, (offset, len(self.text) + 1)) - 1
        return index >= 0 and self._quiet[index][0] <= offset < self._quiet[index][1]

    def touched(self, edits: Sequence[TextEdit]) -> tuple[int, int]:
        """Return the first and last line that edits touch."""
        first = min(self.lines.at(edit.start) for edit in edits)
        return first, max(self.lines.at(edit.end) for edit in edits)

    def header_above(self, line: int) -> int | None:
        """Return the line that begins the function around a line, None outside of all."""
        contents = self.lines.contents
        depth = len(indentation(contents[line]))
        for number in range(line - 1, -1, -1):
            content = contents[number]
            if not content.strip():
                continue
            indent = len(indentation(content))
            if indent < depth:
                if is_header(content):
                    return number
                depth = indent
                if depth == 0:
                    break
        return None

    def block_of(self, header: int) -> range:
        """Return the lines of a function that a line begins, with that line."""
        contents = self.lines.contents
        depth = len(indentation(contents[header]))
        end = header + 1
        while end < len(contents):
            content = contents[end]
            if content.strip() and len(indentation(content)) <= depth:
                break
            end += 1
        return range(header, end)

    def outward(self, line: int, within: range) -> Iterator[int]:
        """Yield the lines of a range but one: those below it, nearest first, then those above."""
        yield from range(max(line + 1, within.start), within.stop)
        yield from range(min(line, within.stop) - 1, within.start - 1, -1)


def is_header(line: str) -> bool:
    """Return whether a line seems to begin a function."""
    return _NO_HEADER.match(line) is None and _HEADER.search(line) is not None
