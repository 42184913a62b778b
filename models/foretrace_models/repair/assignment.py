"""The assignment file, ``foretrace.toml``: what a program must do, and how much help is allowed."""

from __future__ import annotations

import ast
import re
import sys
from enum import Enum
from pathlib import Path
from typing import Any, NoReturn

from attrs import frozen

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FILE_NAME = "foretrace.toml"


class Level(str, Enum):
    """How much help is given, from none to the whole fix."""

    OFF = "off"
    NUDGE = "nudge"
    HINT = "hint"
    STEP = "step"
    FIX = "fix"

    def allows(self, other: Level) -> bool:
        """Return whether help of the other level is within this one."""
        levels = list(Level)
        return levels.index(other) <= levels.index(self)


@frozen
class CallTest:
    """After the program ran with empty input, `call` must give a value equal to `expected`."""

    call: str
    expected: Any


@frozen
class OutputTest:
    """The whole program reads `stdin` and must print `stdout`, but for white space at line ends."""

    stdin: str
    stdout: str


@frozen
class Assignment:
    """What an assignment file says."""

    id: str
    entry: str
    prelude: str = ""
    timeout_seconds: float = 2.0
    ceiling: Level = Level.FIX
    tests: tuple[CallTest | OutputTest, ...] = ()


class AssignmentError(ValueError):
    """An assignment file cannot be read; `line` counts from 0."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


def load_assignment(folder: Path) -> Assignment | None:
    """Return the assignment of a folder, or None if it has none.

    Raises:
        AssignmentError: the file is there and cannot be read, or says what it may not.
    """
    path = folder / FILE_NAME
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise AssignmentError(f"{FILE_NAME} is not UTF-8 (byte {error.start})") from error
    except OSError as error:
        raise AssignmentError(f"{FILE_NAME} cannot be read: {error.strerror}") from error
    return parse_assignment(text, default_id=folder.name)


def assignment_of(path: Path | None) -> Assignment | None:
    """Return the assignment that a program is for; None without one, or if it cannot be read."""
    try:
        assignment = load_assignment(path.parent) if path else None
    except AssignmentError:
        return None
    return assignment if assignment and path and assignment.entry == path.name else None


def parse_assignment(text: str, default_id: str) -> Assignment:
    """Return what the text of an assignment file says.

    Raises:
        AssignmentError: it is not TOML, lacks `entry`, or has keys or values it may not have.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise AssignmentError(
            f"{FILE_NAME} is not valid TOML: {error}", int(line[1]) - 1 if line else 0
        ) from error
    return _Reader(text).assignment(data, default_id)


class _Reader:
    """Reads the tables of one file and knows where a key stands, for messages."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()

    def assignment(self, data: dict[str, Any], default_id: str) -> Assignment:
        self._only(data, "the file", ("assignment", "assistance", "test"))
        main = self._table(data, "assignment")
        self._only(main, "[assignment]", ("id", "entry", "prelude", "timeout_seconds"))
        assistance = self._table(data, "assistance")
        self._only(assistance, "[assistance]", ("ceiling",))
        entry = self._text(main, "entry", None)
        if not entry or Path(entry).name != entry:
            self._fail("entry must name a file in the same folder", "entry")
        tests = data.get("test", [])
        if not isinstance(tests, list) or not all(isinstance(test, dict) for test in tests):
            self._fail("tests are written as [[test]]", "test")
        return Assignment(
            id=self._text(main, "id", default_id),
            entry=entry,
            prelude=self._text(main, "prelude", ""),
            timeout_seconds=self._timeout(main),
            ceiling=self._ceiling(assistance),
            tests=tuple(self._test(test, number) for number, test in enumerate(tests, 1)),
        )

    def _test(self, test: dict[str, Any], number: int) -> CallTest | OutputTest:
        where = f"test {number}"
        self._only(test, where, ("call", "expected", "stdin", "stdout"))
        if set(test) == {"call", "expected"}:
            call = self._text(test, "call", None)
            expected = self._text(test, "expected", None)
            try:
                ast.parse(call, mode="eval")
            except (SyntaxError, ValueError):
                self._fail(f"the call of {where} is not a Python expression: {call}", call)
            try:
                value = ast.literal_eval(expected)
            except (SyntaxError, ValueError):
                self._fail(f"what {where} expects is not a Python literal: {expected}", expected)
            return CallTest(call, value)
        if "stdout" not in test or "call" in test or "expected" in test:
            needed = "either call and expected, or stdout and maybe stdin"
            self._fail(f"{where} needs {needed}", "[[test]]")
        return OutputTest(self._text(test, "stdin", ""), self._text(test, "stdout", None))

    def _timeout(self, main: dict[str, Any]) -> float:
        value = main.get("timeout_seconds", 2)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= 60:
            self._fail("timeout_seconds must be a number above 0 and at most 60", "timeout_seconds")
        return float(value)

    def _ceiling(self, assistance: dict[str, Any]) -> Level:
        value = assistance.get("ceiling", "fix")
        try:
            return Level(value)
        except ValueError:
            choices = ", ".join(level.value for level in Level)
            self._fail(f"ceiling must be one of {choices}, not {value!r}", "ceiling")

    def _table(self, data: dict[str, Any], name: str) -> dict[str, Any]:
        value = data.get(name, {})
        if not isinstance(value, dict):
            self._fail(f"{name} must be a table, written [{name}]", name)
        return value

    def _text(self, table: dict[str, Any], key: str, default: str | None) -> str:
        value = table.get(key, default)
        if not isinstance(value, str):
            self._fail(
                f"{key} is required and must be text"
                if value is None
                else f"{key} must be text, not {value!r}",
                key,
            )
        return value

    def _only(self, table: dict[str, Any], where: str, known: tuple[str, ...]) -> None:
        for key in table:
            if key not in known:
                self._fail(f"{where} has no key {key!r}; it may have {', '.join(known)}", key)

    def _fail(self, message: str, near: str) -> NoReturn:
        line = next((i for i, text in enumerate(self._lines) if near in text), 0)
        raise AssignmentError(f"{FILE_NAME}: {message}", line)
