"""A change of a line as a template that fits other lines of the same shape.

Both lines are taken as tokens. What stayed comes from the other line, what came is what came; but
a name that came and stood in the line before is a variable, and is what the other line has there:
``self.a = a`` that became ``self.a = int(a)`` makes ``self.b = int(b)`` of ``self.b = b``.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from attrs import frozen

from foretrace_models.next_edit.lexing import Kind, Token, lex, shape
from foretrace_models.next_edit.lines import indentation
from foretrace_models.repair.edits import TextEdit, trimmed

_MOST_TOKENS = 60
_LEAST_STEM = 3
_COMMENT = re.compile(r"^\s*(?:#|//|/\*|<!--|--)|(?:\*/|-->)\s*$")


@frozen
class _Step:
    """Tokens from `first` to `last` of the old line give way to a piece of the new one."""

    first: int
    last: int
    piece: str


@frozen
class Fit:
    """What a line becomes, and how much of it is alike, from 0 to 1: the share of equal words."""

    becomes: str
    alike: float


class Template:
    """A change of one line, to be made in others."""

    def __init__(self, old: str, new: str, tokens: list[Token], steps: list[_Step]) -> None:
        """Keep what `template_of` found."""
        self.old, self.new = old, new
        self.shape = shape(old)
        self._tokens = tokens
        self._steps = steps

    @property
    def kept(self) -> float:
        """The share of the old line's tokens that stayed, from 0 to 1."""
        gone = sum(step.last - step.first for step in self._steps)
        return 1 - gone / len(self._tokens)

    @property
    def renames(self) -> bool:
        """Whether all it does is to put another name in the place of one."""
        if len(self._steps) != 1 or self._steps[0].last - self._steps[0].first != 1:
            return False
        gone, came = self._tokens[self._steps[0].first], lex(self._steps[0].piece)
        return gone.kind is Kind.NAME and [each.kind for each in came] == [Kind.NAME]

    @property
    def comments(self) -> bool:
        """Whether all it does is to make code a comment, or a comment code."""
        return self.old != self.new and _uncommented(self.old) == _uncommented(self.new)

    @property
    def only_values(self) -> bool:
        """Whether all it does is to put other numbers and strings in the place of such.

        Strings that have the same content in other quotes are no other strings, nor are those of
        which only one end is another.
        """
        for step in self._steps:
            gone = self._tokens[step.first : step.last]
            came = lex(step.piece)
            if not gone or len(gone) != len(came):
                return False
            for a, b in zip(gone, came, strict=True):
                if a.kind is not b.kind or a.kind not in (Kind.NUMBER, Kind.STRING):
                    return False
                if a.kind is Kind.STRING and _ends_differ(a.text[1:-1], b.text[1:-1]):
                    return False
        return True

    def fit(self, line: str) -> Fit | None:
        """Return what a line becomes; None where the change does not fit it, or does nothing."""
        content = line.strip()
        if shape(content) != self.shape:
            return None
        tokens = lex(content)
        if [token.kind for token in tokens] != [token.kind for token in self._tokens]:
            return None
        for step in self._steps:
            for mine, theirs in self._pairs(tokens)[step.first : step.last]:
                if mine.text != theirs.text and _restrung(mine, theirs, step.piece) is None:
                    return None
        becomes = indentation(line) + self._filled(content, tokens)
        if becomes == line.rstrip():
            return None
        return Fit(becomes, self._alike(tokens))

    def _pairs(self, tokens: list[Token]) -> list[tuple[Token, Token]]:
        return list(zip(self._tokens, tokens, strict=True))

    def _alike(self, tokens: list[Token]) -> float:
        words = [pair for pair in self._pairs(tokens) if pair[0].kind is not Kind.MARK]
        if not words:
            return 0.0
        return sum(mine.text == theirs.text for mine, theirs in words) / len(words)

    def _filled(self, content: str, tokens: list[Token]) -> str:
        variables = {
            mine.text: theirs.text
            for mine, theirs in self._pairs(tokens)
            if mine.kind in (Kind.NAME, Kind.NUMBER) and mine.text != theirs.text
        }
        parts = []
        at = 0
        for step in self._steps:
            start = tokens[step.first - 1].end if step.first > 0 else 0
            end = tokens[step.last].start if step.last < len(tokens) else len(content)
            piece = _with(step.piece, variables)
            for mine, theirs in self._pairs(tokens)[step.first : step.last]:
                string = _restrung(mine, theirs, step.piece)
                if string is not None:
                    piece = piece.replace(*string)
            parts += [content[at:start], piece]
            at = end
        return "".join([*parts, content[at:]])


def template_of(old: str, new: str) -> Template | None:
    """Return the template of a change; None if too little stayed to know its like by."""
    old, new = old.strip(), new.strip()
    before, after = lex(old), lex(new)
    if not before or not after or max(len(before), len(after)) > _MOST_TOKENS:
        return None
    texts = [token.text for token in before], [token.text for token in after]
    steps = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        if tag != "equal":
            start = after[j1 - 1].end if j1 > 0 else 0
            end = after[j2].start if j2 < len(after) else len(new)
            steps.append(_Step(i1, i2, new[start:end]))
    if not steps:
        return None
    return Template(old, new, before, steps)


def _uncommented(line: str) -> str:
    return _COMMENT.sub("", line).strip()


def _ends_differ(old: str, new: str) -> bool:
    """Return whether of a string's content nothing, or only one end, was changed."""
    edit = trimmed(old, TextEdit(0, len(old), new))
    kept = len(old) - (edit.end - edit.start)
    return old == new or (kept > 0 and (edit.start == 0 or edit.end == len(old)))


def _restrung(mine: Token, theirs: Token, piece: str) -> tuple[str, str] | None:
    """Return the string that came for one, and what comes for another in the same way.

    It has other quotes, or something at one end gave way to something else. None where no string
    came, or the other has not what gave way.
    """
    came = next((each.text for each in lex(piece) if each.kind is Kind.STRING), None)
    if mine.kind is not Kind.STRING or came is None or came == mine.text:
        return None
    if came[1:-1] == mine.text[1:-1]:
        return came, came[0] + theirs.text[1:-1] + came[-1]
    edit = trimmed(mine.text, TextEdit(0, len(mine.text), came))
    gone, head, tail = mine.text[edit.start : edit.end], edit.start, len(mine.text) - edit.end
    if tail == 1 and theirs.text[:-1].endswith(gone):
        return came, theirs.text[: -1 - len(gone)] + edit.new_text + theirs.text[-1]
    if head == 1 and theirs.text[1:].startswith(gone):
        return came, theirs.text[0] + edit.new_text + theirs.text[1 + len(gone) :]
    return None


def _with(piece: str, variables: dict[str, str]) -> str:
    """Return a piece with its variables filled in, also where they are part of a longer name."""
    parts = []
    at = 0
    for token in lex(piece):
        text = token.text
        if text in variables:
            text = variables[text]
        elif token.kind in (Kind.NAME, Kind.STRING):
            text = _stems_filled(text, variables)
        parts += [piece[at : token.start], text]
        at = token.end
    return "".join([*parts, piece[at:]])


def _stems_filled(word: str, variables: dict[str, str]) -> str:
    for old, new in variables.items():
        if len(old) < _LEAST_STEM or not old[0].isalpha():
            continue
        for mine, theirs in ((old, new), (_capital(old), _capital(new))):
            if mine in word:
                return word.replace(mine, theirs)
    return word


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]
