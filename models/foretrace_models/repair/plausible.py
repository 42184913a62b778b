"""How likely a program that parses is one that somebody meant: of several, which is it?

Each oddity costs bits: about the negative logarithm of how often it stands in a program that is
right, beside how often in one that was made to parse.
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from collections.abc import Iterator, Sequence

_BUILTINS = frozenset(dir(builtins))
_GLOBALS = frozenset(("__name__", "__file__", "__doc__"))
_FUNCTIONS = frozenset(
    name for name in _BUILTINS if name.islower() and callable(getattr(builtins, name))
)
_METHODS = frozenset(
    name
    for kind in (str, list, dict, set)
    for name in dir(kind)
    if not name.startswith("_")
)  # fmt: skip
_MOST_ARGUMENTS = {"int": 2, "float": 1, "len": 1, "chr": 1, "ord": 1, "str": 1, "input": 1,
                   "range": 3, "abs": 1, "sum": 2, "sorted": 1, "round": 2, "join": 1, "lower": 0,
                   "upper": 0, "append": 1}  # fmt: skip
_NONE = frozenset(("print", "append", "sort", "reverse", "extend", "insert", "remove", "update"))
_CODE_IN_TEXT = re.compile(r"^\s*[,+]\s*\w+\s*[,+]?\s*$|\w\s*[,+]\s*[A-Za-z_]\w*\s*[,+]\s*$")

_UNDEFINED = 2.5
_USELESS = 3.0
_UNREACHED = 2.0
_WRONG_CALL = 3.0
_WRONG_TYPES = 3.0
_NOT_CALLED = 2.5
_BUILTIN_REPLACED = 2.0
_BARE_TUPLE = 2.0
_CODE_AS_TEXT = 1.5
_SELDOM = 1.0


def oddity_bits(text: str) -> float:
    """Return how odd a program is, in bits; one with nothing odd in it has 0.

    Raises:
        SyntaxError: it does not parse.
    """
    tree = ast.parse(text)
    bits = sum(_undefined(text)) if "import *" not in text else 0.0
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        bits += sum(_odd_block(node))
        if isinstance(node, ast.Expr):
            bits += _odd_statement(node.value)
        elif isinstance(node, ast.Call):
            bits += sum(_odd_call(node))
        elif isinstance(node, (ast.BinOp, ast.Compare, ast.Subscript)):
            bits += sum(_odd_operands(node))
        elif isinstance(node, ast.Attribute):
            bits += sum(_odd_attribute(node, called))
        elif isinstance(node, (ast.Assign, ast.AugAssign, ast.For)):
            bits += sum(_odd_assignment(node))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            bits += _odd_text(node.value)
    return bits


def slips_in(text: str) -> int:
    """Return how much in a program is a slip, whatever it is meant to do.

    Names that nothing defines, and loops that never go round.

    Raises:
        SyntaxError: it does not parse.
    """
    undefined = 0 if "import *" in text else sum(1 for _ in _undefined(text))
    return undefined + sum(map(_ends_at_once, ast.walk(ast.parse(text))))


def _ends_at_once(node: ast.AST) -> bool:
    """Return whether a node is a loop whose first turn is its last, however it goes."""
    if not isinstance(node, (ast.For, ast.While)):
        return False
    goes_on = any(isinstance(inner, ast.Continue) for inner in ast.walk(node))
    return not goes_on and _leaves(node.body)


def _leaves(block: Sequence[ast.stmt]) -> bool:
    """Return whether a block of a loop leaves it, whichever way control takes."""
    return any(
        isinstance(statement, (ast.Return, ast.Break, ast.Raise))
        or (isinstance(statement, ast.If) and _leaves(statement.body) and _leaves(statement.orelse))
        for statement in block
    )


def _undefined(text: str) -> Iterator[float]:
    """Yield the cost of each name that is looked up where nothing gives it a value."""
    module = symtable.symtable(text, "<program>", "exec")
    known = {each.get_name() for each in module.get_symbols() if _is_bound(each)}
    tables = [module]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in table.get_symbols():
            name = symbol.get_name()
            if symbol.is_declared_global() and symbol.is_assigned():
                known.add(name)
            # Of a function that is called "top", all names are global, says `symtable`.
            bound = _is_bound(symbol) or symbol.is_parameter()
            unbound = (symbol.is_global() or table is module) and not bound
            if symbol.is_referenced() and unbound and name not in (_BUILTINS | _GLOBALS | known):
                yield _UNDEFINED


def _is_bound(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


def _odd_statement(value: ast.expr) -> float:
    """Return the cost of a statement that is an expression without any effect."""
    if isinstance(value, (ast.Call, ast.Await, ast.Yield, ast.YieldFrom)):
        return 0.0
    if isinstance(value, ast.Constant) and isinstance(value.value, (str, type(...))):
        return 0.0
    if isinstance(value, ast.ListComp):
        return _SELDOM
    return _USELESS


def _odd_block(node: ast.AST) -> Iterator[float]:
    """Yield the cost of statements that nothing reaches."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list):
            for statement in block[:-1]:
                if isinstance(statement, (ast.Return, ast.Break, ast.Continue, ast.Raise)):
                    yield _UNREACHED


def _odd_call(node: ast.Call) -> Iterator[float]:
    function = node.func
    if isinstance(function, (ast.Constant, ast.Tuple, ast.List, ast.Dict, ast.JoinedStr)):
        yield _WRONG_CALL
    name = _name(function)
    if name in _MOST_ARGUMENTS:
        given = [arg for arg in node.args if not isinstance(arg, ast.Starred)]
        if len(given) > _MOST_ARGUMENTS[name]:
            yield _WRONG_CALL
    keywords = {keyword.arg for keyword in node.keywords}
    if keywords & {"end", "sep"} and name != "print" and name in (_BUILTINS | _METHODS):
        yield _WRONG_CALL
    if name in ("range", "len", "int") and keywords:
        yield _WRONG_CALL
    if name == "print" and keywords - {"end", "sep", "file", "flush", None}:
        yield _WRONG_CALL
    if name == "print" and any(isinstance(arg, ast.Compare) for arg in node.args):
        yield _SELDOM
    for arg in node.args:
        if isinstance(arg, ast.Name) and arg.id in _FUNCTIONS and name not in ("map", "filter"):
            yield _NOT_CALLED


def _odd_operands(node: ast.BinOp | ast.Compare | ast.Subscript) -> Iterator[float]:
    """Yield the cost of operands whose types do not go with their operator."""
    if isinstance(node, ast.Subscript):
        if _type(node.value) in ("number", "none"):
            yield _WRONG_TYPES
        if any(isinstance(each, ast.Compare) for each in ast.walk(node.slice)):
            yield _SELDOM
        return
    operator: ast.operator | ast.cmpop
    if isinstance(node, ast.Compare):
        left, operator, right = node.left, node.ops[0], node.comparators[0]
        if isinstance(left, ast.Tuple) or isinstance(right, ast.Tuple):
            yield _SELDOM
        if isinstance(operator, (ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot)):
            return
    else:
        left, operator, right = node.left, node.op, node.right
    types = {_type(left), _type(right)}
    if "none" in types:
        yield _WRONG_TYPES
    if {"text", "number"} <= types and not isinstance(operator, (ast.Mult, ast.Mod)):
        yield _WRONG_TYPES
    if "text" in types and isinstance(operator, (ast.Sub, ast.Div)):
        yield _WRONG_TYPES
    if types == {"text"} and isinstance(operator, (ast.Gt, ast.Lt)):
        yield _WRONG_TYPES
    for side in (left, right):
        if isinstance(side, ast.Name) and side.id in _FUNCTIONS:
            yield _NOT_CALLED


def _odd_attribute(node: ast.Attribute, called: set[ast.expr]) -> Iterator[float]:
    if _type(node.value) == "none":
        yield _WRONG_TYPES
    if isinstance(node.ctx, ast.Load) and node not in called and node.attr in _METHODS:
        yield _NOT_CALLED
    if isinstance(node.value, ast.Name) and node.value.id in _FUNCTIONS - {"str", "list", "dict"}:
        yield _SELDOM


def _odd_assignment(node: ast.Assign | ast.AugAssign | ast.For) -> Iterator[float]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        for each in ast.walk(target):
            if isinstance(each, ast.Call):
                yield _SELDOM
            if isinstance(each, ast.Name) and each.id in _BUILTINS and _is_stored(each):
                yield _BUILTIN_REPLACED
    if isinstance(node, ast.For):
        if isinstance(node.iter, (ast.Tuple, ast.Compare)) or _type(node.iter) == "number":
            yield _WRONG_TYPES
        if isinstance(node.iter, ast.Name) and node.iter.id in _FUNCTIONS:
            yield _NOT_CALLED
        return
    value = node.value
    if _is_bare_tuple(value) and not isinstance(targets[0], ast.Tuple):
        yield _BARE_TUPLE
    if isinstance(value, ast.Name) and value.id in _FUNCTIONS:
        yield _NOT_CALLED
    if isinstance(value, ast.Compare) and isinstance(node, ast.Assign):
        yield _SELDOM
    if _type(value) == "none":
        yield _WRONG_TYPES


def _is_stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _is_bare_tuple(value: ast.expr) -> bool:
    # Parentheses belong to a tuple's place in the text.
    return (
        isinstance(value, ast.Tuple)
        and bool(value.elts)
        and value.col_offset == value.elts[0].col_offset
    )


def _odd_text(text: str) -> float:
    """Return the cost of a string that holds what looks like code around it."""
    bits = 0.0
    if text.count("(") != text.count(")"):
        bits += _SELDOM
    if _CODE_IN_TEXT.search(text):
        bits += _CODE_AS_TEXT
    return bits


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def _type(node: ast.expr) -> str:
    """Return what kind of value an expression has, where it shows."""
    if isinstance(node, ast.JoinedStr):
        return "text"
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            return "text"
        return "number" if isinstance(node.value, (int, float)) else ""
    if isinstance(node, ast.Call):
        name = _name(node.func)
        if isinstance(node.func, ast.Name):
            return {
                "int": "number",
                "len": "number",
                "float": "number",
                "ord": "number",
                "input": "text",
                "str": "text",
                "chr": "text",
                "print": "none",
            }.get(name, "")
        return "none" if name in _NONE else "text" if name in ("format", "join") else ""
    if isinstance(node, ast.BinOp):
        types = {_type(node.left), _type(node.right)}
        return types.pop() if len(types) == 1 else ""
    return ""
