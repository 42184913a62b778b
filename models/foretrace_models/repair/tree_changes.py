"""What a change does to the syntax tree of a program: the nodes that differ, outermost first."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from attrs import frozen


@frozen(eq=False)
class NodeChange:
    """A node that became another one; `before` is None if it came, `after` if it went.

    `around` has the nodes that it stood in before, the innermost first.
    """

    before: ast.AST | None
    after: ast.AST | None
    around: tuple[ast.AST, ...]

    def inside(self, *kinds: type[ast.AST]) -> bool:
        """Return whether it stood in a node of one of some kinds, within its function."""
        for node in self.around:
            if isinstance(node, kinds):
                return True
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                return False
        return False


def tree_changes(before: ast.AST, after: ast.AST) -> list[NodeChange]:
    """Return where two trees differ: each the smallest node that holds the whole difference."""
    return list(_changes(before, after, ()))


def _changes(before: ast.AST, after: ast.AST, around: tuple[ast.AST, ...]) -> Iterator[NodeChange]:
    wrapped = isinstance(before, ast.expr) and (holds(before, after) or holds(after, before))
    if type(before) is not type(after) or wrapped:
        yield NodeChange(before, after, around)
        return
    inner = (before, *around)
    for name in before._fields:
        old, new = getattr(before, name, None), getattr(after, name, None)
        if isinstance(old, list) and isinstance(new, list):
            yield from _in_lists(old, new, before, after, inner)
        elif isinstance(old, ast.AST) and isinstance(new, ast.AST):
            yield from _changes(old, new, inner)
        elif isinstance(old, ast.AST) or isinstance(new, ast.AST):
            yield NodeChange(_node(old), _node(new), inner)
        elif old != new or type(old) is not type(new):
            yield NodeChange(before, after, around)


def _in_lists(
    old: Sequence[object],
    new: Sequence[object],
    before: ast.AST,
    after: ast.AST,
    inner: tuple[ast.AST, ...],
) -> Iterator[NodeChange]:
    """Compare the parts of two nodes that are lists: statements, arguments, elements."""
    keys, new_keys = [same_key(each) for each in old], [same_key(each) for each in new]
    matcher = SequenceMatcher(None, keys, new_keys, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            continue
        for x, y in _paired(old[i1:i2], new[j1:j2]):
            if isinstance(x, ast.AST) and isinstance(y, ast.AST):
                yield from _changes(x, y, inner)
            elif isinstance(x or y, ast.AST):
                yield NodeChange(_node(x), _node(y), inner)
            else:  # names and the like
                yield NodeChange(before, after, inner[1:])


def _paired(
    old: Sequence[object], new: Sequence[object]
) -> Iterator[tuple[object | None, object | None]]:
    """Yield parts that took each other's place; of as many as before the first took the first's."""
    if len(old) == len(new):
        yield from zip(old, new, strict=True)
        return
    kinds, new_kinds = ([type(each) for each in parts] for parts in (old, new))
    matcher = SequenceMatcher(None, kinds, new_kinds, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            yield from zip(old[i1:i2], new[j1:j2], strict=True)
        else:
            yield from ((each, None) for each in old[i1:i2])
            yield from ((None, each) for each in new[j1:j2])


def _node(part: object) -> ast.AST | None:
    return part if isinstance(part, ast.AST) else None


def holds(outer: ast.AST, inner: ast.AST) -> bool:
    """Return whether a node has another one in it, wherever that stands."""
    key = same_key(inner)
    return any(same_key(each) == key for each in ast.walk(outer) if each is not outer)


def same_key(part: object) -> str:
    """Return what two parts of trees have in common that are the same, wherever they stand."""
    return ast.dump(part) if isinstance(part, ast.AST) else repr(part)
