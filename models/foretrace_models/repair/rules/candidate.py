"""A candidate: a change that a rule proposes, before anything is known of its effect."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from attrs import frozen

from foretrace_models.repair.edits import TextEdit
from foretrace_models.repair.source import Source


@frozen
class Candidate:
    """Edits that belong together, the rule that proposes them, and how far-fetched they are.

    `cost` is about the negative logarithm (base 2) of how often such a change is the right one.
    """

    edits: tuple[TextEdit, ...]
    rule: str
    cost: float


Rule = Callable[[Source], Iterator[Candidate]]


def replacing(
    source: Source, node: ast.expr | ast.stmt | ast.arg, new: str, rule: str, cost: float
) -> Candidate:
    """Return the candidate that puts other code in the place of a node."""
    start, end = source.span(node)
    return Candidate((TextEdit(start, end, new),), rule, cost)


def line_inserted(source: Source, place: int, line: str) -> TextEdit:
    """Insert whole lines; at the end of a text without a last line end, begin with one."""
    if place == len(source.text) and not source.text.endswith("\n"):
        return TextEdit(place, place, source.newline + line.rstrip("\r\n"))
    return TextEdit(place, place, line)


def needs_parentheses(node: ast.expr) -> bool:
    """Return whether an expression must be put in parentheses to become an operand."""
    return isinstance(
        node,
        (
            *(ast.BoolOp, ast.Compare, ast.IfExp, ast.Lambda, ast.NamedExpr, ast.Await),
            *(ast.BinOp, ast.UnaryOp, ast.Yield, ast.YieldFrom, ast.Starred, ast.GeneratorExp),
        ),
    )


def operand(source: Source, node: ast.expr) -> str:
    """Return the code of an expression, fit to stand beside an operator."""
    code = source.code(node)
    return f"({code})" if needs_parentheses(node) else code


def expressions(source: Source) -> Iterator[ast.expr]:
    """Iterate over the expressions that stand in the text in a place of their own.

    Those inside f-strings are left out: before Python 3.12 their places are not known. So are
    annotations, which do not run.
    """
    skipped: set[ast.AST] = set()
    for node in source.nodes:
        if node in skipped or isinstance(node, ast.JoinedStr):
            skipped.update(ast.iter_child_nodes(node))
            continue
        for field in ("annotation", "returns"):
            if (annotation := getattr(node, field, None)) is not None:
                skipped.add(annotation)
        if isinstance(node, ast.expr) and node not in skipped:
            yield node


def between(source: Source, left: ast.expr, right: ast.expr) -> tuple[int, int]:
    """Return the place of the operator between two operands, without white space around it."""
    start, end = source.span(left)[1], source.span(right)[0]
    code = source.text[start:end]
    # Parentheses around an operand are in no node's span.
    inner_start = len(code) - len(code.lstrip(") \t\r\n\\"))
    inner_end = len(code.rstrip("( \t\r\n\\"))
    return start + inner_start, start + inner_end
