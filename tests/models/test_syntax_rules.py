"""Programs that do not parse: what each rule proposes, and which text is taken to be meant."""

from __future__ import annotations

import pytest

from foretrace_models.repair.parse import find_parsing, syntax_error
from foretrace_models.repair.plausible import oddity_bits, slips_in
from foretrace_models.repair.rules.syntax import RULES
from foretrace_models.repair.rules.syntax.broken import Broken

SYNTAX = [
    ("if x\n    y()\n", "if x:\n    y()\n"),
    ("while x;\n    y()\n", "while x:\n    y()\n"),
    ("print('a'\n", "print('a')\n"),
    ("print 'a'\n", "print('a')\n"),
    ("x = [1, 2\ny = 3\n", "x = [1, 2]\ny = 3\n"),
    ("x = (1, 2]\n", "x = (1, 2)\n"),
    ("if x = 1:\n    y()\n", "if x == 1:\n    y()\n"),
    ("x = 'a\n", "x = 'a'\n"),
    ("x = 1 y = 2\n", None),
    ("whlie x:\n    y()\n", "while x:\n    y()\n"),
    ("def f:\n    pass\n", "def f():\n    pass\n"),
    ("for i range(3):\n    pass\n", "for i in range(3):\n    pass\n"),
    ("if x:\ny()\n", "if x:\n    y()\n"),
    ("x = 1\n    y = 2\n", "x = 1\ny = 2\n"),
    ("def f():\n", None),
    ("a && b\n", "a and b\n"),
    ("i++\n", "i += 1\n"),
    ("x = 007\n", "x = 7\n"),
    ("return 1\n", None),
    ("x = “a”\n", 'x = "a"\n'),
    (
        "if x == 1:\n    a()\nelse if x == 2:\n    b()\n",
        "if x == 1:\n    a()\nelif x == 2:\n    b()\n",
    ),
    ("if True:\n    x = 1\n   y = 2\n", None),
    ("if True:\n\tx = 1\n        y = 2\n", None),
    ('print("a" x "b" y "c")\n', 'print("a", x, "b", y, "c")\n'),
    (">>> x = 1\n>>> y = x\n", "x = 1\ny = x\n"),
    ("x = input(how old are you?)\n", 'x = input("how old are you?")\n'),
    ("a = 'x,y'.split(,)\n", "a = 'x,y'.split(',')\n"),
    ("If x > 1:\n    y()\n", "if x > 1:\n    y()\n"),
    ("a = 7\na // = 2\n", "a = 7\na //= 2\n"),
    ("int r = 5\n", "r = 5\n"),
    ("a = 'n ' str(3) + '.'\n", "a = 'n ' + str(3) + '.'\n"),
    ('print(1, end".")\n', 'print(1, end=".")\n'),
    ("s = 2 *** 3\n", "s = 2 ** 3\n"),
    ('y = 1\nprint("{}".format y)\n', 'y = 1\nprint("{}".format(y))\n'),
    ("n = 3\nfor i in range n:\n    print(i)\n", "n = 3\nfor i in range(n):\n    print(i)\n"),
    ("d = {}\nfor k:v in d:\n    print(k)\n", "d = {}\nfor k,v in d:\n    print(k)\n"),
    ("def isOdd(n): return n % 2\nis Odd(3)\n", "def isOdd(n): return n % 2\nisOdd(3)\n"),
    ("1st = [1]\nprint(1st)\n", "lst = [1]\nprint(lst)\n"),
    ("def f(a, b, c): return b**2 - 4ac\n", "def f(a, b, c): return b**2 - 4*a*c\n"),
    ("global a = 1\n", "a = 1\n"),
    ("print('end'.)\n", "print('end.')\n"),
    ("x = 5\ny = (x:x)\n", "x = 5\ny = {x:x}\n"),
    (
        "try:\n    x = 1\nexcept ValueError, e:\n    pass\n",
        "try:\n    x = 1\nexcept ValueError as e:\n    pass\n",
    ),
    ("x = f'{}'\n", "x = '{}'\n"),
    ("if x:\n    y = 1\nelse y == 2:\n    z = 1\n", "if x:\n    y = 1\nelif y == 2:\n    z = 1\n"),
    ("if x:\n    a()\n    else:\n        b()\n", "if x:\n    a()\nelse:\n    b()\n"),
    ("def f(x):\n    y = 1\nz = y\nreturn z\n", "def f(x):\n    y = 1\n    z = y\n    return z\n"),
    ("print('a')print('b')\n", "print('a')\nprint('b')\n"),
    ("x = [1]\ny = x[]\n", "x = [1]\ny = x[0]\n"),
    ("a = 1\nb = (a + 2))\n", "a = 1\nb = (a + 2)\n"),
    ("/* a note on this */\nx = 1\n", "# /* a note on this */\nx = 1\n"),
]


@pytest.mark.parametrize(("before", "after"), SYNTAX)
def test_syntax_is_mended_by_the_likeliest_change(before: str, after: str | None) -> None:
    error = syntax_error(before)
    assert error is not None
    found = find_parsing(before, error, lambda: False)
    assert found
    assert all(syntax_error(parsed.text) is None for parsed in found)
    if after is not None:
        assert found[0].text == after


def test_a_search_that_is_out_of_time_stops_at_once() -> None:
    error = syntax_error("if x\n    y()\n")
    assert error is not None
    assert find_parsing("if x\n    y()\n", error, lambda: True) == []


def test_every_rule_of_syntax_is_shown_by_one_of_the_cases() -> None:
    broken = [(text, syntax_error(text)) for text, _ in SYNTAX]
    for rule in RULES:
        shown = any(error and list(rule(Broken(text, error))) for text, error in broken)
        assert shown, rule.__name__


def test_of_two_that_parse_the_one_with_nothing_odd_in_it_is_taken() -> None:
    meant = "x = input()\nprint(x, 'a')\n"
    assert oddity_bits(meant) == 0
    for odd in (
        "x = input()\nprint(x), 'a'\n",
        "x = input()\nprint(y, 'a')\n",
        "x = input()\nprint(x - 'a')\n",
        "x = input\nprint(x, 'a')\n",
        "print(int('3', 'a', 4))\n",
    ):
        assert oddity_bits(odd) > 0, odd


def test_a_name_of_one_function_is_not_known_in_another() -> None:
    assert oddity_bits("def f():\n    x = 1\n    return x\n") == 0
    assert oddity_bits("def f():\n    x = 1\n\ndef g():\n    return x\n") > 0


def test_no_name_is_undefined_because_of_how_its_function_is_called() -> None:
    # Python's own `symtable` takes a function of this name for the module.
    assert oddity_bits("def top(xs):\n    best = max(xs)\n    return best\n") == 0
    assert oddity_bits("def top(xs):\n    return best\n") > 0


@pytest.mark.parametrize(
    "body",
    [
        "if x:\n            return 1\n        else:\n            return 2",
        "print(x)\n        break",
        "if x:\n            break\n        raise ValueError",
    ],
)
def test_a_loop_that_never_goes_round_is_a_slip(body: str) -> None:
    assert slips_in(f"def f(xs):\n    for x in xs:\n        {body}\n") == 1


@pytest.mark.parametrize(
    "body",
    [
        "if x:\n            return 1",
        "if x:\n            return 1\n        elif xs:\n            return 2",
        "if x:\n            continue\n        break",
    ],
)
def test_a_loop_that_may_go_round_is_none(body: str) -> None:
    assert slips_in(f"def f(xs):\n    for x in xs:\n        {body}\n") == 0


def test_words_are_rather_kept_than_lost() -> None:
    text = 'x = 1\nprint("x is" x "now")\n'
    error = syntax_error(text)
    assert error is not None
    best = find_parsing(text, error, lambda: False)[0]
    assert all(word in best.text for word in ("x is", "now"))
