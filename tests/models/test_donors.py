"""What donors give: as little as will do, in the person's own names."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from foretrace_models.repair.assignment import CallTest
from foretrace_models.repair.checks import CallCheck
from foretrace_models.repair.donors.alignment import pairs
from foretrace_models.repair.donors.changes import Written, render
from foretrace_models.repair.donors.differences import differences
from foretrace_models.repair.donors.giving import entries_of, given
from foretrace_models.repair.donors.listing import Listing
from foretrace_models.repair.donors.naming import names_between
from foretrace_models.repair.donors.spacing import Spacing
from foretrace_models.repair.donors.units import Units
from foretrace_models.repair.sandbox.runner import Sandbox
from foretrace_models.repair.verify import Verifier

runs = pytest.mark.skipif(sys.platform == "win32", reason="programs are not run there")

OWN = """\
def total(numbers):
    # add them all
    result = 1
    for number in numbers:
        result += number
    return result
"""
DONOR = """\
def total(xs):
    s = 0
    for x in xs:
        s += x
    return s
"""


def _units(text: str) -> Units:
    return Units(Listing(text))


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("work"), unbounded=True) as sandbox:
        yield sandbox


def _verifier(sandbox: Sandbox, tests: dict[str, object]) -> Verifier:
    checks = [CallCheck(CallTest(call, expected)) for call, expected in tests.items()]
    return Verifier(sandbox, Path("/nowhere/program.py"), "", checks, 2.0)


def _given(sandbox: Sandbox, text: str, donors: list[str], tests: dict[str, object]) -> str | None:
    return _given_by(_verifier(sandbox, tests), text, donors)


def _given_by(verifier: Verifier, text: str, donors: list[str]) -> str | None:
    found = given(
        text,
        [_units(donor) for donor in donors],
        "",
        verifier,
        verifier.look(text),
        acceptable=lambda _: True,
        out_of_time=lambda: False,
    )
    return found.text if found else None


def test_lines_belong_together_so_that_the_fewest_tokens_change() -> None:
    mine = [("a", "=", "1"), ("return", "a")]
    theirs = [("a", "=", "2"), ("b", "=", "3"), ("return", "a")]
    assert pairs(mine, theirs) == [(0, 0), (1, 2)]


def test_a_unit_has_the_functions_that_it_calls_and_no_other_entry() -> None:
    text = "def a(): return b()\ndef b(): return c()\ndef c(): return 1\ndef d(): return 2\n"
    unit = _units(text).unit("a", ["a", "c"])
    assert unit is not None
    assert [function.name for function in unit.functions] == ["a", "b"]
    assert _units(text).unit("missing", []) is None


def test_a_unit_has_the_statements_that_bind_what_it_uses() -> None:
    unit = _units("import re\nx = 1\ndef f(): return re.sub\n").unit("f", ["f"])
    assert unit is not None
    assert [line.words for line in unit.others] == [("import", "re")]


def test_names_go_by_what_they_stand_for() -> None:
    names = names_between(_units(DONOR).functions["total"], _units(OWN).functions["total"])
    assert names == {"xs": "numbers", "s": "result", "x": "number"}


def test_a_name_that_is_used_and_bound_nowhere_is_somebodys_own() -> None:
    own = _units("def f(xs):\n    while count < len(xs):\n        count += 1\n    return count\n")
    donor = _units("def f(l):\n    i = 0\n    while i < len(l):\n        i += 1\n    return i\n")
    assert names_between(donor.functions["f"], own.functions["f"])["i"] == "count"


def test_a_name_never_hides_what_the_donor_means_by_it() -> None:
    own = _units("def f(xs):\n    max = 0\n    return max\n")
    donor = _units("def f(l):\n    m = max(l)\n    return m\n")
    assert names_between(donor.functions["f"], own.functions["f"])["m"] != "max"


def test_all_patches_together_make_the_donors_program_of_ones_own() -> None:
    own, donor = _units(OWN), _units(DONOR)
    theirs = donor.unit("total", ["total"])
    assert theirs is not None
    mine = own.unit("total", ["total"])
    patches = differences(own.listing, Spacing.of(own.listing), mine, DONOR, theirs)
    assert render(own.listing, patches) == OWN.replace("result = 1", "result = 0")


@pytest.mark.parametrize(
    ("own", "code"),
    [
        ("a=1\nb=f(c,d)\ne=g(1,2)\n", "x=h(y,z=2)"),
        ("a = 1\nb = f(c, d)\ne = g(1, 2)\n", "x = h(y, z=2)"),
        ("a = c+1\nb = c+2\n", "x = h(y,z=2)"),
    ],
)
def test_new_code_has_its_spaces_where_the_person_puts_them(own: str, code: str) -> None:
    theirs = Listing("x =h(y,z=2)\n")
    (line,) = theirs.lines
    spaces = ["", *(theirs.text[a.end : b.start] for a, b in pairwise(line.tokens))]
    written = Spacing.of(Listing(own)).applied(Written(line.words, tuple(spaces)))
    assert str(written) == code


def test_a_sign_is_no_operator_between_two_operands() -> None:
    spacing = Spacing.of(Listing("a = b + c\nd = e + f\n"))
    assert str(spacing.applied(Written(("return", "-", "x"), ("", " ", "")))) == "return -x"


def test_what_checks_call_are_the_entries() -> None:
    check = CallCheck(CallTest("f(g(1), len('a'))", 1))
    assert entries_of([check]) == ("f", "g", "len")
    assert entries_of([]) == ("",)


@runs
def test_of_a_donor_only_what_is_needed_is_taken(sandbox: Sandbox) -> None:
    donor = "def total(xs):\n    s = 0\n    for x in xs:\n        s = s + x\n    return int(s)\n"
    assert _given(sandbox, OWN, [donor], {"total([1, 2])": 3, "total([])": 0}) == OWN.replace(
        "result = 1", "result = 0"
    )


@runs
def test_what_several_donors_would_change_alike_is_tried_once(sandbox: Sandbox) -> None:
    tests: dict[str, object] = {"total([1, 2])": 3, "total([])": 0}
    one, several = _verifier(sandbox, tests), _verifier(sandbox, tests)
    like_it = DONOR.replace("s +", "total_ +").replace("s = ", "total_ = ")
    like_it = like_it.replace("return s", "return total_")
    assert _given_by(one, OWN, [DONOR]) == _given_by(several, OWN, [DONOR, like_it])
    assert one.tried == several.tried


@runs
def test_the_smallest_change_may_come_from_a_donor_that_is_far(sandbox: Sandbox) -> None:
    near = [
        f"def total(xs):\n    s = 1\n    for x in xs:\n        s += x\n    return s - 1 * {n}\n"
        for n in (1, "1 * 1", "1 * 1 * 1", "int(1)")
    ]
    far = "def total(xs):\n    s = 0\n    for x in xs:\n        s = s + x\n"
    far += "    print(end=str())\n    return int(s)\n"
    fixed = _given(sandbox, OWN, [*near, far], {"total([1, 2])": 3, "total([])": 0})
    assert fixed == OWN.replace("result = 1", "result = 0")


@runs
def test_a_function_that_is_missing_comes_whole(sandbox: Sandbox) -> None:
    donor = "def first(xs):\n    return xs[0]\n\ndef last(xs):\n    return xs[-1]\n"
    own = "def first(a):\n    return a[0]\n"
    fixed = _given(sandbox, own, [donor], {"first([1, 2])": 1, "last([1, 2])": 2})
    assert fixed is not None
    assert fixed.startswith(own)
    assert {node.name for node in ast.parse(fixed).body if isinstance(node, ast.FunctionDef)} == {
        "first",
        "last",
    }


@runs
def test_each_function_takes_from_a_donor_of_its_own(sandbox: Sandbox) -> None:
    own = "def low(a, b):\n    return a\n\ndef high(a, b):\n    return b\n"
    longer = "    if x {} y:\n        return x\n    return y\n"
    one = "def low(x, y):\n    return min(x, y)\n\ndef high(x, y):\n" + longer.format(">")
    two = "def low(x, y):\n" + longer.format("<") + "\ndef high(x, y):\n    return max(x, y)\n"
    fixed = _given(
        sandbox, own, [one, two], {"low(2, 1)": 1, "low(1, 2)": 1, "high(2, 1)": 2, "high(1, 2)": 2}
    )
    assert fixed == own.replace("return a", "return min(a, b)").replace(
        "return b", "return max(a, b)"
    )


@runs
def test_a_helper_that_the_donor_needs_comes_along(sandbox: Sandbox) -> None:
    donor = "def half(n):\n    return n // 2\n\ndef middle(xs):\n    return xs[half(len(xs))]\n"
    own = "def middle(xs):\n    return xs[0]\n"
    fixed = _given(sandbox, own, [donor], {"middle([1, 2, 3])": 2, "middle([4])": 4})
    assert fixed is not None
    assert "half" in fixed or "// 2" in fixed


@runs
def test_nobody_gives_where_no_donor_passes(sandbox: Sandbox) -> None:
    assert _given(sandbox, OWN, [OWN], {"total([1])": 1}) is None
