"""HumanEvalPack in Python: ``python.jsonl``, functions with a bug that somebody put there."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

FILE = "python.jsonl"
_FIELDS = ("task_id", "declaration", "buggy_solution", "canonical_solution", "test")


@frozen
class BuggyFunction:
    """A function with a bug, the same without, and what it must return.

    `tests` are a call and the value expected, both as Python source. `tests_left_out` counts the
    assertions that do not say that a call equals a literal.
    """

    id: str
    buggy: str
    reference: str
    tests: tuple[tuple[str, str], ...]
    tests_left_out: int


def recognises(folder: Path) -> bool:
    """Return whether a folder holds the file, which the name alone does not tell."""
    path = folder / FILE
    if not path.is_file():
        return False
    with path.open(encoding="utf-8") as file:
        return "buggy_solution" in file.readline()


def read(folder: Path) -> Iterator[BuggyFunction]:
    """Iterate over the functions.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not what it should be.
    """
    with (folder / FILE).open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                row = {field: json.loads(line)[field] for field in _FIELDS}
                asserts = _asserts(row["test"])
            except (KeyError, TypeError, ValueError, SyntaxError) as error:
                raise ValueError(
                    f"line {number} of {folder / FILE} cannot be read: {error!r}"
                ) from error
            tests = [test for test in map(_test, asserts) if test is not None]
            yield BuggyFunction(
                row["task_id"],
                row["declaration"] + row["buggy_solution"],
                row["declaration"] + row["canonical_solution"],
                tuple(tests),
                len(asserts) - len(tests),
            )


def _asserts(test: str) -> list[ast.Assert]:
    return [node for node in ast.walk(ast.parse(test)) if isinstance(node, ast.Assert)]


def _test(statement: ast.Assert) -> tuple[str, str] | None:
    """Return the call and the literal of ``assert call == literal``, None of any other."""
    test = statement.test
    if not (isinstance(test, ast.Compare) and isinstance(test.left, ast.Call)):
        return None
    if len(test.ops) != 1 or not isinstance(test.ops[0], ast.Eq):
        return None
    try:
        ast.literal_eval(test.comparators[0])
    except ValueError:
        return None
    return ast.unparse(test.left), ast.unparse(test.comparators[0])
