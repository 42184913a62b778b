"""Prompts: the texts in which programs and changes are put to a language model.

A prompt is a document of sections; the model writes the end of the last one. It needs no chat
format and no tokens of its own, so that it serves every causal language model. Whoever changes what
a prompt looks like counts `VERSION` up: what was trained on or measured with another one differs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from attrs import evolve, frozen

VERSION = 2
_MARK = "### "
_PROGRAM = f"{_MARK}Program\n"
_LAST_CHANGE = f"{_MARK}Last change\n"
_TESTS = f"{_MARK}Tests\n"
_FAILURE = f"{_MARK}What goes wrong\n"
_CORRECTED = f"{_MARK}Program, corrected\n"
_CHANGE = f"{_MARK}Change\n"
_LINES = f"{_MARK}Lines\n"
_LATER = f"{_MARK}Lines, a moment later\n"
_WORDS = f"{_MARK}In words\nYou are"
_RESERVED = re.compile(r"^### ", re.MULTILINE)
# What ends a section, and with it an answer.
STOP = "\n" + _MARK
_MOST_TESTS = 4


@frozen
class Known:
    """What is known beside a program that is to be corrected.

    `tests` are calls, and what they should give as Python writes it; `failure` says in words what
    one of them gives, or where the program stops; `change` is what the person changed last, as
    lines of a diff.
    """

    tests: tuple[tuple[str, str], ...] = ()
    failure: str = ""
    change: str = ""

    def like(self, other: Known) -> Known:
        """Return as much of this as is known of another program."""
        return evolve(
            self,
            failure=self.failure if other.failure else "",
            change=self.change if other.change else "",
        )


NOTHING_KNOWN = Known()

# Two corrections of our own: small models copy what is right only once they have seen it done.
_EXAMPLES = (
    (
        "def area(width, height):\n"
        "    # Nothing is smaller than nothing.\n"
        "    if width < 0 or height < 0:\n"
        "        return None\n"
        "    result = width + height\n"
        "    return result\n",
        Known(
            (("area(3, 4)", "12"),),
            "area(3, 4) gives 7; expected is 12.",
            "+    if width < 0 or height < 0:\n+        return None\n",
        ),
        ("width + height", "width * height"),
    ),
    (
        "def largest(values):\n"
        "    best = values[0]\n"
        "    for value in values:\n"
        "        if value < best:\n"
        "            best = value\n"
        "    return best\n",
        Known(
            (("largest([3, 8, 5])", "8"),),
            "largest([3, 8, 5]) gives 3; expected is 8.",
            "-        if value > best:\n+        if value < best:\n",
        ),
        ("value < best", "value > best"),
    ),
)


_WORDED = (
    ("+    if not seq:\n+        return 0\n", "returning 0 if seq is empty"),
    ('-    print("total", total)\n+    print("total:", round(total, 2))\n', "rounding the total"),
    ("-for i in range(9):\n+for i in range(len(names)):\n", "changing the range to the names"),
)

# What changed, as lines that went and came; some lines then; and those of them that changed next.
_REWRITTEN: tuple[tuple[tuple[str, str], str, tuple[str, str]], ...] = (
    (
        ("const rows = load();", "const rows = load(limit);"),
        "function load() {\n  const rows = [];\n  for (const row of source) {\n"
        "    rows.push(row);\n  }\n  return rows;\n}",
        ("function load() {", "function load(limit) {"),
    ),
    (
        ("", "    names.sort()"),
        "def listed(names):\n    names.sort()\n    for name in names:\n        print(name)\n",
        ("", ""),
    ),
    (
        ("def price(item):", "def price(item, count):"),
        'def price(item, count):\n    """Return what some items cost."""\n'
        "    base = item.price\n    return base\n",
        ("    return base\n", "    return base * count\n"),
    ),
)


class ReservedMarkerError(ValueError):
    """A text has a line that begins as the sections of a prompt do."""


def correcting(
    program: str, begun: str = "", known: Known = NOTHING_KNOWN, examples: bool = True
) -> str:
    """Return the prompt that asks for the corrected program, which begins with `begun`.

    The answer goes on right after `begun`, with the end of its last line if that is whole: tokens
    reach over it.

    Raises:
        ReservedMarkerError: one of the texts cannot be told from the prompt.
    """
    told = (part for test in known.tests for part in test)
    _check(program, begun, known.failure, known.change, *told)
    preface = ""
    if examples:
        for text, example, (wrong, right) in _EXAMPLES:
            corrected = text.replace(wrong, right)
            preface += _task(text, example.like(known)) + _CORRECTED + corrected
    return (preface + _task(program, known) + _CORRECTED + begun).removesuffix("\n")


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


def rewriting(
    changes: Sequence[tuple[Sequence[str], Sequence[str]]], lines: Sequence[str], begun: int
) -> str:
    """Return the prompt that asks how some lines will be, after changes, the last one last.

    A change is the lines that it took away, and those that it brought. The first `begun` lines of
    the answer are there already; it goes on with the end of the last one.

    Raises:
        ReservedMarkerError: a line cannot be told from the prompt.
    """
    _check(*lines)
    preface = ""
    for (gone, came), text, (old, new) in _REWRITTEN:
        change = _change([gone] if gone else [], [came])
        later = text.replace(old, new) if old else text
        preface += f"{change}{_LINES}{_ended(text)}{_LATER}{_ended(later)}"
    told = "".join(_change(gone, came) for gone, came in changes)
    whole, head = ("".join(line + "\n" for line in some) for some in (lines, lines[:begun]))
    return f"{preface}{told}{_LINES}{whole}{_LATER}{head}".removesuffix("\n")


def _change(gone: Sequence[str], came: Sequence[str]) -> str:
    signed = [*(f"-{line}" for line in gone), *(f"+{line}" for line in came)]
    return _CHANGE + "".join(line + "\n" for line in signed)


def _task(program: str, known: Known) -> str:
    # What fails is told first, of more tests than a prompt has room for.
    tests = sorted(known.tests, key=lambda test: test[0] not in known.failure)[:_MOST_TESTS]
    asserts = "".join(f"assert {call} == {expected}\n" for call, expected in tests)
    sections = (
        (_PROGRAM, program or "\n"),
        (_LAST_CHANGE, known.change),
        (_TESTS, asserts),
        (_FAILURE, known.failure),
    )
    return "".join(heading + _ended(text) for heading, text in sections if text)


def _check(*texts: str) -> None:
    for text in texts:
        if _RESERVED.search(text):
            raise ReservedMarkerError(f"a line begins with {_MARK!r}, as the parts of a prompt do")


def _ended(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"
