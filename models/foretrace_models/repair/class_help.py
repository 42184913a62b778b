"""The help of a class: rules that several of its students share, as one file of JSON.

It comes over a network, from a server that somebody else runs. So nothing of it is believed: what
is too large, has a key too many, or holds a template of anything but plain expressions and
statements is refused whole. Names and attributes are those of the language, of the built-in types
or of the exercise's own file, and nothing in a rule can bring a file, a module or a program.
"""

from __future__ import annotations

import ast
import builtins
import math
import re
import warnings
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from attrs import frozen

from foretrace_models.repair.assignment import Assignment, CallTest
from foretrace_models.repair.mining.generalise import INNER_NAMES, KEYWORDS, METHODS
from foretrace_models.repair.rules.mined import MinedRule, MinedRules, RulesError
from foretrace_models.repair.rules.templates import kind_of, placeholder_of
from foretrace_telemetry.class_help import HelpRefusedError, opened, sealed

MOST_RULES = 60
_MOST_ASSIGNMENTS = 200
_MOST_ID_CHARACTERS = 200
_MOST_TEMPLATE_CHARACTERS = 600
_MOST_NODES = 200
_MOST_PLACES = 40
_MOST_COST_BITS = 30
_PLACE = re.compile(r"[A-Za-z]+\.[a-z]+(?: [A-Za-z]+ [A-Za-z]+)?|[A-Za-z]+")
_WORD = re.compile(r"[^\W\d]\w*")
_NAMES = frozenset(
    (
        *("abs", "all", "any", "bin", "bool", "chr", "dict", "divmod", "enumerate", "filter"),
        *("float", "format", "frozenset", "hex", "int", "isinstance", "iter", "len", "list", "map"),
        *("max", "min", "next", "oct", "ord", "pow", "print", "range", "repr", "reversed", "round"),
        *("set", "slice", "sorted", "str", "sum", "tuple", "zip"),
    )
)
_ALLOWED = (
    *(ast.Module, ast.Expr, ast.Assign, ast.AugAssign, ast.Return, ast.If, ast.While, ast.For),
    *(ast.Break, ast.Continue, ast.Pass, ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.Lambda),
    *(ast.IfExp, ast.Dict, ast.Set, ast.List, ast.Tuple, ast.ListComp, ast.SetComp, ast.DictComp),
    *(ast.GeneratorExp, ast.comprehension, ast.Compare, ast.Call, ast.keyword, ast.Constant),
    *(ast.Attribute, ast.Subscript, ast.Slice, ast.Starred, ast.Name, ast.arguments, ast.arg),
    *(ast.boolop, ast.operator, ast.unaryop, ast.cmpop, ast.expr_context),
)


@frozen
class Offered:
    """What is published for one assignment, and when it was made."""

    made_wall_us: int
    rules: tuple[MinedRule, ...]


def own_words(assignment: Assignment) -> frozenset[str]:
    """Return the identifiers of an assignment's own text that a rule may name: no built-in one."""
    texts = [assignment.prelude]
    texts += [test.call for test in assignment.tests if isinstance(test, CallTest)]
    words = {word for text in texts for word in _WORD.findall(text)}
    return frozenset(word for word in words if not word.startswith("_")) - frozenset(dir(builtins))


def encoded(offered: Mapping[str, Offered]) -> bytes:
    """Return the file that holds what is offered for some assignments, by their ids.

    Raises:
        HelpRefusedError: it would be too large.
    """
    return sealed({name: offered_json(each) for name, each in sorted(offered.items())})


def offered_json(offered: Offered) -> dict[str, Any]:
    """Return what is published for one assignment as a JSON object: no count of anything."""
    rules = [
        {
            "before": rule.before,
            "after": rule.after,
            "where": {place: round(cost) for place, cost in sorted(rule.where.items())},
            "elsewhere": None if rule.elsewhere is None else round(rule.elsewhere),
        }
        for rule in offered.rules
    ]
    return {"made_wall_us": offered.made_wall_us, "rules": rules}


def decoded(raw: bytes, own: Mapping[str, frozenset[str]]) -> dict[str, MinedRules]:
    """Return the rules of those assignments that are in `own`, which has the words of each.

    Raises:
        HelpRefusedError: something in the file is not what it should be; none of it is to be used.
    """
    assignments = opened(raw)
    if len(assignments) > _MOST_ASSIGNMENTS:
        _refuse(f"it has more than {_MOST_ASSIGNMENTS} assignments")
    found = {}
    for name, value in assignments.items():
        if len(name) > _MOST_ID_CHARACTERS:
            _refuse("the id of an assignment is too long")
        offered = offered_of(value)
        if name in own:
            for rule in offered.rules:
                check(rule, own[name])
            found[name] = ready(offered.rules)
    return found


def offered_of(value: Any) -> Offered:
    """Return what a JSON object offers for an assignment; its templates are not yet checked.

    Raises:
        HelpRefusedError: it has not the form of that.
    """
    if not isinstance(value, dict) or set(value) != {"made_wall_us", "rules"}:
        _refuse("an assignment has made_wall_us and rules, and nothing else")
    made, rows = value["made_wall_us"], value["rules"]
    if type(made) is not int or made < 0:
        _refuse("made_wall_us is no time")
    if not isinstance(rows, list) or len(rows) > MOST_RULES:
        _refuse(f"the rules of an assignment are a list of up to {MOST_RULES}")
    return Offered(made, tuple(map(_rule, rows)))


def ready(rules: Iterable[MinedRule]) -> MinedRules:
    """Return rules as repair asks them.

    Raises:
        HelpRefusedError: one of them is none.
    """
    try:
        return MinedRules(tuple(rules))
    except (RulesError, ValueError, RecursionError, MemoryError) as error:
        raise HelpRefusedError(f"a rule cannot be used: {type(error).__name__}") from error


def check(rule: MinedRule, own: frozenset[str]) -> None:
    """Refuse a rule that could do, or tell, what none may; `own` are the words of its exercise.

    Raises:
        HelpRefusedError: it is such a rule.
    """
    for template in (rule.before, rule.after):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(template)
                nodes = list(ast.walk(tree))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise HelpRefusedError(f"a template is not Python: {type(error).__name__}") from error
        if len(nodes) > _MOST_NODES:
            _refuse(f"a template has more than {_MOST_NODES} parts")
        blocks = {node.value for node in nodes if isinstance(node, ast.Expr)}
        for node in nodes:
            if isinstance(node, ast.Name) and kind_of(node.id) == "BODY" and node not in blocks:
                _refuse("a block stands where an expression does")
            if not _is_plain(node, own):
                _refuse(f"a template has what no rule may have ({type(node).__name__})")


def _is_plain(node: ast.AST, own: frozenset[str]) -> bool:
    if isinstance(node, ast.Name):
        known = node.id in _NAMES or node.id in INNER_NAMES or node.id in own
        return known or placeholder_of(node) is not None
    if isinstance(node, ast.Attribute):
        return node.attr in METHODS or node.attr in own
    if isinstance(node, ast.keyword):
        return node.arg in KEYWORDS
    if isinstance(node, ast.arg):
        return node.arg in INNER_NAMES and node.annotation is None
    if isinstance(node, ast.Constant):
        return node.value is None or type(node.value) in (bool, int, float, str)
    return isinstance(node, _ALLOWED)


def _rule(row: Any) -> MinedRule:
    if not isinstance(row, dict) or set(row) != {"before", "after", "where", "elsewhere"}:
        _refuse("a rule has before, after, where and elsewhere, and nothing else")
    before, after, where = row["before"], row["after"], row["where"]
    for template in (before, after):
        if not isinstance(template, str) or len(template) > _MOST_TEMPLATE_CHARACTERS:
            _refuse(f"a template is a text of up to {_MOST_TEMPLATE_CHARACTERS} characters")
    if not isinstance(where, dict) or len(where) > _MOST_PLACES:
        _refuse(f"a rule is for up to {_MOST_PLACES} kinds of places")
    for place in where:
        if len(place) > _MOST_ID_CHARACTERS or not _PLACE.fullmatch(place):
            _refuse("a kind of place is not one")
    costs = {place: _cost(value) for place, value in where.items()}
    elsewhere = None if row["elsewhere"] is None else _cost(row["elsewhere"])
    return MinedRule(before, after, costs, elsewhere)


def _cost(value: Any) -> float:
    is_number = type(value) in (int, float) and math.isfinite(value)
    if not is_number or not 0 <= value <= _MOST_COST_BITS:
        _refuse(f"a cost is a number of bits from 0 to {_MOST_COST_BITS}")
    return float(value)


def _refuse(why: str) -> NoReturn:
    raise HelpRefusedError(why)
