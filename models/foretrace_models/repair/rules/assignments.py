"""What is stored where: added or set, the wrong way round, the result of a call that has none."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from foretrace_models.repair.edits import TextEdit
from foretrace_models.repair.rules.candidate import Candidate, between, replacing
from foretrace_models.repair.source import Source

_EMPTY = {"[]": ("()", "{}", '""'), "()": ("[]",), "{}": ("[]", "set()"), '""': ("[]",)}
_STORED = (ast.Name, ast.Subscript, ast.Attribute)


def added(source: Source) -> Iterator[Candidate]:
    """A value is added to what is there: `total = x` becomes `total += x`, `=-` becomes `-=`."""
    for node in source.nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            if not isinstance(target, _STORED):
                continue
            start, end = between(source, target, node.value)
            looping = source.enclosing(node, (ast.For, ast.While)) is not None
            yield Candidate((TextEdit(start, end, "+="),), "assignment", 3.0 if looping else 5.5)
            value = node.value
            if isinstance(value, ast.UnaryOp) and isinstance(value.op, (ast.UAdd, ast.USub)):
                sign = "+" if isinstance(value.op, ast.UAdd) else "-"
                code = f"{sign}= {source.code(value.operand)}"
                yield Candidate((TextEdit(start, source.span(value)[1], code),), "assignment", 1.0)
        elif isinstance(node, ast.AugAssign):
            yield from _added_to_itself(source, node)


def _added_to_itself(source: Source, node: ast.AugAssign) -> Iterator[Candidate]:
    if source.code(node.target) == source.code(node.value):
        yield replacing(source, node.value, "1", "assignment", 3.0)
    call = node.value
    method = call.func if isinstance(call, ast.Call) else None
    if isinstance(method, ast.Attribute) and method.attr in ("append", "extend", "add", "insert"):
        # `found += found.append(x)`: the method itself changes the list.
        start, end = source.span(node)[0], source.span(method.value)[1]
        code = source.code(node.target)
        yield Candidate((TextEdit(start, end, code),), "changed in place", 0.8)


def compared(source: Source) -> Iterator[Candidate]:
    """A comparison whose result nobody looks at: `n == 0` becomes `n = 0`."""
    for node in source.nodes:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Compare):
            compare = node.value
            is_one = len(compare.ops) == 1 and isinstance(compare.ops[0], ast.Eq)
            if is_one and isinstance(compare.left, _STORED):
                place = between(source, compare.left, compare.comparators[0])
                yield Candidate((TextEdit(*place, "="),), "comparison for assignment", 0.0)


def parts(source: Source) -> Iterator[Candidate]:
    """Parts are stored in parts where the wholes were meant: `best[1] = x[1]` for `best = x`."""
    for node in source.nodes:
        if not isinstance(node, ast.Assign):
            continue
        sides = [
            each
            for side in (node.targets[0], node.value)
            for each in (side.elts if isinstance(side, ast.Tuple) else [side])
        ]
        subscripts = [side for side in sides if isinstance(side, ast.Subscript)]
        indices = {ast.dump(side.slice) for side in subscripts}
        if len(subscripts) == len(sides) and len(indices) == 1:
            edits = tuple(_whole(source, side) for side in subscripts)
            yield Candidate(edits, "part for whole", 2.5)


def added_in_vain(source: Source) -> Iterator[Candidate]:
    """A sum that is worked out and forgotten: `n + 1` as a statement becomes `n += 1`."""
    for node in source.nodes:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.BinOp):
            operation = node.value
            is_sum = isinstance(operation.op, (ast.Add, ast.Sub))
            if is_sum and isinstance(operation.left, _STORED):
                sign = "+=" if isinstance(operation.op, ast.Add) else "-="
                place = between(source, operation.left, operation.right)
                yield Candidate((TextEdit(*place, sign),), "sum not kept", 0.0)


def aliased(source: Source) -> Iterator[Candidate]:
    """A second name for a list where a copy was meant: `b = a` becomes `b = a[:]`."""
    for node in source.nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
            code = source.code(node.value)
            yield replacing(source, node.value, f"{code}[:]", "name for copy", 3.0)


def exchanged(source: Source) -> Iterator[Candidate]:
    """An assignment the wrong way round, and two that were meant to exchange their values."""
    for block in source.blocks():
        for first, second in pairwise(block):
            yield from _exchange(source, first, second)
    for node in source.nodes:
        if not (isinstance(node, ast.Assign) and len(node.targets) == 1):
            continue
        target, value = node.targets[0], node.value
        if isinstance(target, ast.Name) and isinstance(value, _STORED):
            edits = (
                TextEdit(*source.span(target), source.code(value)),
                TextEdit(*source.span(value), source.code(target)),
            )
            yield Candidate(edits, "assigned the wrong way", 4.0)
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            code = ", ".join(source.code(part) for part in reversed(target.elts))
            yield replacing(source, value, code, "exchange", 2.5)


def _exchange(source: Source, first: ast.stmt, second: ast.stmt) -> Iterator[Candidate]:
    """`a = b` and then `b = a` leave both with the same value."""
    if not (isinstance(first, ast.Assign) and isinstance(second, ast.Assign)):
        return
    if len(first.targets) != 1 or len(second.targets) != 1:
        return
    to, given = source.code(first.targets[0]), source.code(first.value)
    if _same(first.targets[0], second.value) and _same(first.value, second.targets[0]):
        start, end = source.span(first)[0], source.span(second)[1]
        code = f"{to}, {given} = {given}, {to}"
        yield Candidate((TextEdit(start, end, code),), "exchange", 0.8)


def _same(one: ast.expr, other: ast.expr) -> bool:
    """Return whether two expressions are the same, stored or read."""
    return ast.unparse(one) == ast.unparse(other)


def _whole(source: Source, part: ast.Subscript) -> TextEdit:
    return TextEdit(*source.span(part), source.code(part.value))


def empties(source: Source) -> Iterator[Candidate]:
    """It begins with another kind of nothing: `()` becomes `[]`."""
    for node in source.nodes:
        if isinstance(node, ast.Assign):
            for code in _EMPTY.get("".join(source.code(node.value).split()), ()):
                yield replacing(source, node.value, code, "empty value", 3.0)
