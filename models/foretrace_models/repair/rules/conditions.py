"""Conditions written anew, of what is at hand: the names and the parts that a function uses."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from foretrace_models.repair.rules.candidate import Candidate, operand, replacing
from foretrace_models.repair.source import FunctionNode, Source

_MOST_NAMES = 6
_MOST_PARTS = 6
_MOST_CONDITIONS = 4
_COMPARISONS = (("<", 7.5), ("<=", 7.5), ("==", 7.5), ("!=", 8.0), ("in", 7.5), ("not in", 7.0))
_ORDERED = frozenset(("<", "<=", "in", "not in"))
# What is made sure of beside a condition.
_ADDED = frozenset(("<", "not in"))
_ADDED_COST = 1.0
_SIZED = frozenset(("append", "extend", "insert", "remove", "pop", "sort", "reverse", "count"))


def anew(source: Source) -> Iterator[Candidate]:
    """A condition written anew, or one that must hold as well, of what the function uses."""
    for function in source.nodes:
        if not isinstance(function, FunctionNode):
            continue
        tests = [
            node.test
            for node in ast.walk(function)
            if isinstance(node, (ast.If, ast.While)) and source.function_of(node) is function
        ]
        # Where there are many, it is not likely to be any one of them.
        if not 0 < len(tests) <= _MOST_CONDITIONS:
            continue
        parts = _parts(source, function)
        for test in tests:
            old, whole = source.code(test), operand(source, test)
            for (left, extra), (right, more) in itertools.permutations(parts, 2):
                for symbol, base in _COMPARISONS:
                    code, cost = f"{left} {symbol} {right}", base + extra + more
                    if code == old or not (symbol in _ORDERED or left < right):
                        continue
                    yield replacing(source, test, code, "condition anew", cost)
                    if symbol in _ADDED:
                        both, cost = f"{whole} and {code}", cost + _ADDED_COST
                        yield replacing(source, test, both, "condition added", cost)


def _parts(source: Source, function: FunctionNode) -> list[tuple[str, float]]:
    """Return what is compared in a function or has a name there, and what that adds to the cost."""
    parts: dict[str, float] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Compare):
            for side in (node.left, *node.comparators):
                if isinstance(side, (ast.Name, ast.Subscript, ast.Call)):
                    parts.setdefault(source.code(side), 0.0)
    names = source.names_in(function)[:_MOST_NAMES]
    for name in names:
        parts.setdefault(name, 0.0)
    sized = _sized(function)
    for name in names:
        if name in sized:
            parts.setdefault(f"len({name})", 0.5)
    return list(parts.items())[:_MOST_PARTS]


def _sized(function: FunctionNode) -> set[str]:
    """Return the names of what is used as something with a length."""
    sized: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and node.attr in _SIZED:
            value: ast.expr = node.value
        elif isinstance(node, ast.Subscript):
            value = node.value
        elif isinstance(node, ast.For):
            value = node.iter
        else:
            continue
        if isinstance(value, ast.Name):
            sized.add(value.id)
    return sized
