"""Mining a class: what enough students share is found, tried on others, and tells of nobody."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.class_edits import OWN_WORDS, assignment, broken, mended

from foretrace_models.repair.class_help import Offered, encoded
from foretrace_models.repair.edits import apply_edits
from foretrace_models.repair.mining.counting import Pair
from foretrace_models.repair.mining.generalise import INNER_NAMES
from foretrace_models.repair.mining.shared import LEAST_AUTHORS, Mined, Work, mine, shared_rules
from foretrace_models.repair.mining.trial import NOT_PARSED, Trial
from foretrace_models.repair.rules.mined import MinedRules
from foretrace_models.repair.rules.templates import placeholders_in
from foretrace_models.repair.source import Source


@pytest.fixture(scope="module")
def trial() -> Iterator[Trial]:
    with Trial(assignment()) as trial:
        yield trial


def works(count: int) -> list[Work]:
    return [Work(word, (broken(word), mended(word))) for word in OWN_WORDS[:count]]


def mined(some: list[Work], trial: Trial) -> Mined:
    return mine(some, assignment(), trial, lambda _: None)


def test_what_six_students_share_mends_the_program_of_another(trial: Trial) -> None:
    found = mined(works(6), trial)
    assert (found.authors, found.edits) == (6, 6)
    text = broken("another")
    led_to = {
        apply_edits(text, candidate.edits)
        for candidate in MinedRules(found.rules).candidates(Source(text))
    }
    assert mended("another") in led_to


def test_five_students_are_not_enough_to_try_it_on_one_more(trial: Trial) -> None:
    assert mined(works(5), trial).rules == ()


def test_a_student_who_made_the_edit_many_times_counts_once(trial: Trial) -> None:
    texts = [t for n in range(6) for t in (broken(f"a{n}"), mended(f"a{n}"))]
    assert mined([Work("one", tuple(texts)), *works(4)], trial).rules == ()


def test_what_leads_a_correct_program_astray_is_not_offered(trial: Trial) -> None:
    correct = "def greet(name):\n    start = 'Dear'\n    return start + ' ' + name + '!'\n"
    found = mined([*works(6), Work("careful", (correct,))], trial)
    assert "'Dear'" not in {rule.before for rule in found.rules}


def test_a_program_that_did_not_parse_counts_as_repair_first_makes_it(trial: Trial) -> None:
    unparsed = [Work(w.author, (w.texts[0].replace("):", ")"), w.texts[1])) for w in works(6)]
    assert trial.passed([unparsed[0].texts[0]]) == [NOT_PARSED]
    assert mined(unparsed, trial).rules


def test_a_program_that_never_ends_passes_nothing_and_holds_up_nobody(trial: Trial) -> None:
    endless = "def greet(name):\n    while True:\n        pass\n"
    assert trial.passed([endless, mended("a")]) == [0, 2]
    assert trial.work([endless, mended("a")]) == [False, True]


def test_a_program_that_ends_its_process_passes_nothing(trial: Trial) -> None:
    deadly = "import os\ndef greet(name):\n    os._exit(0)\n"
    assert trial.passed([mended("b"), deadly, mended("c")]) == [2, 0, 2]


def test_nothing_of_what_one_student_wrote_is_in_what_is_published(trial: Trial) -> None:
    raw = encoded({"greeting": Offered(1, mined(works(8), trial).rules)}).decode()
    assert "Dear" in raw
    assert not [word for word in OWN_WORDS if word in raw]
    assert "note" not in raw


def _words_of(code: str) -> set[str]:
    """Return the names, attributes and constants of some code, constants by their value."""
    found = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Constant):
            found.add(repr(node.value))
    return found


_names = st.sampled_from(("a", "b", "count", "total", "zebra"))
_constants = st.sampled_from(("0", "1", "7", "40", "'x'", "'secret'", "''", "True"))
_expressions = st.recursive(
    _names | _constants,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+*<"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(st.sampled_from(("len", "sorted", "own")), inner).map(
            lambda t: f"{t[0]}({t[1]})"
        ),
        st.tuples(inner, st.sampled_from(("strip", "mine"))).map(lambda t: f"({t[0]}).{t[1]}()"),
    ),
    max_leaves=4,
)
_statements = st.one_of(
    _expressions.map(lambda e: f"return {e}"),
    st.tuples(_names, _expressions).map(lambda t: f"{t[0]} = {t[1]}"),
    _expressions.map(lambda e: f"print({e})"),
)
_programs = st.tuples(_names, st.lists(_statements, min_size=1, max_size=3)).map(
    lambda t: f"def f({t[0]}):\n" + "".join(f"    {line}\n" for line in t[1])
)
_pairs = st.lists(
    st.tuples(st.sampled_from("uvwxyz"), _programs, _programs), min_size=1, max_size=14
)


@settings(max_examples=150, deadline=None)
@given(_pairs, st.integers(1, 5))
def test_every_word_of_a_rule_stands_in_the_programs_of_enough_students(
    some: list[tuple[str, str, str]], least: int
) -> None:
    pairs = [Pair("f", author, before, after) for author, before, after in some]
    authors_of: dict[str, set[str]] = defaultdict(set)
    for pair in pairs:
        for word in _words_of(pair.before) | _words_of(pair.after):
            authors_of[word].add(pair.author)
    for rule, who in shared_rules(pairs, frozenset({"own"}), least):
        assert len(who) >= least
        for template in (rule.before, rule.after):
            mine = _words_of(template) - set(placeholders_in(template)) - set(INNER_NAMES)
            for word in mine:
                assert len(authors_of[word]) >= least, (word, rule)
        for place in rule.where:
            assert re.fullmatch(r"[A-Za-z. ]+", place)


def test_five_is_what_is_asked_for() -> None:
    assert LEAST_AUTHORS == 5
