"""Trying programs of one assignment: how many of its tests each passes."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from foretrace_models.repair.assignment import Assignment, CallTest
from foretrace_models.repair.checks import CallCheck, Check, Outcome, OutputCheck
from foretrace_models.repair.parse import syntax_error
from foretrace_models.repair.sandbox.process import SandboxError
from foretrace_models.repair.sandbox.runner import Limits, Sandbox
from foretrace_models.repair.verify import Verifier

NOT_PARSED = -1
_BATCH = 64
# What takes longer than this goes on for ever, as far as anybody can wait.
_LIMITS = Limits(0.2, 1.0)


class Trial:
    """Runs programs in an empty folder, behind the sandbox's boundary, each text once."""

    def __init__(self, assignment: Assignment) -> None:
        """Make the folder.

        Raises:
            SandboxError: programs cannot be run here.
        """
        self._assignment = assignment
        self._folder = tempfile.TemporaryDirectory()
        self._path = Path(self._folder.name) / assignment.entry
        self._sandbox = Sandbox(self._path.parent)
        self._checks: list[Check] = [
            CallCheck(test) if isinstance(test, CallTest) else OutputCheck(test)
            for test in assignment.tests
        ]
        self._known: dict[str, int] = {}
        self._works: dict[str, bool] = {}

    @property
    def all(self) -> int:
        """How many tests there are."""
        return len(self._checks)

    def passed(self, texts: Sequence[str]) -> list[int]:
        """Return how many tests each program passes; `NOT_PARSED` for one that does not parse.

        Raises:
            SandboxError: programs cannot be run any more.
        """
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        parsing = [text for text in new if syntax_error(text) is None]
        self._known.update(dict.fromkeys(new, NOT_PARSED))
        for start in range(0, len(parsing), _BATCH):
            batch = parsing[start : start + _BATCH]
            self._known.update(zip(batch, self._counted(batch, self._checks), strict=True))
        return [self._known[text] for text in texts]

    def work(self, texts: Sequence[str]) -> list[bool]:
        """Return whether each program passes all tests; one that fails a test is run on no more.

        Raises:
            SandboxError: programs cannot be run any more.
        """
        new = [text for text in dict.fromkeys(texts) if text not in self._works]
        self._works.update(dict.fromkeys(new, False))
        left = [text for text in new if syntax_error(text) is None]
        for check in self._checks:
            passed = []
            for start in range(0, len(left), _BATCH):
                batch = left[start : start + _BATCH]
                counts = zip(batch, self._counted(batch, [check]), strict=True)
                passed += [text for text, count in counts if count]
            left = passed
        self._works.update(dict.fromkeys(left, True))
        return [self._works[text] for text in texts]

    def _counted(self, texts: Sequence[str], checks: Sequence[Check]) -> list[int]:
        try:
            return self._run(texts, checks)
        except SandboxError:
            self._sandbox.close()
            self._sandbox = Sandbox(self._path.parent)
        if len(texts) == 1:  # it ends the sandbox whenever it runs
            return [0]
        return [count for text in texts for count in self._counted([text], checks)]

    def _run(self, texts: Sequence[str], checks: Sequence[Check]) -> list[int]:
        assignment = self._assignment
        verifier = Verifier(
            *(self._sandbox, self._path, assignment.prelude, checks),
            assignment.timeout_seconds,
        )
        return [row.count(Outcome.PASSED) for row in verifier.outcomes(texts, _LIMITS)]

    def close(self) -> None:
        """End all runs and remove the folder."""
        self._sandbox.close()
        self._folder.cleanup()

    def __enter__(self) -> Trial:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self.close()
