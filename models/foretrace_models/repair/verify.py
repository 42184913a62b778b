"""Verification: run a program's checks and say which of them pass."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from foretrace_models.repair.checks import AgreedCheck, Check, Outcome
from foretrace_models.repair.sandbox.harness import Program, Result
from foretrace_models.repair.sandbox.runner import Limits, Sandbox

# While candidates are tried, a run gets this many times what the slowest run of the program took.
_PATIENCE = 20.0
_PATIENCE_QUICK = 2.0
_SHORTEST_SECONDS = 0.01
_GLANCE = Limits(0.2, 1.0)
# The same where peers' programs take no time to speak of.
_GLANCE_QUICK = Limits(0.04, 1.0)
_TRACE = Limits(0.1, 1.0)
# A candidate that mends none of so many failing checks is not looked at any further.
_MOST_TELLING = 3
# Of checks that are many and cheap, this many are counted.
_MOST_COUNTED = 12
# And so many more are tried.
_MOST_LAST = 24


@frozen
class Verdict:
    """What the checks say of one text: an outcome and a result for each, in their order."""

    outcomes: tuple[Outcome, ...]
    results: tuple[Result, ...]

    @property
    def passed(self) -> int:
        """The number of checks that pass."""
        return self.outcomes.count(Outcome.PASSED)

    @property
    def failed(self) -> int:
        """The number of checks that fail."""
        return self.outcomes.count(Outcome.FAILED)

    @property
    def all_pass(self) -> bool:
        """Whether there is a check, and none fails or cannot be told."""
        return bool(self.outcomes) and self.passed == len(self.outcomes)


class Verifier:
    """Runs the checks of one program on any text of it."""

    def __init__(
        self,
        sandbox: Sandbox,
        path: Path,
        prelude: str,
        checks: Sequence[Check],
        timeout_seconds: float,
        *,
        quick: bool = False,
    ) -> None:
        """Take what there is to run, and how long a run may take.

        `quick` says that peers' programs need next to no time for any check: what takes long is
        then taken for an endless loop much sooner while candidates are tried.
        """
        self.checks = tuple(checks)
        self.tried = 0
        self._sandbox = sandbox
        self._path = path
        self._prelude = prelude
        self._full = Limits(timeout_seconds, timeout_seconds * 2 + 1)
        self._quick = quick
        self._verified: dict[str, Verdict] = {}

    @property
    def proves_little(self) -> bool:
        """Whether there are no tests, so that of two fixes the likelier is the better."""
        return not any(check.is_test for check in self.checks)

    def without_agreed(self) -> Verifier:
        """Return what runs only the checks that are the person's own."""
        return self.of([check for check in self.checks if not isinstance(check, AgreedCheck)])

    def of(self, checks: Sequence[Check]) -> Verifier:
        """Return what runs other checks on the same program."""
        timeout = self._full.cpu_seconds
        return Verifier(
            self._sandbox, self._path, self._prelude, checks, timeout, quick=self._quick
        )

    def verify(self, text: str) -> Verdict:
        """Run each check in a process of its own, with all the time it may have.

        Checks that are not worth that share one. A text is run once, however often it is asked for.

        Raises:
            SandboxError: the sandbox is gone.
        """
        if text not in self._verified:
            self._verified[text] = self._verdict(self._results(text, self._full))
        return self._verified[text]

    def look(self, text: str) -> Verdict:
        """Run each check as `verify` does, but waste no time on loops that never end.

        A test that takes long is run again with all the time it may have, unless one is known to
        fail already. The results have the lines that ran.

        Raises:
            SandboxError: the sandbox is gone.
        """
        results = self._results(text, _GLANCE_QUICK if self._quick else _GLANCE)
        late = [n for n, result in enumerate(results) if result["status"] == "timeout"]
        outcomes = self._verdict(results).outcomes
        fails = any(o is Outcome.FAILED for n, o in enumerate(outcomes) if n not in late)
        for n in late:
            check = self.checks[n]
            if not (fails and check.is_test) and check.apart and check.patient:
                run = check.run()
                (results[n],) = self._sandbox.run_apart(self._program(text), [run], self._full)
                fails = fails or results[n]["status"] == "timeout"
        cheap = [n for n, check in enumerate(self.checks) if not check.apart]
        unseen = set(cheap[_MOST_LAST:])
        looked = [n for n in range(len(self.checks)) if n not in unseen]
        seen = self._results(text, _TRACE, looked, trace_lines=True)
        for n, traced in zip(looked, seen, strict=True):
            results[n]["lines"] = traced.get("lines", [])
        return self._verdict(results)

    def _results(
        self, text: str, limits: Limits, which: Sequence[int] | None = None, **options: bool
    ) -> list[Result]:
        """Make the run of each check, or of some by their numbers, in their order."""
        program = self._program(text)
        checks = self.checks if which is None else [self.checks[n] for n in which]
        runs = [{**check.run(), **options} for check in checks]
        apart = [n for n, check in enumerate(checks) if check.apart]
        shared = [n for n, check in enumerate(checks) if not check.apart]
        results: list[Result] = [{"status": "not made"}] * len(runs)
        made = self._sandbox.run_apart(program, [runs[n] for n in apart], limits)
        for n, result in zip(apart, made, strict=True):
            results[n] = result
        if shared:
            (made,) = self._sandbox.run([program], [runs[n] for n in shared], limits)
            # What came after a run that ended the process was not made.
            for n, result in zip(shared, made, strict=False):
                results[n] = result
        return [dict(result) for result in results]

    def _verdict(self, results: Sequence[Result]) -> Verdict:
        return Verdict(tuple(map(_judge, self.checks, results)), tuple(results))

    def tryout(self, baseline: Verdict) -> Tryout:
        """Return what compares candidates with a text whose verdict is known."""
        return Tryout(self, baseline)

    def credits(self, texts: Sequence[str], checks: Sequence[Check], limits: Limits) -> list[float]:
        """Return each text's credit over some checks, run in one process where none ends it."""
        if not checks:
            return [0.0] * len(texts)
        programs = [self._program(text) for text in texts]
        runs = [check.run() for check in checks]
        # What came after a run that ended the process was not run, and has no credit.
        return [
            sum(check.credit(result) for check, result in zip(checks, results, strict=False))
            for results in self._sandbox.run(programs, runs, limits)
        ]

    def passing(self, text: str, limits: Limits) -> int:
        """Return how many checks pass, run as `verify` does but within other limits.

        Raises:
            SandboxError: the sandbox is gone.
        """
        return self._verdict(self._results(text, limits)).passed

    def outcomes(self, texts: Sequence[str], limits: Limits) -> list[tuple[Outcome, ...]]:
        """Return what each check says of each text, run in one process where none ends it.

        Raises:
            SandboxError: the sandbox is gone.
        """
        runs = [check.run() for check in self.checks]
        rows = self._sandbox.run([self._program(text) for text in texts], runs, limits)
        for text, row in zip(texts, rows, strict=True):
            made = _made(row)
            rest = range(made, len(runs))
            row[made:] = self._results(text, limits, rest)
        return [self._verdict(row).outcomes for row in rows]

    def values(
        self, texts: Sequence[str], calls: Sequence[str], limits: Limits
    ) -> list[list[str | None]]:
        """Return the literal that each call gives in each program, None where it gives none.

        Raises:
            SandboxError: the sandbox is gone.
        """
        if not (texts and calls):
            return [[None] * len(calls) for _ in texts]
        runs = [{"stdin": "", "as_main": False, "call": call} for call in calls]
        rows = self._sandbox.run([self._program(text) for text in texts], runs, limits)
        return [
            [
                result["value"] if result["status"] == "returned" else None
                for result in (*row, *[{"status": "not made"}] * (len(calls) - len(row)))
            ]
            for row in rows
        ]

    def quick_limits(self, baseline: Verdict) -> Limits:
        """Return limits for trying out: what runs much longer than before is on a wrong way."""
        ended = (each for each in baseline.results if each["status"] != "timeout")
        slowest = max((result.get("seconds", 0.0) for result in ended), default=0.0)
        patience = _PATIENCE_QUICK if self._quick else _PATIENCE
        seconds = min(self._full.cpu_seconds, max(_SHORTEST_SECONDS, patience * slowest))
        return Limits(seconds, min(self._full.wall_seconds, 4 * seconds + 0.5))

    def _program(self, text: str) -> Program:
        return {"source": text, "filename": str(self._path), "prelude": self._prelude}


class Tryout:
    """Tries many candidates against one baseline: fast, and good enough to choose by.

    Credit is counted over the first few checks; what passes those is run on some more, which
    together count for one more. All others are for `Verifier.verify` to run.
    """

    def __init__(self, verifier: Verifier, baseline: Verdict) -> None:
        self._verifier = verifier
        self._limits = verifier.quick_limits(baseline)
        credits_ = [c.credit(r) for c, r in zip(verifier.checks, baseline.results, strict=True)]
        counted = _counted(verifier.checks, credits_)
        failing = [n for n in counted if credits_[n] < 1]
        # Those that cost little, if they are enough: a test may go on for long.
        cheap = [n for n in failing if not verifier.checks[n].apart]
        failing = cheap if len(cheap) >= _MOST_TELLING else failing
        # Not the first few but some from all over: neighbouring tests often fail alike.
        stride = max(1, -(-len(failing) // _MOST_TELLING))
        telling = failing[::stride]
        self._telling = [verifier.checks[n] for n in telling]
        self._rest = [verifier.checks[n] for n in counted if n not in telling]
        others = [check for n, check in enumerate(verifier.checks) if n not in counted]
        self._last = others[:_MOST_LAST]
        self._told = sum(credits_[n] for n in telling)
        self.baseline = sum(credits_[n] for n in counted)
        self.total = len(counted) + bool(self._last)

    def credits(self, texts: Sequence[str]) -> list[float]:
        """Return each text's credit, `total` at most; 0 if it mends none of the telling checks.

        Raises:
            SandboxError: the sandbox is gone.
        """
        verifier = self._verifier
        verifier.tried += len(texts)
        credits_ = verifier.credits(texts, self._telling, self._limits)
        hopeful = [n for n, credit in enumerate(credits_) if credit > self._told]
        more = verifier.credits([texts[n] for n in hopeful], self._rest, self._limits)
        total = dict.fromkeys(range(len(texts)), 0.0)
        for n, credit in zip(hopeful, more, strict=True):
            total[n] = credits_[n] + credit
        if self._last:
            passing = [n for n in hopeful if total[n] >= self.total - 1]
            last = verifier.credits([texts[n] for n in passing], self._last, self._limits)
            for n, credit in zip(passing, last, strict=True):
                total[n] += credit / len(self._last)
        return list(total.values())

    def passing(self, texts: Sequence[str]) -> list[bool]:
        """Return of each text whether it passes; what fails a check is not run on more.

        Raises:
            SandboxError: the sandbox is gone.
        """
        verifier = self._verifier
        verifier.tried += len(texts)
        left = list(range(len(texts)))
        for checks in (self._telling[:1], self._telling[1:], self._rest, self._last):
            credits_ = verifier.credits([texts[n] for n in left], checks, self._limits)
            left = [n for n, credit in zip(left, credits_, strict=True) if credit >= len(checks)]
        return [n in left for n in range(len(texts))]

    def heed(self, checks: Sequence[Check]) -> None:
        """Try these checks, too, from now on."""
        self._last = [*checks, *self._last]


def _counted(checks: Sequence[Check], credits_: Sequence[float]) -> list[int]:
    """Return the numbers of the checks to count: all tests, some of the others that fail."""
    spare = [n for n, check in enumerate(checks) if not check.apart]
    tests = [n for n in range(len(checks)) if n not in spare]
    failing = [n for n in spare if credits_[n] < 1]
    return sorted([*tests, *failing[: max(0, _MOST_COUNTED - len(tests))]])


def _made(row: Sequence[Result]) -> int:
    """Return how many runs of a row were made: after one that has no end of its own, none is."""
    statuses = [result["status"] for result in row]
    return next(
        (n for n, status in enumerate(statuses) if status in ("died", "not made")), len(row)
    )


def _judge(check: Check, result: Result) -> Outcome:
    return check.judge(result)
