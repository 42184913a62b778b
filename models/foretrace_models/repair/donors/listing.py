"""A program as its logical lines: what it says, how deep, and the text that each of them owns."""

from __future__ import annotations

import io
import keyword
import tokenize
from collections.abc import Iterator
from functools import cached_property

from attrs import define, frozen

_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_HEADS = frozenset(
    ("async", "class", "def", "elif", "else", "except", "finally", "for", "if", "try", "while")
) | {"with"}
_SOFT_HEADS = frozenset(("match", "case"))
_NO_CODE = frozenset((tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER))


@frozen
class Token:
    """A token and its place in the text, in code points."""

    text: str
    start: int
    end: int


@define(eq=False)
class Line:
    """One logical line: a simple statement, or what opens a block.

    It owns the text from `start` to `end`: the comments and blank lines above it, and what follows
    on its last line. `depth` counts blocks. `is_inline` says that it goes on where the line before
    it stopped, after a colon or a semicolon.
    """

    tokens: tuple[Token, ...]
    depth: int
    start: int
    end: int
    is_inline: bool

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The texts of the tokens."""
        return tuple(token.text for token in self.tokens)

    @property
    def opens_block(self) -> bool:
        """Whether a block follows."""
        return self.words[-1] == ":"


class Listing:
    """A program's text as logical lines, which own all of it but what follows the last."""

    def __init__(self, text: str) -> None:
        """Read a program that parses.

        Raises:
            SyntaxError: it does not parse; `tokenize.TokenError` is not one, but is raised as one.
        """
        self.text = text
        self.lines: list[Line] = []
        starts = _starts(text)
        depth, row, at = 0, list[Token](), 0
        try:
            for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
                if token.type == tokenize.INDENT:
                    depth += 1
                elif token.type == tokenize.DEDENT:
                    depth -= 1
                elif token.type == tokenize.NEWLINE:
                    end = min(starts[token.end[0] - 1] + token.end[1], len(text))
                    at = self._take(row, depth, at, end)
                    row = []
                elif token.type not in _NO_CODE:
                    start = starts[token.start[0] - 1] + token.start[1]
                    row.append(Token(token.string, start, start + len(token.string)))
        except tokenize.TokenError as error:
            raise SyntaxError(str(error)) from error
        self.tail = text[at:]

    def _take(self, row: list[Token], depth: int, start: int, end: int) -> int:
        """Take a row of tokens as one line, or as several where it has several statements."""
        parts = list(_parts(row))
        for number, part in enumerate(parts):
            last = number == len(parts) - 1
            until = end if last else part[-1].end
            # What stands behind a colon is in the block that the colon opens.
            deeper = number > 0 and parts[0][-1].text == ":"
            if part[-1].text == ";":
                part = part[:-1]
            if part:
                self.lines.append(Line(tuple(part), depth + deeper, start, until, number > 0))
            start = until
        return end

    def indent_of(self, line: Line) -> str:
        """Return the white space before a line."""
        start = line.tokens[0].start
        before = self.text[self.text.rfind("\n", 0, start) + 1 : start]
        return before[: len(before) - len(before.lstrip(" \t"))]

    @cached_property
    def step(self) -> str:
        """One step of indentation, as the person writes it; four spaces if there is none yet."""
        for outer, inner in zip(self.lines, self.lines[1:], strict=False):
            if inner.depth > outer.depth and not inner.is_inline:
                wide, narrow = self.indent_of(inner), self.indent_of(outer)
                if wide.startswith(narrow) and wide != narrow:
                    return wide[len(narrow) :]
        return "    "

    @cached_property
    def newline(self) -> str:
        """The line end that the program uses."""
        return "\r\n" if "\r\n" in self.text else "\n"


def is_name(word: str) -> bool:
    """Return whether a token is a name, and not a keyword."""
    return word.isidentifier() and not keyword.iskeyword(word)


def _starts(text: str) -> list[int]:
    starts = [0]
    for line in io.StringIO(text, newline=""):
        starts.append(starts[-1] + len(line))
    return starts


def _parts(row: list[Token]) -> Iterator[list[Token]]:
    """Cut a row behind the colon of its head, and behind its semicolons."""
    part: list[Token] = []
    depth = lambdas = 0
    soft = bool(row) and row[0].text in _SOFT_HEADS and row[-1].text == ":"
    in_head = bool(row) and (row[0].text in _HEADS or soft)
    for token in row:
        part.append(token)
        if token.text in _OPENING:
            depth += 1
        elif token.text in _CLOSING:
            depth -= 1
        elif token.text == "lambda":
            lambdas += 1
        elif token.text == ":" and lambdas:
            lambdas -= 1
        elif token.text == ":" and depth == 0 and in_head:
            in_head = False
            yield part
            part = []
        elif token.text == ";" and depth == 0:
            yield part
            part = []
    if part:
        yield part
