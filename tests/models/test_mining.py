"""Mining: what rules some pairs of programs show, and how likely these come out."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from foretrace_models.repair.mining.counting import Pair, leave_out, mined, weighed
from foretrace_models.repair.mining.differences import differences
from foretrace_models.repair.mining.generalise import MANNERS, Manner, generalisations
from foretrace_models.repair.rules.mined import MinedRule, MinedRules
from foretrace_models.repair.rules.templates import Roles
from foretrace_models.repair.source import Source


def _rules(before: str, after: str, manners: Sequence[Manner] = MANNERS) -> set[tuple[str, str]]:
    source = Source(before)
    roles = Roles(source)
    return {
        rule
        for difference in differences(source, Source(after))
        for rule in generalisations(difference, roles, manners)
    }


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        (
            "def f(xs):\n    return len(xs) + 1\n",
            "def f(xs):\n    return len(xs)\n",
            ("EXPR_1 + 1", "EXPR_1"),
        ),
        (
            "def f(xs):\n    for i in range(len(xs)):\n        pass\n",
            "def f(xs):\n    for i in range(len(xs) - 1):\n        pass\n",
            ("range(len(ARG_1))", "range(len(ARG_1) - 1)"),
        ),
        (
            "def f(xs):\n    n = 0\n",
            "def f(xs):\n    n = 0\n    return n\n",
            ("", "return LOCAL_1"),
        ),
        (
            "def f(x):\n    if x:\n        x = g(x)\n    return x\n",
            "def f(x):\n    while x:\n        x = g(x)\n    return x\n",
            ("if EXPR_1:\n    BODY_1", "while EXPR_1:\n    BODY_1"),
        ),
        (
            "def f(x):\n    print(x)\n    return x\n",
            "def f(x):\n    return x\n",
            ("print(ARG_1)", ""),
        ),
        (
            "def f(xs):\n    return sorted(xs)\n",
            "def f(xs):\n    return sorted(xs, key=lambda p: p[1])\n",
            ("sorted(ARG_1)", "sorted(ARG_1, key=lambda item: item[1])"),
        ),
    ],
)
def test_a_difference_is_generalised(before: str, after: str, rule: tuple[str, str]) -> None:
    assert rule in _rules(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def f(x):\n    return 1\n", "def f(x):\n    return 'secret'\n"),
        ("def f(x):\n    return 1\n", "def f(x):\n    return 4711\n"),
        ("def f(x):\n    return 1\n", "def f(x):\n    return x.surname\n"),
        ("def f(x):\n    return 1\n", "def f(x):\n    return helper(x)\n"),
    ],
)
def test_what_only_one_program_has_makes_no_rule(before: str, after: str) -> None:
    assert _rules(before, after) == set()


def _mined(*pairs: Pair) -> MinedRules:
    return mined(pairs, lambda _line: None)


def _pair(number: int, group: str = "a") -> Pair:
    name = f"xs{number}"
    before = f"def f({name}):\n    for i in range(len({name})):\n        print(i)\n"
    return Pair(group, str(number), before, before.replace(f"({name})):", f"({name}) - 1):"))


def test_a_rule_must_be_seen_in_several_programs() -> None:
    once = _mined(_pair(1), _pair(1, "b"), _pair(1, "c"))
    often = _mined(_pair(1), _pair(2), _pair(3))
    assert once.rules == ()
    assert "range(len(ARG_1) - 1)" in {rule.after for rule in often.rules}


def test_a_rule_costs_the_less_the_more_often_it_was_right() -> None:
    right = [_pair(number) for number in range(12)]
    other = [
        Pair("b", str(n), pair.before, pair.before.replace("print(i)", "print(i + 1)"))
        for n, pair in enumerate(right)
    ]
    few, many = _mined(*right[:3], *other), _mined(*right)
    costs = [
        min(r.where["For.iter"] for r in rules.rules if r.after == "range(len(ARG_1) - 1)")
        for rules in (few, many)
    ]
    assert costs[1] < costs[0]


def test_rules_by_hand_are_weighed_by_the_same_pairs() -> None:
    by_hand = {(h.rule, h.given): h for h in _mined(*map(_pair, range(30))).hand}
    assert by_hand["range", 3.0].right == 30
    assert by_hand["range", 3.0].cost < by_hand["range", 2.0].cost


def test_an_exercise_can_be_left_out() -> None:
    pairs = [_pair(1), _pair(2, "b")]
    assert leave_out(pairs, ["b"]) == pairs[:1]


def test_a_text_stays_where_that_is_asked_for_and_is_written_as_one() -> None:
    before = "def f(x):\n    return 'Dear' + x\n"
    after = before.replace("Dear", "Dear ")
    assert ("'Dear'", "'Dear '") in _rules(before, after, [Manner(literal=True)])
    assert not any("Dear" in template for rule in _rules(before, after) for template in rule)


def test_a_name_that_nothing_binds_stays_only_if_it_is_of_the_exercise() -> None:
    before, after = "def f(x):\n    return x\n", "def f(x):\n    return ceil(x)\n"
    assert _rules(before, after) == set()
    known = Manner(own=frozenset({"ceil"}))
    assert ("return ARG_1", "return ceil(ARG_1)") in _rules(before, after, [known])


def test_blanks_in_a_text_can_be_what_mends() -> None:
    def pair(author: str) -> Pair:
        text = f"def f({author}):\n    return {author} + len('a b')\n"
        return Pair("one", author, text, text.replace("a b", "a  b"))

    rule = MinedRule("'a b'", "'a  b'", {}, 0.0)
    (found,) = weighed([rule], [pair("x"), pair("y")], lambda _: None, by_hand=()).rules
    assert (found.right, found.applied) == (2, 2)
