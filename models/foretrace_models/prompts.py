"""Prompts: the texts in which programs and changes are put to a language model.

A prompt is a document of sections; the model writes the end of the last one. It needs no chat
format and no tokens of its own, so that it serves every causal language model. Whoever changes what
a prompt looks like counts `VERSION` up: what was trained on or measured with another one differs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

VERSION = 1
_MARK = "### "
_PROGRAM = f"{_MARK}Program\n"
_TESTS = f"{_MARK}Tests\n"
_CORRECTED = f"{_MARK}Program, corrected\n"
_CHANGE = f"{_MARK}Change\n"
_WORDS = f"{_MARK}In words\nYou are"
_RESERVED = re.compile(r"^### ", re.MULTILINE)
# What ends a section, and with it an answer.
STOP = "\n" + _MARK
_MOST_TESTS = 4

# Two corrections of our own: small models copy what is right only once they have seen it done.
_EXAMPLES = (
    (
        "def area(width, height):\n"
        "    # Nothing is smaller than nothing.\n"
        "    if width < 0 or height < 0:\n"
        "        return None\n"
        "    result = width + height\n"
        "    return result\n",
        [("area(3, 4)", "12")],
        ("width + height", "width * height"),
    ),
    (
        "def largest(values):\n"
        "    best = values[0]\n"
        "    for value in values:\n"
        "        if value < best:\n"
        "            best = value\n"
        "    return best\n",
        [("largest([3, 8, 5])", "8")],
        ("value < best", "value > best"),
    ),
)


_WORDED = (
    ("+    if not seq:\n+        return 0\n", "returning 0 if seq is empty"),
    ('-    print("total", total)\n+    print("total:", round(total, 2))\n', "rounding the total"),
    ("-for i in range(9):\n+for i in range(len(names)):\n", "changing the range to the names"),
)


class ReservedMarkerError(ValueError):
    """A text has a line that begins as the sections of a prompt do."""


def correcting(
    program: str, begun: str = "", tests: Sequence[tuple[str, str]] = (), examples: bool = True
) -> str:
    """Return the prompt that asks for the corrected program, which begins with `begun`.

    The answer goes on right after `begun`, with the end of its last line if that is whole: tokens
    reach over it. `tests` are calls, and what they should give as Python writes it.

    Raises:
        ReservedMarkerError: one of the texts cannot be told from the prompt.
    """
    _check(program, begun, *(part for test in tests for part in test))
    preface = ""
    if examples:
        for text, example_tests, (wrong, right) in _EXAMPLES:
            corrected = text.replace(wrong, right)
            preface += _task(text, example_tests) + _CORRECTED + corrected
    return (preface + _task(program, tests) + _CORRECTED + begun).removesuffix("\n")


def corrected_in(document: str) -> str:
    """Return the corrected program in a prompt with its answer, as far as that goes."""
    return document.rpartition(_CORRECTED)[2].split(STOP)[0]


def wording(change: str) -> str:
    """Return the prompt that asks what a change does, in words that follow "You are".

    Raises:
        ReservedMarkerError: the change cannot be told from the prompt.
    """
    _check(change)
    preface = "".join(f"{_CHANGE}{done}{_WORDS} {words}.\n" for done, words in _WORDED)
    return f"{preface}{_CHANGE}{_ended(change)}{_WORDS}"


def _task(program: str, tests: Sequence[tuple[str, str]]) -> str:
    told = "".join(f"assert {call} == {expected}\n" for call, expected in tests[:_MOST_TESTS])
    return _PROGRAM + _ended(program) + (_TESTS + told if told else "")


def _check(*texts: str) -> None:
    for text in texts:
        if _RESERVED.search(text):
            raise ReservedMarkerError(f"a line begins with {_MARK!r}, as the parts of a prompt do")


def _ended(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"
