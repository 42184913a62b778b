"""How a person writes: read, compared, and told apart."""

from __future__ import annotations

import math
from textwrap import dedent

import pytest

from foretrace_models.style import Style, merged, style_cost, style_distance, style_of
from foretrace_models.style_marks import Habit

# For each habit: two programs, and the ways that they have it.
WAYS = {
    Habit.INDENT: ("if x:\n  y()\n", "2 spaces", "if x:\n\ty()\n", "tab"),
    Habit.QUOTES: ("x = 'a'\n", "single", 'x = "a"\n', "double"),
    Habit.OPERATOR_SPACE: ("x + y\n", "space", "x+y\n", "none"),
    Habit.ASSIGNMENT_SPACE: ("x = 1\n", "space", "x=1\n", "none"),
    Habit.COMMA_SPACE: ("f(x, y)\n", "space", "f(x,y)\n", "none"),
    Habit.BRACKET_SPACE: ("f( x )\n", "space", "f(x)\n", "none"),
    Habit.CALL_SPACE: ("print (x)\n", "space", "print(x)\n", "none"),
    Habit.BLANK_LINES: (
        "if x:\n    y()\n\n    z()\n", "blank line", "if x:\n    y()\n    z()\n", "none",
    ),
    Habit.NAMES: ("first_item = 1\n", "snake_case", "firstItem = 1\n", "camelCase"),
    Habit.ADDING: ("x += 1\n", "x += y", "x = x + 1\n", "x = x + y"),
    Habit.LOOPS: ("for x in y: z()\n", "for", "while x: z()\n", "while"),
    Habit.LOOPS_OVER: ("for x in range(len(y)): z()\n", "indices", "for x in y: z()\n", "elements"),
    Habit.RETURNS: (
        "def f(x):\n    for y in x:\n        return y\n", "early",
        "def f(x):\n    y = x\n    return y\n", "at the end",
    ),
    Habit.AFTER_RETURN: (
        "if x:\n    return y\nelse:\n    return z\n", "else",
        "if x:\n    return y\nreturn z\n", "none",
    ),
    Habit.TRUTH: ("if x == True: y()\n", "compared", "if not x: y()\n", "as it is"),
    Habit.EMPTINESS: ("len(x) == 0\n", "by its length", "x == []\n", "by an empty one"),
    Habit.COLLECTING: ("[x for x in y]\n", "comprehension", "x.append(y)\n", "method"),
    Habit.FORMATTING: ('f"a{x}"\n', "f-string", '"a %d" % x\n', "%"),
    Habit.CONDITION_BRACKETS: ("if (x): y()\n", "brackets", "if x: y()\n", "none"),
    Habit.RETURN_BRACKETS: ("return (x)\n", "brackets", "return x\n", "none"),
    Habit.SEMICOLONS: ("x = 1;\n", "semicolon", "x = 1\n", "line end"),
    Habit.SHORT_BLOCKS: ("if x: y()\n", "same line", "if x:\n    y()\n", "next line"),
    Habit.CHOICES: (
        "x = 1 if y else 2\n", "expression", "if y:\n    x = 1\nelse:\n    x = 2\n", "statement",
    ),
    Habit.COMMENTS: ("x = 1  # one\n", "comment", "x = 1\n", "none"),
    Habit.DOCSTRINGS: ('def f():\n    """Do."""\n', "docstring", "def f():\n    pass\n", "none"),
    Habit.ANNOTATIONS: ("def f(x: int): pass\n", "type", "def f(x): pass\n", "none"),
}  # fmt: skip

PROGRAM = dedent(
    """\
    def mean_of(numbers, start=0):
        # Add them all.
        total = start
        for number in numbers:
            total += number
        return (total / len(numbers)) if numbers else f"none of {start}"
    """
)


@pytest.mark.parametrize("habit", Habit)
def test_each_habit_is_read(habit: Habit) -> None:
    first, way, second, other_way = WAYS[habit]
    assert style_of(first).usual(habit) == way
    assert style_of(second).usual(habit) == other_way


@pytest.mark.parametrize("habit", Habit)
def test_two_ways_of_one_habit_are_apart(habit: Habit) -> None:
    first, _, second, _ = WAYS[habit]
    distance = style_distance(style_of(first), style_of(second))
    assert distance is not None
    assert distance > 0


def test_a_style_is_no_distance_from_itself() -> None:
    assert style_distance(style_of(PROGRAM), style_of(PROGRAM)) == 0


def test_a_habit_that_does_not_occur_is_missing_and_neither_kept_nor_lost() -> None:
    style = style_of("x = 1\n")
    assert style.usual(Habit.QUOTES) is None
    assert style.share(Habit.QUOTES, "single") is None
    quoted = style_of("x = 1\ny = 'a'\n")
    assert style_distance(style, quoted) == style_distance(style, style_of("x = 1\ny = 2\n"))


def test_styles_without_a_common_habit_cannot_be_compared() -> None:
    assert style_distance(Style(), style_of(PROGRAM)) is None
    assert style_distance(style_of(""), style_of(PROGRAM)) is None


def test_the_distance_is_the_mean_difference_of_shares() -> None:
    # Of two habits, quotes differ in one of two marks, and the ends of lines in none.
    half = style_of("'a'\n\"b\"\n")
    whole = style_of("'a'\n'b'\n")
    habits = len(half.chosen)
    assert set(half.chosen) == set(whole.chosen)
    assert style_distance(half, whole) == pytest.approx(0.5 / habits)


@pytest.mark.parametrize("end", range(0, len(PROGRAM) + 1, 7))
def test_a_program_that_breaks_off_anywhere_has_a_style(end: int) -> None:
    style_of(PROGRAM[:end])
    style_of(PROGRAM[end:])


def test_a_program_that_does_not_parse_has_the_style_of_what_can_be_read() -> None:
    broken = PROGRAM.replace("numbers:", "numbers")
    distance = style_distance(style_of(broken), style_of(PROGRAM))
    assert distance is not None
    assert distance < 0.1


def test_a_program_nested_too_deeply_for_python_has_a_style() -> None:
    deep = "x = " + "(" * 3000 + ")" * 3000
    assert style_of(deep).usual(Habit.ASSIGNMENT_SPACE) == "space"


def test_the_style_of_several_texts_is_that_of_all_their_marks() -> None:
    together = merged([style_of("'a'\n"), style_of("\"b\"\n'c'\n")])
    assert together.share(Habit.QUOTES, "single") == pytest.approx(2 / 3)
    assert merged([]) == Style()


def test_what_is_written_as_usual_costs_nothing() -> None:
    before = style_of(PROGRAM)
    assert style_cost(before, PROGRAM) == 0
    assert style_cost(before, PROGRAM.replace("total = start", "total = start + 1")) == 0


def test_what_is_written_otherwise_costs_bits() -> None:
    before = style_of("x = 'a'\ny = 'b'\n")
    # Two were seen of one way and none of the other, each counting half a mark more.
    assert style_cost(before, "x = 'a'\ny = 'b'\nz = \"c\"\n") == pytest.approx(
        math.log2(2.5 / 0.5)
    )


def test_a_habit_that_a_person_did_not_show_costs_nothing() -> None:
    assert style_cost(style_of("x = 1\n"), "x = 1\nf('a')\n") == 0
