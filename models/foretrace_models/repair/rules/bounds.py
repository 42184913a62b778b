"""One too many or one too few: in ranges, indices, slices, and in what is given back."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from foretrace_models.repair.edits import TextEdit
from foretrace_models.repair.rules.candidate import Candidate, expressions, operand, replacing
from foretrace_models.repair.source import Source


def ranges(source: Source) -> Iterator[Candidate]:
    """Another range: from 1, to one more, to one less, backwards, over the indices."""
    for node in expressions(source):
        if not (isinstance(node, ast.Call) and _is_name(node.func, "range") and node.args):
            continue
        codes = [source.code(argument) for argument in node.args]
        operands = [operand(source, argument) for argument in node.args]
        if len(codes) == 1:
            stop, bare = operands[0], codes[0]
            for arguments, cost in (
                (f"{stop} + 1", 2.0),
                (f"1, {bare}", 2.5),
                (f"1, {stop} + 1", 2.5),
                (f"{stop} - 1", 3.0),
                (f"{stop} - 1, -1, -1", 4.0),
            ):
                yield replacing(source, node, f"range({arguments})", "range", cost)
            if not isinstance(node.args[0], (ast.Call, ast.BinOp)):
                yield replacing(source, node, f"range(len({bare}))", "range", 2.5)
        else:
            start, stop, *step = codes
            tail = "".join(f", {code}" for code in step)
            for arguments, cost in (
                (f"{start}, {operands[1]} + 1{tail}", 2.0),
                (f"{start}, {operands[1]} - 1{tail}", 2.5),
                (f"{operands[0]} + 1, {stop}{tail}", 3.0),
                (f"{operands[0]} - 1, {stop}{tail}", 3.5),
                (f"0, {stop}{tail}", 3.5),
            ):
                yield replacing(source, node, f"range({arguments})", "range", cost)
            if not step:
                yield replacing(source, node, f"range({start}, {stop}, -1)", "range", 4.5)
    for loop in source.nodes:
        if not isinstance(loop, ast.For):
            continue
        code = source.code(loop.iter)
        if isinstance(loop.iter, (ast.Name, ast.Attribute, ast.Subscript)):
            yield replacing(source, loop.iter, f"range(len({code}))", "loop over indices", 2.5)
            yield replacing(source, loop.iter, f"{code}[:]", "loop over a copy", 3.0)
            yield replacing(source, loop.iter, f"reversed({code})", "loop backwards", 4.0)
            yield replacing(source, loop.iter, f"range({code})", "loop over a range", 3.5)
            yield replacing(source, loop.iter, f"{code}[1:]", "loop from the second", 4.5)
            yield replacing(source, loop.iter, f"{code}[:-1]", "loop to the last but one", 5.0)
        if isinstance(loop.target, ast.Tuple) and len(loop.target.elts) == 2:
            yield replacing(source, loop.iter, f"enumerate({code})", "loop with indices", 2.5)
        elements = _range_of_length(loop.iter)
        if elements is not None:
            yield replacing(source, loop.iter, source.code(elements), "loop over elements", 3.0)


def offsets(source: Source) -> Iterator[Candidate]:
    """One more or one less of an index, a slice's end, an argument, or what is returned."""
    for node in expressions(source):
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
            if isinstance(node.right, ast.Constant) and node.right.value == 1:
                yield replacing(source, node, source.code(node.left), "off by one", 2.0)
        elif isinstance(node, (ast.Name, ast.Call, ast.Attribute)) and _counts(source, node):
            code = source.code(node)
            yield replacing(source, node, f"{code} + 1", "off by one", 3.0)
            yield replacing(source, node, f"{code} - 1", "off by one", 3.0)


def slices(source: Source) -> Iterator[Candidate]:
    """A slice with another start or end."""
    for node in expressions(source):
        if not (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)):
            continue
        value = source.code(node.value)
        lower = source.code(node.slice.lower) if node.slice.lower else ""
        upper = source.code(node.slice.upper) if node.slice.upper else ""
        step = f":{source.code(node.slice.step)}" if node.slice.step else ""
        options: list[tuple[str, str, float]] = []
        if lower:
            options += [
                (f"{lower} + 1", upper, 2.5),
                (f"{lower} - 1", upper, 3.5),
                ("", upper, 3.5),
            ]
        elif upper:
            options += [("1", upper, 3.5)]
        if upper:
            options += [
                (lower, f"{upper} + 1", 2.5),
                (lower, f"{upper} - 1", 3.5),
                (lower, "", 3.5),
            ]
        elif lower:
            options += [(lower, "-1", 4.5)]
        if not step:
            yield replacing(source, node, f"{value}[{lower}:{upper}:-1]", "slice", 4.0)
        for low, high, cost in options:
            yield replacing(source, node, f"{value}[{low}:{high}{step}]", "slice", cost)


def checked_indices(source: Source) -> Iterator[Candidate]:
    """A condition that looks up an element first makes sure that there is one."""
    for node in source.nodes:
        if not isinstance(node, (ast.If, ast.While)):
            continue
        first = node.test.values[0] if isinstance(node.test, ast.BoolOp) else node.test
        for lookup in ast.walk(node.test):
            if not isinstance(lookup, ast.Subscript) or isinstance(lookup.slice, ast.Slice):
                continue
            index, sequence = source.code(lookup.slice), source.code(lookup.value)
            guard = f"{index} < len({sequence})"
            if isinstance(lookup.slice, ast.Constant) or guard in source.code(node.test):
                guard = sequence
            joined = isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.Or)
            if joined:
                code = f"{guard} and ({source.code(node.test)})"
                yield replacing(source, node.test, code, "unchecked index", 2.5)
            else:
                start = source.span(first)[0]
                yield Candidate((TextEdit(start, start, f"{guard} and "),), "unchecked index", 2.0)


def _counts(source: Source, node: ast.expr) -> bool:
    """Return whether a node stands where a number one off would be a common slip."""
    parent = source.parents.get(node)
    if isinstance(node, ast.Call) and not _is_name(node.func, "len"):
        return False
    if isinstance(parent, ast.Subscript):
        return parent.slice is node
    if isinstance(parent, (ast.Slice, ast.Return, ast.Compare)):
        return True
    if isinstance(parent, ast.Assign):
        return parent.value is node
    if isinstance(parent, ast.Call):
        return node in parent.args and not _is_name(parent.func, "len")
    return False


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _range_of_length(node: ast.expr) -> ast.expr | None:
    """Return the sequence of ``range(len(sequence))``."""
    if isinstance(node, ast.Call) and _is_name(node.func, "range") and len(node.args) == 1:
        inner = node.args[0]
        if isinstance(inner, ast.Call) and _is_name(inner.func, "len") and len(inner.args) == 1:
            return inner.args[0]
    return None
