"""What differs between two programs: the smallest pieces, and what stands around them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from attrs import frozen

from foretrace_models.repair.rules.mined import place_of, place_of_gap, place_of_statement
from foretrace_models.repair.rules.templates import dump
from foretrace_models.repair.source import FunctionNode, Source

_LARGEST_EXPRESSION = 24
_MOST_STATEMENTS = 3
_LARGEST_STATEMENTS = 48
_SIMPLE = (ast.Assign, ast.AugAssign, ast.Return, ast.Expr)
_UNTOLD = frozenset(("ctx", "kind", "type_comment"))


@frozen(eq=False)
class Difference:
    """A piece of a program and what it becomes: an expression, or statements of one block.

    `place` is the kind of place it stands in, `function` the one around it.
    """

    before: ast.expr | list[ast.stmt]
    after: ast.expr | list[ast.stmt]
    place: str
    function: FunctionNode | None


def differences(before: Source, after: Source) -> Iterator[Difference]:
    """Yield what differs, each piece at several sizes: by itself, and with what is around it."""
    yield from _Comparison(before).blocks(before.tree, "body", before.tree.body, after.tree.body)


class _Comparison:
    def __init__(self, source: Source) -> None:
        self._source = source

    def blocks(
        self, owner: ast.AST, name: str, old: Sequence[ast.stmt], new: Sequence[ast.stmt]
    ) -> Iterator[Difference]:
        """Compare two blocks."""
        a, b = [dump(s) for s in old], [dump(s) for s in new]
        for tag, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
            if tag == "equal":
                continue
            left, right = list(old[i:j]), list(new[k:m])
            if not left:
                place = place_of_gap(owner, name, old, i)
                yield from self._statements([], right, place, self._function(owner))
                continue
            place = place_of_statement(owner, name)
            if right and len(left) == len(right):
                for one, other in zip(left, right, strict=True):
                    if dump(one) != dump(other):
                        yield from self._statement(one, other, place)
                if len(left) == 1:
                    continue
            yield from self._statements(left, right, place, self._function(left[0]))

    def _function(self, node: ast.AST) -> FunctionNode | None:
        return node if isinstance(node, FunctionNode) else self._source.function_of(node)

    def _statements(
        self,
        old: list[ast.stmt],
        new: list[ast.stmt],
        place: str,
        function: FunctionNode | None,
    ) -> Iterator[Difference]:
        if max(len(old), len(new)) > _MOST_STATEMENTS or _is_definition([*old, *new]):
            return
        if sum(1 for s in new for _ in ast.walk(s)) <= 2 * _LARGEST_STATEMENTS:
            yield Difference(old, new, place, function)

    def _statement(self, old: ast.stmt, new: ast.stmt, place: str) -> Iterator[Difference]:
        """Compare two statements that stand in the same place of their blocks."""
        function = self._source.function_of(old)
        if type(old) is not type(new) or _has_else(old) != _has_else(new):
            yield from self._statements([old], [new], place, function)
            return
        if isinstance(old, _SIMPLE):
            yield from self._statements([old], [new], place, function)
        for field in old._fields:
            mine, theirs = getattr(old, field), getattr(new, field)
            if isinstance(mine, list) and mine and isinstance(mine[0], ast.stmt):
                yield from self.blocks(old, field, mine, theirs)
            elif field not in ("args", "decorator_list", "names"):
                yield from self._fields(mine, theirs)

    def _fields(self, old: object, new: object) -> Iterator[Difference]:
        if isinstance(old, list) and isinstance(new, list):
            if len(old) == len(new):
                for one, other in zip(old, new, strict=True):
                    yield from self._fields(one, other)
        elif isinstance(old, ast.expr) and isinstance(new, ast.expr) and dump(old) != dump(new):
            yield from self._expression(old, new)

    def _expression(self, old: ast.expr, new: ast.expr) -> Iterator[Difference]:
        """Yield two expressions that differ, and those inside them that do."""
        sizes = [sum(1 for _ in ast.walk(node)) for node in (old, new)]
        if max(sizes) <= _LARGEST_EXPRESSION and not isinstance(old, ast.Starred):
            place = place_of(self._source, old)
            yield Difference(old, new, place, self._source.function_of(old))
        if type(old) is type(new) and _same_shape(old, new):
            for field in old._fields:
                if field not in _UNTOLD:
                    yield from self._fields(getattr(old, field), getattr(new, field))


def _same_shape(old: ast.expr, new: ast.expr) -> bool:
    """Return whether only what is inside two expressions of one type differs."""
    for field in old._fields:
        mine, theirs = getattr(old, field), getattr(new, field)
        if isinstance(mine, list):
            if len(mine) != len(theirs):
                return False
            if any(type(a) is not type(b) and not isinstance(a, ast.expr)
                   for a, b in zip(mine, theirs, strict=True)):  # fmt: skip
                return False
        elif isinstance(mine, ast.expr) != isinstance(theirs, ast.expr):
            return False
        elif not isinstance(mine, ast.expr) and field not in _UNTOLD:
            if isinstance(mine, ast.AST):
                if dump(mine) != dump(theirs):
                    return False
            elif mine != theirs:
                return False
    return True


def _has_else(node: ast.stmt) -> bool:
    return bool(getattr(node, "orelse", None))


def _is_definition(statements: Sequence[ast.stmt]) -> bool:
    unfit = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    return any(isinstance(node, unfit) for s in statements for node in ast.walk(s))
