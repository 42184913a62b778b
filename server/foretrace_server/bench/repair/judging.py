"""Judging: whether a program passes a whole suite, run where it can do no harm."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from foretrace_models.repair.assignment import CallTest
from foretrace_models.repair.checks import CallCheck, Check, OutputCheck
from foretrace_models.repair.sandbox.harness import Program, Result, Run
from foretrace_models.repair.sandbox.process import SandboxError
from foretrace_models.repair.sandbox.runner import Limits, Sandbox
from foretrace_models.repair.verify import Verifier
from foretrace_server.bench.repair.tasks import Task, Test

_FILE = "program.py"
_TRIES = 2
_WALL_SECONDS = 10.0
# How often a run may end its process, over all programs at once.
_MOST_ENDED = 16


def check_of(test: Test) -> Check:
    """Return the check that a test is."""
    return CallCheck(test) if isinstance(test, CallTest) else OutputCheck(test)


def assignment_text(task: Task, tests: Sequence[Test]) -> str:
    """Return an assignment file for a task, with some of its tests."""
    lines = [
        "[assignment]",
        f"id = {_toml(task.id)}",
        f"entry = {_toml(_FILE)}",
        f"prelude = {_toml(task.prelude)}",
        f"timeout_seconds = {task.timeout_seconds}",
    ]
    for test in tests:
        lines.append("[[test]]")
        if isinstance(test, CallTest):
            lines += [f"call = {_toml(test.call)}", f"expected = {_toml(repr(test.expected))}"]
        else:
            lines += [f"stdin = {_toml(test.stdin)}", f"stdout = {_toml(test.stdout)}"]
    return "\n".join(lines) + "\n"


def _toml(text: str) -> str:
    """Return a string of TOML: one of JSON is one, but for DEL."""
    return json.dumps(text).replace("\x7f", "\\u007f")


def written(folder: Path, text: str) -> Path:
    """Return the path of a program that is written to a folder, to the character."""
    path = folder / _FILE
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return path


class Judge:
    """Runs programs in an empty folder."""

    def __init__(self) -> None:
        """Make the folder.

        Raises:
            SandboxError: programs cannot be run here.
        """
        self._folder = tempfile.TemporaryDirectory()
        self._path = Path(self._folder.name) / _FILE
        self._sandbox = Sandbox(self._path.parent)

    def passed(self, task: Task, text: str) -> list[bool]:
        """Return of each test whether a program passes it, each in a process of its own.

        Raises:
            SandboxError: programs cannot be run any more.
        """
        checks = [check_of(test) for test in task.tests]
        for _ in range(_TRIES):
            try:
                verifier = self.verifier(task, checks)
                results = verifier.verify(text).results
                return [c.passes(r) for c, r in zip(checks, results, strict=True)]
            except SandboxError:
                self._again()
        raise SandboxError("the sandbox ends with every program that is run")

    def results(
        self, task: Task, texts: Sequence[str], tests: Sequence[Test], cpu_seconds: float
    ) -> list[list[Result]]:
        """Return the results that some tests have in each program, run in a process of its own.

        Each run may have `cpu_seconds` of the processor, however busy the machine is. One
        that ends the process is followed by the next in a new one, a number of times.

        Raises:
            SandboxError: programs cannot be run any more.
        """
        if not (texts and tests):
            return [[] for _ in texts]
        runs = [check_of(test).run() for test in tests]
        programs: list[Program] = [
            {"source": text, "filename": str(self._path), "prelude": task.prelude} for text in texts
        ]
        limits = Limits(cpu_seconds, _WALL_SECONDS)
        rows = self._made(programs, runs, limits)
        more = _MOST_ENDED
        for program, row in zip(programs, rows, strict=True):
            while len(row) < len(runs) and more:
                more -= 1
                row += self._made([program], runs[len(row) :], limits)[0]
            row += [{"status": "not made"}] * (len(runs) - len(row))
        return rows

    def _made(
        self, programs: Sequence[Program], runs: Sequence[Run], limits: Limits
    ) -> list[list[Result]]:
        """Return the results of each program up to a run that ended the process."""
        for _ in range(_TRIES):
            try:
                rows = self._sandbox.run(programs, runs, limits)
            except SandboxError:
                self._again()
            else:
                return [[each for each in row if each["status"] != "not made"] for row in rows]
        raise SandboxError("the sandbox ends with every program that is run")

    def verifier(self, task: Task, checks: Sequence[Check] = ()) -> Verifier:
        """Return what runs checks on programs for a task."""
        return Verifier(self._sandbox, self._path, task.prelude, checks, task.timeout_seconds)

    def _again(self) -> None:
        self._sandbox.close()
        self._sandbox = Sandbox(self._path.parent)

    def close(self) -> None:
        """End all runs and remove the folder."""
        self._sandbox.close()
        self._folder.cleanup()

    def __enter__(self) -> Judge:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
