"""The wrong name, a misspelt one, or one that was never given a value."""

from __future__ import annotations

import ast
import builtins
import difflib
import importlib
import sys
from collections.abc import Iterator
from itertools import pairwise
from types import ModuleType

from foretrace_models.repair.edits import TextEdit
from foretrace_models.repair.rules.candidate import Candidate, expressions, replacing
from foretrace_models.repair.source import FunctionNode, Source

_BUILTINS = frozenset(dir(builtins))
# Modules that beginners use without importing them; the rest would be guesses.
_MODULES = ("math", "random", "re", "string", "time", "datetime", "collections", "itertools")
_FOREIGN_WORDS = {
    "true": "True",
    "false": "False",
    "none": "None",
    "null": "None",
    "nil": "None",
    "this": "self",
}
_INITIAL_VALUES = (("0", 2.0), ("[]", 2.0), ("()", 3.5), ('""', 3.0), ("False", 3.5), ("1", 4.0))
_MOST_CHOICES = 12
_OPPOSITES = {"min": ("max",), "max": ("min",)}
_COMPOUND = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.FunctionDef, ast.ClassDef)
# How alike a module's name must be to one of the standard library to count as misspelt.
NEAR_MODULE = 0.8


def misspelt(source: Source) -> Iterator[Candidate]:
    """A name that nothing defines becomes the nearest one that something does."""
    for node in expressions(source):
        if not (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)):
            continue
        if node.id in _BUILTINS or node.id in source.visible_at(node):
            continue
        if node.id in _FOREIGN_WORDS:
            yield replacing(source, node, _FOREIGN_WORDS[node.id], "misspelt name", 0.2)
        visible = source.visible_at(node) | _BUILTINS
        near = difflib.get_close_matches(node.id, sorted(visible), n=3, cutoff=0.6)
        for rank, name in enumerate(near):
            yield replacing(source, node, name, "misspelt name", 0.5 + rank)
        for module in _imported_modules(source):
            if hasattr(module, node.id):
                code = f"{module.__name__}.{node.id}"
                yield replacing(source, node, code, "missing module name", 0.3)
        if node.id in _MODULES:
            statement = f"import {node.id}{source.newline}"
            place = _after_docstring(source)
            yield Candidate((TextEdit(place, place, statement),), "missing import", 0.3)


def unused(source: Source) -> Iterator[Candidate]:
    """A name is given a value under which nothing looks for it, and one that is looked for is not.

    `for e in xs: print(element)` becomes `for element in xs: print(element)`.
    """
    for function in source.nodes:
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        loaded: dict[str, ast.Name] = {}
        stored: dict[str, list[ast.expr | ast.arg]] = {}
        for argument in function.args.args:
            stored[argument.arg] = [argument]
        for node in ast.walk(function):
            if isinstance(node, ast.Name):
                if isinstance(node.ctx, ast.Load):
                    loaded.setdefault(node.id, node)
                else:
                    stored.setdefault(node.id, []).append(node)
        for name, node in loaded.items():
            if name in _BUILTINS or name in source.visible_at(node):
                continue
            for other, places in stored.items():
                if other not in loaded:
                    edits = tuple(_renamed(source, place, name) for place in places)
                    yield Candidate(edits, "unused name", 1.0)


def _renamed(source: Source, place: ast.expr | ast.arg, name: str) -> TextEdit:
    start, end = source.span(place)
    if isinstance(place, ast.arg):
        end = start + len(place.arg)
    return TextEdit(start, end, name)


def undefined(source: Source) -> Iterator[Candidate]:
    """A name that nothing defines becomes another one, everywhere in its function."""
    for function in source.nodes:
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        places: dict[str, list[ast.Name]] = {}
        for node in expressions(source):
            if isinstance(node, ast.Name) and source.function_of(node) is function:
                places.setdefault(node.id, []).append(node)
        local = source.names_in(function)
        for name, nodes in places.items():
            if name in _BUILTINS or name in source.visible_at(nodes[0]):
                continue
            if len(nodes) > 1:
                for other in local[:_MOST_CHOICES]:
                    edits = tuple(TextEdit(*source.span(node), other) for node in nodes)
                    yield Candidate(edits, "undefined name", 1.5)


def misspelt_imports(source: Source) -> Iterator[Candidate]:
    """A module that does not exist becomes the nearest one of the standard library."""
    for node in source.nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name in sys.stdlib_module_names:
                    continue
                for name in difflib.get_close_matches(
                    alias.name, sys.stdlib_module_names, n=2, cutoff=NEAR_MODULE
                ):
                    bound = f" as {alias.asname or alias.name}"
                    start, end = source.span(alias)
                    yield Candidate((TextEdit(start, end, name),), "misspelt module", 0.8)
                    yield Candidate((TextEdit(start, end, name + bound),), "misspelt module", 1.2)


def other_names(source: Source) -> Iterator[Candidate]:
    """Another name that is known in the same function."""
    for node in expressions(source):
        if not isinstance(node, ast.Name) or _is_called(source, node):
            continue
        scope = source.function_of(node)
        local = source.names_in(scope) if scope is not None else []
        names = local or [n for n in source.global_names if n not in source.functions]
        storing = isinstance(node.ctx, ast.Store)
        known = (*local, *source.global_names)
        undefined = not storing and node.id not in _BUILTINS and node.id not in known
        for name in names[:_MOST_CHOICES]:
            if name != node.id:
                cost = 1.5 if undefined else (6.0 if storing else 4.0)
                yield replacing(source, node, name, "other name", cost)


def other_names_together(source: Source) -> Iterator[Candidate]:
    """Neighbouring statements use the wrong name together: `xs.remove(i)`, `out.append(i)`."""
    for block in source.blocks():
        for first, second in pairwise(block):
            if isinstance(first, _COMPOUND) or isinstance(second, _COMPOUND):
                continue
            places: dict[str, list[ast.Name]] = {}
            for statement in (first, second):
                for node in ast.walk(statement):
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                        places.setdefault(node.id, []).append(node)
            scope = source.function_of(first)
            known = source.names_in(scope) if scope is not None else []
            for name, nodes in places.items():
                if len({node.lineno for node in nodes}) < 2:
                    continue
                for other in _OPPOSITES.get(name) or (
                    known[:_MOST_CHOICES] if name in known else ()
                ):
                    if other != name:
                        edits = tuple(TextEdit(*source.span(node), other) for node in nodes)
                        yield Candidate(edits, "other name", 4.5)


def other_functions(source: Source) -> Iterator[Candidate]:
    """Another function of the program is called."""
    functions = source.functions
    for node in expressions(source):
        if isinstance(node, ast.Name) and _is_called(source, node) and node.id in functions:
            for name in functions:
                if name != node.id:
                    yield replacing(source, node, name, "other function", 4.5)


def first_values(source: Source) -> Iterator[Candidate]:
    """A name that is used before it has a value gets one, at the start of its function or loop."""
    for function in source.nodes:
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        for name in _without_first_value(source, function):
            for statement, cost in _starts(source, function, name):
                indent = source.indent_of(statement)
                place = source.line_start(source.first_line(statement))
                for value, value_cost in _INITIAL_VALUES:
                    line = f"{indent}{name} = {value}{source.newline}"
                    yield Candidate(
                        (TextEdit(place, place, line),), "first value", cost + value_cost
                    )


def _is_called(source: Source, node: ast.Name) -> bool:
    parent = source.parents.get(node)
    return isinstance(parent, ast.Call) and parent.func is node


def _without_first_value(source: Source, function: FunctionNode) -> list[str]:
    """Return names that a function uses and never plainly assigns before."""
    arguments = function.args
    given = {a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    plain: dict[str, int] = {}
    used: dict[str, int] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            used.setdefault(node.target.id, node.lineno)
            continue
        if not isinstance(node, ast.Name):
            continue
        parent = source.parents.get(node)
        if isinstance(node.ctx, ast.Store):
            if not isinstance(parent, ast.AugAssign):
                plain[node.id] = min(node.lineno, plain.get(node.id, node.lineno))
        else:
            used[node.id] = min(node.lineno, used.get(node.id, node.lineno))
    return [
        name
        for name, line in used.items()
        if name not in given
        and name not in _BUILTINS
        and not (name in source.global_names and name not in plain)
        and (name not in plain or line <= plain[name] or _only_inside(source, function, name))
    ]


def _only_inside(source: Source, function: FunctionNode, name: str) -> bool:
    """Return whether all assignments of a name lie inside loops or branches."""
    return not any(
        isinstance(node, ast.Name)
        and node.id == name
        and isinstance(node.ctx, ast.Store)
        and any(source.parents.get(node) is s or _holds(s, node) for s in _simple(function.body))
        for node in ast.walk(function)
    )


def _simple(block: list[ast.stmt]) -> list[ast.stmt]:
    return [s for s in block if isinstance(s, (ast.Assign, ast.AnnAssign, ast.With, ast.Import))]


def _holds(statement: ast.stmt, node: ast.AST) -> bool:
    return any(inner is node for inner in ast.walk(statement))


def _starts(source: Source, function: FunctionNode, name: str) -> Iterator[tuple[ast.stmt, float]]:
    """Return the statements before which a first value may stand: of the function, of loops."""
    first = function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and function.body[1:]:
        first = function.body[1]
    if source.owns_its_lines(first) and first.lineno > function.lineno:
        yield first, 0.0
    for loop in ast.walk(function):
        if not isinstance(loop, (ast.For, ast.While)) or not source.owns_its_lines(loop.body[0]):
            continue
        names = (node.id for node in ast.walk(loop) if isinstance(node, ast.Name))
        if loop.body[0].lineno > loop.lineno and name in names:
            yield loop.body[0], 2.0
            if loop not in function.body:
                yield loop, 1.5


def _after_docstring(source: Source) -> int:
    body = source.tree.body
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        assert body[0].end_lineno is not None
        return source.line_end(body[0].end_lineno)
    return 0


def _imported_modules(source: Source) -> list[ModuleType]:
    """Return the modules of the standard library that a program imports whole.

    Only those that beginners use are looked into: importing any other could do anything.
    """
    names = [
        alias.name
        for node in source.nodes
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.asname is None
    ]
    return [importlib.import_module(name) for name in names if name in _MODULES]
