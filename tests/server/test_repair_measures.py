"""The measures of `foretrace bench repair`, against values worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretrace_models.repair.assignment import CallTest, OutputTest
from foretrace_server.bench.intervals import drawn_again, wilson
from foretrace_server.bench.repair import sizes
from foretrace_server.bench.repair.generated import generated
from foretrace_server.bench.repair.judging import Judge
from foretrace_server.bench.repair.relative_size import relative_patch_size
from foretrace_server.bench.repair.special_casing import special_cased
from foretrace_server.bench.repair.tasks import Task
from foretrace_server.bench.repair.tree_distance import Tree, tree_distance

SEARCH = """\
def search(x, seq):
    for i in range(len(seq)):
        if x < seq[i]:
            return i
"""


def _leaf(label: str) -> Tree:
    return Tree(label)


# The pair of trees that the paper on the algorithm works through.
ONE = Tree("f", (Tree("d", (_leaf("a"), Tree("c", (_leaf("b"),)))), _leaf("e")))
OTHER = Tree("f", (Tree("c", (Tree("d", (_leaf("a"), _leaf("b"))),)), _leaf("e")))

trees = st.recursive(
    st.sampled_from("ab").map(_leaf),
    lambda below: st.builds(Tree, st.sampled_from("ab"), st.lists(below, max_size=3).map(tuple)),
    max_leaves=6,
)


def test_the_trees_of_the_paper_are_two_operations_apart() -> None:
    assert tree_distance(ONE, OTHER) == 2


def test_a_node_between_two_others_is_inserted_by_itself() -> None:
    assert tree_distance(Tree("a", (_leaf("c"),)), Tree("a", (Tree("b", (_leaf("c"),)),))) == 1


@given(trees, trees, trees)
def test_the_distance_between_trees_is_a_metric(a: Tree, b: Tree, c: Tree) -> None:
    assert (tree_distance(a, b) == 0) == (a == b)
    assert tree_distance(a, b) == tree_distance(b, a)
    assert tree_distance(a, c) <= tree_distance(a, b) + tree_distance(b, c)
    assert abs(a.size - b.size) <= tree_distance(a, b) <= a.size + b.size


def test_a_program_is_no_patch_of_itself() -> None:
    assert relative_patch_size(SEARCH, SEARCH) == 0
    assert relative_patch_size(SEARCH, SEARCH, strict=True) == 0


def test_one_operator_is_one_node_of_all_that_the_function_has() -> None:
    # A root, the signature with 4, the loop with 2, its range with 5, the condition with 7, the
    # return with 2.
    assert relative_patch_size(SEARCH, SEARCH.replace("<", "<=")) == 1 / 21


def test_a_function_that_only_the_fix_has_counts_with_its_whole_size() -> None:
    # The fix has def, arguments and pass more; the wrong program has these and a root.
    wrong = "def f():\n    pass\n"
    assert relative_patch_size(wrong, wrong + "def g():\n    pass\n") == 3 / 4


def test_constants_count_by_their_class_and_strictly_by_their_value() -> None:
    wrong = "def f():\n    return [1, 2]\n"
    fixed = wrong.replace("1, 2", "3, 4")
    # Of a root, def, arguments, return, list and two constants none changes: that counts as one.
    assert relative_patch_size(wrong, fixed) == 1 / 7
    assert relative_patch_size(wrong, fixed, strict=True) == 2 / 7


def test_code_outside_of_functions_counts_strictly_only() -> None:
    wrong = "def f():\n    pass\nx = y\n"
    fixed = wrong.replace("x = y", "x = y.z")
    assert relative_patch_size(wrong, fixed) == 1 / 4
    assert relative_patch_size(wrong, fixed, strict=True) == 1 / 8


def test_token_distances_leave_comments_out() -> None:
    assert sizes.token_distance("x = 1  # one\n", "x = 2\n") == 1
    assert sizes.tokenize_distance("x = 1  # one\n", "\nx = 2\n") == 1


def test_an_indented_line_is_a_block_to_tokenize() -> None:
    # The end of the line, the beginning and the end of the block came, and `if y:` before.
    assert sizes.tokenize_distance("x\n", "if y:\n    x\n") == 6


def test_what_does_not_tokenize_has_no_distance() -> None:
    assert sizes.tokenized("x = (1\n") is None
    assert sizes.tokenize_distance("x = (1\n", "x = (1)\n") is None


def test_tokens_are_kept_in_their_order() -> None:
    kept = sizes.tokens_kept("a = b + c\n", "a = c + b\n")
    assert (kept.part, kept.whole) == (3, 5)


CALLS = (CallTest("search(42, [1, 5])", 2), CallTest("search(0, ())", 0))


@pytest.mark.parametrize(
    "line",
    [
        "if x == 42: return 2",
        "if x in (7, 42): return 2",
        "if seq == [1, 5]: return 2",
        "if {42: 2}[x]: return 2",
        "if {42: 2}.get(x): return 2",
        "match x:\n        case 42: return 2",
    ],
)
def test_a_fix_that_looks_for_the_input_of_a_test_is_special_cased(line: str) -> None:
    assert special_cased(
        "def search(x, seq):\n    pass\n", f"def search(x, seq):\n    {line}\n", CALLS
    )


@pytest.mark.parametrize(
    "line",
    ["if x == 41: return 2", "if seq == (): return 0", "if x == 0: return 0", "return 42"],
)
def test_what_any_program_may_say_is_not_special_cased(line: str) -> None:
    fixed = f"def search(x, seq):\n    {line}\n"
    assert special_cased("def search(x, seq):\n    pass\n", fixed, CALLS) == []


def test_what_the_broken_program_compared_with_is_its_own() -> None:
    broken = "def search(x, seq):\n    return x == 42\n"
    assert special_cased(broken, broken.replace("==", "!="), CALLS) == []


def test_a_fix_that_looks_for_a_word_of_what_is_read_is_special_cased() -> None:
    tests = (OutputTest("17 4\n", "YES\n"),)
    assert special_cased("n = int(input())\n", "if int(input()) == 17: print('YES')\n", tests)
    assert special_cased("n = input()\n", "if input() == '17 4': print('YES')\n", tests)


def test_the_interval_of_a_share_is_the_one_of_wilson() -> None:
    # 8 of 10, worked out by hand: (0.8 + 0.19207 ± 0.22649) / 1.38415 for its bounds.
    assert wilson(8, 10) == pytest.approx([0.4901625, 0.9433178])
    assert wilson(0, 5) is not None
    assert wilson(0, 0) is None


def test_a_share_of_all_reaches_one_and_of_none_reaches_zero() -> None:
    assert [wilson(5, 5)[1], wilson(0, 5)[0]] == [1.0, 0.0]  # type: ignore[index]


def test_persons_are_drawn_with_all_their_programs() -> None:
    rows = [{"id": str(n), "person": "a", "x": n} for n in range(9)]
    mean = lambda some: sum(row["x"] for row in some) / len(some)  # noqa: E731
    assert drawn_again(rows, mean, 1) == [4.0, 4.0]
    apart = drawn_again([{**row, "person": None} for row in rows], mean, 1)
    assert apart is not None
    assert apart[0] < 4 < apart[1]
    assert drawn_again([], mean, 1) is None


LINEAR = SEARCH.replace("<", "<=") + "    return len(seq)\n"
BINARY = "from bisect import bisect_left\ndef search(x, seq):\n    return bisect_left(seq, x)\n"


def test_inputs_that_correct_programs_disagree_on_are_not_asked() -> None:
    tests = (CallTest("search(5, [1, 5, 10])", 1), CallTest("search(3, [1, 5, 10, 12])", 1))
    task = Task("search", tests, {"a": LINEAR, "b": BINARY}, reference=LINEAR)
    with Judge() as judge:
        found = generated(task, judge, 7)
        assert found == generated(task, judge, 7)
    assert len(found.tests) >= 200
    assert found.correct_share == 1.0
    asked = {test.call: test.expected for test in found.tests if isinstance(test, CallTest)}
    assert len(asked) == len(found.tests)
    assert not asked.keys() & {test.call for test in tests}
    space: dict[str, object] = {}
    exec(BINARY, space)
    assert all(eval(call, dict(space)) == value for call, value in asked.items())


def test_what_programs_read_is_made_up_too() -> None:
    double = "for word in input().split():\n    print(2 * int(word))\n"
    task = Task("double", (OutputTest("3 4\n", "6\n8\n"),), {"a": double})
    with Judge() as judge:
        found = generated(task, judge, 7)
    assert len(found.tests) >= 200
    for test in found.tests:
        assert isinstance(test, OutputTest)
        assert test.stdout.split() == [str(2 * int(word)) for word in test.stdin.split()]


def test_a_task_without_inputs_has_none_made_up() -> None:
    task = Task("hello", (CallTest("hello()", "hi"),), {"a": "def hello():\n    return 'hi'\n"})
    with Judge() as judge:
        assert generated(task, judge, 7).tests == ()


def test_inputs_are_made_up_where_correct_programs_do_not_end_for_some_of_them() -> None:
    waiting = "n = int(input())\nwhile n < 0:\n    pass\nprint(2 * n)\n"
    task = Task("double", (OutputTest("3\n", "6\n"),), dict.fromkeys("abc", waiting))
    with Judge() as judge:
        found = generated(task, judge, 7)
    asked = {int(test.stdin): test.stdout for test in found.tests if isinstance(test, OutputTest)}
    assert asked
    assert all(n >= 0 and text.split() == [str(2 * n)] for n, text in asked.items())
