"""What is wrong with a program that does not parse, in a word.

Read with tree-sitter, never with Python's own parser: a hostile text can crash that, and with it
the process that reads the whole class. Tree-sitter is lenient about how far lines are indented, so
that is looked at here, by Python's rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from itertools import groupby

from tree_sitter import Node

from foretrace_models.repair.tokens import leaves_of, root_of

# Longer texts are not looked at: it would take seconds.
MOST_CHARACTERS = 100_000
_PAIRS = {")": "(", "]": "[", "}": "{"}
_HEADS = frozenset(
    {"if", "elif", "else", "for", "while", "def", "class", "try", "except", "finally", "with"}
)
# What Python had once, and tree-sitter still takes.
_OF_PYTHON_2 = frozenset({"print_statement", "exec_statement"})
# A line as Python sees it: its margin, its first and its last sign, and whether it has a colon.
_Line = tuple[str, str, str, bool]


class SyntaxKind(str, Enum):
    """What is wrong, by its most telling sign. It is a guess: the person may have meant more."""

    QUOTE = "quote"
    BRACKET = "bracket"
    COLON = "colon"
    INDENTATION = "indentation"
    OTHER = "other syntax"


def syntax_kind(text: str) -> SyntaxKind | None:
    """Return what is wrong with a Python program, None where it parses or is too long to tell."""
    if len(text) > MOST_CHARACTERS:
        return None
    raw = text.encode("utf-8", "surrogatepass")
    root = root_of(raw)
    leaves = [leaf for leaf in leaves_of(root) if leaf.type != "comment"]
    if root.has_error and _has_open_quote(leaves):
        return SyntaxKind.QUOTE
    if root.has_error and not _closes(leaves):
        return SyntaxKind.BRACKET
    lines = _logical_lines(leaves, raw.split(b"\n"))
    if root.has_error and _lacks_colon(lines):
        return SyntaxKind.COLON
    if not _is_indented_well(lines):
        return SyntaxKind.INDENTATION
    return SyntaxKind.OTHER if root.has_error or _is_of_python_2(leaves) else None


def _logical_lines(leaves: Sequence[Node], rows: Sequence[bytes]) -> list[_Line]:
    """Return the lines that begin neither within brackets or a string, nor after a backslash."""
    found: list[_Line] = []
    depth, written_to_row = 0, -1
    for row, group in groupby((leaf for leaf in leaves if leaf.text), lambda each: _row(each)):
        tokens = [*group]
        goes_on = depth > 0 or row <= written_to_row or (row and rows[row - 1].endswith(b"\\"))
        signs = [_sign(token) for token in tokens]
        depth += sum((sign in _PAIRS.values()) - (sign in _PAIRS) for sign in signs)
        written_to_row = max(token.end_point.row for token in tokens)
        if goes_on and found:
            margin, first, _, has_colon = found[-1]
            found[-1] = (margin, first, signs[-1], has_colon or ":" in signs)
        else:
            start = rows[row][: tokens[0].start_point.column].decode("utf-8", "replace")
            found.append((start, signs[0], signs[-1], ":" in signs))
    return found


def _row(leaf: Node) -> int:
    row: int = leaf.start_point.row
    return row


def _sign(leaf: Node) -> str:
    """Return a token as it is written; of what stands in a string only that it does."""
    if leaf.parent is not None and leaf.parent.type == "string":
        return "''"
    return (leaf.text or b"").decode("utf-8", "replace")


def _is_indented_well(lines: Sequence[_Line]) -> bool:
    """Return whether lines are indented as Python wants it, with tabs of 8 columns and of 1."""
    blocks, opens = [(0, 0)], False
    for margin, _, last, _ in lines:
        columns = len(margin.expandtabs(8)), len(margin.expandtabs(1))
        deeper = columns[0] > blocks[-1][0]
        if deeper != opens or (deeper and columns[1] <= blocks[-1][1]):
            return False
        if deeper:
            blocks.append(columns)
        while columns[0] < blocks[-1][0]:
            blocks.pop()
        if columns != blocks[-1]:
            return False
        opens = last == ":"
    return not opens


def _lacks_colon(lines: Sequence[_Line]) -> bool:
    return any(first in _HEADS and not has_colon for _, first, _, has_colon in lines)


def _is_of_python_2(leaves: Sequence[Node]) -> bool:
    return any(leaf.parent is not None and leaf.parent.type in _OF_PYTHON_2 for leaf in leaves)


def _has_open_quote(leaves: Sequence[Node]) -> bool:
    return any(
        (leaf.is_missing and leaf.type == "string_end")
        or (leaf.parent is not None and leaf.parent.type == "ERROR" and _is_quote(leaf))
        for leaf in leaves
    )


def _is_quote(leaf: Node) -> bool:
    return any(quote in (leaf.text or b"") for quote in (b'"', b"'"))


def _closes(leaves: Sequence[Node]) -> bool:
    opened: list[str] = []
    for leaf in leaves:
        sign = _sign(leaf)
        if sign in _PAIRS.values():
            opened.append(sign)
        elif sign in _PAIRS and (not opened or opened.pop() != _PAIRS[sign]):
            return False
    return not opened
