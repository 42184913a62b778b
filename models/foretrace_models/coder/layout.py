"""Layout: how a text is laid out, observed in any language that looks like one of C's or Python's.

Texts in quotes and comments are not looked into.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from foretrace_models.coder.traits import Trait

Observation = tuple[Trait, float]

_COMMENT = {"c": re.compile(r"//|/\*"), "python": re.compile("#"), "coffeescript": re.compile("#")}
_STRING = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'")
_OPERATOR = re.compile(r"(?<=[\w)\]])(\s*)(?:[-+*/%<>=!&|]=|[-+*/%<>=]|&&|\|\|)(\s*)(?=[\w(\[])")
_COMMA = re.compile(r",(?=[^\n])(\s?)")
_NAME = re.compile(r"[^\W\d]\w*")
_SNAKE = re.compile(r"[^\W_]+(?:_[^\W_]+)+")
_CAMEL = re.compile(r"[a-z]+[a-z0-9]*(?:[A-Z][a-z0-9]*)+")


def observe_layout(text: str, language: str) -> Iterator[Observation]:
    """Yield what can be seen in a text, place by place."""
    comment = _COMMENT.get(language)
    for whole in text.splitlines():
        line = _STRING.sub('""', whole)
        yield Trait.BLANK_LINES, not line.strip()
        yield Trait.TRAILING_SPACE, whole != whole.rstrip()
        if not line.strip():
            continue
        yield Trait.LINE_LENGTH, len(whole)
        begin = comment.search(line) if comment else None
        if comment:
            yield Trait.COMMENTS, begin is not None
        yield from _observe_code(line[: begin.start()] if begin else line)


def _observe_code(line: str) -> Iterator[Observation]:
    indent = line[: len(line) - len(line.lstrip())]
    if indent:
        yield Trait.TAB_INDENT, indent[0] == "\t"
        if "\t" not in indent:
            yield Trait.INDENT_OF_FOUR, len(indent) % 4 == 0
    if line.rstrip().endswith("{"):
        yield Trait.OWN_LINE_BRACE, line.strip() == "{"
    for match in _COMMA.finditer(line.rstrip()):
        yield Trait.COMMA_SPACE, match[1] != ""
    for match in _OPERATOR.finditer(line):
        yield Trait.OPERATOR_SPACE, match[1] != "" and match[2] != ""
    for match in _NAME.finditer(line):
        name = match[0]
        yield Trait.NAME_LENGTH, len(name)
        yield Trait.ONE_LETTER_NAMES, len(name) == 1
        snake = _SNAKE.fullmatch(name) is not None
        if snake or _CAMEL.fullmatch(name):
            yield Trait.SNAKE_CASE, snake
