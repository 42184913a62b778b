"""The names that a program binds, and what becomes of them in a fix."""

from __future__ import annotations

from foretrace_models.repair.edits import apply_edits, edits_between
from foretrace_models.repair.names_kept import Ratio, bound_names, names_kept, names_occurring

EVERY_WAY = """\
import os.path as path, sys
from math import pi, tau as circle
import json.decoder

def function(first, second=1, third: int = 2, *rest, key, fourth: str, **others):
    for i, (a, [b, *c]) in []:
        total += i
    with open(x) as file, y as (left, right):
        pass
    try:
        one = two = unknown.attribute = unknown[0] = 3
    except E as error:
        pass
    [q for q in r]
    if (walrus := len(s)): lambda parameter: w
    typed: int = 3

class Thing:
    pass
"""


def test_names_are_bound_in_every_way_that_python_has() -> None:
    assert bound_names(EVERY_WAY) == {
        *("path", "sys", "pi", "circle", "json", "function", "first", "second", "third", "rest"),
        *("key", "fourth", "others", "i", "a", "b", "c", "total", "file", "left", "right", "one"),
        *("two", "error", "q", "walrus", "parameter", "typed", "Thing"),
    }


def test_names_of_a_program_that_does_not_parse_are_found() -> None:
    broken = "def f(items)\n    total = 0\n    for item in items\n        total += item\n"
    assert {"items", "total", "item"} <= bound_names(broken)


def test_a_name_that_only_the_edit_had_to_change_does_not_count() -> None:
    broken = "def f(items):\n    totl = 0\n    for item in items:\n        print(total)\n"
    fixed = broken.replace("totl", "total")
    edits = edits_between(broken, fixed)
    assert apply_edits(broken, edits) == fixed
    assert names_kept(broken, fixed, edits) == Ratio(3, 3)


def test_names_that_a_larger_fix_changes_are_lost() -> None:
    broken = "def f(items):\n    found = []\n    for item in items:\n        found = item\n"
    smallest = edits_between(broken, broken.replace("found = item", "found += [item]"))
    rewritten = "def f(lst):\n    return [item for item in lst]\n"
    # `found` is bound in another line too, and could have stayed.
    assert names_kept(broken, rewritten, smallest) == Ratio(2, 4)


def test_a_name_occurs_as_a_name_and_not_within_a_text() -> None:
    names = frozenset({"item", "found"})
    assert names_occurring(names, "item = 'found'  # found") == Ratio(1, 2)


def test_of_no_names_there_is_no_share() -> None:
    assert names_kept("print(1)\n", "print(2)\n", ()).share is None
    assert Ratio(1, 4).share == 0.25
