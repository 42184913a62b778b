"""The marks of style in a program: each place where one of several ways to write was chosen."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from enum import Enum

from tree_sitter import Node

from foretrace_models.repair.tokens import leaves_of, root_of

Mark = tuple["Habit", str]


class Habit(str, Enum):
    """What a person does in one of several ways; the value says it in words."""

    INDENT = "what a block is indented by"
    QUOTES = "quotes of strings"
    OPERATOR_SPACE = "space around operators"
    ASSIGNMENT_SPACE = "space around ="
    COMMA_SPACE = "space after commas"
    BRACKET_SPACE = "space inside brackets"
    CALL_SPACE = "space before the brackets of a call"
    BLANK_LINES = "blank lines within a block"
    NAMES = "names of variables"
    ADDING = "adding to a variable"
    LOOPS = "kinds of loops"
    LOOPS_OVER = "what a for loop goes over"
    RETURNS = "where a function returns"
    AFTER_RETURN = "else after a branch that returns"
    TRUTH = "comparing with True and False"
    EMPTINESS = "asking whether something is empty"
    COLLECTING = "collecting elements"
    FORMATTING = "putting values into text"
    CONDITION_BRACKETS = "brackets around conditions"
    RETURN_BRACKETS = "brackets around results"
    SEMICOLONS = "ends of statements"
    SHORT_BLOCKS = "where a block begins"
    CHOICES = "choosing one of two values"
    COMMENTS = "lines with comments"
    DOCSTRINGS = "docstrings of functions"
    ANNOTATIONS = "types of parameters"


_OPEN, _CLOSE = ("(", "[", "{"), (")", "]", "}")
_CONDITIONAL = ("if_statement", "elif_clause", "while_statement")
_COMPREHENSIONS = (
    "list_comprehension",
    "set_comprehension",
    "dictionary_comprehension",
    "generator_expression",
)
_SNAKE = re.compile(r"_*[a-z][a-z0-9]*(_[a-z0-9]+)+_*")
_CAMEL = re.compile(r"_*[a-z]+[a-z0-9]*([A-Z][a-z0-9]*)+")


def marks(text: str) -> Iterator[Mark]:
    """Yield the marks of a program, whether it parses or not."""
    raw = text.encode("utf-8", "surrogatepass")
    root = root_of(raw)
    leaves = [leaf for leaf in leaves_of(root) if leaf.start_byte < leaf.end_byte]
    yield from _spacing(leaves)
    yield from _lines(text, leaves)
    names: set[bytes] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        stack.extend(reversed(node.children))
        yield from _of_node(node)
        names.update(_variables(node))
    for name in sorted(names):
        yield Habit.NAMES, _form(name.decode("utf-8", "surrogatepass"))


# Marks of the tokens.


def _spacing(leaves: Sequence[Node]) -> Iterator[Mark]:
    for before, leaf, after in zip([None, *leaves], leaves, [*leaves[1:], None], strict=False):
        follows = _gap(leaf, after)
        parent = leaf.parent.type if leaf.parent else ""
        if leaf.type == "," and follows is not None and after and after.type not in _CLOSE:
            yield Habit.COMMA_SPACE, "space" if follows else "none"
        if leaf.type in _OPEN and follows is not None and after and after.type not in _CLOSE:
            yield Habit.BRACKET_SPACE, "space" if follows else "none"
        if leaf.type == "(" and parent == "argument_list" and before is not None:
            yield Habit.CALL_SPACE, "space" if _gap(before, leaf) else "none"
        if parent in ("assignment", "augmented_assignment") and leaf.type.endswith("="):
            yield Habit.ASSIGNMENT_SPACE, _around(before, leaf, after)
        is_sign = not leaf.is_named and not leaf.type[0].isalpha()
        if is_sign and parent in ("binary_operator", "comparison_operator"):
            yield Habit.OPERATOR_SPACE, _around(before, leaf, after)
        if leaf.type == "string_start":
            quotes = (leaf.text or b"").decode("ascii", "replace").lstrip("rRbBuUfF")
            if len(quotes) == 1:
                yield Habit.QUOTES, "single" if quotes == "'" else "double"


def _gap(leaf: Node, after: Node | None) -> bool | None:
    """Return whether there is space between two tokens; None if they stand in two lines."""
    if after is None or leaf.end_point.row != after.start_point.row:
        return None
    return leaf.end_byte < after.start_byte


def _around(before: Node | None, leaf: Node, after: Node | None) -> str:
    left = before is not None and _gap(before, leaf)
    right = _gap(leaf, after)
    return {(True, True): "space", (False, False): "none"}.get((bool(left), bool(right)), "uneven")


def _lines(text: str, leaves: Sequence[Node]) -> Iterator[Mark]:
    lines = text.splitlines()
    coded: dict[int, list[Node]] = {}
    for leaf in leaves:
        coded.setdefault(leaf.start_point.row, []).append(leaf)
    rows = sorted(coded)
    for row in rows:
        commented = coded[row][-1].type == "comment"
        yield Habit.COMMENTS, "comment" if commented else "none"
        code = [leaf for leaf in coded[row] if leaf.type != "comment"]
        if code and code[-1].type == ";":
            yield Habit.SEMICOLONS, "semicolon"
        elif code and code[-1].type not in (":", ",", *_OPEN):
            yield Habit.SEMICOLONS, "line end"
    for row, below in itertools.pairwise(rows):
        extra = _extra_indent(lines, row, below)
        if coded[row][-1].type == ":" and extra:
            yield Habit.INDENT, "tab" if "\t" in extra else f"{len(extra)} spaces"
        elif extra == "" and lines[below][:1].isspace():
            yield Habit.BLANK_LINES, "blank line" if below - row > 1 else "none"


def _extra_indent(lines: Sequence[str], row: int, below: int) -> str | None:
    """Return by what a line is indented more than one above it; None if not so."""
    if below >= len(lines):
        return None
    above, indent = _indent(lines[row]), _indent(lines[below])
    return indent[len(above) :] if indent.startswith(above) else None


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


# Marks of the tree.


def _of_node(node: Node) -> Iterator[Mark]:
    kind = node.type
    if kind in _CONDITIONAL:
        yield from _of_condition(node.child_by_field_name("condition"))
    if kind in ("if_statement", "elif_clause", "else_clause", "for_statement", "while_statement"):
        yield from _of_block(node)
    if kind == "if_statement":
        yield from _of_if(node)
    elif kind in ("for_statement", "while_statement"):
        yield Habit.LOOPS, kind.split("_")[0]
        if kind == "for_statement":
            yield Habit.LOOPS_OVER, _goes_over(node.child_by_field_name("right"))
    elif kind == "function_definition":
        yield from _of_function(node)
    elif kind in ("assignment", "augmented_assignment"):
        yield from _of_assignment(node)
    elif kind == "return_statement" and node.named_children:
        bracketed = node.named_children[0].type == "parenthesized_expression"
        yield Habit.RETURN_BRACKETS, "brackets" if bracketed else "none"
    elif kind == "comparison_operator":
        yield from _of_comparison(node)
    elif kind in _COMPREHENSIONS:
        yield Habit.COLLECTING, "comprehension"
    elif kind == "conditional_expression":
        yield Habit.CHOICES, "expression"
    elif kind == "call":
        yield from _of_call(node)
    elif kind == "binary_operator":
        yield from _of_operator(node)
    elif kind == "interpolation":
        yield Habit.FORMATTING, "f-string"


def _of_condition(condition: Node | None) -> Iterator[Mark]:
    if condition is None:
        return
    bracketed = condition.type == "parenthesized_expression"
    yield Habit.CONDITION_BRACKETS, "brackets" if bracketed else "none"
    inner = condition.named_children[0] if bracketed and condition.named_children else condition
    if inner.type == "not_operator":
        inner = inner.child_by_field_name("argument") or inner
    if inner.type in ("identifier", "call", "subscript", "attribute"):
        yield Habit.TRUTH, "as it is"


def _of_block(node: Node) -> Iterator[Mark]:
    body = node.child_by_field_name("consequence") or node.child_by_field_name("body")
    if body is not None and body.named_children:
        colon = next((child for child in node.children if child.type == ":"), None)
        if colon is not None:
            same = colon.start_point.row == body.named_children[0].start_point.row
            yield Habit.SHORT_BLOCKS, "same line" if same else "next line"


def _of_if(node: Node) -> Iterator[Mark]:
    consequence = _last_statement(node.child_by_field_name("consequence"))
    alternatives = node.children_by_field_name("alternative")
    if consequence is not None and consequence.type == "return_statement":
        if alternatives:
            yield Habit.AFTER_RETURN, "else"
        elif node.next_named_sibling is not None:
            yield Habit.AFTER_RETURN, "none"
    if len(alternatives) == 1 and alternatives[0].type == "else_clause":
        sides = (
            node.child_by_field_name("consequence"),
            alternatives[0].child_by_field_name("body"),
        )
        given = [_value_given(side) for side in sides]
        if given[0] is not None and given[0] == given[1]:
            yield Habit.CHOICES, "statement"


def _value_given(block: Node | None) -> bytes | None:
    """Return to what a block of one statement gives a value: a name, or the caller."""
    if block is None or block.named_child_count != 1:
        return None
    (statement,) = block.named_children
    if statement.type == "return_statement":
        return b"return"
    if statement.type == "expression_statement" and statement.named_children:
        inner = statement.named_children[0]
        target = inner.child_by_field_name("left") if inner.type == "assignment" else None
        return target.text if target is not None else None
    return None


def _last_statement(block: Node | None) -> Node | None:
    return block.named_children[-1] if block is not None and block.named_children else None


def _goes_over(right: Node | None) -> str:
    function = _function_of(right)
    if right is None or function != b"range":
        return "enumerate" if function == b"enumerate" else "elements"
    arguments = right.child_by_field_name("arguments")
    inner = arguments.named_children if arguments is not None else []
    return "indices" if any(_function_of(each) == b"len" for each in inner) else "numbers"


def _function_of(node: Node | None) -> bytes | None:
    if node is None or node.type != "call":
        return None
    function = node.child_by_field_name("function")
    return function.text if function is not None else None


def _of_function(node: Node) -> Iterator[Mark]:
    body = node.child_by_field_name("body")
    if body is None or not body.named_children:
        return
    first = body.named_children[0]
    is_text = [child.type for child in first.named_children] == ["string"]
    yield Habit.DOCSTRINGS, "docstring" if is_text else "none"
    returns = list(_returns(body))
    if returns:
        early = any(each.parent != body for each in returns)
        yield Habit.RETURNS, "early" if early else "at the end"
    parameters = node.child_by_field_name("parameters")
    for parameter in parameters.named_children if parameters is not None else ():
        if parameter.type in ("typed_parameter", "typed_default_parameter"):
            yield Habit.ANNOTATIONS, "type"
        elif parameter.type in ("identifier", "default_parameter") and parameter.text != b"self":
            yield Habit.ANNOTATIONS, "none"


def _returns(body: Node) -> Iterator[Node]:
    stack = [body]
    while stack:
        node = stack.pop()
        if node.type == "return_statement":
            yield node
        elif node.type not in ("function_definition", "class_definition", "lambda"):
            stack.extend(node.named_children)


def _of_assignment(node: Node) -> Iterator[Mark]:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return
    if node.type == "augmented_assignment":
        yield Habit.ADDING, "x += y"
    elif right.type == "binary_operator":
        operand = right.child_by_field_name("left")
        if operand is not None and operand.text == left.text:
            yield Habit.ADDING, "x = x + y"


def _of_comparison(node: Node) -> Iterator[Mark]:
    sides = node.named_children
    equality = any(child.type in ("==", "!=", "is", "is not") for child in node.children)
    if equality and any(side.type in ("true", "false") for side in sides):
        yield Habit.TRUTH, "compared"
    if any(_function_of(side) == b"len" for side in sides) and any(
        side.text in (b"0", b"1") for side in sides
    ):
        yield Habit.EMPTINESS, "by its length"
    empty = ("list", "tuple", "string", "dictionary")
    if equality and any(
        side.type in empty and side.end_byte - side.start_byte == 2 for side in sides
    ):
        yield Habit.EMPTINESS, "by an empty one"


def _of_call(node: Node) -> Iterator[Mark]:
    function = node.child_by_field_name("function")
    if function is None or function.type != "attribute":
        return
    method = function.child_by_field_name("attribute")
    owner = function.child_by_field_name("object")
    if method is None or owner is None:
        return
    if method.text in (b"append", b"add"):
        yield Habit.COLLECTING, "method"
    if method.text == b"format" and owner.type == "string":
        yield Habit.FORMATTING, "format"


def _of_operator(node: Node) -> Iterator[Mark]:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    if left is None or right is None or operator is None:
        return
    if operator.type == "%" and left.type == "string":
        yield Habit.FORMATTING, "%"
    if operator.type == "+" and "string" in (left.type, right.type):
        yield Habit.FORMATTING, "+"


def _variables(node: Node) -> Iterator[bytes]:
    """Yield the names of variables that a node binds."""
    if node.type in ("assignment", "for_statement", "for_in_clause"):
        target = node.child_by_field_name("left")
        targets = [] if target is None else [target, *target.named_children]
    elif node.type in ("parameters", "lambda_parameters"):
        inner = (each.named_children[:1] for each in node.named_children)
        targets = [*node.named_children, *itertools.chain.from_iterable(inner)]
    else:
        return
    for each in targets:
        if each.type == "identifier" and each.text and each.text != b"self":
            yield each.text


def _form(name: str) -> str:
    if len(name) == 1:
        return "one letter"
    if _SNAKE.fullmatch(name):
        return "snake_case"
    if _CAMEL.fullmatch(name):
        return "camelCase"
    return "one word" if name.islower() else "other"
