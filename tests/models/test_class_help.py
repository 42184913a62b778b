"""The help of a class comes from a stranger: it is taken as it must be, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.class_edits import ASSIGNMENT, ID, assignment, broken, mended

from foretrace_models.repair.assignment import FILE_NAME
from foretrace_models.repair.class_help import Offered, decoded, encoded, offered_of, own_words
from foretrace_models.repair.diagnosis import Proof, Situation
from foretrace_models.repair.edits import apply_edits
from foretrace_models.repair.offered_rules import OfferedRules
from foretrace_models.repair.pipeline import diagnose
from foretrace_models.repair.rules import candidates
from foretrace_models.repair.rules.mined import MinedRule
from foretrace_models.repair.source import Source
from foretrace_models.repair.sources import SourceName, Sources, source_of
from foretrace_telemetry import class_help
from foretrace_telemetry.class_help import HelpRefusedError, digest_of, opened, sealed
from foretrace_telemetry.home import Home

RULE = MinedRule("'Dear'", "'Dear '", {"BinOp.left": 0.0}, 2.0)
COURSE = "https://course.example.org"
OWN = own_words(assignment())


def offered(*rules: MinedRule) -> dict[str, Any]:
    raw = encoded({ID: Offered(1, rules)})
    assignments: dict[str, Any] = json.loads(raw)["assignments"]
    return assignments


def rules_in(assignments: dict[str, Any]) -> tuple[MinedRule, ...]:
    return decoded(sealed(assignments), {ID: OWN})[ID].rules


def test_what_is_encoded_is_decoded() -> None:
    assert rules_in(offered(RULE)) == (RULE,)


def test_no_count_of_anything_is_told() -> None:
    raw = encoded({ID: Offered(1, (evolve(RULE, right=3, applied=4, programs=6, groups=1),))})
    (rule,) = json.loads(raw)["assignments"][ID]["rules"]
    assert set(rule) == {"before", "after", "where", "elsewhere"}


@pytest.mark.parametrize(
    "template",
    [
        "__import__('os').system('true')",
        "open('x')",
        "eval(TEXT_1)",
        "EXPR_1.__class__",
        "ARG_1.system(TEXT_1)",
        "import os",
        "os",
        "f'{EXPR_1}'",
        "def f():\n    pass",
        "with EXPR_1:\n    pass",
        "del ARG_1",
        "assert True",
        "print(ARG_1, file=ARG_1)",
        "lambda password: password",
        "somebody_s_name",
        "[BODY_1]",
        "1 +",
        "(" * 500 + ")" * 1,
        "(" * 250 + "1" + ")" * 250,
        "-" * 599 + "1",
        "\x00",
        "\ud800",
        b"1".decode() * 601,
    ],
    ids=range(23),
)
@pytest.mark.parametrize("side", ["before", "after"])
def test_a_rule_that_no_rule_may_be_has_all_refused(side: str, template: str) -> None:
    assignments = offered(RULE, evolve(RULE, before="1", after="2"))
    assignments[ID]["rules"][0][side] = template
    with pytest.raises(HelpRefusedError):
        rules_in(assignments)


def _with(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    assignments = offered(RULE)
    change(assignments[ID])
    return assignments


@pytest.mark.parametrize(
    "change",
    [
        lambda each: each.update(rules=None),
        lambda each: each.update(rules={}),
        lambda each: each.update(more=1),
        lambda each: each.update(made_wall_us="now"),
        lambda each: each.update(made_wall_us=True),
        lambda each: each.update(rules=each["rules"] * 61),
        lambda each: each["rules"].append(3),
        lambda each: each["rules"][0].pop("where"),
        lambda each: each["rules"][0].update(before=1),
        lambda each: each["rules"][0].update(right=9),
        lambda each: each["rules"][0].update(where=[]),
        lambda each: each["rules"][0].update(where={"BinOp.left": -1}),
        lambda each: each["rules"][0].update(where={"BinOp.left": "0"}),
        lambda each: each["rules"][0].update(where={"anna@x.org": 1}),
        lambda each: each["rules"][0].update(where={f"BinOp.{'a' * n}": 1 for n in range(1, 99)}),
        lambda each: each["rules"][0].update(elsewhere=True),
        lambda each: each["rules"][0].update(elsewhere=31),
        lambda each: each["rules"][0].update(elsewhere=1e400),
    ],
    ids=range(18),
)
def test_what_has_another_form_is_refused_whole(change: Callable[[dict[str, Any]], Any]) -> None:
    with pytest.raises(HelpRefusedError):
        rules_in(_with(change))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        b'{"format": "foretrace-class-help"}',
        sealed({}).replace(b'"version": 1', b'"version": 2'),
        sealed({}).replace(b'"version": 1', b'"version": true'),
        sealed({}).replace(digest_of({}).encode(), b"0" * 64),
        sealed({}) + b" " * class_help.MOST_BYTES,
    ],
    ids=range(10),
)
def test_what_is_no_file_of_help_is_refused(raw: bytes) -> None:
    with pytest.raises(HelpRefusedError):
        opened(raw)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


@given(_json)
def test_whatever_is_sent_is_taken_or_refused_and_nothing_else(value: Any) -> None:
    for reads in (class_help.checked, offered_of):
        try:
            reads(value)
        except HelpRefusedError:
            continue


_leaves = st.sampled_from(
    [
        "ARG_1",
        "LOCAL_1",
        "FUNCTION_1",
        "GLOBAL_1",
        "NUMBER_1",
        "TEXT_1",
        "EXPR_1",
        "EXPR_2",
        "BODY_1",
        "1",
        "'a'",
        "item",
        "len",
    ]
)
_shapes = st.sampled_from(
    (
        "({} + {})",
        "{}({})",
        "{}[{}]",
        "[{} for item in {}]",
        "sorted({}, key=lambda item: {})",
        "({}, *{})",
        "{}[{}:]",
    )
)
_expressions = st.recursive(
    _leaves,
    lambda inner: st.tuples(_shapes, inner, inner).map(lambda t: t[0].format(t[1], t[2])),
    max_leaves=5,
)
_templates = st.one_of(
    st.just(""),
    _expressions,
    st.tuples(
        st.sampled_from(
            ("return {}", "{} = {}", "{} += {}", "if {}:\n    {}", "for {} in {}:\n    BODY_1")
        ),
        _expressions,
        _expressions,
    ).map(lambda t: t[0].format(t[1], t[2])),
)
_SOURCE = Source(
    "def f(x, y):\n    z = x + 1\n    for i in range(len(y)):\n        print(y[i], 'a')\n"
    "    if z: return (z,)\n    elif x:\n        y = lambda q: q\n    return f(z)\nf(1)\n"
)


@settings(max_examples=300, deadline=None)
@given(_templates, _templates, st.sampled_from(("Return.value", "Module.body FunctionDef Expr")))
def test_no_rule_that_is_taken_stops_a_diagnosis(before: str, after: str, place: str) -> None:
    rule = MinedRule(before, after, {place: 0.0}, 1.0)
    try:
        rules = decoded(sealed(offered(rule)), {ID: OWN})[ID]
    except HelpRefusedError:
        return
    for _, text in candidates(_SOURCE, shared=rules, by_hand=False):
        assert text != _SOURCE.text


def test_more_than_may_be_sent_is_not_published() -> None:
    long = evolve(RULE, before=f"'{'x' * 590}'")
    with pytest.raises(HelpRefusedError):
        encoded({f"{n}": Offered(1, (long,) * 60) for n in range(20)})


def test_names_are_those_of_the_exercise_and_of_no_other() -> None:
    rule = evolve(RULE, before="greet(EXPR_1)", after="greet(EXPR_1).strip()")
    assert rules_in(offered(rule)) == (rule,)
    with pytest.raises(HelpRefusedError):
        decoded(sealed(offered(rule)), {ID: frozenset({"other"})})


def test_help_for_another_assignment_is_not_looked_into() -> None:
    assert decoded(sealed(offered(RULE)), {"another": OWN}) == {}


def program(folder: Path, text: str = ASSIGNMENT) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / FILE_NAME).write_text(text, encoding="utf-8")
    return folder / "greet.py"


def test_a_program_is_mended_as_others_did_and_by_its_tests(home: Home, tmp_path: Path) -> None:
    class_help.keep(home, COURSE, offered(RULE))
    path = program(tmp_path / "work")
    rules = OfferedRules(home).rules_for(path)
    situation = Situation(broken("me"), path, may_run=True)
    fix = diagnose(situation, 9, sources=Sources(shared=rules)).fix
    assert fix is not None
    assert (apply_edits(situation.text, fix.edits), fix.proof) == (mended("me"), Proof.TESTS)
    assert {source_of(rule) for rule in fix.rules} == {SourceName.CLASS}
    without = Sources(shared=rules, without=frozenset({SourceName.CLASS}))
    found = diagnose(situation, 9, sources=without).fix
    assert found is None or SourceName.CLASS not in map(source_of, found.rules)


def test_a_rule_that_does_not_pass_the_tests_is_not_offered(home: Home, tmp_path: Path) -> None:
    class_help.keep(home, COURSE, offered(evolve(RULE, after="'Deer '")))
    path = program(tmp_path / "work")
    sources = Sources(
        shared=OfferedRules(home).rules_for(path),
        without=frozenset({SourceName.RULES, SourceName.MINED}),
    )
    assert diagnose(Situation(broken("me"), path, may_run=True), 9, sources=sources).fix is None


def test_only_a_program_with_the_assignment_and_its_tests_gets_help(
    home: Home, tmp_path: Path
) -> None:
    class_help.keep(home, COURSE, offered(RULE))
    offering = OfferedRules(home)
    untested = ASSIGNMENT.partition("[[test]]")[0]
    assert offering.rules_for(program(tmp_path / "a")) is not None
    assert offering.rules_for(None) is None
    assert offering.rules_for(tmp_path / "a" / "other.py") is None
    assert offering.rules_for(program(tmp_path / "b", untested)) is None
    assert offering.rules_for(program(tmp_path / "c", ASSIGNMENT.replace(ID, "another"))) is None


def test_what_is_offered_no_more_is_used_no_more(home: Home, tmp_path: Path) -> None:
    path, offering = program(tmp_path / "work"), OfferedRules(home)
    class_help.keep(home, COURSE, offered(RULE))
    assert offering.rules_for(path) is not None
    class_help.keep(home, COURSE, {})
    assert offering.rules_for(path) is None


def test_a_course_that_sends_nonsense_does_not_cost_another_course_its_help(
    home: Home, tmp_path: Path
) -> None:
    class_help.keep(home, COURSE, offered(RULE))
    class_help.keep(home, "https://other.example.org", offered(evolve(RULE, after="open('x')")))
    rules = OfferedRules(home).rules_for(program(tmp_path / "work"))
    assert rules is not None
    assert rules.rules == (RULE,)
