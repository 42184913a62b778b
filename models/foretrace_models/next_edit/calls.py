"""Calls and headers in a line: a name, and what stands in the parentheses after it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen

_OPENS, _CLOSES = "([{", ")]}"
_NAME_OPENS = re.compile(r"([^\W\d]\w*)\s*\(")
_QUOTES = "\"'`"
_PARAMETER = re.compile(r"[*&.\s]*(?:[\w<>\[\],.?\s:&*]*[\s&*])?([^\W\d]\w*)\s*$")


@frozen
class Call:
    """A name with its arguments, as written and without white space around them.

    `open` and `close` are the places of the parentheses in the line, `spans` those of arguments.
    """

    name: str
    open: int
    close: int
    arguments: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


def calls_in(line: str) -> Iterator[Call]:
    """Yield the calls that begin and end in a line, headers of functions included."""
    for found in _NAME_OPENS.finditer(line):
        call = _call(line, found.group(1), found.end() - 1)
        if call is not None:
            yield call


def _call(line: str, name: str, opens: int) -> Call | None:
    depth = 0
    quote = ""
    starts = opens + 1
    spans: list[tuple[int, int]] = []
    for at in range(opens, len(line)):
        character = line[at]
        if quote:
            if character == quote and line[at - 1] != "\\":
                quote = ""
        elif character in _QUOTES:
            quote = character
        elif character in _OPENS:
            depth += 1
        elif character in _CLOSES:
            depth -= 1
            if depth == 0:
                if line[opens + 1 : at].strip():
                    spans.append((starts, at))
                arguments = tuple(line[start:end].strip() for start, end in spans)
                return Call(name, opens, at, arguments, tuple(spans))
        elif character == "," and depth == 1:
            spans.append((starts, at))
            starts = at + 1
    return None


def parameter_name(parameter: str) -> str | None:
    """Return the name of a parameter written with its type and default, in most languages."""
    text = parameter.split("=", 1)[0].strip()
    if ":" in text and "::" not in text:
        text = text.split(":", 1)[0].strip().rstrip("?")
    found = _PARAMETER.match(text)
    return found.group(1) if found else None


def has_default(parameter: str) -> bool:
    """Return whether a call may leave a parameter out."""
    return "=" in parameter or parameter.startswith("*") or "?:" in parameter
