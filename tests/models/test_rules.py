"""The rules: what each proposes, on the smallest program that shows it."""

from __future__ import annotations

import ast
import warnings

import pytest

from foretrace_models.repair.parse import syntax_error
from foretrace_models.repair.rules import RULES, candidates
from foretrace_models.repair.source import Source
from foretrace_models.repair.tokens import tokens

CASES = [
    ("if x < 1: pass\n", "if x <= 1: pass\n"),
    ("if x==y: pass\n", "if x in y: pass\n"),
    ("if x!=y: pass\n", "if x not in y: pass\n"),
    ("if (x) < (1): pass\n", "if (x) > (1): pass\n"),
    ("if not x in y: pass\n", "if x in y: pass\n"),
    ("x = a / b\n", "x = a // b\n"),
    ("n =- 1\n", "n -= 1\n"),
    ("if x == 1 or 2: pass\n", "if x == 1 or x == 2: pass\n"),
    ("if a and b: pass\n", "if a or b: pass\n"),
    ("while a: pass\n", "while not a: pass\n"),
    ("for i in range(n): pass\n", "for i in range(1, n + 1): pass\n"),
    ("for i in range(len(s) - 1): pass\n", "for i in range(len(s)): pass\n"),
    ("for i in xs: pass\n", "for i in range(len(xs)): pass\n"),
    ("for i, x in xs: pass\n", "for i, x in enumerate(xs): pass\n"),
    ("y = xs[1:n]\n", "y = xs[1:n + 1]\n"),
    ("while xs[i] < 3: i += 1\n", "while i < len(xs) and xs[i] < 3: i += 1\n"),
    ("x = len(y - 1)\n", "x = len(y) - 1\n"),
    ("def f(x):\n    print(x)\n", "def f(x):\n    return x\n"),
    ("def f(x):\n    y = x\n", "def f(x):\n    y = x\n    return y\n"),
    (
        "def f(xs):\n    return xs[0]\n",
        "def f(xs):\n    if not xs:\n        return 0\n    return xs[0]\n",
    ),
    (
        "def f(x):\n    for i in x:\n        n += i\n",
        "def f(x):\n    n = 0\n    for i in x:\n        n += i\n",
    ),
    ("def f(xs):\n    xs = xs.append(1)\n", "def f(xs):\n    xs.append(1)\n"),
    ("s.upper\n", "s.upper()\n"),
    ("xs.sort()\n", "xs.sort(reverse=True)\n"),
    ("xs.sort(lambda x: x)\n", "xs.sort(key=lambda x: x)\n"),
    ("n = input()\n", "n = int(input())\n"),
    ("xs = 1\nxs(0)\n", "xs = 1\nxs[0]\n"),
    ("f(a, b)\n", "f(b, a)\n"),
    ("for x in y:\n    a()\n    b()\n", "for x in y:\n    a()\nb()\n"),
    ("for x in y:\n    a()\nb()\n", "for x in y:\n    a()\n    b()\n"),
    ("for x in y:\n    a()\n    b()\n    c()\n", "for x in y:\n    a()\nb()\nc()\n"),
    (
        "while x:\n    for y in x:\n        a()\n        b()\n        c()\n",
        "while x:\n    for y in x:\n        a()\nb()\nc()\n",
    ),
    ("a()\nb()\n", "b()\na()\n"),
    ("if x:\n\ta()\nelse:\n\tb()\n", "if x:\n\ta()\nb()\n"),
    ("for x in y:\n    break\n", "for x in y:\n    continue\n"),
    ("def f():\n    a.b(c)\n    d(c)\n    e = 1\n", "def f():\n    a.b(e)\n    d(e)\n    e = 1\n"),
    ("def f(k):\n    return x[:3]\n", "def f(k):\n    return x[:k]\n"),
    ("if a[1] > b: pass\n", "if a[1] > b[1]: pass\n"),
    ("if a[1] > b[1]: pass\n", "if a > b: pass\n"),
    ("if a > b: pass\n", "if a[1] > b[1]: pass\n"),
    ("def f(x):\n    n = 1\n    return True\n", "def f(x):\n    n = 1\n    return n == 1\n"),
    ("list(set(x))\n", "list(dict.fromkeys(x))\n"),
    ("def f(): pass\ndef g(): pass\nf()\n", "def f(): pass\ndef g(): pass\ng()\n"),
    ("a = b\nb = a\n", "a, b = b, a\n"),
    ("xs[0], xs[1] = xs[1], xs[1]\n", "xs[0], xs[1] = xs[1], xs[0]\n"),
    ("best = x\n", "x = best\n"),
    ("xs = ()\n", "xs = []\n"),
    ("n += n\n", "n += 1\n"),
    ("xs += ys.append(1)\n", "xs.append(1)\n"),
    ("xs.append[x]\n", "xs.append(x)\n"),
    ("xs.append.x\n", "xs.append(x)\n"),
    ("xs.extend(x)\n", "xs.extend([x])\n"),
    ("def f():\n    for e in x:\n        g(y)\n", "def f():\n    for y in x:\n        g(y)\n"),
    (
        "def f(a, b):\n    a.remove(b)\n    c.append(b)\n",
        "def f(a, b):\n    a.remove(a)\n    c.append(a)\n",
    ),
    ("a(min(x))\nb(min(x))\n", "a(max(x))\nb(max(x))\n"),
    ("if x < 1: pass\nx = 2\nif x < 1: pass\n", "if x <= 1: pass\nx = 2\nif x <= 1: pass\n"),
    (
        "def f():\n    if x:\n        pass\n    return y\n",
        "def f():\n    if x:\n        return y\n    return y\n",
    ),
    ("import mth\n", "import math as mth\n"),
    ("n == 0\n", "n = 0\n"),
    ("b = a\n", "b = a[:]\n"),
    ("best[1] = x[1]\n", "best = x\n"),
    ("a[i][1], a[j][1] = a[j][1], a[i][1]\n", "a[i], a[j] = a[j], a[i]\n"),
    ("a[i] = b\nb = a [i]\n", "a[i], b = b, a[i]\n"),
    ("n + 1\n", "n += 1\n"),
    (
        "while xs:\n    for x in xs:\n        y = x\n",
        "while xs:\n    for x in xs:\n        y = x\n    xs.remove(y)\n",
    ),
    (
        "for i in y:\n    a.append(max(xs))\n",
        "for i in y:\n    a.append(max(xs))\n    xs.remove(max(xs))\n",
    ),
    (
        "while xs:\n    a = min(xs)\n    b += a\n",
        "while xs:\n    a = min(xs)\n    xs.remove(a)\n    b += a\n",
    ),
    ("if a or b: pass\n", "if b or a: pass\n"),
    ("xs.append(ys.remove(y))\n", "xs.append(y)\nys.remove(y)\n"),
    ("f(xs.sort())\n", "f(sorted(xs))\n"),
    ("for i in len(range(n)): pass\n", "for i in range(len(n)): pass\n"),
    ("y = xs.pop(x)\n", "y = xs.pop(xs.index(x))\n"),
    (
        "def f(xs):\n    for x in xs:\n        if xs.count(x) == 1:\n            ys.append(x)\n",
        "def f(xs):\n    for x in xs:\n        if x not in xs:\n            ys.append(x)\n",
    ),
    (
        "def f(x, xs):\n    while xs:\n        xs.pop()\n",
        "def f(x, xs):\n    while xs and x < len(xs):\n        xs.pop()\n",
    ),
    (
        "def f(i):\n    while i < 3:\n        if i:\n            i += 2\n        print(i)\n",
        "def f(i):\n    while i < 3:\n        if i:\n            i += 2\n        print(i)\n"
        "        i += 1\n",
    ),
    (
        "def f(xs):\n    if xs:\n        g(xs)\n    else:\n        h(xs)\n",
        "def f(xs):\n    if xs:\n        g(xs)\n    else:\n        g(xs)\n        h(xs)\n",
    ),
    (
        "while a:\n    if b:\n        c()\n",
        "while a:\n    if b:\n        c()\n    else:\n        break\n",
    ),
]


@pytest.mark.parametrize(("before", "after"), CASES)
def test_a_rule_proposes(before: str, after: str) -> None:
    assert after in {text for _, text in candidates(Source(before))}


@pytest.mark.parametrize("before", [before for before, _ in CASES])
def test_nothing_is_proposed_twice_nor_the_program_itself(before: str) -> None:
    proposed = [text for _, text in candidates(Source(before))]
    assert len(proposed) == len(set(proposed))
    assert before not in proposed


@pytest.mark.parametrize("before", [before for before, _ in CASES])
def test_nearly_everything_proposed_parses(before: str) -> None:
    proposed = [text for _, text in candidates(Source(before))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        broken = [text for text in proposed if syntax_error(text) is not None]
    assert len(broken) <= len(proposed) / 10 + 1, broken


def test_every_rule_is_shown_by_one_of_the_cases() -> None:
    for rule in RULES:
        assert any(list(rule(Source(before))) for before, _ in CASES), rule.__name__


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "x = 'é漢😀' + y  # ü\nif x < 'ß': pass\n",
        "class A:\n    def f(self):\n        return self.x\n",
        "async def f():\n    await g()\n    async for x in y: pass\n",
        "match x:\n    case 1:\n        pass\n",
        "with a as b, c as d:\n    pass\n",
        "try:\n    a()\nexcept E as e:\n    b()\nelse:\n    c()\nfinally:\n    d()\n",
        "@d\ndef f(*a, b=1, **c): return f'{a!r:>{b}}' if b else lambda x: x\n",
        "x: int = 3\ny = [i for i in range(3) if i]\nz = {**a, 'b': *c,}\n"
        if False
        else "x: int = 3\n",
        "if a:\n    b\nelif c:\n    d\nelse:\n    e\n",
        "x = '''a\n  b'''\nif x:\n    y = '''\nc'''\n",
        "a; b; c\n",
        "if x: a; b\nelse: c\n",
        "def f(): return 1",
        "while 1:\n\tif x:\n\t\tbreak\n\telse:\n\t\tcontinue\n",
        "x = (1,\n     2)\r\nif x:\r\n    y\r\n",
        "global_ = 1\ndef f():\n    global global_\n    global_ += 1\n",
    ],
)
def test_rules_survive_every_kind_of_syntax(text: str) -> None:
    for candidate, changed in candidates(Source(text)):
        assert candidate.cost > 0
        assert changed != text


def test_the_person_s_own_indentation_and_line_ends_are_used() -> None:
    before = "def f(xs):\r\n\treturn xs[0]\r\n"
    assert "def f(xs):\r\n\tif not xs:\r\n\t\treturn 0\r\n\treturn xs[0]\r\n" in {
        text for _, text in candidates(Source(before))
    }


def test_tokens_of_a_broken_program_are_in_code_points() -> None:
    text = "é = '漢😀' +\nretrun x"
    found = tokens(text)
    assert [token.text for token in found if token.kind == "identifier"] == ["é", "retrun", "x"]
    assert all(text[token.start : token.end] == token.text for token in found)


def test_places_in_a_source_are_in_code_points() -> None:
    source = Source("x = '漢😀'; y = z\n")
    names = [node for node in ast.walk(source.tree) if isinstance(node, ast.Name)]
    assert [source.code(node) for node in names] == ["x", "y", "z"]
