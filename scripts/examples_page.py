"""Writes the page of the documentation that shows five fixes, made by the pipeline itself.

Usage: .venv/bin/python scripts/examples_page.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from attrs import frozen

from foretrace_models.repair.assignment import FILE_NAME
from foretrace_models.repair.diagnosis import Diagnosis, Fix, Problem, Situation
from foretrace_models.repair.edits import apply_edits
from foretrace_models.repair.pipeline import diagnose

PAGE = Path(__file__).parents[1] / "docs" / "examples.md"
_SECONDS = 9.0
_HEAD = """\
# Five fixes

Five programs with a fault, and all that Foretrace has to say about each: the *nudge* (where to
look), the *hint* (what happens, why that is wrong, how one would find it out, what to check), the
*steps* and the *fix*. How much of it is shown [a person chooses](settings.md), within what the
[assignment](assignment.md#how-much-help) allows. This page is made by the pipeline itself, with
`scripts/examples_page.py`. [Repair](repair.md) says how a fix comes about.
"""


@frozen
class Example:
    """A program with a fault, and the tests that it has."""

    title: str
    text: str
    tests: tuple[tuple[str, str], ...] = ()

    @property
    def assignment(self) -> str:
        """The tests as an assignment file."""
        tests = "".join(
            f'\n[[test]]\ncall = "{call}"\nexpected = "{expected}"\n'
            for call, expected in self.tests
        )
        return f'[assignment]\nentry = "program.py"\n{tests}'


EXAMPLES = (
    Example(
        "One too many",
        "items = [3, 1, 2]\n"
        "total = 0\n"
        "for i in range(len(items) + 1):\n"
        "    total += items[i]\n"
        "print(total)\n",
    ),
    Example(
        "The limit itself",
        "def search(x, seq):\n"
        "    for i in range(len(seq)):\n"
        "        if x < seq[i]:\n"
        "            return i\n"
        "    return len(seq)\n",
        (("search(5, [1, 5])", "1"), ("search(0, [1, 5])", "0"), ("search(9, [1, 5])", "2")),
    ),
    Example(
        "A return too early",
        "def total(numbers):\n"
        "    result = 0\n"
        "    for number in numbers:\n"
        "        result += number\n"
        "        return result\n",
        (("total([1, 2, 3])", "6"), ("total([4])", "4"), ("total([2, 5])", "7")),
    ),
    Example(
        "Two faults, one step after the other",
        "def largest(numbers, count):\n"
        "    found = []\n"
        "    while len(found) <= count:\n"
        "        value = min(numbers)\n"
        "        numbers.remove(value)\n"
        "        found.append(value)\n"
        "    return found\n",
        (
            ("largest([1, 3, 2, 5], 2)", "[5, 3]"),
            ("largest([4], 0)", "[]"),
            ("largest([7, 8, 9], 1)", "[9]"),
        ),
    ),
    Example(
        "A program that Python cannot read",
        'def greeting(name)\n    return "Hello " + name\n\nprint(greeting("Ada"))\n',
    ),
)


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


def page() -> str:
    """Return the whole page."""
    return _HEAD + "".join(map(_section, EXAMPLES))


def _section(example: Example) -> str:
    diagnosis = _diagnosed(example)
    problem, fix = diagnosis.problem, diagnosis.fix
    if problem is None or fix is None:
        raise RuntimeError(f"there is no fix for {example.title!r}: {diagnosis.why}")
    parts = [f"## {example.title}\n", _fenced("python", example.text)]
    if example.tests:
        rows = "".join(f"| `{call}` | `{expected}` |\n" for call, expected in example.tests)
        parts.append(f"| Test | Expected |\n| ---- | -------- |\n{rows}")
    return "\n" + "\n".join([*parts, _said(problem), _mended(example.text, fix)])


def _diagnosed(example: Example) -> Diagnosis:
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "program.py")
        program.write_text(example.text, encoding="utf-8")
        Path(folder, FILE_NAME).write_text(example.assignment, encoding="utf-8")
        return diagnose(Situation(example.text, program, may_run=True), _SECONDS)


def _said(problem: Problem) -> str:
    assert problem.hint is not None
    hint = problem.hint
    rows = {
        f"Nudge, at line {problem.line + 1}": problem.nudge,
        "Hint: what": hint.what,
        "Hint: why": hint.why,
        "Hint: how": hint.how,
        "Hint: check": hint.check,
    }
    lines = (f"| {what} | {said} |\n" for what, said in rows.items())
    return "| Level | What is said |\n| ----- | ------------ |\n" + "".join(lines)


def _mended(text: str, fix: Fix) -> str:
    steps = [
        f"{number}. {step.title}{_passed(step.tests_passed, fix.tests)}\n"
        for number, step in enumerate(fix.steps, start=1)
    ]
    return "Steps:\n\n" + "".join(steps) + "\n" + _fenced("python", apply_edits(text, fix.edits))


def _passed(passed: int, tests: int) -> str:
    if not tests:
        return ""
    verb = "passes" if passed == 1 else "pass"
    return f" ({passed} of {tests} tests {verb})"


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text}```\n"


if __name__ == "__main__":
    main()
