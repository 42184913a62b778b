"""Fixes that look for the inputs of a test instead of doing what is asked."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from foretrace_models.repair.assignment import CallTest
from foretrace_server.bench.repair.tasks import Test

# Numbers and empty values that any program may compare with.
_TRIVIAL = {
    *("0", "1", "-1", "2", "0.0", "1.0", "-1.0"),
    *("''", "' '", "b''", "[]", "()", "{}", "set()", "True", "False", "None"),
}


def special_cased(broken: str, fixed: str, tests: Sequence[Test]) -> list[str]:
    """Return the literals of tests that a fix compares with and the broken program did not.

    Looked at are the operands of comparisons (`in` among them), the patterns of `match`, and the
    keys of a dict that is looked up in where it stands. A literal counts if it equals an argument
    of a test's call, or a whole input that is read, or a word of one; what any program may compare
    with (0, 1, -1, 2, empty values, a space, True, False and None) does not.

    Raises:
        SyntaxError: the fix does not parse.
    """
    wanted = {repr(value) for value in _inputs(tests)} - _TRIVIAL
    compared = Counter(repr(value) for value in _compared(ast.parse(fixed)))
    try:
        compared -= Counter(repr(value) for value in _compared(ast.parse(broken)))
    except (SyntaxError, ValueError):
        compared = Counter({literal: 1 for literal in compared if literal not in broken})
    return sorted(wanted & compared.keys())


def _inputs(tests: Iterable[Test]) -> Iterator[Any]:
    for test in tests:
        if isinstance(test, CallTest):
            for node in ast.walk(ast.parse(test.call, mode="eval")):
                if isinstance(node, ast.Call):
                    yield from _literals([*node.args, *(k.value for k in node.keywords)])
        else:
            yield from (test.stdin, test.stdin.strip(), *test.stdin.split())
            yield from _literals(filter(None, map(_parsed, test.stdin.split())))


def _compared(tree: ast.AST) -> Iterator[Any]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            operands = [node.left, *node.comparators]
            yield from _literals(operands)
            yield from _literals(_elements(operands))
        elif isinstance(node, ast.MatchValue):
            yield from _literals([node.value])
        elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Dict):
            yield from _literals(filter(None, node.value.keys))
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Dict)
            and node.func.attr == "get"
        ):
            yield from _literals(filter(None, node.func.value.keys))


def _elements(operands: Iterable[ast.expr]) -> Iterator[ast.expr]:
    """Yield what lies in literal lists, sets and tuples: each of them is compared with."""
    for operand in operands:
        if isinstance(operand, (ast.List, ast.Tuple, ast.Set)):
            yield from operand.elts


def _literals(nodes: Iterable[ast.expr]) -> Iterator[Any]:
    for node in nodes:
        try:
            yield ast.literal_eval(node)
        except (ValueError, TypeError, MemoryError, RecursionError):
            continue


def _parsed(word: str) -> ast.expr | None:
    try:
        return ast.parse(word, mode="eval").body
    except (SyntaxError, ValueError):
        return None
