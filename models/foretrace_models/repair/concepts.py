"""What there is to understand about a fault, told by the change that mends it or by the error.

The change is classified by what it does to the program, not by who proposed it: a rule, a peer's
program and a language model lead to the same concept.
"""

from __future__ import annotations

import ast
import builtins
import difflib
from collections import Counter
from collections.abc import Sequence
from enum import Enum

from foretrace_models.repair.parse import syntax_error
from foretrace_models.repair.tokens import tokens
from foretrace_models.repair.tree_changes import NodeChange, holds, same_key, tree_changes


class Concept(str, Enum):
    """What there is to understand."""

    # Of programs that do not parse.
    COLON = "colon"
    BRACKET = "bracket"
    QUOTE = "quote"
    INDENTATION = "indentation"
    EQUALS = "equals"
    KEYWORD = "keyword"
    SEPARATOR = "separator"
    CHARACTER = "character"
    BODY = "body"
    SYNTAX = "syntax"
    # Of values.
    RANGE = "range"
    INDEX = "index"
    SLICE = "slice"
    BOUNDARY = "boundary"
    COMPARISON = "comparison"
    IDENTITY = "identity"
    CONDITION = "condition"
    OFF_BY_ONE = "off by one"
    CONSTANT = "constant"
    START_VALUE = "start value"
    DIVISION = "division"
    ARITHMETIC = "arithmetic"
    ACCUMULATING = "accumulating"
    CONVERSION = "conversion"
    PART_OF_WHOLE = "part of a whole"
    EXPRESSION = "expression"
    # Of names and calls.
    NAME = "name"
    SPELLING = "spelling"
    UNDEFINED = "undefined"
    CALL = "call"
    METHOD = "method"
    METHOD_RESULT = "method result"
    ARGUMENTS = "arguments"
    IMPORT = "import"
    # Of statements and their order.
    RETURN_MISSING = "return missing"
    RETURN_EARLY = "return early"
    PRINTED = "printed"
    RESULT = "result"
    BLOCK = "block"
    ORDER = "order"
    LOOP_END = "loop end"
    BRANCHES = "branches"
    SPECIAL_CASE = "special case"
    STATEMENT_MISSING = "statement missing"
    STATEMENT_NEEDLESS = "statement needless"
    # Of errors, where no change is known.
    KEY = "key"
    TYPE = "type"
    VALUE = "value"
    ZERO = "zero"
    RECURSION = "recursion"
    ENDLESS = "endless"
    FILE = "file"
    UNKNOWN = "unknown"


# What an error says where a change says little.
_OF_ERRORS = {
    "IndexError": Concept.INDEX,
    "KeyError": Concept.KEY,
    "NameError": Concept.UNDEFINED,
    "UnboundLocalError": Concept.UNDEFINED,
    "TypeError": Concept.TYPE,
    "ValueError": Concept.VALUE,
    "AttributeError": Concept.METHOD,
    "ZeroDivisionError": Concept.ZERO,
    "RecursionError": Concept.RECURSION,
    "ModuleNotFoundError": Concept.IMPORT,
    "ImportError": Concept.IMPORT,
    "FileNotFoundError": Concept.FILE,
}
_VAGUE = (Concept.EXPRESSION, Concept.STATEMENT_MISSING, Concept.STATEMENT_NEEDLESS)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_STRICT = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
_LIKE_A_MISSPELLING = 0.7
_BRACKETS = frozenset("()[]{}")
_QUOTES = frozenset({"string_start", "string_end", "'", '"', '"""', "'''"})
_EQUALS = frozenset({"=", "==", "!=", "<=", ">=", ":=", "<>"})
_SEPARATORS = frozenset({",", ".", "+", "-", "*", "/", "%", "and", "or", ";"})


def concept_of(before: str, after: str, error: str | None = None, endless: bool = False) -> Concept:
    """Return what is to be understood of a change, and of the type of the error before it."""
    if syntax_error(before) is not None:
        return _of_tokens(before, after)
    if syntax_error(after) is not None:
        return concept_of_error(error, endless)
    try:
        old = ast.parse(before)
        found = _of_changes(tree_changes(old, ast.parse(after)), old)
    except RecursionError:  # it nests too deeply to be compared
        return concept_of_error(error, endless)
    if found in _VAGUE and (error in _OF_ERRORS or endless):
        return concept_of_error(error, endless)
    return found


def concept_of_error(error: str | None, endless: bool = False) -> Concept:
    """Return what is to be understood of the type of an error alone."""
    if endless:
        return Concept.ENDLESS
    return _OF_ERRORS.get(error or "", Concept.UNKNOWN)


# Programs that do not parse.


def _of_tokens(before: str, after: str) -> Concept:
    old, new = tokens(before), tokens(after)
    pairs = [[(each.kind, each.text) for each in each_list] for each_list in (old, new)]
    if pairs[0] == pairs[1]:
        return Concept.INDENTATION
    counts = [Counter(each.text for each in each_list) for each_list in (old, new)]
    changed = {text for text in {*counts[0], *counts[1]} if counts[0][text] != counts[1][text]}
    kinds = {each.kind for each in (*old, *new) if each.text in changed}
    if any(not text.isascii() and not text.isidentifier() for text in changed & {*counts[0]}):
        return Concept.CHARACTER
    if changed & {"pass"}:
        return Concept.BODY
    if changed <= {":"}:
        return Concept.COLON
    if changed <= _BRACKETS:
        return Concept.BRACKET
    if kinds & _QUOTES:
        return Concept.QUOTE
    if changed <= _EQUALS:
        return Concept.EQUALS
    if changed <= _SEPARATORS:
        return Concept.SEPARATOR
    if any(text.isalpha() for text in changed):
        return Concept.KEYWORD
    return Concept.SYNTAX


# Programs that parse.


def _of_changes(changes: Sequence[NodeChange], tree: ast.Module) -> Concept:
    moved = _moved(changes)
    if moved is not None:
        return moved
    for change in changes:
        concept = _of_change(change, tree)
        if concept is not None:
            return concept
    return Concept.EXPRESSION


def _moved(changes: Sequence[NodeChange]) -> Concept | None:
    """Return what it means that a statement went from one place to another."""
    gone = {same_key(each.before): each for each in changes if each.after is None and each.before}
    for change in changes:
        if change.before is None and (old := gone.get(same_key(change.after))) is not None:
            if not isinstance(change.after, ast.stmt):
                return Concept.ARGUMENTS
            if old.around and change.around and old.around[0] is change.around[0]:
                return Concept.ORDER
            if isinstance(change.after, ast.Return) and old.inside(*_LOOPS):
                return Concept.RETURN_EARLY
            return Concept.BLOCK
    return None


def _of_change(change: NodeChange, tree: ast.Module) -> Concept | None:
    before, after = change.before, change.after
    if before is None:
        return _of_new(change, after)
    if after is None:
        return _of_gone(change, before)
    if isinstance(before, ast.stmt) and isinstance(after, ast.stmt):
        return _of_statements(before, after)
    return _of_expressions(change, before, after, tree)


def _of_new(change: NodeChange, after: ast.AST | None) -> Concept:
    if isinstance(after, (ast.Import, ast.ImportFrom, ast.alias)):
        return Concept.IMPORT
    if isinstance(after, ast.Return):
        return Concept.RETURN_MISSING
    if isinstance(after, (ast.Break, ast.Continue)):
        return Concept.LOOP_END
    if isinstance(after, ast.If):
        return Concept.SPECIAL_CASE
    if isinstance(after, ast.Assign) and isinstance(
        after.value, (ast.Constant, ast.List, ast.Dict, ast.Set, ast.Tuple)
    ):
        return Concept.START_VALUE
    if isinstance(after, (ast.arg, ast.keyword)):
        return Concept.ARGUMENTS
    if isinstance(after, ast.expr):
        return _of_part(change)
    return Concept.STATEMENT_MISSING


def _of_gone(change: NodeChange, before: ast.AST) -> Concept:
    if isinstance(before, ast.Return):
        return Concept.RETURN_EARLY
    if isinstance(before, (ast.Break, ast.Continue)):
        return Concept.LOOP_END
    if isinstance(before, (ast.arg, ast.keyword)):
        return Concept.ARGUMENTS
    if isinstance(before, ast.expr):
        return _of_part(change)
    return Concept.STATEMENT_NEEDLESS


def _of_part(change: NodeChange) -> Concept:
    """Return what it means that a part of an expression came or went."""
    parent = change.around[0] if change.around else None
    if isinstance(parent, ast.BoolOp):
        return Concept.CONDITION
    if _in_range(change):
        return Concept.RANGE
    if isinstance(parent, ast.Slice):
        return Concept.SLICE
    if isinstance(parent, ast.Call):
        return Concept.ARGUMENTS
    if isinstance(parent, ast.Return):
        return Concept.RESULT
    return Concept.EXPRESSION


def _of_statements(before: ast.stmt, after: ast.stmt) -> Concept:
    kinds = {type(before), type(after)}
    if kinds == {ast.Assign, ast.AugAssign}:
        return Concept.ACCUMULATING
    if isinstance(after, ast.Return) and isinstance(before, ast.Expr):
        value = before.value
        if isinstance(value, ast.Call) and _name_of(value.func) == "print":
            return Concept.PRINTED
        return Concept.RETURN_MISSING
    if isinstance(after, ast.Return):
        return Concept.RETURN_MISSING
    if kinds == {ast.Assign, ast.Expr}:
        return Concept.METHOD_RESULT
    if kinds & {ast.Break, ast.Continue}:
        return Concept.LOOP_END
    if kinds & {ast.If, *_LOOPS}:
        return Concept.BRANCHES
    return Concept.STATEMENT_NEEDLESS


def _of_expressions(
    change: NodeChange, before: ast.AST, after: ast.AST, tree: ast.Module
) -> Concept:
    parent = change.around[0] if change.around else None
    if isinstance(before, ast.cmpop) and isinstance(after, ast.cmpop):
        return _of_comparisons(before, after)
    if isinstance(before, (ast.boolop, ast.BoolOp)) or isinstance(after, (ast.boolop, ast.BoolOp)):
        return Concept.CONDITION
    if _is_not(before) or _is_not(after):
        return Concept.CONDITION
    if _in_range(change):
        return Concept.RANGE
    if change.inside(ast.Slice) or isinstance(before, ast.Slice) or isinstance(after, ast.Slice):
        return Concept.SLICE
    if isinstance(before, ast.operator) and isinstance(after, ast.operator):
        if isinstance(parent, ast.AugAssign):
            return Concept.ARITHMETIC
        divisions = (ast.Div, ast.FloorDiv)
        both = isinstance(before, divisions) and isinstance(after, divisions)
        return Concept.DIVISION if both else Concept.ARITHMETIC
    if isinstance(before, ast.Attribute) and isinstance(after, ast.Attribute):
        return Concept.METHOD
    outer, inner = (after, before) if holds(after, before) else (before, after)
    if isinstance(outer, ast.Subscript) and holds(outer, inner):
        return Concept.PART_OF_WHOLE
    if isinstance(outer, ast.Call) and holds(outer, inner):
        return _of_call(outer, inner)
    if isinstance(parent, ast.Subscript) and change.before is parent.slice:
        return Concept.INDEX
    if isinstance(before, ast.Name) and isinstance(after, (ast.Name, ast.Constant)):
        return _of_names(change, before.id, getattr(after, "id", None), tree)
    if isinstance(before, ast.Name) and isinstance(after, ast.Attribute):
        return Concept.IMPORT if after.attr == before.id else Concept.NAME
    if _off_by_one(before, after):
        return Concept.OFF_BY_ONE
    if isinstance(parent, ast.Assign) and isinstance(after, (ast.Constant, ast.List, ast.Dict)):
        return Concept.START_VALUE
    if isinstance(before, ast.Constant) and isinstance(after, ast.Constant):
        return Concept.CONSTANT
    if isinstance(parent, ast.Return):
        return Concept.RESULT
    if isinstance(before, (ast.arguments, ast.arg, ast.keyword)):
        return Concept.ARGUMENTS
    if isinstance(before, ast.alias):
        return Concept.IMPORT
    return Concept.EXPRESSION


def _of_comparisons(before: ast.cmpop, after: ast.cmpop) -> Concept:
    if _STRICT.get(type(before)) is type(after):
        return Concept.BOUNDARY
    if isinstance(before, (ast.Is, ast.IsNot)) or isinstance(after, (ast.Is, ast.IsNot)):
        return Concept.IDENTITY
    return Concept.COMPARISON


def _of_call(call: ast.Call, inner: ast.AST) -> Concept:
    """Return what it means that something came to be in a call, or to be outside of it."""
    if same_key(call.func) == same_key(inner):
        return Concept.CALL
    if _name_of(call.func) in ("int", "float", "str", "list", "set", "tuple", "bool"):
        return Concept.CONVERSION
    return Concept.EXPRESSION


def _of_names(change: NodeChange, before: str, after: str | None, tree: ast.Module) -> Concept:
    """Return what it means that a name gave way to another one, or to a constant (None)."""
    parent = change.around[0] if change.around else None
    known = {
        each.id
        for each in ast.walk(tree)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
    known |= {each.arg for each in ast.walk(tree) if isinstance(each, ast.arg)}
    known |= {
        each.name
        for each in ast.walk(tree)
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    }
    if before not in known and not hasattr(builtins, before):
        if after is None:
            foreign = before.lower() in ("true", "false", "null", "none", "nil")
            return Concept.SPELLING if foreign else Concept.UNDEFINED
        likeness = difflib.SequenceMatcher(None, before.lower(), after.lower()).ratio()
        return Concept.SPELLING if likeness >= _LIKE_A_MISSPELLING else Concept.UNDEFINED
    if after is None:
        return Concept.CONSTANT
    if isinstance(parent, ast.Call) and change.before is parent.func:
        return Concept.METHOD
    if isinstance(parent, ast.Return):
        return Concept.RESULT
    return Concept.NAME


def _in_range(change: NodeChange) -> bool:
    return any(
        isinstance(node, ast.Call) and _name_of(node.func) == "range" for node in change.around[:3]
    )


def _is_not(node: ast.AST) -> bool:
    return isinstance(node, ast.Not) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    )


def _off_by_one(before: ast.AST, after: ast.AST) -> bool:
    """Return whether one of two nodes is one more than the other: a number, or with `+ 1`."""
    values = [
        each.value if isinstance(each, ast.Constant) and type(each.value) is int else None
        for each in (before, after)
    ]
    if values[0] is not None and values[1] is not None:
        return abs(values[0] - values[1]) == 1
    for outer, inner in ((before, after), (after, before)):
        if isinstance(outer, ast.BinOp) and isinstance(outer.op, (ast.Add, ast.Sub)):
            right = outer.right
            if isinstance(right, ast.Constant) and right.value == 1:
                return same_key(outer.left) == same_key(inner)
    return False


def _name_of(node: ast.AST) -> str | None:
    return node.id if isinstance(node, ast.Name) else None
