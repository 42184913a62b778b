"""A program that does not parse, and what its rules look at."""

from __future__ import annotations

import bisect
import itertools
import re
from collections import Counter
from functools import cached_property

from foretrace_models.repair.edits import TextEdit
from foretrace_models.repair.rules.candidate import Candidate
from foretrace_models.repair.tokens import Token, tokens
from foretrace_telemetry.text import split_lines

_OPENERS = r"(?:async\s+)?(?:if|elif|else|for|while|def|class|try|except|finally|with)\b"
_HEADER = re.compile(rf"^\s*{_OPENERS}")
_LINES_BEFORE = 2


class Broken:
    """A program that does not parse, and what Python says of it; lines count from 0."""

    def __init__(self, text: str, error: SyntaxError) -> None:
        self.text = text
        self.lines = split_lines(text)
        self.starts = [0]
        for each in self.lines:
            self.starts.append(self.starts[-1] + len(each))
        self.message = error.msg or ""
        self.line = min(max((error.lineno or 1) - 1, 0), len(self.lines) - 1)
        self.column = min(max((error.offset or 1) - 1, 0), len(self.lines[self.line]))

    @cached_property
    def tokens(self) -> list[Token]:
        """The tokens of the program, comments included."""
        return tokens(self.text)

    @cached_property
    def names(self) -> Counter[str]:
        """How often each name stands in the program."""
        return Counter(token.text for token in self.tokens if token.kind == "identifier")

    def near(self) -> list[int]:
        """Return the lines to look at, the likeliest first: the one named, and some before it."""
        before = [n for n in range(self.line - 1, -1, -1) if self.lines[n].strip()]
        return [self.line, *before[:_LINES_BEFORE]]

    @cached_property
    def _codes(self) -> list[str]:
        codes = list(self.lines)
        for token in self.tokens:
            if token.kind == "comment":
                line = self.line_of(token.start)
                codes[line] = self.lines[line][: token.start - self.starts[line]]
        return [code.rstrip() for code in codes]

    def code(self, line: int) -> str:
        """Return a line without its comment, its end and white space at its end."""
        return self._codes[line]

    def end(self, line: int) -> int:
        """Return the offset at which the code of a line ends."""
        return self.starts[line] + len(self.code(line))

    def indent(self, line: int) -> str:
        """Return the white space at the start of a line."""
        text = self.lines[line]
        return text[: len(text) - len(text.lstrip(" \t"))]

    def opens_block(self, line: int) -> bool:
        """Return whether a line begins as those do that a block follows."""
        return _HEADER.match(self.code(line)) is not None

    def above(self, line: int) -> int | None:
        """Return the last line with code before a line."""
        return next((n for n in range(line - 1, -1, -1) if self.code(n)), None)

    @cached_property
    def step(self) -> str:
        """One step of indentation, as the program has it."""
        if any("\t" in self.indent(n) for n in range(len(self.lines))):
            return "\t"
        coded = [n for n in range(len(self.lines)) if self.code(n)]
        steps = Counter(
            len(self.indent(n)) - len(self.indent(before))
            for before, n in itertools.pairwise(coded)
            if self.code(before).endswith(":") and len(self.indent(n)) > len(self.indent(before))
        )
        return " " * (steps.most_common(1)[0][0] if steps else 4)

    def on(self, line: int) -> list[Token]:
        """Return the tokens that start on a line, without comments."""
        start, end = self.starts[line], self.starts[line + 1]
        first = bisect.bisect_left(self.tokens, start, key=lambda token: token.start)
        row = []
        for token in self.tokens[first:]:
            if token.start >= end:
                break
            if token.kind != "comment":
                row.append(token)
        return row

    def line_of(self, offset: int) -> int:
        """Return the line that an offset is on."""
        return min(bisect.bisect_right(self.starts, offset), len(self.lines)) - 1


def one(start: int, end: int, new: str, rule: str, cost: float) -> Candidate:
    """Return the candidate that is a single edit."""
    return Candidate((TextEdit(start, end, new),), rule, cost)


def at(start: int, match: re.Match[str], new: str, rule: str, cost: float) -> Candidate:
    """Return the candidate that puts something in the place of a match on the line at `start`."""
    return one(start + match.start(), start + match.end(), new, rule, cost)


def ends_value(token: Token) -> bool:
    """Return whether a value may end with a token."""
    if token.kind in ("identifier", "integer", "float", "string_end"):
        return True
    return token.text in (")", "]", "}", "True", "False", "None")


def starts_value(token: Token) -> bool:
    """Return whether a value may start with a token."""
    if token.kind in ("identifier", "integer", "float", "string_start"):
        return True
    return token.text in ("(", "[", "{", "True", "False", "None")
