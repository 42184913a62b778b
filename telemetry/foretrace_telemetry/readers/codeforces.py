"""Submissions to problems of Codeforces: a JSON file for each problem, with tests and verdicts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen


@frozen
class Submission:
    """A program that somebody handed in, and what the judge said: ``OK``, ``WRONG_ANSWER``, …."""

    id: str
    verdict: str
    code: str


@frozen
class JudgedProblem:
    """A problem; `tests` are what a program reads and what it must print."""

    id: str
    seconds: float
    tests: tuple[tuple[str, str], ...]
    submissions: tuple[Submission, ...]


def recognises(folder: Path) -> bool:
    """Return whether a folder holds such files."""
    first = min(folder.glob("*.json"), default=None)
    if first is None:
        return False
    try:
        data = json.loads(first.read_text(encoding="utf-8"))
    except ValueError:
        return False
    return isinstance(data, dict) and {"assignment", "submissions", "test_cases"} <= data.keys()


def read(folder: Path) -> Iterator[JudgedProblem]:
    """Iterate over the problems in the order of their files.

    Raises:
        OSError: a file cannot be read.
        ValueError: a file is not what it should be.
    """
    for path in sorted(folder.glob("*.json")):
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            yield JudgedProblem(
                data["assignment"]["id"],
                float(data["assignment"]["time_limit"]),
                tuple((_lines(t["input"]), _lines(t["output"])) for t in data["test_cases"]),
                tuple(
                    Submission(each["id"], each["status"], each["code"])
                    for each in data["submissions"]
                ),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} cannot be read: {error!r}") from error


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")
