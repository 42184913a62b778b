"""A statement in the wrong place, one too many, one missing, or the wrong kind of one."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from foretrace_models.repair.edits import TextEdit, trimmed
from foretrace_models.repair.rules.candidate import Candidate, line_inserted, replacing
from foretrace_models.repair.source import Source

_COMPOUND = (ast.If, ast.For, ast.While, ast.With, ast.Try)
_LOOPS = (ast.For, ast.While)
_LONGEST_TAIL = 3
_MOVABLE = (
    *(ast.Return, ast.Assign, ast.AugAssign, ast.Expr, ast.Break, ast.Continue, ast.If, ast.Delete),
)


def out_of_blocks(source: Source) -> Iterator[Candidate]:
    """A statement moves out of a loop or branch, to after it: a `return` that came too early."""
    for block in source.blocks():
        parent = source.parents[block[0]]
        if not isinstance(parent, _COMPOUND):
            continue
        for index, statement in enumerate(block):
            if not _may_move(source, statement):
                continue
            last = index == len(block) - 1
            outer: ast.AST = parent
            levels = 0
            while isinstance(outer, _COMPOUND):
                levels += 1
                if levels > 1 or last or isinstance(statement, ast.Return):
                    base = 2.0 if isinstance(statement, ast.Return) else 3.0
                    leaves_loop = isinstance(outer, _LOOPS)
                    cost = base + (0.5 if leaves_loop else 1.0) + 0.5 * (levels - 1)
                    yield from _moved_after(source, block, statement, outer, cost)
                outer = source.parents[outer]


def tails_out_of_blocks(source: Source) -> Iterator[Candidate]:
    """The last statements of a loop or branch together follow it instead, or a loop around it."""
    for block in source.blocks():
        for count in range(2, min(len(block), _LONGEST_TAIL + 1)):
            tail = block[-count:]
            if not all(_may_move(source, statement) for statement in tail):
                continue
            outer, cost = source.parents[block[0]], 3.0
            while isinstance(outer, _COMPOUND) and not _is_elif(source, outer):
                if _end_of(source, outer) != _end_of(source, tail[-1]):
                    break  # they would have to pass over what stands between
                bodies = [_reindented(source, each, source.indent_of(outer)) for each in tail]
                start, end = source.line_start(source.first_line(tail[0])), _end_of(source, outer)
                body = "".join(each or "" for each in bodies)
                if not source.text[start:end].endswith("\n"):
                    body = body.rstrip("\r\n")
                if None not in bodies:
                    yield Candidate((TextEdit(start, end, body),), "moved together", cost)
                outer, cost = source.parents[outer], cost + 0.5


def into_blocks(source: Source) -> Iterator[Candidate]:
    """A statement moves into the loop or branch before it, as its last one."""
    for block in source.blocks():
        for before, statement in itertools.pairwise(block):
            if not isinstance(before, _COMPOUND) or not _may_move(source, statement):
                continue
            for target in _last_blocks(before):
                if not source.owns_its_lines(target[-1]):
                    continue
                indent = source.indent_of(target[0])
                if isinstance(before, _LOOPS) and isinstance(statement, ast.Return):
                    continue
                yield from _move(source, statement, _end_of(source, target[-1]), indent, 3.5)


def swapped(source: Source) -> Iterator[Candidate]:
    """Two neighbouring statements change places."""
    for block in source.blocks():
        for first, second in itertools.pairwise(block):
            if _may_move(source, first) and _may_move(source, second):
                place = source.line_start(source.first_line(first))
                if source.indent_of(first) == source.indent_of(second):
                    indent = source.indent_of(first)
                    yield from _move(source, second, place, indent, 4.0)


def removed(source: Source) -> Iterator[Candidate]:
    """A statement goes, with the empty `else` around it."""
    for block in source.blocks():
        parent = source.parents[block[0]]
        for statement in block:
            if not source.owns_its_lines(statement):
                continue
            if isinstance(statement, (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)):
                continue
            if _is_docstring(statement) or isinstance(statement, ast.Pass):
                continue
            cost = 4.5 if isinstance(statement, (ast.Return, ast.For, ast.While)) else 3.5
            if len(block) > 1:
                place = source.line_start(source.first_line(statement)), _end_of(source, statement)
                yield Candidate((TextEdit(*place, ""),), "statement too many", cost)
            elif isinstance(parent, ast.If) and block is parent.orelse:
                yield Candidate((_without_else(source, parent),), "statement too many", cost)
            else:
                yield replacing(source, statement, "pass", "statement too many", cost + 1)


def kinds(source: Source) -> Iterator[Candidate]:
    """Another kind of statement: `while` for `if`, `elif` for `if`, `continue` for `break`."""
    for node in source.nodes:
        if isinstance(node, ast.If):
            start = source.span(node)[0]
            is_elif = source.text.startswith("elif", start)
            if is_elif:
                yield Candidate((TextEdit(start, start + 4, "if"),), "if for elif", 3.0)
            else:
                if not node.orelse:
                    yield Candidate((TextEdit(start, start + 2, "while"),), "while for if", 3.5)
                before = _before(source, node)
                if isinstance(before, ast.If) and not _has_else(before):
                    yield Candidate((TextEdit(start, start + 2, "elif"),), "elif for if", 2.5)
        elif isinstance(node, ast.While) and not node.orelse:
            start = source.span(node)[0]
            yield Candidate((TextEdit(start, start + 5, "if"),), "if for while", 4.0)
        elif isinstance(node, ast.Break):
            yield replacing(source, node, "continue", "continue for break", 3.0)
            for value in _returned(source, node):
                yield replacing(source, node, f"return {value}", "return for break", 3.0)
        elif isinstance(node, ast.Continue):
            yield replacing(source, node, "break", "break for continue", 3.0)
            yield replacing(source, node, "pass", "nothing for continue", 4.0)
        elif isinstance(node, ast.Pass):
            if source.enclosing(node, _LOOPS):
                yield replacing(source, node, "continue", "continue for pass", 3.5)
                yield replacing(source, node, "break", "break for pass", 3.5)
            for value in _returned(source, node):
                yield replacing(source, node, f"return {value}", "return for pass", 3.5)
        elif isinstance(node, ast.Return) and source.enclosing(node, _LOOPS):
            for word, cost in (("continue", 4.0), ("break", 4.5), ("pass", 4.5)):
                yield replacing(source, node, word, f"{word} for return", cost)


def inserted(source: Source) -> Iterator[Candidate]:
    """A `break` or `continue` at the end of a branch inside a loop."""
    for block in source.blocks():
        last = block[-1]
        parent = source.parents[last]
        if not isinstance(parent, (ast.If, ast.For, ast.While)) or not source.owns_its_lines(last):
            continue
        inside = isinstance(parent, _LOOPS) or source.enclosing(parent, _LOOPS)
        if not inside or isinstance(last, (ast.Return, ast.Break, ast.Continue, ast.Raise)):
            continue
        indent, place = source.indent_of(block[0]), _end_of(source, last)
        for word, cost in (("break", 4.0), ("continue", 5.0)):
            line = f"{indent}{word}{source.newline}"
            yield Candidate((line_inserted(source, place, line),), f"missing {word}", cost)


def without_else(source: Source) -> Iterator[Candidate]:
    """What stands under an `else` follows the whole `if` or loop instead."""
    for node in source.nodes:
        if not isinstance(node, ast.If) or len(node.orelse) != 1:
            continue
        statement = node.orelse[0]
        if isinstance(statement, ast.If) or not _may_move(source, statement):
            continue
        outer: ast.AST = node
        cost = 2.5
        while isinstance(outer, _COMPOUND):
            indent = source.indent_of(outer)
            body = _reindented(source, statement, indent)
            if body is not None:
                gap = _without_else(source, node)
                end = _end_of(source, outer)
                edits: tuple[TextEdit, ...] = (gap, line_inserted(source, end, body))
                if gap.end == end:
                    edits = (TextEdit(gap.start, gap.end, body),)
                yield Candidate(edits, "else too many", cost)
            outer = source.parents[outer]
            cost = 1.5 if isinstance(outer, _LOOPS) else cost + 0.5


def _returned(source: Source, node: ast.AST) -> list[str]:
    """Return what the function around a node gives back in one place or another."""
    function = source.function_of(node)
    if function is None:
        return []
    values = {
        source.code(each.value): None
        for each in ast.walk(function)
        if isinstance(each, ast.Return) and each.value is not None
    }
    return list(values)


def _may_move(source: Source, statement: ast.stmt) -> bool:
    if not isinstance(statement, _MOVABLE) or not source.owns_its_lines(statement):
        return False
    return not _is_docstring(statement)


def _moved_after(
    source: Source, block: list[ast.stmt], statement: ast.stmt, outer: ast.AST, cost: float
) -> Iterator[Candidate]:
    assert isinstance(outer, _COMPOUND)
    if len(block) == 1:
        return  # `without_else` and `removed` see to what would be left empty
    if _is_elif(source, outer):
        return
    end = _end_of(source, outer)
    yield from _move(source, statement, end, source.indent_of(outer), cost)


def _move(
    source: Source, statement: ast.stmt, place: int, indent: str, cost: float
) -> Iterator[Candidate]:
    body = _reindented(source, statement, indent)
    if body is None:
        return
    start = source.line_start(source.first_line(statement))
    end = _end_of(source, statement)
    if place == end:
        if not source.text[start:end].endswith("\n"):
            body = body.rstrip("\r\n")
        yield Candidate((trimmed(source.text, TextEdit(start, end, body)),), "moved", cost)
    else:
        edits = (TextEdit(start, end, ""), line_inserted(source, place, body))
        yield Candidate(edits, "moved", cost)


def _reindented(source: Source, statement: ast.stmt, indent: str) -> str | None:
    """Return the lines of a statement with another indentation; None if they cannot have it."""
    for node in ast.walk(statement):
        if isinstance(node, (ast.Constant, ast.JoinedStr)) and node.end_lineno != node.lineno:
            return None  # the lines of a long string are not ours to move
    old = source.indent_of(statement)
    text = source.text[source.line_start(source.first_line(statement)) : _end_of(source, statement)]
    lines = []
    for line in text.splitlines(keepends=True):
        if line.strip() and not line.startswith(old):
            return None
        lines.append(indent + line[len(old) :] if line.strip() else line)
    body = "".join(lines)
    return body if body.endswith("\n") else body + source.newline


def _without_else(source: Source, node: ast.If) -> TextEdit:
    """Return the edit that takes away an `else` or `elif` and what is under it."""
    first = node.orelse[0]
    if isinstance(first, ast.If) and _is_elif(source, first):
        start = source.line_start(first.lineno)
    else:
        assert node.body[-1].end_lineno is not None
        line = node.body[-1].end_lineno + 1
        while not source.lines[line - 1].lstrip().startswith("else"):
            line += 1
        start = source.line_start(line)
    return TextEdit(start, _end_of(source, node.orelse[-1]), "")


def _end_of(source: Source, statement: ast.stmt) -> int:
    assert statement.end_lineno is not None
    return source.line_end(statement.end_lineno)


def _last_blocks(node: ast.AST) -> list[list[ast.stmt]]:
    if isinstance(node, ast.If):
        orelse = node.orelse
        if len(orelse) == 1 and isinstance(orelse[0], ast.If):
            return _last_blocks(orelse[0])
        return [orelse] if orelse else [node.body]
    if isinstance(node, _LOOPS) and not node.orelse:
        inner = _last_blocks(node.body[-1]) if isinstance(node.body[-1], _COMPOUND) else []
        return [node.body, *inner]
    return []


def _before(source: Source, node: ast.stmt) -> ast.stmt | None:
    for block in source.blocks():
        if node in block:
            index = block.index(node)
            return block[index - 1] if index else None
    return None


def _has_else(node: ast.If) -> bool:
    while len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
        node = node.orelse[0]
    return bool(node.orelse)


def _is_elif(source: Source, node: ast.AST) -> bool:
    return isinstance(node, ast.If) and source.text.startswith("elif", source.span(node)[0])


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
