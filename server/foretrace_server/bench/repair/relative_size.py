"""The relative size of a patch: how much of a program's syntax trees a fix changes.

As the code of "Re-factoring Based Program Repair Applied to Programming Assignments" counts it: the
distance between the trees of each function, summed, over the nodes that the wrong program has.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from foretrace_server.bench.repair.tree_distance import Tree, tree_distance

_SKIPPED = (ast.Module, ast.Load, ast.Store)
_EMPTY = Tree("root")
# What stands outside of all functions has this name among them.
_OUTSIDE = ""


def relative_patch_size(wrong: str, fixed: str, *, strict: bool = False) -> float:
    """Return the size of a change, relative to the wrong program.

    Nodes are labelled by their identifier, attribute, argument or else their class. A function
    that only one of the two has counts with its whole size. A change that no tree shows counts as
    one. With `strict`, constants are labelled by their value, and what stands outside of all
    functions counts too.

    Raises:
        SyntaxError: one of the two does not parse.
        ValueError: the same.
    """
    before, after = (dict(_units(ast.parse(text), strict)) for text in (wrong, fixed))
    changed = sum(
        tree_distance(before.get(name, _EMPTY), after.get(name, _EMPTY))
        for name in {**before, **after}
    )
    if changed == 0 and wrong != fixed:
        changed = 1
    return changed / max(1, sum(tree.size for tree in before.values()))


def _units(tree: ast.Module, strict: bool) -> Iterator[tuple[str, Tree]]:
    """Yield each function that is in no other with its tree, a later one of a name last."""
    functions = list(_outer_functions(tree))
    if strict:
        outside = [node for node in tree.body if node not in functions]
        children = tuple(child for node in outside for child in _trees(node, strict))
        if children:
            yield _OUTSIDE, Tree(_EMPTY.label, children)
    for function in functions:
        yield function.name, Tree(_EMPTY.label, _trees(function, strict))


def _outer_functions(node: ast.AST) -> Iterator[ast.FunctionDef]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            yield child
        else:
            yield from _outer_functions(child)


def _trees(node: ast.AST, strict: bool) -> tuple[Tree, ...]:
    """Return the tree of a node, or those below it if it is one that is skipped."""
    below = tuple(tree for child in ast.iter_child_nodes(node) for tree in _trees(child, strict))
    return below if isinstance(node, _SKIPPED) else (Tree(_label(node, strict), below),)


def _label(node: ast.AST, strict: bool) -> str:
    if strict and isinstance(node, ast.Constant):
        return repr(node.value)
    for name in ("id", "attr", "arg", "name"):
        label = getattr(node, name, None)
        if isinstance(label, str):
            return label
    return type(node).__name__
