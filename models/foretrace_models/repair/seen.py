"""What a failing check shows: what was given, what should come of it, and what came."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from foretrace_models.repair.checks import (
    CallCheck,
    Check,
    DoctestCheck,
    FunctionCheck,
    OutputCheck,
    example_passes,
)
from foretrace_models.repair.diagnosis import Seen
from foretrace_models.repair.sandbox.harness import Result
from foretrace_telemetry.language import t

_LONGEST = 120
NO_END = "no end"
ENDED = "the end of the whole program"
PROGRAM = "the program"
INPUT = "input"
NO_INPUT = "no input"
BROKEN = "does not hold"


def seen(check: Check, result: Result, lines: Sequence[str]) -> Seen:
    """Return what a check showed that failed; `lines` are those of the program."""
    broke_off = _error(result)
    if isinstance(check, CallCheck):
        actual = broke_off or _literal(result)
        return _clipped(check.test.call, repr(check.test.expected), actual)
    if isinstance(check, OutputCheck):
        stdin = check.test.stdin.rstrip()
        given = f"{t(INPUT)} {stdin!r}" if check.test.stdin else t(NO_INPUT)
        expected, actual = _first_difference(check.test.stdout, result.get("stdout", ""))
        return _clipped(given, expected, broke_off or actual)
    if isinstance(check, DoctestCheck):
        for example, shown in zip(check.examples, result.get("examples", ()), strict=False):
            if not example_passes(example, shown):
                source, wanted, raised, _ = example
                actual = shown.get("raised") or shown["output"] or t("nothing")
                return _clipped(source, raised or wanted or t("nothing"), actual)
    given = f"{check.name}()" if isinstance(check, FunctionCheck) else t(PROGRAM)
    if result.get("error", {}).get("type") == "AssertionError":
        frames = result["error"]["frames"]
        if frames and frames[-1][0] <= len(lines):
            return _clipped(lines[frames[-1][0] - 1].strip(), None, t(BROKEN))
    return _clipped(given, None, broke_off or t("other output than before"))


def _literal(result: Result) -> str:
    """Return the value that a call gave as Python writes it."""
    if result["value"] is None:
        return t("a value of type {type}", type=result["type"])
    try:
        return repr(ast.literal_eval(result["value"]))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return str(result["value"])


def _error(result: Result) -> str | None:
    """Return by what a run broke off, if it did."""
    # A run is not made where one before it had no end.
    if result["status"] in ("timeout", "not made"):
        return t(NO_END)
    if result["status"] == "died":
        return t(ENDED)
    if result["status"] != "raised":
        return None
    error = result["error"]
    return f"{error['type']}: {error['message']}" if error["message"] else str(error["type"])


def _first_difference(expected: str, actual: str) -> tuple[str, str]:
    """Return the first line of two texts that differs, and which it is where there are several."""
    wanted, shown = (
        [line.rstrip() for line in text.rstrip().splitlines()] for text in (expected, actual)
    )
    number = next(
        (n for n, pair in enumerate(zip(wanted, shown, strict=False)) if pair[0] != pair[1]),
        min(len(wanted), len(shown)),
    )
    has_many = max(len(wanted), len(shown)) > 1

    def told(lines: list[str]) -> str:
        line = repr(lines[number]) if number < len(lines) else t("nothing")
        return t("{line} in line {n}", line=line, n=number + 1) if has_many else line

    return told(wanted), told(shown)


def _clipped(given: str, expected: str | None, actual: str) -> Seen:
    return Seen(_clip(given), None if expected is None else _clip(expected), _clip(actual))


def _clip(text: str) -> str:
    """Return a text in one line of printable characters, cut where it gets long."""
    flat = " ".join(text.split())
    shown = "".join(each if each.isprintable() else "�" for each in flat[: _LONGEST + 1])
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
