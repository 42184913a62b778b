"""The part of a long program that an error of its syntax is in: the rest need not be looked at."""

from __future__ import annotations

import re
from collections.abc import Callable

from attrs import frozen

from foretrace_telemetry.text import split_lines

# A program that is no longer is looked at as a whole.
LONG_CHARACTERS = 6_000
# Python often notices only further down, and what stands before tells how it is written.
_LINES_BEFORE = 120
_LINES_AFTER = 60
_MOST_TRIED = 4

# A text of many lines has words at the start of its lines, too.
_STATEMENT = re.compile(
    r"@\w|(?:async )?def \w+ *\(|class \w+ *[(:]|import \w|from \S+ import\b|\w+ *=|"
    r"(?:for|if|try|while|with)\b.*: *$"
)


@frozen
class Excerpt:
    """A part of a text; `before` and `after` stand around it."""

    before: str
    text: str
    after: str

    def with_text(self, text: str) -> str:
        """Return the whole text with another one in the place of the part."""
        return f"{self.before}{text}{self.after}"


def around(text: str, line: int, parses: Callable[[str], bool]) -> Excerpt:
    """Return the part of a text around a line, counted from 0.

    It is made of whole statements of the outermost level, so that what stands before and after it
    parses where that is to be had. A short text is its own part.
    """
    if len(text) <= LONG_CHARACTERS:
        return Excerpt("", text, "")
    lines = split_lines(text)
    starts = [number for number, each in enumerate(lines) if _STATEMENT.match(each)]
    before = [start for start in starts if start <= line - _LINES_BEFORE][: -_MOST_TRIED - 1 : -1]
    after = [start for start in starts if start >= line + _LINES_AFTER][:_MOST_TRIED]
    first = next((each for each in before if parses("".join(lines[:each]))), 0)
    last = next((each for each in after if parses("".join(lines[each:]))), len(lines))
    return Excerpt("".join(lines[:first]), "".join(lines[first:last]), "".join(lines[last:]))
