"""What is wrong with a program that does not parse, in a word.

Read with tree-sitter, never with Python's own parser: a hostile text can crash that, and with it
the process that reads the whole class. Tree-sitter is lenient about how far lines are indented, so
that is looked at here, by Python's rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import groupby

from attrs import frozen
from tree_sitter import Node

from foretrace_models.repair.tokens import root_of

# Longer texts are not looked at: each state of them would take long.
MOST_CHARACTERS = 20_000
_PAIRS = {")": "(", "]": "[", "}": "{"}
_HEADS = frozenset(
    {"if", "elif", "else", "for", "while", "def", "class", "try", "except", "finally", "with"}
)
# What Python had once, and tree-sitter still takes.
_OF_PYTHON_2 = frozenset({"print_statement", "exec_statement"})
_MISSED_QUOTE = '"'


class SyntaxKind(str, Enum):
    """What is wrong, by its most telling sign. It is a guess: the person may have meant more."""

    QUOTE = "quote"
    BRACKET = "bracket"
    COLON = "colon"
    INDENTATION = "indentation"
    OTHER = "other syntax"


@frozen
class _Token:
    """A token as it is written, of a string only that it is one; and in what it stands."""

    sign: str
    within: str
    row: int
    column: int
    end_row: int


@frozen
class _Line:
    """A line as Python sees it."""

    margin: str
    first: str
    last: str
    has_colon: bool


def syntax_kind(text: str) -> SyntaxKind | None:
    """Return what is wrong with a Python program, None where it parses or is too long to tell."""
    if len(text) > MOST_CHARACTERS:
        return None
    raw = text.encode("utf-8", "surrogatepass")
    root = root_of(raw)
    tokens = [*_tokens(root)]
    if root.has_error and any(_is_open_quote(token) for token in tokens):
        return SyntaxKind.QUOTE
    if root.has_error and not _closes(tokens):
        return SyntaxKind.BRACKET
    lines = _logical_lines([token for token in tokens if token.sign], raw.split(b"\n"))
    if root.has_error and any(line.first in _HEADS and not line.has_colon for line in lines):
        return SyntaxKind.COLON
    if not _is_indented_well(lines):
        return SyntaxKind.INDENTATION
    if root.has_error or any(token.within in _OF_PYTHON_2 for token in tokens):
        return SyntaxKind.OTHER
    return None


def _tokens(root: Node) -> Iterator[_Token]:
    """Iterate over the tokens but comments; one that the parser missed has no sign.

    What a token stands in is remembered on the way down: to ask a node is slow where it is deep.
    """
    stack = [(root, "")]
    while stack:
        node, within = stack.pop()
        if node.child_count:
            stack.extend((child, node.type) for child in reversed(node.children))
        elif node.type != "comment":
            written = "" if node.is_missing else (node.text or b"").decode("utf-8", "replace")
            if within == "string":
                written = _MISSED_QUOTE if node.is_missing else "string"
            row, column = node.start_point
            yield _Token(written, within, row, column, node.end_point.row)


def _logical_lines(tokens: Sequence[_Token], rows: Sequence[bytes]) -> list[_Line]:
    """Return the lines that begin neither within brackets or a string, nor after a backslash."""
    found: list[_Line] = []
    depth, written_to_row = 0, -1
    for row, group in groupby(tokens, lambda each: each.row):
        in_row = [*group]
        signs = [token.sign for token in in_row]
        goes_on = depth > 0 or row <= written_to_row or (row and rows[row - 1].endswith(b"\\"))
        depth += sum((sign in _PAIRS.values()) - (sign in _PAIRS) for sign in signs)
        written_to_row = max(token.end_row for token in in_row)
        if goes_on and found:
            begun = found[-1]
            has_colon = begun.has_colon or ":" in signs
            found[-1] = _Line(begun.margin, begun.first, signs[-1], has_colon)
        else:
            margin = rows[row][: in_row[0].column].decode("utf-8", "replace")
            found.append(_Line(margin, signs[0], signs[-1], ":" in signs))
    return found


def _is_indented_well(lines: Sequence[_Line]) -> bool:
    """Return whether lines are indented as Python wants it, with tabs of 8 columns and of 1."""
    blocks, opens = [(0, 0)], False
    for line in lines:
        columns = len(line.margin.expandtabs(8)), len(line.margin.expandtabs(1))
        deeper = columns[0] > blocks[-1][0]
        if deeper != opens or (deeper and columns[1] <= blocks[-1][1]):
            return False
        if deeper:
            blocks.append(columns)
        while columns[0] < blocks[-1][0]:
            blocks.pop()
        if columns != blocks[-1]:
            return False
        opens = line.last == ":"
    return not opens


def _is_open_quote(token: _Token) -> bool:
    if token.sign == _MISSED_QUOTE:
        return True
    return token.within == "ERROR" and ("'" in token.sign or '"' in token.sign)


def _closes(tokens: Sequence[_Token]) -> bool:
    opened: list[str] = []
    for token in tokens:
        if token.sign in _PAIRS.values():
            opened.append(token.sign)
        elif token.sign in _PAIRS and (not opened or opened.pop() != _PAIRS[token.sign]):
            return False
    return not opened
