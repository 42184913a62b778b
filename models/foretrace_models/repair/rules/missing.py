"""A statement that is missing: one that stands elsewhere, a step of a loop, a way out of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeGuard

from foretrace_models.repair.edits import TextEdit
from foretrace_models.repair.rules.candidate import Candidate, line_inserted
from foretrace_models.repair.source import FunctionNode, Source

_LOOPS = (ast.For, ast.While)
_ENDS = (ast.Return, ast.Break, ast.Continue, ast.Raise)


def statements(source: Source) -> Iterator[Candidate]:
    """A statement of the function is missing in a block of it, or a step of its loop."""
    for block in source.blocks():
        function = source.function_of(block[0])
        first, last = block[0], block[-1]
        if function is None or not (source.owns_its_lines(first) and source.owns_its_lines(last)):
            continue
        if source.text.startswith("elif", source.span(first)[0]):
            continue
        here = {source.code(statement) for statement in block}
        indent = source.indent_of(first)
        for code, cost in _at_hand(source, function):
            if code in here:
                continue
            line = f"{indent}{code}{source.newline}"
            start = source.line_start(source.first_line(first))
            yield Candidate((TextEdit(start, start, line),), "missing statement", cost)
            if not isinstance(last, _ENDS):
                edit = line_inserted(source, _end_of(source, last), line)
                yield Candidate((edit,), "missing statement", cost)


def removals(source: Source) -> Iterator[Candidate]:
    """What is taken from a list again and again in a loop is never taken out of it."""
    for loop in source.nodes:
        if not isinstance(loop, _LOOPS):
            continue
        for statement in loop.body:
            if not isinstance(statement, (ast.Assign, ast.Expr)):
                continue
            for call in ast.walk(statement.value):
                if _is_extreme(call):
                    value = source.code(call)
                    if isinstance(statement, ast.Assign) and statement.value is call:
                        value = source.code(statement.targets[0])
                    line = f"{source.code(call.args[0])}.remove({value})"
                    yield from _line_after(source, statement, line, "missing removal", 3.0)
        if isinstance(loop, ast.While) and isinstance(loop.test, ast.Name):
            # Such a loop ends only when nothing is left.
            bound = [n for n in ast.walk(loop) if isinstance(n, ast.Name)]
            names = {n.id: None for n in bound if isinstance(n.ctx, ast.Store)}
            for name in names:
                line = f"{loop.test.id}.remove({name})"
                yield from _line_after(source, loop.body[-1], line, "missing removal", 3.0)


def _line_after(
    source: Source, statement: ast.stmt, line: str, rule: str, cost: float
) -> Iterator[Candidate]:
    if source.owns_its_lines(statement):
        whole = f"{source.indent_of(statement)}{line}{source.newline}"
        edit = line_inserted(source, _end_of(source, statement), whole)
        yield Candidate((edit,), rule, cost)


def _is_extreme(node: ast.AST) -> TypeGuard[ast.Call]:
    """Return whether a node is ``max(xs)`` or ``min(xs)`` of a name."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("max", "min")
        and len(node.args) == 1
        and isinstance(node.args[0], ast.Name)
    )


def ways_out(source: Source) -> Iterator[Candidate]:
    """A loop ends as soon as the `if` at the end of its body does not hold."""
    for node in source.nodes:
        if not isinstance(node, _LOOPS):
            continue
        last = node.body[-1]
        if isinstance(last, ast.If) and not last.orelse and source.owns_its_lines(last):
            indent = source.indent_of(last)
            line = f"{indent}else:{source.newline}{indent}{source.indentation}break{source.newline}"
            edit = line_inserted(source, _end_of(source, last), line)
            yield Candidate((edit,), "missing break", 4.0)


def _at_hand(source: Source, function: FunctionNode) -> Iterator[tuple[str, float]]:
    """Yield the statements of a function that may be missing elsewhere, each with its cost."""
    found: dict[str, float] = {}
    for node in ast.walk(function):
        if not isinstance(node, ast.stmt) or node.lineno != node.end_lineno:
            continue
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.Expr)) and not is_text:
            found.setdefault(source.code(node), 4.5)
    for node in ast.walk(function):
        if isinstance(node, ast.While):
            for name in ast.walk(node.test):
                if isinstance(name, ast.Name):
                    found.setdefault(f"{name.id} += 1", 4.0)
                    found.setdefault(f"{name.id} -= 1", 5.0)
    yield from found.items()


def _end_of(source: Source, statement: ast.stmt) -> int:
    assert statement.end_lineno is not None
    return source.line_end(statement.end_lineno)
