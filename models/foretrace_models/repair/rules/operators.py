"""Wrong operators and constants: `<` for `<=`, `and` for `or`, a missing `not`, 0 for 1."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from foretrace_models.repair.edits import TextEdit
from foretrace_models.repair.rules.candidate import (
    Candidate,
    between,
    expressions,
    operand,
    replacing,
)
from foretrace_models.repair.source import Source

_MOST_ARGUMENTS = 3
_CONDITIONS = (ast.Compare, ast.BoolOp, ast.Call, ast.UnaryOp)
_COMPARISONS: dict[type[ast.cmpop], tuple[tuple[str, float], ...]] = {
    ast.Lt: (("<=", 1.5), (">", 2.5), (">=", 3.0), ("!=", 5.0), ("==", 5.0)),
    ast.LtE: (("<", 1.5), (">=", 2.5), (">", 3.0), ("==", 5.0), ("!=", 6.0)),
    ast.Gt: ((">=", 1.5), ("<", 2.5), ("<=", 3.0), ("!=", 5.0), ("==", 5.0)),
    ast.GtE: ((">", 1.5), ("<=", 2.5), ("<", 3.0), ("==", 5.0), ("!=", 6.0)),
    ast.Eq: (("!=", 2.0), ("<=", 3.5), (">=", 3.5), ("in", 4.5), ("<", 5.0), (">", 5.0)),
    ast.NotEq: (("==", 2.0), ("not in", 4.5), ("<", 4.5), (">", 4.5), ("<=", 5.0), (">=", 5.0)),
    ast.In: (("not in", 2.0), ("==", 3.5), ("!=", 5.0)),
    ast.NotIn: (("in", 2.0), ("!=", 3.5), ("==", 5.0)),
    ast.Is: (("==", 1.5), ("is not", 3.0)),
    ast.IsNot: (("!=", 1.5), ("is", 3.0)),
}
_ARITHMETIC: dict[type[ast.operator], tuple[tuple[str, float], ...]] = {
    ast.Add: (("-", 2.5), ("*", 4.0)),
    ast.Sub: (("+", 2.5), ("//", 6.0)),
    ast.Mult: (("**", 3.5), ("+", 4.0), ("/", 4.5), ("//", 4.5)),
    ast.Div: (("//", 1.5), ("%", 3.5), ("*", 4.0)),
    ast.FloorDiv: (("/", 2.0), ("%", 2.5), ("*", 5.0)),
    ast.Mod: (("//", 2.5), ("/", 3.5)),
    ast.Pow: (("*", 2.5),),
    ast.BitXor: (("**", 1.0),),
    ast.BitAnd: (("and", 2.0),),
    ast.BitOr: (("or", 2.0),),
}
_SYMBOLS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.BitXor: "^",
    ast.BitAnd: "&",
    ast.BitOr: "|",
}


def comparisons(source: Source) -> Iterator[Candidate]:
    """Another comparison: `x < y` becomes `x <= y`."""
    for node in expressions(source):
        if not isinstance(node, ast.Compare):
            continue
        operands = [node.left, *node.comparators]
        for index, operator in enumerate(node.ops):
            place = between(source, operands[index], operands[index + 1])
            for symbol, cost in _COMPARISONS[type(operator)]:
                edit = TextEdit(*place, _apart(source, place, symbol))
                yield Candidate((edit,), "comparison", cost)


def _apart(source: Source, place: tuple[int, int], symbol: str) -> str:
    """Return an operator with spaces around it, where it is a word and there are none."""
    start, end = place
    if not symbol.isidentifier() and " " not in symbol:
        return symbol
    before = "" if source.text[start - 1].isspace() else " "
    return before + symbol + ("" if source.text[end].isspace() else " ")


def arithmetic(source: Source) -> Iterator[Candidate]:
    """Another arithmetic operator: `a / b` becomes `a // b`, `n -= 1` becomes `n += 1`."""
    for node in source.nodes:
        if isinstance(node, ast.BinOp):
            place = between(source, node.left, node.right)
            ending = ""
        elif isinstance(node, ast.AugAssign):
            place = between(source, node.target, node.value)
            ending = "="
        else:
            continue
        for symbol, cost in _ARITHMETIC.get(type(node.op), ()):
            if not (ending and symbol.isalpha()):
                yield Candidate((TextEdit(*place, symbol + ending),), "arithmetic", cost)
        if ending and isinstance(node.op, (ast.Add, ast.Sub)):
            # `=+` is read as an assignment of a signed value; `+=` where `=` was meant is rarer.
            yield Candidate((TextEdit(*place, "="),), "arithmetic", 5.0)


def conditions(source: Source) -> Iterator[Candidate]:
    """`and` for `or`, a condition turned round, a part of it left out or compared anew."""
    for node in expressions(source):
        if isinstance(node, ast.BoolOp):
            yield from _boolean(source, node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield replacing(source, node, source.code(node.operand), "condition", 2.5)
    for branch in source.nodes:
        if isinstance(branch, (ast.If, ast.While, ast.IfExp)):
            test = branch.test
            if not (isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)):
                code = f"not {operand(source, test)}"
                yield replacing(source, test, code, "condition", 3.5)


def _boolean(source: Source, node: ast.BoolOp) -> Iterator[Candidate]:
    word = "or" if isinstance(node.op, ast.And) else "and"
    edits = tuple(
        TextEdit(*between(source, left, right), word)
        for left, right in zip(node.values, node.values[1:], strict=False)
    )
    yield Candidate(edits, "condition", 2.0)
    for left, right in zip(node.values, node.values[1:], strict=False):
        # What is to be made sure of first stands second.
        edits = (
            TextEdit(*source.span(left), source.code(right)),
            TextEdit(*source.span(right), source.code(left)),
        )
        yield Candidate(edits, "condition order", 2.5)
    for index, part in enumerate(node.values):
        others = [source.code(value) for value in node.values if value is not part]
        if len(others) == 1:
            yield replacing(source, node, others[0], "condition", 3.5)
        # `x == 1 or 2` was meant to compare twice.
        first = node.values[0]
        compares_once = index > 0 and isinstance(first, ast.Compare) and len(first.ops) == 1
        if compares_once and not isinstance(part, _CONDITIONS):
            assert isinstance(first, ast.Compare)
            head = source.text[source.span(first)[0] : source.span(first.comparators[0])[0]]
            yield replacing(source, part, head + source.code(part), "condition", 1.0)


def constants(source: Source) -> Iterator[Candidate]:
    """Another constant: 0 for 1, one more, one less, True for False."""
    for node in expressions(source):
        if not isinstance(node, ast.Constant):
            continue
        value = node.value
        if isinstance(value, bool):
            yield replacing(source, node, str(not value), "constant", 1.5)
            yield replacing(source, node, "None", "constant", 6.0)
        elif isinstance(value, int):
            near = {value + 1: 2.5, value - 1: 2.5, 0: 3.0, 1: 3.0, 2: 5.0, -value: 4.0, -1: 4.5}
            negated = isinstance(source.parents[node], ast.UnaryOp)
            idle = _idle_operands(source.parents[node])
            for other, cost in near.items():
                if other != value and other not in idle and not (negated and other < 0):
                    yield replacing(source, node, str(other), "constant", cost)
        elif isinstance(value, float):
            for text in (repr(value + 1), repr(value - 1), "0.0", "1.0"):
                yield replacing(source, node, text, "constant", 5.0)
        elif value is None:
            for text, cost in (("0", 4.0), ("False", 3.5), ("True", 4.0), ("[]", 4.0), ('""', 5.0)):
                yield replacing(source, node, text, "constant", cost)
        elif value == "" and isinstance(value, str):
            yield replacing(source, node, '" "', "constant", 4.0)
        elif value == " ":
            yield replacing(source, node, '""', "constant", 3.5)
        elif isinstance(value, str) and value.isdecimal():
            yield replacing(source, node, value, "constant", 4.0)


def named(source: Source) -> Iterator[Candidate]:
    """A number becomes an argument of its function: `xs[:3]` was meant to be `xs[:k]`."""
    for node in expressions(source):
        if not (isinstance(node, ast.Constant) and type(node.value) is int):
            continue
        function = source.function_of(node)
        if function is not None:
            for argument in function.args.args[:_MOST_ARGUMENTS]:
                yield replacing(source, node, argument.arg, "constant", 4.0)


def compared_items(source: Source) -> Iterator[Candidate]:
    """Both sides of a comparison with the same index or without: `x[1] > y` for `x[1] > y[1]`."""
    for node in expressions(source):
        if not (isinstance(node, ast.Compare) and len(node.ops) == 1):
            continue
        sides = (node.left, node.comparators[0])
        indices = {index: None for side in sides if (index := _constant_index(source, side))}
        for index in indices:
            if any(_constant_index(source, side) != index for side in sides):
                yield _sides(source, sides, index, 2.0)
        if indices:
            yield _sides(source, sides, "", 2.5)
        elif all(isinstance(side, (ast.Name, ast.Subscript)) for side in sides):
            yield _sides(source, sides, "[0]", 3.5)
            yield _sides(source, sides, "[1]", 3.5)


def _sides(source: Source, sides: tuple[ast.expr, ast.expr], index: str, cost: float) -> Candidate:
    edits = []
    for side in sides:
        old = _constant_index(source, side)
        end = source.span(side)[1]
        if old != index:
            edits.append(TextEdit(end - len(old), end, index))
    return Candidate(tuple(edits), "compared items", cost)


def _constant_index(source: Source, node: ast.expr) -> str:
    """Return the index of `x[1]` as it is written, brackets included; nothing for other nodes."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return source.text[source.span(node.value)[1] : source.span(node)[1]]
    return ""


def _idle_operands(parent: ast.AST) -> tuple[int, ...]:
    """Return the numbers that would make an operation do nothing, which nobody writes."""
    if isinstance(parent, ast.BinOp):
        if isinstance(parent.op, (ast.Add, ast.Sub)):
            return (0,)
        if isinstance(parent.op, (ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)):
            return (0, 1)
    return (0,) if isinstance(parent, ast.AugAssign) else ()
