"""The wrong call: another method, arguments in another order, a missing conversion or index."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from foretrace_models.repair.edits import TextEdit
from foretrace_models.repair.rules.candidate import Candidate, expressions, line_inserted, replacing
from foretrace_models.repair.source import Source

_METHODS: dict[str, tuple[str, ...]] = {
    "append": ("extend", "insert", "add"),
    "add": ("append",),
    "extend": ("append",),
    "push": ("append",),
    "length": ("__len__",),
    "remove": ("pop", "discard"),
    "pop": ("remove",),
    "find": ("index", "count"),
    "index": ("count", "find"),
    "count": ("index",),
    "keys": ("values", "items"),
    "values": ("keys", "items"),
    "items": ("keys", "values"),
    "lower": ("upper",),
    "upper": ("lower",),
    "isdigit": ("isalpha", "isalnum"),
    "isalpha": ("isalnum", "isdigit"),
    "strip": ("lstrip", "rstrip"),
    "startswith": ("endswith",),
    "endswith": ("startswith",),
}
_CHANGE_IN_PLACE = frozenset(
    ("append", "extend", "insert", "remove", "sort", "reverse", "add", "discard", "update", "clear")
)
_GIVE_ANEW = frozenset(
    ("replace", "strip", "lower", "upper", "title", "lstrip", "rstrip", "format")
)
_WITHOUT_ARGUMENTS = frozenset(
    ("lower", "upper", "strip", "isdigit", "isalpha", "isalnum", "isupper", "islower", "keys")
) | frozenset(("values", "items", "sort", "reverse", "copy", "pop", "split", "title", "clear"))
_WRAPPERS = (
    ("list", 4.0),
    ("str", 4.0),
    ("int", 4.0),
    ("len", 4.0),
    ("sorted", 4.5),
    ("tuple", 5.0),
)
_FUNCTIONS: dict[str, tuple[str, ...]] = {
    "max": ("min", "sum"),
    "min": ("max", "sum"),
    "sum": ("max", "len"),
    "any": ("all",),
    "all": ("any",),
    "int": ("float", "str"),
    "float": ("int",),
    "str": ("int",),
    "list": ("sorted", "set", "tuple"),
    "set": ("list",),
    "tuple": ("list",),
    "sorted": ("reversed", "list"),
    "reversed": ("sorted",),
}


def methods(source: Source) -> Iterator[Candidate]:
    """Another method, one without its parentheses, or one whose result is misunderstood."""
    for node in expressions(source):
        if not isinstance(node, ast.Attribute):
            continue
        end = source.span(node)[1]
        start = end - len(node.attr)
        for other in _METHODS.get(node.attr, ()):
            yield Candidate((TextEdit(start, end, other),), "method", 3.5)
        parent = source.parents.get(node)
        called = isinstance(parent, ast.Call) and parent.func is node
        if not called and node.attr in _WITHOUT_ARGUMENTS and isinstance(node.ctx, ast.Load):
            yield Candidate((TextEdit(end, end, "()"),), "missing call", 0.5)
        if isinstance(parent, ast.Subscript) and parent.value is node and node.attr in _METHODS:
            code = f"{source.code(node)}({source.code(parent.slice)})"
            yield replacing(source, parent, code, "index for call", 0.8)
        if isinstance(parent, ast.Attribute) and node.attr in _METHODS:
            code = f"{source.code(node)}({parent.attr})"
            yield replacing(source, parent, code, "attribute for call", 1.0)
        if not called and node.attr == "length":
            code = f"len({source.code(node.value)})"
            yield replacing(source, node, code, "length", 0.5)
    for statement in source.nodes:
        if isinstance(statement, (ast.Assign, ast.Return, ast.Expr)):
            yield from _misunderstood(source, statement)


def nested(source: Source) -> Iterator[Candidate]:
    """A method that changes a list in place, called for its result inside of another statement."""
    for node in expressions(source):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        statement = source.enclosing_statement(node)
        method = node.func.attr
        if method not in _CHANGE_IN_PLACE or isinstance(statement, (ast.If, ast.While, ast.For)):
            continue
        target = source.code(node.func.value)
        anew = {"reverse": f"{target}[::-1]", "sort": f"sorted({target})"}.get(method)
        if anew is not None and not node.args and not node.keywords:
            yield replacing(source, node, anew, "changed in place", 1.0)
        alone = isinstance(statement, ast.Expr) and statement.value is node
        if len(node.args) == 1 and not alone and source.owns_its_lines(statement):
            edits = (
                TextEdit(*source.span(node), source.code(node.args[0])),
                line_inserted(
                    source,
                    source.line_end(statement.end_lineno or 0),
                    f"{source.indent_of(statement)}{source.code(node)}{source.newline}",
                ),
            )
            yield Candidate(edits, "changed in place", 1.0)


def inside_out(source: Source) -> Iterator[Candidate]:
    """Two calls the wrong way round: `len(range(x))` was meant to be `range(len(x))`."""
    for node in expressions(source):
        if not (isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords):
            continue
        inner = node.args[0]
        if isinstance(inner, ast.Call) and inner.args:
            edits = (
                TextEdit(*source.span(node.func), source.code(inner.func)),
                TextEdit(*source.span(inner.func), source.code(node.func)),
            )
            cost = 0.5 if "len" in (source.code(node.func), source.code(inner.func)) else 4.0
            yield Candidate(edits, "calls inside out", cost)


def elements_for_indices(source: Source) -> Iterator[Candidate]:
    """The element for its index: `xs.pop(x)` was meant to be `xs.pop(xs.index(x))`."""
    for node in expressions(source):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr == "pop" and len(node.args) == 1:
            argument = node.args[0]
            if not isinstance(argument, (ast.Constant, ast.UnaryOp)):
                code = f"{source.code(node.func.value)}.index({source.code(argument)})"
                yield replacing(source, argument, code, "element for index", 3.0)


def _misunderstood(
    source: Source, statement: ast.Assign | ast.Return | ast.Expr
) -> Iterator[Candidate]:
    call = statement.value
    if not isinstance(call, ast.Call):
        return
    if isinstance(call.func, ast.Attribute):
        method, target = call.func.attr, source.code(call.func.value)
        code = source.code(call)
        if isinstance(statement, ast.Assign) and method in _CHANGE_IN_PLACE:
            yield replacing(source, statement, code, "changed in place", 0.8)
            anew = {"reverse": f"{target}[::-1]", "sort": f"sorted({target})"}.get(method)
            if anew is not None and not call.args and not call.keywords:
                yield replacing(source, call, anew, "changed in place", 1.0)
        elif isinstance(statement, ast.Return) and method in _CHANGE_IN_PLACE:
            indent = source.indent_of(statement)
            if source.owns_its_lines(statement):
                lines = f"{code}{source.newline}{indent}return {target}"
                yield replacing(source, statement, lines, "changed in place", 1.0)
            if method == "sort":
                arguments = source.text[source.span(call.func)[1] + 1 : source.span(call)[1]]
                joint = ", " if arguments != ")" else ""
                new = f"return sorted({target}{joint}{arguments}"
                yield replacing(source, statement, new, "changed in place", 1.0)
        elif isinstance(statement, ast.Expr) and method in _GIVE_ANEW:
            yield replacing(source, statement, f"{target} = {code}", "result not kept", 1.0)
    elif isinstance(statement, ast.Expr) and isinstance(call.func, ast.Name) and call.args:
        target = source.code(call.args[0])
        if call.func.id == "sorted" and isinstance(call.args[0], ast.Name):
            code = source.code(call)
            yield replacing(source, statement, f"{target} = {code}", "result not kept", 1.0)


def sorting(source: Source) -> Iterator[Candidate]:
    """Sorting the other way round, or by a part of each item."""
    for node in expressions(source):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else None
        if isinstance(node.func, ast.Name) and node.func.id in ("sorted", "max", "min"):
            name = node.func.id
        if name not in ("sort", "sorted", "max", "min"):
            continue
        end = source.span(node)[1] - 1
        joint = ", " if node.args or node.keywords else ""
        given = {keyword.arg for keyword in node.keywords}
        sorts = name in ("sort", "sorted")
        if sorts and "reverse" not in given:
            yield Candidate((TextEdit(end, end, f"{joint}reverse=True"),), "sort order", 2.5)
        for argument in node.args:
            if isinstance(argument, ast.Lambda):
                start = source.span(argument)[0]
                yield Candidate((TextEdit(start, start, "key="),), "sort key", 0.8)
        if "key" not in given:
            for index in (1, 0):
                key = f"{joint}key=lambda item: item[{index}]"
                yield Candidate((TextEdit(end, end, key),), "sort key", 3.0 + (1 - index))
                if sorts and "reverse" not in given:
                    both = f"{key}, reverse=True"
                    yield Candidate((TextEdit(end, end, both),), "sort key", 3.5 + (1 - index))


def arguments(source: Source) -> Iterator[Candidate]:
    """Arguments in another order, one too many, or another function of the language."""
    for node in expressions(source):
        if not isinstance(node, ast.Call):
            continue
        for left, right in zip(node.args, node.args[1:], strict=False):
            if not isinstance(left, ast.Starred) and not isinstance(right, ast.Starred):
                edits = (
                    TextEdit(*source.span(left), source.code(right)),
                    TextEdit(*source.span(right), source.code(left)),
                )
                yield Candidate(edits, "argument order", 4.0)
        if isinstance(node.func, ast.Name):
            for other in _FUNCTIONS.get(node.func.id, ()):
                yield replacing(source, node.func, other, "function", 3.5)
        if len(node.args) == 1 and isinstance(node.args[0], ast.BinOp) and not node.keywords:
            # `len(items - 1)` was meant to be `len(items) - 1`.
            operation = node.args[0]
            left_end, right_start = source.span(operation.left)[1], source.span(operation.right)[0]
            rest = source.text[left_end : source.span(operation)[1]]
            function = source.code(node.func)
            if source.text[left_end:right_start].strip() in ("+", "-", "*", "/", "//", "%"):
                code = f"{function}({source.code(operation.left)}){rest}"
                yield replacing(source, node, code, "bracket too late", 2.0)
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if len(node.args) == 1 and method in ("extend", "append"):
            code = f"[{source.code(node.args[0])}]"
            yield replacing(source, node.args[0], code, "item, not list", 3.0)
        if len(node.args) > 1 and not node.keywords:
            for index in range(len(node.args)):
                kept = [source.code(a) for i, a in enumerate(node.args) if i != index]
                start, end = source.span(node.func)[1], source.span(node)[1]
                edit = TextEdit(start, end, f"({', '.join(kept)})")
                yield Candidate((edit,), "argument too many", 5.0)


def conversions(source: Source) -> Iterator[Candidate]:
    """A conversion that is missing, or one too many."""
    for node in expressions(source):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
            if node.func.id == "input":
                yield replacing(source, node, f"int({source.code(node)})", "conversion", 1.5)
                yield replacing(source, node, f"float({source.code(node)})", "conversion", 3.0)
            if len(node.args) == 1:
                inner = source.code(node.args[0])
                yield replacing(source, node, inner, "conversion too many", 3.5)
            if node.func.id == "set" and len(node.args) == 1:
                # A set forgets the order; a dictionary keeps it.
                yield replacing(source, node.func, "dict.fromkeys", "order lost", 3.0)
        if not isinstance(node, (ast.Name, ast.Call, ast.Subscript, ast.Attribute, ast.Constant)):
            continue
        if not _is_value(source, node):
            continue
        code = source.code(node)
        for name, cost in _WRAPPERS:
            if not (isinstance(node, ast.Constant) and name in ("list", "len", "sorted", "tuple")):
                yield replacing(source, node, f"{name}({code})", "conversion", cost)
        if _joins(source, node):
            yield replacing(source, node, f"[{code}]", "item, not list", 2.0)
            yield replacing(source, node, f"({code},)", "item, not tuple", 3.0)


def indices(source: Source) -> Iterator[Candidate]:
    """A part for the whole, or the whole for a part: `x[0]` for `x`, `x` for `x[0]`."""
    for node in expressions(source):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            yield replacing(source, node, source.code(node.value), "index too many", 3.5)
            if not isinstance(node.slice, (ast.Slice, ast.Constant, ast.UnaryOp)):
                yield replacing(source, node, source.code(node.slice), "index for element", 4.0)
        if isinstance(node, (ast.Name, ast.Subscript)) and _is_value(source, node):
            code = source.code(node)
            for index, cost in (("[0]", 3.5), ("[1]", 3.5), ("[-1]", 4.5)):
                yield replacing(source, node, code + index, "missing index", cost)
            yield from _looked_up(source, node, code)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            # `items(0)` was meant to be `items[0]`.
            one = len(node.args) == 1 and not node.keywords
            if one and node.func.id in _assigned(source):
                code = f"{node.func.id}[{source.code(node.args[0])}]"
                yield replacing(source, node, code, "call for index", 0.8)


def _looked_up(source: Source, node: ast.Name | ast.Subscript, code: str) -> Iterator[Candidate]:
    """Inside a loop over indices, the loop's variable was meant to stand for the element."""
    loop = source.enclosing(node, (ast.For,))
    if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name):
        return
    if not isinstance(node, ast.Name):
        return
    if node.id == loop.target.id:
        for name in source.names_in(source.function_of(node) or source.tree)[:6]:
            if name != node.id:
                yield replacing(source, node, f"{name}[{code}]", "index for element", 3.5)
    else:
        yield replacing(source, node, f"{code}[{loop.target.id}]", "missing index", 3.5)


def _is_value(source: Source, node: ast.expr) -> bool:
    """Return whether a node is read as a value, and not as what is called or assigned to."""
    parent = source.parents.get(node)
    if isinstance(parent, ast.Call):
        return parent.func is not node
    if isinstance(parent, (ast.Attribute, ast.JoinedStr, ast.FormattedValue, ast.keyword)):
        return False
    if isinstance(parent, ast.Subscript) and parent.value is node:
        return False
    context = getattr(node, "ctx", None)
    if isinstance(parent, ast.Expr):
        return False
    return context is None or isinstance(context, ast.Load)


def _joins(source: Source, node: ast.expr) -> bool:
    """Return whether a node is added to something, where a list may have been meant."""
    parent = source.parents.get(node)
    if isinstance(parent, ast.AugAssign):
        return parent.value is node and isinstance(parent.op, ast.Add)
    return isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Add)


def _assigned(source: Source) -> frozenset[str]:
    functions = source.functions
    return frozenset(
        node.id
        for node in source.nodes
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ) | frozenset(
        argument.arg for argument in source.nodes if isinstance(argument, ast.arg)
    ) - frozenset(functions)
