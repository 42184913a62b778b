"""From one difference to templates: names, constants and what stays become placeholders."""

from __future__ import annotations

import ast
import builtins
import copy
from collections.abc import Iterator, Sequence
from typing import Any

from attrs import frozen

from foretrace_models.repair.mining.differences import Difference
from foretrace_models.repair.rules.templates import (
    NAME_ROLES,
    Roles,
    dump,
    kind_of,
    placeholders_in,
)

_BUILTINS = frozenset(
    name for name in dir(builtins) if not name.startswith("_") and name not in ("exit", "quit")
)
METHODS = frozenset(
    name
    for kind in (str, list, dict, set, tuple, int, float)
    for name in dir(kind)
    if not name.startswith("_")
)
KEYWORDS = frozenset(("key", "reverse", "default", "end", "sep", "start"))
_SMALL = range(-10, 11)
_UNFIT = (ast.JoinedStr, ast.NamedExpr, ast.Global, ast.Nonlocal, ast.Try, ast.With, ast.Yield)
INNER_NAMES = ("item", "other", "third")

# A template before and one after.
Generalised = tuple[str, str]


class _SpecificError(ValueError):
    """Something would remain that only this program has."""


@frozen
class Manner:
    """What becomes a placeholder beside names and texts.

    `wide` has every expression that stays become one, `numbers` the small numbers as well. With
    `literal` the texts and all numbers stay as they are instead, and so do names that are in
    `own`: those of the exercise, which nothing in the program binds.
    """

    wide: bool = False
    numbers: bool = False
    literal: bool = False
    own: frozenset[str] = frozenset()


MANNERS = tuple(
    Manner(wide, numbers)
    for wide, numbers in ((False, False), (False, True), (True, False), (True, True))
)


def generalisations(
    difference: Difference, roles: Roles, manners: Sequence[Manner] = MANNERS
) -> Iterator[Generalised]:
    """Yield the rules that a difference is an instance of, none twice.

    From the closest, in which only names and large constants are placeholders, to the widest, in
    which every expression that stays is one. A rule in which text of the program would remain, or
    something on the right that nothing tells, is none.
    """
    found: dict[Generalised, None] = {}
    for manner in manners:
        try:
            pair = _generalised(difference, roles, manner)
        except _SpecificError:
            continue
        if pair[0] != pair[1]:
            found.setdefault(pair)
    yield from found


def _generalised(difference: Difference, roles: Roles, manner: Manner) -> Generalised:
    before, after = _module(difference.before), _module(difference.after)
    stays = _common(before, after) if manner.wide else {}
    abstraction = _Abstraction(difference, roles, stays, manner)
    blocks = _blocks(before) & _blocks(after)
    left = abstraction.code(before, blocks, is_after=False)
    right = abstraction.code(after, blocks, is_after=True)
    bound = placeholders_in(left)
    for name in placeholders_in(right):
        if name not in bound and kind_of(name) not in NAME_ROLES:
            raise _SpecificError(name)
    return left, right


def _module(piece: ast.expr | list[ast.stmt]) -> ast.Module:
    body: list[Any] = piece if isinstance(piece, list) else [ast.Expr(piece)]
    return ast.Module(copy.deepcopy(body), [])


def _common(before: ast.Module, after: ast.Module) -> dict[str, None]:
    """Return the expressions that are read on both sides, as texts to compare by."""
    return dict.fromkeys(_read(before) & _read(after))


def _read(tree: ast.Module) -> set[str]:
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {
        dump(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.expr)
        and node not in called
        and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        and not isinstance(node, (ast.Starred, ast.JoinedStr, ast.Lambda))
        and not (isinstance(node, ast.Constant) and node.value in (None, True, False, 0, 1, ""))
    }


def _blocks(tree: ast.Module) -> set[str]:
    """Return the blocks inside of statements, as texts to compare by."""
    return {
        dump(block)
        for node in ast.walk(tree)
        if not isinstance(node, ast.Module)
        for name in ("body", "orelse")
        if isinstance(block := getattr(node, name, None), list)
        and block
        and isinstance(block[0], ast.stmt)
    }


class _Abstraction(ast.NodeTransformer):
    """Puts placeholders in the place of what is a program's own; the same for the same."""

    def __init__(
        self, difference: Difference, roles: Roles, stays: dict[str, None], manner: Manner
    ) -> None:
        self._roles = roles
        self._function = difference.function
        self._stays = stays
        self._manner = manner
        self._known: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}
        self._inner: dict[str, str] = {}
        self._is_after = False
        self._blocks: set[str] = set()
        self._called: set[ast.AST] = set()

    def code(self, tree: ast.Module, blocks: set[str], *, is_after: bool) -> str:
        self._is_after, self._blocks = is_after, blocks
        self._called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
        self._inner = _bound_inside(tree) if is_after else {}
        made = ast.fix_missing_locations(self.visit(tree))
        match made.body:
            case [ast.Expr(ast.Constant() as text)]:
                return ast.unparse(text)  # as a statement it would be written as a docstring
        return ast.unparse(made)

    def _placeholder(self, kind: str, what: str) -> str:
        known = self._known.get((kind, what))
        if known is None:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            known = self._known[kind, what] = f"{kind}_{self._counts[kind]}"
        return known

    def visit(self, node: ast.AST) -> Any:
        """Put placeholders into a piece of code.

        Raises:
            _SpecificError: something in it is only this program's.
        """
        if isinstance(node, _UNFIT):
            raise _SpecificError(type(node).__name__)
        if isinstance(node, ast.expr) and node not in self._called:
            read = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
            text = dump(node)
            if read and text in self._stays:
                return ast.Name(self._placeholder("EXPR", text), ast.Load())
        for name in ("body", "orelse"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                text = dump(block)
                if not isinstance(node, ast.Module) and text in self._blocks:
                    placeholder = self._placeholder("BODY", text)
                    setattr(node, name, [ast.Expr(ast.Name(placeholder, ast.Load()))])
        return super().visit(node)

    def visit_Name(self, node: ast.Name) -> ast.Name:
        if node.id.startswith("BODY_"):
            return node
        role = self._roles.role(node.id, self._function)
        if role is None and node.id in self._inner:
            return ast.Name(self._inner[node.id], node.ctx)
        if role is None and (node.id in _BUILTINS or node.id in self._manner.own):
            return node
        if role is None:
            raise _SpecificError(node.id)
        return ast.Name(self._placeholder(role, node.id), node.ctx)

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        value = node.value
        if value is None or isinstance(value, bool) or value == "":
            return node
        if self._manner.literal and isinstance(value, (int, float, str)):
            return node
        if isinstance(value, (int, float)):
            small = value in _SMALL and value == int(value)
            text = repr(value)
            is_known = ("NUMBER", text) in self._known
            if small and (not self._manner.numbers or (self._is_after and not is_known)):
                return node
            return ast.Name(self._placeholder("NUMBER", text), ast.Load())
        if isinstance(value, str):
            return ast.Name(self._placeholder("TEXT", value), ast.Load())
        raise _SpecificError(repr(value))

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if node.attr not in METHODS and node.attr not in self._manner.own:
            raise _SpecificError(node.attr)
        return self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        if node.arg not in KEYWORDS:
            raise _SpecificError(str(node.arg))
        return self.generic_visit(node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        if not self._is_after:
            raise _SpecificError("lambda")
        for argument in node.args.args:
            argument.arg = self._inner[argument.arg]
        node.body = self.visit(node.body)
        return node


def _bound_inside(tree: ast.Module) -> dict[str, str]:
    """Return plain names for those that comprehensions and lambdas bind for themselves."""
    names: dict[str, None] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.comprehension):
            names.update((n.id, None) for n in ast.walk(node.target) if isinstance(n, ast.Name))
        elif isinstance(node, ast.Lambda):
            names.update((argument.arg, None) for argument in node.args.args)
    if len(names) > len(INNER_NAMES):
        raise _SpecificError("too many names")
    return dict(zip(names, INNER_NAMES, strict=False))
