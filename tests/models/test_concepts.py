"""What there is to understand about a fault, told by the change that mends it."""

from __future__ import annotations

import pytest

from foretrace_models.repair.concepts import Concept, concept_of, concept_of_error
from foretrace_models.repair.lessons import LESSONS

LONGEST = 110

CHANGES = [
    (Concept.COLON, "if x\n    y()\n", "if x:\n    y()\n"),
    (Concept.BRACKET, "f(g(x)\n", "f(g(x))\n"),
    (Concept.QUOTE, "x = 'a\n", "x = 'a'\n"),
    (Concept.INDENTATION, "if x:\ny()\n", "if x:\n    y()\n"),
    (Concept.EQUALS, "if x = 1:\n    y()\n", "if x == 1:\n    y()\n"),
    (Concept.KEYWORD, "fro x in y:\n    z()\n", "for x in y:\n    z()\n"),
    (Concept.SEPARATOR, "f(1 2)\n", "f(1, 2)\n"),
    (Concept.CHARACTER, "x = “a”\n", 'x = "a"\n'),
    (Concept.BODY, "def f():\nx = 1\n", "def f():\n    pass\nx = 1\n"),
    (Concept.RANGE, "for i in range(n):\n    x\n", "for i in range(n + 1):\n    x\n"),
    (Concept.RANGE, "range(1, n)\n", "range(n)\n"),
    (Concept.INDEX, "x[i]\n", "x[i - 1]\n"),
    (Concept.SLICE, "x[1:]\n", "x[2:]\n"),
    (Concept.SLICE, "x[:n]\n", "x[:n + 1]\n"),
    (Concept.BOUNDARY, "while i < n:\n    x\n", "while i <= n:\n    x\n"),
    (Concept.COMPARISON, "if i < n:\n    x\n", "if i > n:\n    x\n"),
    (Concept.COMPARISON, "x == y\n", "x != y\n"),
    (Concept.IDENTITY, "x is 1\n", "x == 1\n"),
    (Concept.CONDITION, "x and y\n", "x or y\n"),
    (Concept.CONDITION, "if x:\n    y\n", "if not x:\n    y\n"),
    (Concept.CONDITION, "if x:\n    y\n", "if x and z:\n    y\n"),
    (Concept.OFF_BY_ONE, "x = 1\nx = y\n", "x = 1\nx = y + 1\n"),
    (Concept.CONSTANT, "f(2)\n", "f(7)\n"),
    (Concept.START_VALUE, "x = 5\n", "x = []\n"),
    (Concept.START_VALUE, "while x:\n    x += 1\n", "x = 0\nwhile x:\n    x += 1\n"),
    (Concept.DIVISION, "x / 2\n", "x // 2\n"),
    (Concept.ARITHMETIC, "x ^ 2\n", "x ** 2\n"),
    (Concept.ARITHMETIC, "x -= 1\n", "x += 1\n"),
    (Concept.ACCUMULATING, "x = 1\nx = y\n", "x = 1\nx += y\n"),
    (Concept.ACCUMULATING, "x =+ y\n", "x += y\n"),
    (Concept.CONVERSION, "x = input()\n", "x = int(input())\n"),
    (Concept.PART_OF_WHOLE, "if x:\n    f(x)\n", "if x:\n    f(x[0])\n"),
    (Concept.NAME, "x = y = 1\nf(x)\n", "x = y = 1\nf(y)\n"),
    (Concept.SPELLING, "total = 1\nf(totl)\n", "total = 1\nf(total)\n"),
    (Concept.UNDEFINED, "total = 1\nf(numbers)\n", "total = 1\nf(total)\n"),
    (Concept.CALL, "x.upper\n", "x.upper()\n"),
    (Concept.METHOD, "x.append(y)\n", "x.extend(y)\n"),
    (Concept.METHOD_RESULT, "x = x.append(1)\n", "x.append(1)\n"),
    (Concept.ARGUMENTS, "f(x, y)\n", "f(y, x)\n"),
    (Concept.ARGUMENTS, "def f(x):\n    g()\n", "def f(x, y):\n    g()\n"),
    (Concept.IMPORT, "math.pi\n", "import math\nmath.pi\n"),
    (Concept.RETURN_MISSING, "def f():\n    x = 1\n", "def f():\n    x = 1\n    return x\n"),
    (
        Concept.RETURN_EARLY,
        "def f(x):\n    for y in x:\n        g(y)\n        return y\n",
        "def f(x):\n    for y in x:\n        g(y)\n    return y\n",
    ),
    (Concept.PRINTED, "def f(x):\n    print(x)\n", "def f(x):\n    return x\n"),
    (Concept.RESULT, "def f(x, y):\n    return x\n", "def f(x, y):\n    return y\n"),
    (Concept.RESULT, "def f(x):\n    return x\n", "def f(x):\n    return x * 2\n"),
    (Concept.BLOCK, "for x in y:\n    f()\n    g()\n", "for x in y:\n    f()\ng()\n"),
    (Concept.ORDER, "f()\ng()\n", "g()\nf()\n"),
    (Concept.LOOP_END, "while x:\n    f()\n", "while x:\n    f()\n    break\n"),
    (Concept.BRANCHES, "if x:\n    f()\n", "while x:\n    f()\n"),
    (
        Concept.SPECIAL_CASE,
        "def f(x):\n    return x[0]\n",
        "def f(x):\n    if not x:\n        return None\n    return x[0]\n",
    ),
    (Concept.STATEMENT_MISSING, "f()\n", "f()\ng()\n"),
    (Concept.STATEMENT_NEEDLESS, "f()\ng()\n", "f()\n"),
]


@pytest.mark.parametrize(("concept", "before", "after"), CHANGES)
def test_a_change_tells_what_there_is_to_understand(
    concept: Concept, before: str, after: str
) -> None:
    assert concept_of(before, after) is concept


def test_an_error_tells_more_than_a_change_that_tells_little() -> None:
    before, after = "f()\n", "f()\ng()\n"
    assert concept_of(before, after, "KeyError") is Concept.KEY
    assert concept_of(before, after, endless=True) is Concept.ENDLESS
    assert concept_of("x < 1\n", "x <= 1\n", "KeyError") is Concept.BOUNDARY


def test_an_error_that_nobody_knows_says_nothing() -> None:
    assert concept_of_error("MyOwnError") is Concept.UNKNOWN
    assert concept_of_error(None) is Concept.UNKNOWN


@pytest.mark.parametrize("concept", Concept)
def test_every_concept_has_a_lesson_in_short_whole_sentences(concept: Concept) -> None:
    lesson = LESSONS[concept]
    for text in (lesson.why, lesson.how, lesson.check):
        assert text[0].isupper()
        assert len(text) <= LONGEST
        assert "  " not in text
    assert lesson.why.endswith(".")
    assert lesson.how.endswith(".")
    assert lesson.check.endswith("?")
