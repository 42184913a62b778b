"""A program as units: each function that tests call, with the functions that it needs."""

from __future__ import annotations

import ast
import builtins
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property

from attrs import define, field

from foretrace_models.repair.donors.listing import Line, Listing, is_name
from foretrace_models.repair.source import FunctionNode, Source

# Stands for the name of a local in the canonical form of a line, and of a function's own parameters
# with their number.
LOCAL = "§"
_BUILTINS = frozenset(dir(builtins))


@define(eq=False)
class Function:
    """A function at the top of a program: its lines, and the names that are its own.

    `own` has those with how each is bound: as a parameter, by `for` and so on. A name that is used
    and bound nowhere is taken for one's own, too. The program's other statements are a function
    with an empty name.
    """

    name: str
    lines: list[Line]
    parameters: tuple[str, ...]
    own: dict[str, str]

    @cached_property
    def used(self) -> frozenset[str]:
        """The names that it uses and that are not its own."""
        names = {
            word
            for line in self.lines
            for word, is_variable in zip(line.words, variables(line.words), strict=True)
            if is_variable
        }
        return frozenset(names - self.own.keys() - {self.name})

    def canonical(self, line: Line) -> tuple[str, ...]:
        """Return a line's tokens with a sign for each name that is the function's own."""
        numbers = {name: f"{LOCAL}{number}" for number, name in enumerate(self.parameters)}
        return tuple(
            (numbers.get(word, LOCAL) if word in self.own else word) if is_variable else word
            for word, is_variable in zip(line.words, variables(line.words), strict=True)
        )

    @cached_property
    def canonical_words(self) -> tuple[str, ...]:
        """All its tokens in canonical form."""
        return tuple(word for line in self.lines for word in self.canonical(line))


@define(eq=False)
class Unit:
    """What one function needs to run: itself, and the functions that it calls, directly or not.

    `entry` is the name that tests call; an empty one stands for the program's own statements.
    `others` are statements at the top of the program that bind what is used.
    """

    entry: str
    functions: list[Function]
    others: list[Line] = field(factory=list)

    @cached_property
    def canonical_words(self) -> tuple[str, ...]:
        """All its tokens in canonical form."""
        return tuple(word for function in self.functions for word in function.canonical_words)


class Units:
    """A program's functions, and what each needs."""

    def __init__(self, listing: Listing, known: frozenset[str] = frozenset()) -> None:
        """Find the functions at the top of a program, and what else it has there.

        `known` are names that are bound before the program runs.
        """
        self.listing = listing
        self.functions: dict[str, Function] = {}
        self.others: list[tuple[frozenset[str], list[Line]]] = []
        starts = [line.tokens[0].start for line in listing.lines]
        main = Function("", [], (), {})
        for node, start, end in _statements(listing.text):
            owned = listing.lines[bisect_left(starts, start) : bisect_left(starts, end)]
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.functions[node.name] = _function(node, owned)
            else:
                binds = dict(_bindings(node))
                self.others.append((frozenset(binds), owned))
                main.lines += owned
                main.own |= binds
        known = known | _BUILTINS | self.functions.keys() | main.own.keys()
        for function in self.functions.values():
            function.own |= dict.fromkeys(sorted(function.used - known), "nothing")
        if main.lines:
            self.functions[""] = main

    def unit(self, entry: str, entries: Iterable[str]) -> Unit | None:
        """Return what a function needs, without the other entries; None if it is not there."""
        if entry not in self.functions:
            return None
        wanted, found = [entry], list[Function]()
        others: list[Line] = []
        apart = set(entries)
        while wanted:
            function = self.functions[wanted.pop(0)]
            if function in found:
                continue
            found.append(function)
            used = sorted(function.used)
            wanted += (name for name in used if name in self.functions and name not in apart)
            for binds, lines in self.others:
                if binds & function.used and lines[0] not in others:
                    others += lines
        return Unit(entry, found, others)


def variables(words: tuple[str, ...]) -> list[bool]:
    """Return of each token whether it is the name of a variable: no attribute, no keyword."""
    found = []
    depth = 0
    in_head = words[0] in ("def", "async", "lambda")
    for number, word in enumerate(words):
        depth += (word in ("(", "[", "{")) - (word in (")", "]", "}"))
        if not is_name(word) or (number and words[number - 1] == "."):
            found.append(False)
            continue
        keyword_argument = (
            depth > 0 and not in_head and words[number + 1 : number + 2] == ("=",)
        ) and words[number - 1] in ("(", ",")
        found.append(not keyword_argument)
    return found


def _statements(text: str) -> Iterator[tuple[ast.stmt, int, int]]:
    """Yield the statements at the top of a program, and where they start and end."""
    source = Source(text)
    for node in source.tree.body:
        start, end = source.span(node)
        if getattr(node, "decorator_list", None):
            start = source.line_start(source.first_line(node))
        yield node, start, end


def _function(node: FunctionNode, lines: list[Line]) -> Function:
    arguments = node.args
    given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    parameters = tuple(argument.arg for argument in given)
    own = dict.fromkeys(parameters, "parameter")
    for part in ast.iter_child_nodes(node):
        for name, how in _bindings(part):
            own.setdefault(name, how)
    for inner in ast.walk(node):
        if isinstance(inner, (ast.Global, ast.Nonlocal)):
            for name in inner.names:
                own.pop(name, None)
    return Function(node.name, lines, parameters, own)


def _bindings(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield the names that are bound somewhere in a tree, with how: by what kind of node."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.For, ast.comprehension)):
            for name in ast.walk(node.target):
                if isinstance(name, ast.Name):
                    yield name.id, "for"
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, "assignment"
        elif isinstance(node, ast.arg):
            yield node.arg, "parameter"
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name, "definition"
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name, "except"
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name.partition(".")[0]), "import"


def names_in(code: str) -> frozenset[str]:
    """Return the names that some code mentions outside of functions' arguments."""
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.alias):
            names.add(node.asname or node.name.partition(".")[0])
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
    return frozenset(names)
