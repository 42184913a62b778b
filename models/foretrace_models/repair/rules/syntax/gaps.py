"""Gaps: something is missing between two values, or after an operator."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from foretrace_models.repair.edits import TextEdit
from foretrace_models.repair.rules.candidate import Candidate
from foretrace_models.repair.rules.syntax.broken import (
    Broken,
    ends_value,
    one,
    starts_value,
)
from foretrace_models.repair.tokens import Token

_BEFORE_VALUES = frozenset(("=", "+=", "==", "<", ">", "<=", ">=", "+", "-", "*", "/"))
_KEYWORD_ARGUMENTS = frozenset(("end", "sep", "key", "reverse", "default", "file", "flush"))


def commas(broken: Broken) -> Iterator[Candidate]:
    """A missing comma, one of several on a line, or another sign in its place."""
    for line in broken.near():
        gaps = _gaps(broken, line)
        for left, _, depth in gaps:
            yield one(left.end, left.end, ",", "missing comma", 1.0 if depth else 3.0)
        inside = [left for left, _, depth in gaps if depth]
        if len(inside) > 1:
            edits = tuple(TextEdit(left.end, left.end, ",") for left in inside)
            yield Candidate(edits, "missing commas", 1.0 + 0.2 * len(inside))
        strings = [
            left for left, right, depth in gaps
            if depth and (left.kind == "string_end" or right.kind == "string_start")
        ]  # fmt: skip
        if 1 < len(strings) < len(inside):
            edits = tuple(TextEdit(left.end, left.end, ",") for left in strings)
            yield Candidate(edits, "missing commas", 1.2 + 0.2 * len(strings))
        row = broken.on(line)
        depth = 0
        for left, sign, right in zip(row, row[1:], row[2:], strict=False):
            depth += (left.text in "([{") - (left.text in ")]}")
            if sign.text in (".", ";", ":", "..") and ends_value(left) and starts_value(right):
                cost = 1.8 if depth or sign.text == "." else 1.2
                yield one(sign.start, sign.end, ",", "another sign for a comma", cost)
            if sign.text == "," and left.text in ("(", ",", "[") and depth:
                yield one(sign.start, sign.end, "", "comma too many", 1.0)
            if sign.text == "," and right.text == "," and depth:
                yield one(right.start, right.end, "", "comma too many", 1.0)
            if sign.text == "," and ends_value(left) and right.kind == "identifier":
                spaced = right.start > sign.end
                yield one(sign.start, sign.end, ".", "comma for a point", 4.5 if spaced else 2.5)
                if broken.opens_block(line) and row[0].text != "for":
                    yield one(sign.start, sign.end, " and", "comma for and", 2.5)


def operators(broken: Broken) -> Iterator[Candidate]:
    """A missing operator between two values, a point, or the sign of a named argument."""
    for line in broken.near():
        gaps = _gaps(broken, line)
        joins = re.search(r"[\"']\s*\+|\+\s*[\"']|\+\s*str\(", broken.code(line)) is not None
        pluses: list[TextEdit] = []
        for left, right, depth in gaps:
            string = left.kind == "string_end" or right.kind == "string_start"
            pluses.append(TextEdit(left.end, right.start, " + "))
            costs = {
                "+": 0.7 if string and joins else 1.8 if string else 3.0,
                "*": 1.0 if left.kind in ("integer", "float") else 2.5,
                ".": 2.5 if right.kind == "identifier" else 9.0,
                "==": 3.0 if broken.opens_block(line) else 9.0,
                "=": 3.0 if depth == 0 else 9.0,
                "in": 2.8 if broken.opens_block(line) else 9.0,
                "and": 3.5 if broken.opens_block(line) else 9.0,
            }
            if left.text in _KEYWORD_ARGUMENTS and depth:
                costs["="] = 0.4
            if left.kind == "string_end" and "%" in broken.code(line) and not depth:
                costs["%"] = 1.5
            for symbol, cost in costs.items():
                if cost < 9.0:
                    new = (
                        symbol
                        if symbol in (".", "*") or (symbol == "=" and depth)
                        else f" {symbol} "
                    )
                    yield one(left.end, right.start, new, "missing operator", cost)
        if len(pluses) > 1:
            cost = (1.0 if joins else 2.2) + 0.2 * len(pluses)
            yield Candidate(tuple(pluses), "missing operators", cost)


def values(broken: Broken) -> Iterator[Candidate]:
    """Nothing where a value must be: `x =`, `items[]`, `a + )`."""
    for line in broken.near():
        row = broken.on(line)
        for number, token in enumerate(row):
            after = row[number + 1] if number + 1 < len(row) else None
            if token.text == "[" and after is not None and after.text == "]":
                for index in ("0", "i") if number and ends_value(row[number - 1]) else ():
                    if index == "0" or broken.names[index]:
                        yield one(token.end, token.end, index, "missing index", 2.5)
            ends = after is None or after.text in (")", "]", ":", ",")
            if ends and token.text in _BEFORE_VALUES:
                yield one(token.end, token.end, " 0", "missing value", 3.0)
                if number and token.text not in ("=", "+="):
                    yield one(token.start, token.end, "", "operator too many", 2.0)
        if row and row[-1].text in ("=", "=="):
            yield one(row[-1].end, row[-1].end, " []", "missing value", 4.0)
        if "Generator expression" in broken.message:
            yield from _generator(broken, row)


def names(broken: Broken) -> Iterator[Candidate]:
    """A name in two parts: `is Prime` for `isPrime`."""
    for line in broken.near():
        for left, right in itertools.pairwise(broken.on(line)):
            if not (left.text.isidentifier() and right.text.isidentifier()):
                continue
            for new in (left.text + right.text, f"{left.text}_{right.text}"):
                known = new in broken.names
                if known or (left.kind == right.kind == "identifier"):
                    cost = 0.6 if known else 2.8
                    yield one(left.start, right.end, new, "name in two parts", cost)


def _gaps(broken: Broken, line: int) -> list[tuple[Token, Token, int]]:
    """Return the places on a line where two values stand side by side, and how deep in brackets."""
    found = []
    depth = 0
    for left, right in itertools.pairwise(broken.on(line)):
        depth += (left.text in "([{") - (left.text in ")]}")
        if ends_value(left) and starts_value(right):
            if right.text in "([" and left.kind != "string_end" and left.kind not in _NUMBERS:
                continue  # a call or an index
            if left.kind == "string_end" and right.kind == "string_start" and not depth:
                continue
            if left.kind in _NUMBERS and left.end == right.start and right.kind == "identifier":
                continue  # a name that begins with a digit
            found.append((left, right, depth))
    return found


_NUMBERS = ("integer", "float")


def _generator(broken: Broken, row: list[Token]) -> Iterator[Candidate]:
    """Put a generator in parentheses of its own, before the argument that follows it."""
    for number, token in enumerate(row):
        if token.text != "for":
            continue
        depth = 0
        begin = token.start
        for before in reversed(row[:number]):
            depth += (before.text in ")]}") - (before.text in "([{")
            if depth < 0 or (depth == 0 and before.text == ","):
                break
            begin = before.start
        depth = 0
        for after in row[number:]:
            depth += (after.text in "([{") - (after.text in ")]}")
            if depth < 0 or (depth == 0 and after.text == ","):
                edits = (TextEdit(begin, begin, "("), TextEdit(after.start, after.start, ")"))
                yield Candidate(edits, "missing parentheses", 0.8)
                if after.text == ",":
                    closers = re.match(r"\)+", broken.text[row[-1].start :])
                    if closers:
                        moved = (
                            TextEdit(after.start, after.start, ")"),
                            TextEdit(row[-1].start, row[-1].end, ""),
                        )
                        yield Candidate(moved, "bracket in the wrong place", 1.2)
                break
