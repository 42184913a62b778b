"""A program that parses: its tree, and where each node stands in the text."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from functools import cached_property

from foretrace_telemetry.text import split_lines

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Located = ast.expr | ast.stmt | ast.arg | ast.keyword | ast.alias


class Source:
    """A program's text with its syntax tree.

    Offsets count code points. Python's tree counts columns in UTF-8 bytes.
    """

    def __init__(self, text: str, focus: Collection[int] | None = None) -> None:
        """Parse a program; rules look at the nodes that begin on the lines of `focus`, or at all.

        Lines count from 1.

        Raises:
            SyntaxError: it does not parse.
            ValueError: it has a null byte (Python before 3.12).
            RecursionError: it nests too deeply.
            MemoryError: the same.
        """
        self.text = text
        self.tree = ast.parse(text)
        self.lines = split_lines(text)
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line))
        # Outer ones first: rules look through them all again and again.
        self._every_node = tuple(ast.walk(self.tree))
        self.parents: dict[ast.AST, ast.AST] = {}
        self._names: dict[ast.AST, list[str]] = {}
        self._visible: dict[ast.AST | None, frozenset[str]] = {}
        for node in self._every_node:
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node
        self.nodes = self._every_node
        if focus is not None:
            self.nodes = tuple(node for node in self.nodes if self._first_line_of(node) in focus)

    def line_start(self, line: int) -> int:
        """Return the offset at which a line starts; lines count from 1."""
        return self._starts[line - 1]

    def line_end(self, line: int) -> int:
        """Return the offset after a line and its end; lines count from 1."""
        return self._starts[line]

    def _first_line_of(self, node: ast.AST) -> int | None:
        """Return the line on which a node begins, or what it is a part of; None of the program."""
        current: ast.AST | None = node
        while current is not None and not hasattr(current, "lineno"):
            current = self.parents.get(current)
        return getattr(current, "lineno", None)

    def line_of(self, offset: int) -> int:
        """Return the line of an offset; lines count from 1."""
        low, high = 0, len(self._starts) - 1
        while low < high - 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._starts[middle] <= offset else (low, middle)
        return low + 1

    def same_lines(self, line: int) -> list[int]:
        """Return the other lines with the same text, white space included; blank ones have none."""
        return [
            other for other in self._lines_by_text.get(self.lines[line - 1], ()) if other != line
        ]

    @cached_property
    def _lines_by_text(self) -> dict[str, list[int]]:
        lines: dict[str, list[int]] = {}
        for number, text in enumerate(self.lines, start=1):
            if text.strip():
                lines.setdefault(text, []).append(number)
        return lines

    def _offset(self, line: int, column: int) -> int:
        text = self.lines[line - 1]
        if not text.isascii():
            column = len(text.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "replace"))
        return self._starts[line - 1] + column

    def span(self, node: Located) -> tuple[int, int]:
        """Return where a node starts and ends."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return (
            self._offset(node.lineno, node.col_offset),
            self._offset(node.end_lineno, node.end_col_offset),
        )

    def code(self, node: Located) -> str:
        """Return the text of a node, as it was written."""
        start, end = self.span(node)
        return self.text[start:end]

    @cached_property
    def indentation(self) -> str:
        """One step of indentation, as the person writes it; four spaces if there is none yet."""
        for node in self._every_node:
            body = getattr(node, "body", None)
            if isinstance(node, ast.stmt) and isinstance(body, list) and body:
                inner, outer = self.indent_of(body[0]), self.indent_of(node)
                if len(inner) > len(outer) and inner.startswith(outer):
                    return inner[len(outer) :]
        return "    "

    @cached_property
    def newline(self) -> str:
        """The line end that the program uses."""
        first = self.lines[0]
        return "\r\n" if first.endswith("\r\n") else "\n"

    def indent_of(self, statement: ast.stmt) -> str:
        """Return the white space before the line on which a statement starts."""
        line = self.lines[self.first_line(statement) - 1]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def first_line(self, statement: ast.stmt) -> int:
        """Return the first line of a statement, decorators included; lines count from 1."""
        decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
        return min([statement.lineno, *(decorator.lineno for decorator in decorators)])

    def owns_its_lines(self, statement: ast.stmt) -> bool:
        """Return whether nothing else stands on the lines of a statement, but for comments."""
        start, end = self.span(statement)
        before = self.text[self.line_start(self.first_line(statement)) : start]
        assert statement.end_lineno is not None
        after = self.text[end : self.line_end(statement.end_lineno)].strip()
        if getattr(statement, "decorator_list", None):
            before = ""
        return not before.strip(" \t") and (not after or after.startswith("#"))

    def function_of(self, node: ast.AST) -> FunctionNode | None:
        """Return the innermost function that a node lies in."""
        current: ast.AST | None = self.parents.get(node)
        while current is not None:
            if isinstance(current, (ast.FunctionDef, ast.AsyncFunctionDef)):
                return current
            current = self.parents.get(current)
        return None

    def function_at(self, line: int) -> FunctionNode | None:
        """Return the innermost function that a line lies in; lines count from 1."""
        return self._functions_by_line.get(line)

    @cached_property
    def _functions_by_line(self) -> dict[int, FunctionNode]:
        lines: dict[int, FunctionNode] = {}
        for node in self._every_node:  # outer ones first
            if isinstance(node, FunctionNode):
                assert node.end_lineno is not None
                lines.update(dict.fromkeys(range(node.lineno, node.end_lineno + 1), node))
        return lines

    def enclosing(self, node: ast.AST, kinds: tuple[type[ast.AST], ...]) -> ast.AST | None:
        """Return the innermost node of some kinds around a node, within its function."""
        current = self.parents.get(node)
        while current is not None and not isinstance(current, (ast.FunctionDef, ast.ClassDef)):
            if isinstance(current, kinds):
                return current
            current = self.parents.get(current)
        return None

    def enclosing_statement(self, node: ast.AST) -> ast.stmt:
        """Return the innermost statement that an expression stands in."""
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node

    def blocks(self) -> Iterator[list[ast.stmt]]:
        """Iterate over all lists of statements."""
        for node in self._every_node:
            for name in ("body", "orelse", "finalbody"):
                block = getattr(node, name, None)
                if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                    yield block

    def names_in(self, scope: ast.AST) -> list[str]:
        """Return the names that a scope binds, in the order in which they first occur."""
        if scope not in self._names:
            self._names[scope] = self._bound_in(scope)
        return self._names[scope]

    def visible_at(self, node: ast.AST) -> frozenset[str]:
        """Return the names that have a value somewhere around a node, but for built-in ones."""
        scope = self.function_of(node)
        if scope not in self._visible:
            names = {*self.global_names, *self._inner_names}
            outer = scope
            while outer is not None:
                names.update(self.names_in(outer))
                outer = self.function_of(outer)
            self._visible[scope] = frozenset(names)
        return self._visible[scope]

    @cached_property
    def functions(self) -> list[str]:
        """The names of the program's own functions."""
        return [node.name for node in self._every_node if isinstance(node, FunctionNode)]

    @cached_property
    def global_names(self) -> tuple[str, ...]:
        """The names that the module binds at its top level, and those of all its definitions."""
        names: dict[str, None] = {}
        for node in self._every_node:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                names[node.name] = None
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                for alias in node.names:
                    names[(alias.asname or alias.name).split(".")[0]] = None
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                if self.function_of(node) is None:
                    names[node.id] = None
            elif isinstance(node, ast.Global):
                names.update(dict.fromkeys(node.names))
        return tuple(names)

    @cached_property
    def _inner_names(self) -> frozenset[str]:
        """The names that are bound inside of expressions and handlers."""
        names: set[str] = set()
        for node in self._every_node:
            if isinstance(node, ast.comprehension):
                names.update(n.id for n in ast.walk(node.target) if isinstance(n, ast.Name))
            if isinstance(node, ast.Lambda):
                names.update(argument.arg for argument in node.args.args)
            if isinstance(node, ast.ExceptHandler) and node.name:
                names.add(node.name)
        return frozenset(names)

    def _bound_in(self, scope: ast.AST) -> list[str]:
        names: dict[str, None] = {}
        if isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef)):
            arguments = scope.args
            for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
                names[argument.arg] = None
        bound = [
            node
            for node in ast.walk(scope)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        ]
        for node in sorted(bound, key=lambda node: (node.lineno, node.col_offset)):
            names[node.id] = None
        return list(names)
