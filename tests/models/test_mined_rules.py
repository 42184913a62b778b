"""Rules that were mined: what they match, what they write, and what may stand in their file."""

from __future__ import annotations

import ast
import json
import keyword
import re
from pathlib import Path

import pytest

from foretrace_models.repair.edits import apply_edits
from foretrace_models.repair.rules import candidates
from foretrace_models.repair.rules.mined import (
    SHIPPED,
    HandCost,
    MinedRule,
    MinedRules,
    RulesError,
    load_rules,
    save_rules,
)
from foretrace_models.repair.source import Source

PLACEHOLDER = re.compile(r"(ARG|LOCAL|FUNCTION|GLOBAL|NUMBER|TEXT|EXPR|BODY)_\d+")


def _rule(before: str, after: str, *places: str) -> MinedRule:
    return MinedRule(before, after, dict.fromkeys(places, 1.0), None if places else 2.0)


def _texts(program: str, *rules: MinedRule) -> list[str]:
    source = Source(program)
    return [apply_edits(program, c.edits) for c in MinedRules(rules).candidates(source)]


CASES = [
    (
        _rule("range(EXPR_1)", "range(EXPR_1 + 1)"),
        "for i in range( len(xs) ):\n    pass\n",
        "for i in range(len(xs) + 1):\n    pass\n",
    ),
    (
        _rule("EXPR_1 - NUMBER_1", "EXPR_1"),
        "x = (a+b) - 3  # why\n",
        "x = a+b  # why\n",
    ),
    (
        _rule("EXPR_1[EXPR_2]", "EXPR_1.get(EXPR_2)"),
        "x = 1 + d['key']\n",
        "x = 1 + d.get('key')\n",
    ),
    (
        _rule("LOCAL_1 = ARG_1", "LOCAL_1 += ARG_1"),
        "def f(x):\n\ty = 0\n\ty = x ; z = 1\n\ty = x\n",
        "def f(x):\n\ty = 0\n\ty = x ; z = 1\n\ty += x\n",
    ),
    (
        _rule("if EXPR_1:\n    BODY_1", "while EXPR_1:\n    BODY_1"),
        "def f(x):\n  if x:\n    x -= 1 # one\n    print( x )\n",
        "def f(x):\n  while x:\n    x -= 1 # one\n    print( x )\n",
    ),
    (
        _rule("", "return LOCAL_1", "FunctionDef.body For end"),
        "def f(xs):\n    n = 0\n    for x in xs:\n        n += x",
        "def f(xs):\n    n = 0\n    for x in xs:\n        n += x\n    return n",
    ),
    (
        _rule("", "if not ARG_1:\n    return []", "FunctionDef.body start Return"),
        "def f(xs):\n  return xs[0]\n",
        "def f(xs):\n  if not xs:\n    return []\n  return xs[0]\n",
    ),
    (_rule("print(EXPR_1)", ""), "a()\nprint(b)\nc()\n", "a()\nc()\n"),
]


@pytest.mark.parametrize(("rule", "program", "wanted"), CASES)
def test_a_rule_changes_only_what_it_speaks_of(rule: MinedRule, program: str, wanted: str) -> None:
    assert wanted in _texts(program, rule)


@pytest.mark.parametrize(
    ("rule", "program"),
    [
        (_rule("LOCAL_1", "LOCAL_1 - 1", "Call.args"), "def f(x):\n    y = 1\n    return [y]\n"),
        (_rule("EXPR_1 + EXPR_1", "EXPR_1"), "x = a + b\n"),
        (_rule("ARG_1 == ARG_2", "ARG_1 != ARG_2"), "def f(x):\n    return x == x\n"),
        (_rule("LOCAL_1", "LOCAL_1 - 1"), "def f():\n    y = 1\n"),
        (_rule("if EXPR_1:\n    BODY_1", "while EXPR_1:\n    BODY_1"), "if a: b()\n"),
        (_rule("True", "False"), "x = 1\n"),
    ],
)
def test_a_rule_leaves_alone_what_it_does_not_fit(rule: MinedRule, program: str) -> None:
    assert _texts(program, rule) == []


def test_a_name_that_nothing_tells_is_each_of_those_in_scope() -> None:
    rule = _rule("return EXPR_1", "return LOCAL_1")
    texts = _texts("def f(x):\n    a = 1\n    b = 2\n    return x\n", rule)
    assert {text.splitlines()[-1].strip() for text in texts} == {"return a", "return b"}


def test_a_rule_costs_less_where_it_was_right_more_often() -> None:
    rule = MinedRule("EXPR_1 + 1", "EXPR_1", {"Call.args": 1.0}, 5.0)
    source = Source("f(a + 1)\nb = a + 1\n")
    found = {c.edits[0].start < 8: c.cost for c in MinedRules([rule]).candidates(source)}
    assert found == {True: 1.0, False: 5.0}


def test_rules_by_hand_cost_what_was_learned_of_them() -> None:
    learned = MinedRules([], [HandCost("comparison", 1.5, 7.5, 1, 900)])
    costs = {text: c.cost for c, text in candidates(Source("x < y\n"), learned)}
    assert costs["x <= y\n"] == 7.5
    assert costs["x > y\n"] == 2.5


def test_either_kind_of_rules_can_be_left_out() -> None:
    learned = MinedRules([_rule("EXPR_1 < EXPR_2", "EXPR_2 < EXPR_1")])
    source = Source("x < y\n")
    mined = [text for _, text in candidates(source, learned, by_hand=False)]
    by_hand = [text for _, text in candidates(source, learned, mined=False)]
    assert mined == ["y < x\n"]
    assert "x <= y\n" in by_hand
    assert "y < x\n" not in by_hand


def test_a_slip_that_was_copied_to_another_function_is_mended_there_too() -> None:
    one = "def f(x):\n    if x > 1:\n        return x\n"
    program = one + one.replace("f(x)", "g(x)")
    costs = {text: c.cost for c, text in candidates(Source(program))}
    both, single = program.replace("> 1", ">= 1"), program.replace("> 1", ">= 1", 1)
    assert costs[both] < costs[single]


def test_rules_come_back_from_their_file(tmp_path: Path) -> None:
    rules = MinedRules(
        [MinedRule("EXPR_1", "EXPR_1[0]", {"Call.args": 1.5}, None, 3, 40, 3, 2)],
        [HandCost("moved", 2.5, 3.5, 1, 10)],
    )
    save_rules(tmp_path / "rules.json", rules, {"pairs": 3})
    again = load_rules(tmp_path / "rules.json")
    assert (again.rules, again.hand) == (rules.rules, rules.hand)


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"rules": [{"before": "x"}], "hand": []}',
     '{"rules": [{"before": "x (", "after": "", "right": 1, "applied": 1, "programs": 1, '
     '"groups": 1}], "hand": []}'],
)  # fmt: skip
def test_a_file_without_rules_is_refused_by_name(content: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.json"
    path.write_text(content)
    with pytest.raises(RulesError, match=r"odd\.json"):
        load_rules(path)


def test_nobodys_text_remains_in_the_rules_that_are_shipped() -> None:
    known = {*dir(__builtins__), "item", "other", "third", "key", "reverse", "default"}
    known |= {"end", "sep", "start", *keyword.kwlist}
    for kind in (str, list, dict, set, tuple, int, float):
        known.update(dir(kind))
    known |= set(__builtins__) if isinstance(__builtins__, dict) else set()
    for row in json.loads(SHIPPED.read_text())["rules"]:
        for code in (row["before"], row["after"]):
            for node in ast.walk(ast.parse(code)):
                name = getattr(node, "id", None) or getattr(node, "attr", None)
                if name is not None and not PLACEHOLDER.fullmatch(name):
                    assert name in known, code
                value = getattr(node, "value", None)
                if isinstance(node, ast.Constant) and isinstance(value, str):
                    assert value == "", code
                if isinstance(node, ast.Constant) and isinstance(value, (int, float)):
                    assert abs(value) <= 10, code


def test_what_mined_rules_write_parses() -> None:
    program = Path(__file__).read_text()
    for candidate in load_rules().candidates(Source(program)):
        ast.parse(apply_edits(program, candidate.edits))
