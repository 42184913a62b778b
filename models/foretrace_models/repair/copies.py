"""Copies: functions that a person copied and changed the names of, and the same edit in each.

Who writes a function like one there is takes it over, slip and all. Where no test looks, an edit
that is right in one of them is likely right in the others.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict

from attrs import frozen

from foretrace_models.repair.edits import TextEdit, trimmed
from foretrace_models.repair.source import FunctionNode, Source
from foretrace_models.repair.tokens import Token, tokens

# Kinds of tokens that may differ between copies.
_VARIED = frozenset(("identifier", "integer", "float", "string_content"))
# Whose code has fewer tokens is like others by chance.
_FEWEST_TOKENS = 20
# Of more, a generator made them, or they are what every such function is like.
_MOST_COPIES = 10

# A token but for what may differ, and the depth of the line that it begins.
_Shape = tuple[str, int]


@frozen
class _Function:
    """A function's tokens, comments left out."""

    tokens: tuple[Token, ...]

    @property
    def start(self) -> int:
        return self.tokens[0].start

    @property
    def end(self) -> int:
        return self.tokens[-1].end


class Copies:
    """Finds the functions of a program that are copies of each other."""

    def __init__(self, source: Source) -> None:
        """Look through a program for functions whose code differs in names and constants alone."""
        self._source = source
        by_shape: dict[tuple[_Shape, ...], list[_Function]] = defaultdict(list)
        every = [token for token in tokens(source.text) if token.kind != "comment"]
        starts = [token.start for token in every]
        for node in source.nodes:
            if not isinstance(node, FunctionNode):
                continue
            start, end = source.span(node)
            first, last = bisect_right(starts, start - 1), bisect_right(starts, end - 1)
            function = _Function(tuple(every[first:last]))
            if len(function.tokens) >= _FEWEST_TOKENS:
                by_shape[self._shape(function)].append(function)
        self._groups = [group for group in by_shape.values() if 1 < len(group) <= _MOST_COPIES]

    def elsewhere(self, edit: TextEdit) -> list[TextEdit]:
        """Return what the edit is in each copy of the function that it is made in.

        Names are those of the copy. A copy that does not have what the edit replaces has none.
        """
        for group in self._groups:
            own = self._around(group, edit)
            if own is not None:
                there = (self._moved(edit, own, other) for other in group if other is not own)
                return [moved for moved in there if moved is not None]
        return []

    def _shape(self, function: _Function) -> tuple[_Shape, ...]:
        shape = []
        before = -1
        for token in function.tokens:
            line = self._source.line_of(token.start)
            depth = token.start - self._source.line_start(line) if line != before else -1
            shape.append(("" if token.kind in _VARIED else token.text, depth))
            before = line
        return tuple(shape)

    def _around(self, group: list[_Function], edit: TextEdit) -> _Function | None:
        """Return the function that an edit is in, or whose last line it follows."""
        for function in group:
            line = self._source.line_of(function.end - 1)
            if function.start < edit.start and edit.end <= self._source.line_end(line):
                return function
        return None

    def _moved(self, edit: TextEdit, own: _Function, other: _Function) -> TextEdit | None:
        """Return an edit of one function as it is in a copy."""
        names = _names(own, other)
        whole = self._of_whole_tokens(edit, own)
        for mine, theirs in zip(own.tokens, other.tokens, strict=True):
            inside = whole.start <= mine.start and mine.end <= whole.end
            if inside and mine.kind == "identifier" and names[mine.text] != theirs.text:
                return None
        start = self._place(whole.start, own, other)
        end = start if whole.start == whole.end else self._place(whole.end, own, other)
        if start is None or end is None:
            return None
        new_text = _renamed(whole.new_text, names)
        if start == len(self._source.text) and not self._source.text.endswith("\n"):
            new_text = self._source.newline + new_text.rstrip("\r\n")
        return trimmed(self._source.text, TextEdit(start, end, new_text))

    def _of_whole_tokens(self, edit: TextEdit, function: _Function) -> TextEdit:
        """Return the edit that also replaces the rest of the tokens that it changes a part of."""
        start, end = edit.start, edit.end
        for token in function.tokens:
            if token.start < edit.end and edit.start < token.end:
                start, end = min(start, token.start), max(end, token.end)
        text = self._source.text
        return TextEdit(start, end, text[start : edit.start] + edit.new_text + text[edit.end : end])

    def _place(self, offset: int, own: _Function, other: _Function) -> int | None:
        """Return where in a copy a place is at which a token begins or ends, or a line begins."""
        source = self._source
        number = bisect_right([token.start for token in own.tokens], offset) - 1
        mine, theirs = own.tokens[number], other.tokens[number]
        if offset == mine.start:
            return theirs.start
        if offset == mine.end:
            return theirs.end
        line = source.line_of(offset)
        there = source.line_of(theirs.start) + line - source.line_of(mine.start)
        if offset != source.line_start(line) or there > len(source.lines) + 1:
            return None
        return source.line_start(there)


def _names(own: _Function, other: _Function) -> dict[str, str]:
    """Return what each name of a function is in its copy, as most of its places have it."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for mine, theirs in zip(own.tokens, other.tokens, strict=True):
        if mine.kind == "identifier":
            counts[mine.text][theirs.text] += 1
    return {name: there.most_common(1)[0][0] for name, there in counts.items()}


def _renamed(code: str, names: dict[str, str]) -> str:
    """Return code with other names."""
    parts = []
    at = 0
    for token in tokens(code):
        parts.append(code[at : token.start])
        known = token.kind == "identifier" and token.text in names
        parts.append(names[token.text] if known else token.text)
        at = token.end
    return "".join((*parts, code[at:]))
