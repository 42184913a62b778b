"""Templates: a piece of code in which placeholders stand for whatever a program has there.

A template is written as Python. `ARG_1`, `LOCAL_1`, `FUNCTION_1` and `GLOBAL_1` stand for a name of
that role, `NUMBER_1` and `TEXT_1` for a constant, `EXPR_1` for any expression and `BODY_1`, as a
statement, for any block. The same placeholder stands for the same thing wherever it is.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from functools import cached_property

from attrs import frozen

from foretrace_models.repair.rules.candidate import needs_parentheses
from foretrace_models.repair.source import FunctionNode, Source

NAME_ROLES = ("ARG", "LOCAL", "FUNCTION", "GLOBAL")
_PLACEHOLDER = re.compile(r"(?:ARG|LOCAL|FUNCTION|GLOBAL|NUMBER|TEXT|EXPR|BODY)_[1-9]\d?")
_UNTOLD = frozenset(("ctx", "kind", "type_comment"))
# Where an expression that is put in needs no parentheses around it.
_LOOSE = (ast.Assign, ast.AugAssign, ast.Return, ast.Expr, ast.If, ast.While, ast.For, ast.Call,
          ast.keyword, ast.List)  # fmt: skip

# What each placeholder stands for: a node, or the statements of a block.
Binding = dict[str, "ast.expr | list[ast.stmt]"]


def placeholder_of(node: ast.AST) -> str | None:
    """Return the placeholder that a node of a template is, or None if it is itself."""
    if isinstance(node, ast.Expr):
        node = node.value
        return node.id if isinstance(node, ast.Name) and node.id.startswith("BODY_") else None
    if isinstance(node, ast.Name) and _PLACEHOLDER.fullmatch(node.id):
        return node.id
    return None


def placeholders_in(code: str) -> tuple[str, ...]:
    """Return the placeholders of a template, each once, in their order."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(code)))


def kind_of(placeholder: str) -> str:
    """Return what sort of thing a placeholder stands for."""
    return placeholder.partition("_")[0]


class Roles:
    """What the names of a program are: arguments, local names, functions or global ones."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._functions = frozenset(source.functions)
        self._globals = frozenset(source.global_names)
        self._by_scope: dict[FunctionNode | None, dict[str, list[str]]] = {}
        self._function_of: dict[ast.AST, FunctionNode | None] = {}

    def function_of(self, node: ast.AST) -> FunctionNode | None:
        """Return the innermost function that a node lies in."""
        if node not in self._function_of:
            self._function_of[node] = self._source.function_of(node)
        return self._function_of[node]

    def names(self, function: FunctionNode | None, role: str) -> list[str]:
        """Return the names of a role that are known in a function."""
        if function not in self._by_scope:
            self._by_scope[function] = self._names(function)
        return self._by_scope[function][role]

    def role(self, name: str, function: FunctionNode | None) -> str | None:
        """Return the role of a name in a function, or None if the program does not bind it."""
        for role in NAME_ROLES:
            if name in self.names(function, role):
                return role
        return None

    def _names(self, function: FunctionNode | None) -> dict[str, list[str]]:
        arguments: list[str] = []
        bound: list[str] = []
        scope: FunctionNode | None = function
        while scope is not None:
            given = scope.args
            arguments += [a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
            bound += self._source.names_in(scope)
            scope = self._source.function_of(scope)
        local = [n for n in dict.fromkeys(bound) if n not in arguments]
        known = {*arguments, *local}
        rest = [n for n in self._source.global_names if n not in known]
        return {
            "ARG": arguments,
            "LOCAL": local,
            "FUNCTION": [n for n in self._functions if n not in known],
            "GLOBAL": [n for n in rest if n not in self._functions],
        }


def match(
    template: ast.AST, node: ast.AST, binding: Binding, roles: Roles, function: FunctionNode | None
) -> bool:
    """Match a node, and add what the placeholders stand for to the binding."""
    placeholder = placeholder_of(template)
    if placeholder is not None:
        return _bind(placeholder, node, binding, roles, function)
    if type(template) is not type(node):
        return False
    for field in template._fields:
        if field in _UNTOLD:
            continue
        wanted, there = getattr(template, field, None), getattr(node, field, None)
        if isinstance(wanted, list):
            if not isinstance(there, list):
                return False
            if not match_all(wanted, there, binding, roles, function):
                return False
        elif isinstance(wanted, ast.AST):
            if not isinstance(there, ast.AST):
                return False
            if not match(wanted, there, binding, roles, function):
                return False
        elif wanted != there or type(wanted) is not type(there):
            return False
    return True


def match_all(
    template: list[ast.stmt] | list[ast.expr],
    nodes: list[ast.stmt] | list[ast.expr],
    binding: Binding,
    roles: Roles,
    function: FunctionNode | None,
) -> bool:
    """Match several nodes in their order."""
    if len(template) == 1 and isinstance(template[0], ast.Expr) and nodes:
        name = placeholder_of(template[0])
        if name is not None:
            return _consistent(name, list(nodes), binding)  # type: ignore[arg-type]
    if len(template) != len(nodes):
        return False
    return all(
        match(wanted, there, binding, roles, function)
        for wanted, there in zip(template, nodes, strict=True)
    )


def _bind(
    placeholder: str,
    node: ast.AST,
    binding: Binding,
    roles: Roles,
    function: FunctionNode | None,
) -> bool:
    kind = kind_of(placeholder)
    if kind == "NUMBER":
        fits = isinstance(node, ast.Constant) and type(node.value) in (int, float)
    elif kind == "TEXT":
        fits = isinstance(node, ast.Constant) and isinstance(node.value, str)
    elif kind == "EXPR":
        fits = isinstance(node, ast.expr) and isinstance(
            getattr(node, "ctx", None), (ast.Load, type(None))
        )
        fits = fits and not isinstance(node, (ast.Starred, ast.JoinedStr))
    else:
        fits = isinstance(node, ast.Name) and roles.role(node.id, function) == kind
    return fits and isinstance(node, ast.expr) and _consistent(placeholder, node, binding)


def _consistent(placeholder: str, found: ast.expr | list[ast.stmt], binding: Binding) -> bool:
    known = binding.get(placeholder)
    if known is None:
        # Two names that differ in the template differ in the program.
        if isinstance(found, ast.Name) and kind_of(placeholder) in NAME_ROLES:
            for name, other in binding.items():
                taken = isinstance(other, ast.Name) and other.id == found.id
                if taken and kind_of(name) in NAME_ROLES:
                    return False
        binding[placeholder] = found
        return True
    if isinstance(known, ast.Name) and isinstance(found, ast.Name):
        return known.id == found.id
    return same(known, found)


def same(left: ast.AST | list[ast.stmt], right: ast.AST | list[ast.stmt]) -> bool:
    """Return whether two pieces of code are alike, wherever they stand."""
    return dump(left) == dump(right)


def dump(node: ast.AST | list[ast.stmt]) -> str:
    """Return a text that two pieces of code share if they are alike."""
    if isinstance(node, list):
        return ";".join(map(dump, node))
    return ast.dump(node).replace("Store()", "Load()").replace("Del()", "Load()")


@frozen
class _Gap:
    """Where a placeholder stands in the code of a template; `tight` asks for parentheses."""

    start: int
    end: int
    name: str
    tight: bool


class Rendering:
    """The code of a template, ready to be filled in."""

    def __init__(self, code: str) -> None:
        """Take a template.

        Raises:
            SyntaxError: it is not one.
        """
        self.code = code
        self.placeholders = placeholders_in(code)

    @cached_property
    def _gaps(self) -> list[list[_Gap]]:
        """The placeholders of each line."""
        tree = ast.parse(self.code)
        lines = self.code.split("\n")
        gaps: list[list[_Gap]] = [[] for _ in lines]
        parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and placeholder_of(node) is not None:
                parent = parents[node]
                loose = isinstance(parent, _LOOSE)
                loose = loose and not (isinstance(parent, ast.Call) and parent.func is node)
                if isinstance(parent, ast.Subscript) and parent.slice is node:
                    loose = True
                start = node.col_offset
                gaps[node.lineno - 1].append(_Gap(start, start + len(node.id), node.id, not loose))
        for line in gaps:
            line.sort(key=lambda gap: gap.start)
        return gaps

    def filled(
        self, source: Source, binding: Mapping[str, ast.expr | list[ast.stmt] | str], indent: str
    ) -> str | None:
        """Return the code with the person's own in the place of the placeholders.

        All lines but the first are indented by `indent` and as they are in the template; its four
        spaces become what the program uses. None where a block cannot be moved.
        """
        out: list[str] = []
        for line, gaps in zip(self.code.split("\n"), self._gaps, strict=True):
            bare = line.lstrip(" ")
            inner = indent + source.indentation * ((len(line) - len(bare)) // 4)
            if len(gaps) == 1 and isinstance(binding[gaps[0].name], list):
                block = _block(source, binding[gaps[0].name], inner)  # type: ignore[arg-type]
                if block is None:
                    return None
                out.append(block)
                continue
            parts: list[str] = []
            at = len(line) - len(bare)
            for gap in gaps:
                parts += (line[at : gap.start], _code(source, binding[gap.name], gap.tight))
                at = gap.end
            out.append(inner + "".join(parts) + line[at:])
        return source.newline.join(out)[len(indent) :]


def _code(source: Source, bound: ast.expr | list[ast.stmt] | str, tight: bool) -> str:
    if isinstance(bound, str):
        return bound
    assert isinstance(bound, ast.expr)
    code = source.code(bound)
    if isinstance(bound, (ast.Tuple, ast.GeneratorExp)) and not code.startswith("("):
        return f"({code})"
    multiline = "\n" in code
    return f"({code})" if (tight and needs_parentheses(bound)) or multiline else code


def _block(source: Source, statements: list[ast.stmt], indent: str) -> str | None:
    """Return the lines of a block at another depth, without the last line's end."""
    first, last = statements[0], statements[-1]
    if not (source.owns_its_lines(first) and source.owns_its_lines(last)):
        return None
    assert last.end_lineno is not None
    own = source.indent_of(first)
    lines = source.lines[source.first_line(first) - 1 : last.end_lineno]
    if any(line.strip() and not line.startswith(own) for line in lines):
        return None
    moved = [indent + line[len(own) :] if line.strip() else line for line in lines]
    return "".join(moved).rstrip("\r\n")
