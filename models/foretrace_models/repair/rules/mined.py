"""Rules that were mined from pairs of programs, wrong and right: data that anybody can read.

A rule says what code becomes what other code (templates), where, and how far-fetched it is: the
negative logarithm (base 2) of how often it was right where it fitted.
"""

from __future__ import annotations

import ast
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from foretrace_models.repair.edits import TextEdit, trimmed
from foretrace_models.repair.rules.candidate import Candidate, expressions
from foretrace_models.repair.rules.templates import (
    NAME_ROLES,
    Binding,
    Rendering,
    Roles,
    kind_of,
    match,
    match_all,
    placeholder_of,
    placeholders_in,
)
from foretrace_models.repair.source import FunctionNode, Source

SHIPPED = Path(__file__).with_name("mined.json")
# Every name of a mined rule begins with this.
RULE = "mined"
_MOST_FILLINGS = 12
_MOST_NAMES = 6
# Of several names that could be filled in, those further off are less likely.
_FURTHER_COST = 0.5


class RulesError(ValueError):
    """A file holds no rules."""


@frozen
class MinedRule:
    """What becomes what: `before` and `after` are templates, either may be no statement at all.

    `where` gives the cost in each kind of place, `elsewhere` in any other; None is not there.
    """

    before: str
    after: str
    where: Mapping[str, float]
    elsewhere: float | None
    right: int = 0
    applied: int = 0
    programs: int = 0
    groups: int = 0

    def cost(self, place: str) -> float | None:
        """Return how far-fetched the rule is in a kind of place, or None if it is not for it."""
        return self.where.get(place, self.elsewhere)


@frozen
class Application:
    """A rule put to use: in what kind of place, and the change it proposes there."""

    rule: MinedRule
    place: str
    candidate: Candidate


@frozen
class HandCost:
    """What was learned of a rule that was written by hand, with the cost that it was given."""

    rule: str
    given: float
    cost: float
    right: int
    applied: int


class MinedRules:
    """Mined rules, found by the kind of node that each begins with."""

    def __init__(self, rules: Sequence[MinedRule], hand: Sequence[HandCost] = ()) -> None:
        """Take the rules, and the costs that were learned for those written by hand.

        Raises:
            RulesError: a template is not Python.
        """
        self.rules = tuple(rules)
        self.hand = tuple(hand)
        self._hand = {(each.rule, each.given): each.cost for each in hand}
        self._expressions: dict[str, list[_Prepared]] = {}
        self._statements: dict[str, list[_Prepared]] = {}
        self._insertions: dict[str, list[_Prepared]] = {}
        for rule in rules:
            try:
                prepared = _Prepared.of(rule)
            except SyntaxError as error:
                raise RulesError(f"not Python: {rule.before!r} -> {rule.after!r}") from error
            if not prepared.before:
                for place in rule.where:
                    self._insertions.setdefault(place, []).append(prepared)
            elif prepared.is_expression:
                index = self._expressions
                index.setdefault(_key(prepared.before[0]), []).append(prepared)
            else:
                index = self._statements
                index.setdefault(_key(prepared.before[0]), []).append(prepared)

    def hand_cost(self, rule: str, given: float) -> float:
        """Return what a rule that was written by hand costs, as learned or else as given."""
        return self._hand.get((rule, given), given)

    def candidates(self, source: Source) -> Iterator[Candidate]:
        """Yield what the rules propose for a program."""
        return (application.candidate for application in self.applications(source))

    def applications(self, source: Source) -> Iterator[Application]:
        """Yield what the rules propose for a program, each with the rule and the place."""
        return _Matching(source).applications(self._expressions, self._statements, self._insertions)


@cache
def load_rules(path: Path = SHIPPED) -> MinedRules:
    """Read rules from a file; those that are shipped by default.

    Raises:
        OSError: the file cannot be read.
        RulesError: it does not hold rules.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        rules = [
            MinedRule(
                row["before"],
                row["after"],
                row.get("where", {}),
                row.get("elsewhere"),
                row["right"],
                row["applied"],
                row["programs"],
                row["groups"],
            )
            for row in data["rules"]
        ]
        hand = [
            HandCost(row["rule"], row["given"], row["cost"], row["right"], row["applied"])
            for row in data["hand"]
        ]
        return MinedRules(rules, hand)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RulesError(f"{path} does not hold mined rules: {error!r}") from error


def save_rules(path: Path, rules: MinedRules, told: Mapping[str, Any]) -> None:
    """Write rules to a file, a rule a line; `told` says what they were mined from."""
    hand = [
        {"rule": h.rule, "given": h.given, "cost": h.cost, "right": h.right, "applied": h.applied}
        for h in rules.hand
    ]
    rows = [
        {
            "before": rule.before,
            "after": rule.after,
            **({"where": dict(rule.where)} if rule.where else {}),
            **({"elsewhere": rule.elsewhere} if rule.elsewhere is not None else {}),
            "right": rule.right,
            "applied": rule.applied,
            "programs": rule.programs,
            "groups": rule.groups,
        }
        for rule in rules.rules
    ]
    path.write_text(
        f'{{"mined_from": {json.dumps(dict(told))},\n'
        f'"hand": [\n{_lines(hand)}\n],\n"rules": [\n{_lines(rows)}\n]}}\n',
        encoding="utf-8",
    )


def _lines(rows: Iterable[Mapping[str, Any]]) -> str:
    return ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


@define
class _Prepared:
    """A rule with its templates parsed."""

    rule: MinedRule
    before: list[ast.expr] | list[ast.stmt]
    after: Rendering
    is_expression: bool
    unbound: tuple[str, ...]
    deletes: bool = field(default=False)

    @classmethod
    def of(cls, rule: MinedRule) -> _Prepared:
        statements = ast.parse(rule.before).body
        bound = placeholders_in(rule.before)
        after = Rendering(rule.after)
        ast.parse(rule.after)
        unbound = tuple(name for name in after.placeholders if name not in bound)
        if any(kind_of(name) not in NAME_ROLES for name in unbound):
            raise RulesError(f"what is {unbound} in {rule.after!r}?")
        one = statements[0] if len(statements) == 1 else None
        if isinstance(one, ast.Expr) and not _is_statement(one, rule):
            return cls(rule, [one.value], after, True, unbound)
        return cls(rule, statements, after, False, unbound, not rule.after)


def _is_statement(statement: ast.Expr, rule: MinedRule) -> bool:
    """Return whether an expression is meant as a statement: what it becomes is none."""
    after = ast.parse(rule.after).body
    if len(after) != 1 or not isinstance(after[0], ast.Expr):
        return True
    return placeholder_of(statement) is not None


def place_of(source: Source, node: ast.AST) -> str:
    """Return what kind of place an expression stands in."""
    parent = source.parents[node]
    for name, value in ast.iter_fields(parent):
        if value is node or (isinstance(value, list) and any(each is node for each in value)):
            return f"{type(parent).__name__}.{name}"
    return type(parent).__name__


def place_of_gap(owner: ast.AST, name: str, block: Sequence[ast.stmt], index: int) -> str:
    """Return what kind of place lies before the statement `index` of a block."""
    previous = type(block[index - 1]).__name__ if index else "start"
    following = type(block[index]).__name__ if index < len(block) else "end"
    return f"{type(owner).__name__}.{name} {previous} {following}"


def place_of_statement(owner: ast.AST, name: str) -> str:
    """Return what kind of place a statement stands in."""
    return f"{type(owner).__name__}.{name}"


def blocks_of(source: Source) -> Iterator[tuple[ast.AST, str, list[ast.stmt]]]:
    """Iterate over the blocks of a program, each with the node that has it and the field's name."""
    for node in source.nodes:
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield node, name, block


def _key(node: ast.AST) -> str:
    """Return what two nodes share if one could match the other: a kind, and a detail of some."""
    if placeholder_of(node) is not None:
        return ""
    kind = type(node).__name__
    if isinstance(node, ast.Call):
        function = node.func
        if isinstance(function, ast.Attribute):
            return f"{kind} .{function.attr}"
        if isinstance(function, ast.Name) and placeholder_of(function) is None:
            return f"{kind} {function.id}"
        return kind
    if isinstance(node, ast.Compare):
        return f"{kind} {type(node.ops[0]).__name__}"
    if isinstance(node, (ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.AugAssign)):
        return f"{kind} {type(node.op).__name__}"
    if isinstance(node, ast.Constant):
        return f"{kind} {node.value!r}"
    if isinstance(node, (ast.Return, ast.Expr)) and node.value is not None:
        inner = _key(node.value)
        return f"{kind} {inner.partition(' ')[0]}" if inner else kind
    return kind


def _keys(node: ast.AST) -> tuple[str, ...]:
    """Return the keys under which templates lie that could match a node."""
    key = _key(node)
    kind = type(node).__name__
    return ("", kind) if key == kind else ("", kind, key)


class _Matching:
    """Matches rules with one program."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._roles = Roles(source)

    def applications(
        self,
        on_expressions: Mapping[str, Sequence[_Prepared]],
        on_statements: Mapping[str, Sequence[_Prepared]],
        insertions: Mapping[str, Sequence[_Prepared]],
    ) -> Iterator[Application]:
        source = self._source
        for node in expressions(source):
            place = place_of(source, node)
            for key in _keys(node):
                for prepared in on_expressions.get(key, ()):
                    yield from self._on_expression(prepared, node, place)
        for owner, name, block in blocks_of(source):
            place = place_of_statement(owner, name)
            for index, statement in enumerate(block):
                for key in _keys(statement):
                    for prepared in on_statements.get(key, ()):
                        yield from self._on_statements(prepared, block, index, place)
            if insertions:
                for index in range(len(block) + 1):
                    gap = place_of_gap(owner, name, block, index)
                    for prepared in insertions.get(gap, ()):
                        yield from self._inserted(prepared, block, index, gap)

    def _on_expression(
        self, prepared: _Prepared, node: ast.expr, place: str
    ) -> Iterator[Application]:
        cost = prepared.rule.cost(place)
        stored = not isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        if cost is None or (stored and not prepared.after.code.isidentifier()):
            return
        binding: Binding = {}
        function = self._roles.function_of(node)
        if not match(prepared.before[0], node, binding, self._roles, function):
            return
        source = self._source
        start, end = source.span(node)
        for filling, extra in self._fillings(prepared, binding, node, function):
            code = prepared.after.filled(source, filling, "")
            if code is None:
                continue
            if _needs_parentheses_here(place, prepared) and not _in_brackets(source, start, end):
                code = f"({code})"
            edit = trimmed(source.text, TextEdit(start, end, code))
            yield _application(prepared, place, edit, cost + extra)

    def _on_statements(
        self, prepared: _Prepared, block: list[ast.stmt], index: int, place: str
    ) -> Iterator[Application]:
        cost = prepared.rule.cost(place)
        nodes = block[index : index + len(prepared.before)]
        if cost is None or len(nodes) < len(prepared.before):
            return
        source, first, last = self._source, nodes[0], nodes[-1]
        binding: Binding = {}
        function = self._roles.function_of(first)
        if not match_all(prepared.before, nodes, binding, self._roles, function):
            return
        if not (source.owns_its_lines(first) and source.owns_its_lines(last)):
            return
        if source.text.startswith("elif", source.span(first)[0]):
            return
        start, end = source.span(first)[0], source.span(last)[1]
        if prepared.deletes:
            if len(block) > len(nodes):
                assert last.end_lineno is not None
                start = source.line_start(source.first_line(first))
                end = source.line_end(last.end_lineno)
                yield _application(prepared, place, TextEdit(start, end, ""), cost)
            return
        for filling, extra in self._fillings(prepared, binding, first, function):
            code = prepared.after.filled(source, filling, source.indent_of(first))
            if code is not None:
                edit = trimmed(source.text, TextEdit(start, end, code))
                yield _application(prepared, place, edit, cost + extra)

    def _inserted(
        self, prepared: _Prepared, block: list[ast.stmt], index: int, place: str
    ) -> Iterator[Application]:
        cost = prepared.rule.cost(place)
        source = self._source
        neighbour = block[index] if index < len(block) else block[-1]
        if cost is None or not source.owns_its_lines(neighbour):
            return
        indent = source.indent_of(neighbour)
        function = self._roles.function_of(neighbour)
        if source.text.startswith("elif", source.span(neighbour)[0]):
            return
        if index < len(block):
            at = source.line_start(source.first_line(neighbour))
        else:
            assert neighbour.end_lineno is not None
            at = source.line_end(neighbour.end_lineno)
        for filling, extra in self._fillings(prepared, {}, neighbour, function):
            code = prepared.after.filled(source, filling, indent)
            if code is None:
                continue
            lines = f"{indent}{code}{source.newline}"
            if index == len(block) and not source.text[:at].endswith("\n"):
                lines = source.newline + lines.rstrip("\r\n")
            yield _application(prepared, place, TextEdit(at, at, lines), cost + extra)

    def _fillings(
        self, prepared: _Prepared, binding: Binding, node: ast.AST, function: FunctionNode | None
    ) -> Iterator[tuple[Mapping[str, ast.expr | list[ast.stmt] | str], float]]:
        """Yield the binding with names for what it leaves open, the nearest first."""
        if not prepared.unbound:
            yield binding, 0.0
            return
        taken = {bound.id for bound in binding.values() if isinstance(bound, ast.Name)}
        choices = []
        for placeholder in prepared.unbound:
            names = self._roles.names(function, kind_of(placeholder))
            near = self._nearness(node)
            known = sorted(
                (name for name in names if name not in taken),
                key=lambda name: near.get(name, len(near)),
            )
            choices.append(list(enumerate(known[:_MOST_NAMES])))
        made = 0
        for picked in sorted(itertools.product(*choices), key=lambda p: sum(n for n, _ in p)):
            names = [name for _, name in picked]
            if len(set(names)) < len(names):
                continue
            extra = _FURTHER_COST * sum(rank for rank, _ in picked)
            yield {**binding, **dict(zip(prepared.unbound, names, strict=True))}, extra
            made += 1
            if made == _MOST_FILLINGS:
                return

    def _nearness(self, node: ast.AST) -> dict[str, int]:
        """Return the names around a node, those of its own statement first."""
        found: dict[str, int] = {}
        around: ast.AST | None = node
        while around is not None and not isinstance(around, FunctionNode):
            for inner in ast.walk(around):
                if isinstance(inner, ast.Name):
                    found.setdefault(inner.id, len(found))
            around = self._source.parents.get(around)
        return found


def _application(prepared: _Prepared, place: str, edit: TextEdit, cost: float) -> Application:
    return Application(prepared.rule, place, Candidate((edit,), RULE, cost))


_TIGHT_PLACES = frozenset(
    ("BinOp.left", "BinOp.right", "UnaryOp.operand", "Attribute.value", "Subscript.value",
     "Call.func", "Compare.left", "Compare.comparators", "BoolOp.values", "Starred.value")
)  # fmt: skip
_LOW = (ast.BoolOp, ast.Compare, ast.IfExp, ast.Lambda, ast.BinOp, ast.UnaryOp, ast.Tuple)


def _needs_parentheses_here(place: str, prepared: _Prepared) -> bool:
    if place not in _TIGHT_PLACES:
        return False
    after = ast.parse(prepared.after.code).body[0]
    assert isinstance(after, ast.Expr)
    if isinstance(after.value, ast.Tuple):
        return True
    if place == "BoolOp.values":
        return isinstance(after.value, (ast.BoolOp, ast.IfExp, ast.Lambda))
    if place.startswith("Compare"):
        return isinstance(after.value, (ast.BoolOp, ast.Compare, ast.IfExp, ast.Lambda))
    return isinstance(after.value, _LOW)


def _in_brackets(source: Source, start: int, end: int) -> bool:
    text = source.text
    return start > 0 and text[start - 1] == "(" and text[end : end + 1] == ")"
