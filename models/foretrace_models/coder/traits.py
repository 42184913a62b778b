"""Traits: what is observed of a coder in any language, each as a number that can be read."""

from __future__ import annotations

from enum import Enum


class Trait(str, Enum):
    """What is observed again and again, and averaged; the value says it in words.

    Most are shares: each time, something is so or is not so.
    """

    TAB_INDENT = "indented lines that begin with a tab"
    INDENT_OF_FOUR = "indents by a multiple of four spaces"
    COMMA_SPACE = "commas with a space after them"
    OPERATOR_SPACE = "operators with space around them"
    OWN_LINE_BRACE = "opening braces on a line of their own"
    BLANK_LINES = "lines that are blank"
    TRAILING_SPACE = "lines that end with white space"
    COMMENTS = "lines with a comment"
    LINE_LENGTH = "characters in a line"
    NAME_LENGTH = "characters in a name"
    ONE_LETTER_NAMES = "names of one letter"
    SNAKE_CASE = "names in snake_case, of those with several words"

    STATES = "states of a program"
    AT_ONCE = "programs that work at once"
    SOLVED = "programs that come to work"
    NOT_PARSED = "states that do not parse"
    AWAY = "steps that lead away from the end"
    RETURNS = "steps back to an earlier state"
    LINES_TOUCHED = "lines that a step touches"
    LARGE_ADD = "steps that add five lines or more"
    SMALL_ADD = "steps that add a few lines"
    DELETE = "steps that take lines out"
    MODIFY = "steps that only change lines"
    CHANGES_NAMES = "steps that change names"
    CHANGES_NUMBERS = "steps that change numbers"
    CHANGES_OPERATORS = "steps that change operators"
    CHANGES_BRACKETS = "steps that change brackets or separators"
    CHANGES_LAYOUT = "steps that change nothing but white space"
    QUICK = "steps within 15 seconds"
    PAUSES = "steps after more than ten minutes"


# What is no share but a number.
NUMBERS = frozenset(
    {Trait.LINE_LENGTH, Trait.NAME_LENGTH, Trait.STATES, Trait.LINES_TOUCHED},
)

# How somebody works; the others say how what they wrote looks.
WORKING = frozenset(list(Trait)[list(Trait).index(Trait.STATES) :])
