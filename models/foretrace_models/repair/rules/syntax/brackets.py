"""Brackets: missing, too many, or of another shape."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from foretrace_models.repair.edits import TextEdit
from foretrace_models.repair.rules.candidate import Candidate
from foretrace_models.repair.rules.syntax.broken import Broken, ends_value, one
from foretrace_models.repair.tokens import Token

PAIRS = {"(": ")", "[": "]", "{": "}"}
_CLOSERS = frozenset(PAIRS.values())
_MOST_LINES = 12
_CALLED = frozenset(
    ("print", "range", "len", "int", "str", "float", "input", "list", "sum", "max", "min", "abs")
)


def unbalanced(broken: Broken) -> Iterator[Candidate]:
    """A closing bracket that nothing opens."""
    for line in broken.near():
        row = broken.on(line)
        for closer in _matched(row)[1]:
            yield one(closer.start, closer.end, "", "bracket too many", 1.0)
            opener = next(k for k, v in PAIRS.items() if v == closer.text)
            for other in row:
                if other.text == closer.text and other.start < closer.start:
                    yield one(other.start, other.end, "", "bracket too many", 1.4)
                if other.start < closer.start and _may_open_before(row, other):
                    cost = 1.8 if other.kind != "identifier" else 2.0
                    yield one(other.start, other.start, opener, "missing bracket", cost)
                # print "a") or range 3): the bracket of a call.
                called = other.kind == "identifier" and other.end < closer.start
                follows = called and row.index(other) + 1 < len(row) and row[row.index(other) + 1]
                if follows and _starts_argument(follows):
                    yield one(other.end, follows.start, opener, "missing bracket", 1.3)


def unclosed(broken: Broken) -> Iterator[Candidate]:
    """A bracket that is never closed: at the end of its line, or after a value."""
    for line in broken.near():
        row = broken.on(line)
        opened = _matched(row)[0]
        if not opened:
            continue
        closers = "".join(PAIRS[token.text] for token in reversed(opened))
        end = broken.end(line)
        if broken.code(line).endswith(":") and broken.opens_block(line):
            end -= 1
        more = 0.2 * (len(closers) - 1)
        yield one(end, end, closers, "missing bracket", 0.6 + more)
        if broken.opens_block(line) and not broken.code(line).endswith(":"):
            yield one(end, end, f"{closers}:", "missing bracket", 1.0 + more)
        if broken.code(line)[-1:] in (",", ";", "."):
            yield one(end - 1, end, closers, "missing bracket", 1.2 + more)
        inner = opened[-1]
        for token in row:
            if token.start > inner.start and ends_value(token) and token.end < end:
                yield one(token.end, token.end, PAIRS[inner.text], "missing bracket", 1.6)
        yield one(inner.start, inner.end, "", "bracket too many", 1.8)
        # A list over several lines ends with one of those that follow.
        for count, later in enumerate(range(line + 1, min(line + _MOST_LINES, len(broken.lines)))):
            if broken.code(later) and len(opened) == 1:
                place = broken.end(later)
                yield one(place, place, closers, "missing bracket", 1.6 + 0.2 * count)
                new = broken.indent(line) + closers + "\n"
                after = broken.starts[later + 1]
                if broken.lines[later].endswith("\n"):
                    yield one(after, after, new, "missing bracket", 2.0 + 0.2 * count)


def shapes(broken: Broken) -> Iterator[Candidate]:
    """A bracket closed by one of another shape; round brackets around a dictionary."""
    lines = sorted(broken.near())
    row = [token for line in lines for token in broken.on(line)]
    opened: list[Token] = []
    for token in row:
        if token.text in PAIRS:
            opened.append(token)
        elif token.text in _CLOSERS and opened:
            opener = opened.pop()
            wanted = PAIRS[opener.text]
            if wanted != token.text:
                other = next(k for k, v in PAIRS.items() if v == token.text)
                yield one(token.start, token.end, wanted, "bracket of another shape", 0.8)
                yield one(opener.start, opener.end, other, "bracket of another shape", 1.0)
                yield one(token.start, token.start, wanted, "missing bracket", 1.0)
                yield one(token.start, token.end, "", "bracket too many", 1.6)
                if opened and PAIRS[opened[-1].text] == token.text:
                    opened.pop()
            elif token.text == ")" and ":" in broken.text[opener.end : token.start]:
                pair = (
                    TextEdit(opener.start, opener.end, "{"),
                    TextEdit(token.start, token.end, "}"),
                )
                yield Candidate(pair, "bracket of another shape", 1.3)
                yield Candidate(
                    tuple(TextEdit(e.start, e.end, n) for e, n in zip(pair, "[]", strict=True)),
                    "bracket of another shape",
                    2.2,
                )


def missing(broken: Broken) -> Iterator[Candidate]:
    """The parentheses of a call: `range n`, `"{}".format x`; the brackets of `x for x in y`."""
    for line in broken.near():
        row = broken.on(line)
        first = next((t.end for t in row if t.text in ("return", "=")), None)
        if first is not None and any(t.text == "for" and t.start > first for t in row):
            begin = first + 1 if broken.text[first] == " " else first
            for opener, closer in (("[", "]"), ("(", ")")):
                end = broken.end(line)
                edits = (TextEdit(begin, begin, opener), TextEdit(end, end, closer))
                yield Candidate(edits, "missing brackets", 1.2 if opener == "[" else 1.4)
        for number, (name, value) in enumerate(itertools.pairwise(row)):
            if name.kind != "identifier" or not _starts_argument(value):
                continue
            if number and row[number - 1].text in ("def", "class", "import", "as", "for", "global"):
                continue
            known = re.search(rf"\b{re.escape(name.text)}\s*\(", broken.text)
            method = number and row[number - 1].text == "."
            likely = known or method or name.text in _CALLED
            for rank, end in enumerate(_argument_ends(row, number + 1)):
                edits = (TextEdit(name.end, value.start, "("), TextEdit(end, end, ")"))
                cost = (0.9 if likely else 3.0) + 0.4 * rank
                yield Candidate(edits, "missing parentheses", cost)


def _starts_argument(token: Token) -> bool:
    return token.kind in ("identifier", "integer", "float", "string_start")


def _argument_ends(row: list[Token], first: int) -> list[int]:
    """Return where an argument that begins at a token may end, the furthest first."""
    depth = 0
    ends = []
    for token in row[first:]:
        if token.text in PAIRS:
            depth += 1
        elif token.text in _CLOSERS:
            depth -= 1
        if depth < 0 or (depth == 0 and token.text == ":"):
            break
        if depth == 0 and ends_value(token):
            ends.append(token.end)
    return [ends[-1], ends[0]] if len(ends) > 1 else ends


def _matched(row: list[Token]) -> tuple[list[Token], list[Token]]:
    """Return the brackets that are not closed, and those that close nothing."""
    opened: list[Token] = []
    extra: list[Token] = []
    for token in row:
        if token.text in PAIRS:
            opened.append(token)
        elif token.text in _CLOSERS:
            if opened:
                opened.pop()
            else:
                extra.append(token)
    return opened, extra


def _may_open_before(row: list[Token], token: Token) -> bool:
    number = row.index(token)
    if token.kind not in ("identifier", "integer", "float", "string_start") and token.text != "(":
        return False
    before = row[number - 1].text if number else ""
    return before in ("", "=", "return", "if", "elif", "while", "in", "(", ",", "+", "-", "*", "/")
