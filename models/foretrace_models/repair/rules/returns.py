"""What a function gives back: nothing, the wrong thing, or it is printed instead."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from foretrace_models.repair.edits import TextEdit
from foretrace_models.repair.rules.candidate import Candidate, replacing
from foretrace_models.repair.source import FunctionNode, Source

_CONSTANTS = (("None", 4.5), ("True", 3.5), ("False", 3.5), ("0", 4.0), ("[]", 4.0), ('""', 5.0))
_MOST_NAMES = 8


def printed(source: Source) -> Iterator[Candidate]:
    """`print(x)` inside a function becomes `return x`."""
    for node in source.nodes:
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
            continue
        call = node.value
        prints = isinstance(call.func, ast.Name) and call.func.id == "print"
        if prints and len(call.args) == 1 and source.function_of(node) is not None:
            code = f"return {source.code(call.args[0])}"
            yield replacing(source, node, code, "print for return", 1.5)


def other_values(source: Source) -> Iterator[Candidate]:
    """Another name, a constant, or what another `return` of the function gives."""
    for node in source.nodes:
        if not isinstance(node, ast.Return):
            continue
        function = source.function_of(node)
        if function is None:
            continue
        options = dict(_values(source, function))
        for other in ast.walk(function):
            if isinstance(other, ast.Return) and other.value is not None:
                options.setdefault(source.code(other.value), 3.5)
        old = source.code(node.value) if node.value is not None else ""
        for code, cost in options.items():
            if code == old:
                continue
            start, end = source.span(node)
            yield Candidate((TextEdit(start, end, f"return {code}"),), "other result", cost)
        if node.value is not None and not isinstance(node.value, (ast.List, ast.Tuple)):
            yield replacing(source, node.value, f"[{old}]", "other result", 4.5)


def missing(source: Source) -> Iterator[Candidate]:
    """A function that may end without a `return` gets one at its end."""
    for function in source.nodes:
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        last = function.body[-1]
        if not _may_end(function.body) or not source.owns_its_lines(last):
            continue
        if last.lineno == function.lineno:
            continue
        indent = source.indent_of(function.body[0])
        assert last.end_lineno is not None
        place = source.line_end(last.end_lineno)
        options = dict(_values(source, function))
        for other in ast.walk(function):
            if isinstance(other, ast.Return) and other.value is not None:
                options[source.code(other.value)] = 2.5
        for code, cost in options.items():
            line = f"{indent}return {code}{source.newline}"
            if not source.text[:place].endswith("\n"):
                line = source.newline + line.rstrip("\r\n")
            yield Candidate((TextEdit(place, place, line),), "missing return", cost - 1)
        if isinstance(last, ast.Expr) and not isinstance(last.value, ast.Constant):
            start, _ = source.span(last)
            yield Candidate((TextEdit(start, start, "return "),), "missing return", 1.0)


def guards(source: Source) -> Iterator[Candidate]:
    """An empty argument gets an answer of its own at the start of the function."""
    for function in source.nodes:
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        first = function.body[0]
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            if len(function.body) == 1:
                continue
            first = function.body[1]
        if not source.owns_its_lines(first) or first.lineno == function.lineno:
            continue
        indent = source.indent_of(first)
        place = source.line_start(source.first_line(first))
        for argument in function.args.args[:3]:
            values = [("0", 4.0), ("[]", 4.0), (argument.arg, 4.5), *_CONSTANTS[:3], ('""', 5.0)]
            for value, cost in dict(values).items():
                lines = (
                    f"{indent}if not {argument.arg}:{source.newline}"
                    f"{indent}{source.indentation}return {value}{source.newline}"
                )
                yield Candidate((TextEdit(place, place, lines),), "empty argument", cost)


def _values(source: Source, function: FunctionNode) -> Iterator[tuple[str, float]]:
    arguments = {argument.arg for argument in function.args.args}
    names = source.names_in(function)
    for name in [n for n in names if n not in arguments][:_MOST_NAMES]:
        yield name, 2.5
        yield f"{name} == 1", 4.5
    for name in [n for n in names if n in arguments]:
        yield name, 3.5
        yield f"len({name})", 4.0
    yield from _CONSTANTS


def _may_end(block: list[ast.stmt]) -> bool:
    """Return whether control may reach the end of a block."""
    last = block[-1]
    if isinstance(last, (ast.Return, ast.Raise, ast.Continue, ast.Break)):
        return False
    if isinstance(last, ast.If) and last.orelse:
        return _may_end(last.body) or _may_end(last.orelse)
    return True
