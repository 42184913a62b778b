"""The pipeline of repair: parse, check, search, minimise, and put into words."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from attrs import evolve

from foretrace_models.repair import samples
from foretrace_models.repair.assignment import (
    Assignment,
    AssignmentError,
    Level,
    load_assignment,
)
from foretrace_models.repair.checks import (
    AgreedCheck,
    CallCheck,
    Check,
    Outcome,
    RunCheck,
    checks_of,
    evidence,
)
from foretrace_models.repair.diagnosis import (
    Diagnosis,
    Fix,
    Kind,
    Problem,
    Proof,
    Reason,
    Situation,
    Why,
)
from foretrace_models.repair.donors.giving import RULE as DONOR
from foretrace_models.repair.donors.giving import given
from foretrace_models.repair.edits import (
    TextEdit,
    apply_edits,
    distance,
    edits_between,
    unified_diff,
)
from foretrace_models.repair.locate import suspicion
from foretrace_models.repair.minimise import minimised
from foretrace_models.repair.parse import Parsed, find_parsing, syntax_error
from foretrace_models.repair.rules import candidates
from foretrace_models.repair.rules.candidate import Candidate
from foretrace_models.repair.sandbox.runner import Sandbox, SandboxError
from foretrace_models.repair.search import Found, search
from foretrace_models.repair.source import Source
from foretrace_models.repair.sources import EVERY_SOURCE, SourceName, Sources
from foretrace_models.repair.steps import first_step
from foretrace_models.repair.tokens import tokens
from foretrace_models.repair.verify import Verdict, Verifier
from foretrace_models.repair.words import title_of

LARGEST_CHARACTERS = 100_000
_DEFAULT_TIMEOUT_SECONDS = 2.0
# Python passes over it at the start of a file, but not at the start of a text.
_BYTE_ORDER_MARK = "\ufeff"
_PARSING_SHARE = 0.3
# A change of more tokens than this, and of more than this share of them, is another program.
_FEW_TOKENS = 16
_LARGEST_SHARE = 0.4


def diagnose(
    situation: Situation,
    seconds: float,
    cancelled: Callable[[], bool] = lambda: False,
    sources: Sources = EVERY_SOURCE,
) -> Diagnosis:
    """Find what is wrong with a program and the smallest verified change that mends it.

    Runs the program only if the situation allows it. Takes about `seconds` at most, and ends
    early once `cancelled` says so. Raises nothing: what goes wrong is told as a reason.
    """
    started = time.monotonic()

    def out_of_time(share: float = 1.0) -> bool:
        return cancelled() or time.monotonic() - started > seconds * share

    if situation.text.startswith(_BYTE_ORDER_MARK):
        inner = diagnose(_without_mark(situation), seconds, cancelled, sources)
        return _shifted(inner, len(_BYTE_ORDER_MARK))
    if len(situation.text) > LARGEST_CHARACTERS:
        size = f"{len(situation.text):,}"
        return _nothing(
            Reason.TOO_LARGE,
            f"the file has {size} characters; Foretrace looks at up to {LARGEST_CHARACTERS:,}",
        )
    try:
        assignment = load_assignment(situation.path.parent) if situation.path else None
    except AssignmentError as error:
        # What help the file allows is not known, so none is given.
        return evolve(_nothing(Reason.ASSIGNMENT, str(error), error.line), ceiling=Level.OFF)
    ceiling = assignment.ceiling if assignment else Level.FIX
    if ceiling is Level.OFF:
        return evolve(_nothing(Reason.OFF, "the assignment allows no help"), ceiling=ceiling)
    repair = _Repair(situation, assignment, sources, out_of_time)
    diagnosis = evolve(repair.diagnose(), ceiling=ceiling)
    if diagnosis.fix is None and diagnosis.why is None:
        why = Why(Reason.NO_FIX_FOUND, "the only change found would rewrite too much")
        return evolve(diagnosis, why=why)
    return diagnosis


class _Repair:
    """One run of the pipeline."""

    def __init__(
        self,
        situation: Situation,
        assignment: Assignment | None,
        sources: Sources,
        out_of_time: Callable[..., bool],
    ) -> None:
        self._situation = situation
        self._sources = sources
        self._text = situation.text
        self._path = situation.path or Path("/nowhere/program.py")
        self._ceiling = assignment.ceiling if assignment else Level.FIX
        # The ceiling holds for the whole folder, the tests for the program that they call.
        is_entry = assignment is not None and assignment.entry == self._path.name
        self._assignment = assignment if is_entry else None
        self._prelude = self._assignment.prelude if self._assignment else ""
        self._out_of_time = out_of_time
        self._tokens = [token.text for token in tokens(self._text)]

    def diagnose(self) -> Diagnosis:
        error = syntax_error(self._text)
        starts = [Parsed(self._text, (), 0.0)]
        problem = None
        if error is not None:
            message = f"Python cannot read this: {error.msg}"
            problem = Problem(Kind.SYNTAX, (error.lineno or 1) - 1, message)
            starts = samples.parsing(self._situation.proposals) or find_parsing(
                self._text, error, lambda: self._out_of_time(_PARSING_SHARE)
            )
            starts = [start for start in starts if self._keeps_asserts(start.text)]
            if not starts:
                return evolve(
                    _nothing(Reason.NO_FIX_FOUND, "no small change makes this parse"),
                    problem=problem,
                )
        if not self._ceiling.allows(Level.STEP) and error is not None:
            return Diagnosis(problem, why=self._ceiling_why())
        if not self._situation.may_run:
            if error is None:
                return _nothing(Reason.NOT_RUN, "programs are not run here, so nothing is checked")
            return Diagnosis(problem, self._parse_fix(starts[0]))
        try:
            with Sandbox(self._path.parent, unbounded=self._situation.unbounded) as sandbox:
                found = self._check(starts, problem, sandbox)
                return evolve(found, boundary=sandbox.boundary)
        except SandboxError as refusal:
            fix = self._parse_fix(starts[0]) if error is not None else None
            return Diagnosis(problem, fix, Why(Reason.NO_BOUNDARY, str(refusal)))

    def _check(
        self, starts: Sequence[Parsed], problem: Problem | None, sandbox: Sandbox
    ) -> Diagnosis:
        """Run the checks on what parses, and search on from the best of it."""
        best: tuple[Parsed, Verifier, Verdict] | None = None
        for start in starts:
            verifier, verdict = self._baseline(start.text, sandbox)
            if best is None or verdict.failed < best[2].failed:
                best = start, verifier, verdict
            if not verdict.failed or self._out_of_time(2 * _PARSING_SHARE):
                break
        assert best is not None
        start, verifier, verdict = best
        if problem is None:
            problem = self._problem(verifier, verdict)
        if verdict.failed == 0:
            if start.rules:
                return Diagnosis(problem, self._fix(start.text, start.rules, verifier, verdict, 0))
            if verdict.outcomes:
                return _nothing(Reason.NOTHING_WRONG, "every check passes")
            return _nothing(Reason.CANNOT_TELL, self._untold)
        if not self._ceiling.allows(Level.STEP):
            return Diagnosis(problem, why=self._ceiling_why())
        told = evidence(ast.parse(start.text))

        def acceptable(text: str) -> bool:
            return evidence(ast.parse(text)) == told

        given = self._given(start.text, verifier, verdict, acceptable)
        found = search(
            start.text,
            verdict,
            suspicion(verdict),
            verifier,
            acceptable=acceptable,
            out_of_time=self._out_of_time,
            first=self._first,
            best=given,
        )
        if found is not None:
            rules = (*start.rules, *found.rules)
            proof = verifier.verify(found.text)
            fix = self._fix(found.text, rules, verifier, proof, verdict.passed)
            return Diagnosis(problem, fix, tried=verifier.tried)
        why = Why(
            Reason.NO_FIX_FOUND,
            f"no small change makes all {len(verifier.checks)} checks pass "
            f"({verifier.tried} were tried)",
        )
        fix = self._parse_fix(start, verifier, verdict) if start.rules else None
        return Diagnosis(problem, fix, why, tried=verifier.tried)

    def _given(
        self,
        text: str,
        verifier: Verifier,
        verdict: Verdict,
        acceptable: Callable[[str], bool],
    ) -> Found | None:
        """Return the least that peers' programs give, where there is a pool of them."""
        pool = self._sources.pool
        if pool is None or not self._sources.has(SourceName.DONORS):
            return None
        return given(
            text,
            pool.donors(self._prelude),
            self._prelude,
            verifier,
            verdict,
            acceptable,
            self._out_of_time,
        )

    def _first(self, source: Source) -> Iterator[tuple[Candidate, str]]:
        """Propose changes to begin with: a language model's, where the rules had their turn."""
        if self._situation.proposals:
            return samples.candidates(source, self._situation.proposals)
        return candidates(source)

    def _baseline(self, text: str, sandbox: Sandbox) -> tuple[Verifier, Verdict]:
        """Run all checks, and leave out those that cannot be told here."""
        assignment = self._assignment
        checks = checks_of(ast.parse(text), assignment)
        verifier = self._verifier(checks, sandbox)
        if self._sources.pool is not None:
            calls = [check.test.call for check in checks if isinstance(check, CallCheck)]
            agreed = self._sources.pool.tests(calls, self._prelude, verifier.values)
            checks += map(AgreedCheck, agreed)
            verifier = self._verifier(checks, sandbox)
        verdict = verifier.look(text)
        told = [n for n, outcome in enumerate(verdict.outcomes) if outcome is not Outcome.UNKNOWN]
        self._untold = _untold(verdict)
        checks = [checks[n] for n in told]
        if len(checks) == 1 and isinstance(checks[0], RunCheck) and not checks[0].is_test:
            checks = [RunCheck(printed=verdict.results[told[0]].get("stdout", ""))]
        verdict = Verdict(
            tuple(verdict.outcomes[n] for n in told), tuple(verdict.results[n] for n in told)
        )
        return self._verifier(checks, sandbox), verdict

    def _verifier(self, checks: Sequence[Check], sandbox: Sandbox) -> Verifier:
        timeout = self._assignment.timeout_seconds if self._assignment else _DEFAULT_TIMEOUT_SECONDS
        return Verifier(sandbox, self._path, self._prelude, checks, timeout)

    def _problem(self, verifier: Verifier, verdict: Verdict) -> Problem | None:
        for check, outcome, result in zip(
            verifier.checks, verdict.outcomes, verdict.results, strict=True
        ):
            if outcome is Outcome.FAILED:
                counts = verdict.failed, len(verdict.outcomes)
                error = result.get("error")
                if error and error["frames"]:
                    line, function = error["frames"][-1]
                    where = "" if function == "<module>" else f" in {function}"
                    if result["status"] == "timeout":
                        message = f"{check.label} goes on and on here{where}"
                    else:
                        message = f"{check.label} stops here{where}: {error['type']}"
                    return Problem(Kind.CRASH, line - 1, message, *counts)
                lines = suspicion(verdict)
                line = max(lines, key=lambda n: (lines[n], -n), default=1)
                return Problem(
                    Kind.TEST, line - 1, f"{check.label} does not give what is expected", *counts
                )
        return None

    def _fix(
        self,
        text: str,
        rules: tuple[str, ...],
        verifier: Verifier,
        verdict: Verdict,
        baseline_passed: int,
    ) -> Fix | None:
        limits = verifier.quick_limits(verdict)

        def passing(changed: str) -> int:
            if self._out_of_time() or syntax_error(changed) is not None:
                return -1
            return verifier.passing(changed, limits)

        def suffices(edits: Sequence[TextEdit]) -> bool:
            return passing(apply_edits(self._text, edits)) == len(verifier.checks)

        edits = edits_between(self._text, text)
        if len(edits) > 1:
            edits = minimised(edits, suffices)
        if len(edits) > 1 and self._ceiling is Level.STEP:
            edits = first_step(self._text, edits, lambda part: passing(part) >= baseline_passed)
            verdict = verifier.verify(apply_edits(self._text, edits))
        return self._worded(edits, rules, verifier, verdict)

    def _ceiling_why(self) -> Why:
        level = self._ceiling.value
        return Why(Reason.CEILING, f"the assignment allows help up to the level {level!r}")

    def _keeps_asserts(self, text: str) -> bool:
        return [t.text for t in tokens(text)].count("assert") == self._tokens.count("assert")

    def _parse_fix(
        self, start: Parsed, verifier: Verifier | None = None, verdict: Verdict | None = None
    ) -> Fix | None:
        return self._worded(edits_between(self._text, start.text), start.rules, verifier, verdict)

    def _worded(
        self,
        edits: tuple[TextEdit, ...],
        rules: tuple[str, ...],
        verifier: Verifier | None,
        verdict: Verdict | None,
    ) -> Fix | None:
        """Return the fix that some edits are; None if they change too much to be called one."""
        changed = apply_edits(self._text, edits)
        size = distance(self._tokens, [token.text for token in tokens(changed)])
        largest = max(_FEW_TOKENS, _LARGEST_SHARE * len(self._tokens))
        # A peer's change is no guess, however large.
        if size > largest and DONOR not in rules:
            return None
        outcomes = [
            outcome
            for check, outcome in zip(
                verifier.checks if verifier else (),
                verdict.outcomes if verdict else (),
                strict=True,
            )
            if check.is_test
        ]
        proof = Proof.PARSES
        if verdict is not None and verdict.all_pass:
            proof = Proof.TESTS if outcomes else Proof.RUNS
        return Fix(
            edits,
            title_of(self._text, edits),
            unified_diff(self._text, changed, self._path.name),
            proof,
            outcomes.count(Outcome.PASSED),
            len(outcomes),
            rules,
            size,
        )


def _without_mark(situation: Situation) -> Situation:
    """Return a situation without the mark that its text begins with."""
    proposals = tuple(
        evolve(proposal, text=proposal.text.removeprefix(_BYTE_ORDER_MARK))
        for proposal in situation.proposals
    )
    return evolve(
        situation, text=situation.text.removeprefix(_BYTE_ORDER_MARK), proposals=proposals
    )


def _untold(verdict: Verdict) -> str:
    for outcome, result in zip(verdict.outcomes, verdict.results, strict=True):
        if outcome is Outcome.UNKNOWN:
            error = result.get("error")
            if error:
                return f"the program needs what it may not have here: {error['message']}"
            return "the program runs too long to be checked"
    return "there is nothing to check"


def _shifted(diagnosis: Diagnosis, characters: int) -> Diagnosis:
    """Return a diagnosis whose edits stand further on in the text."""
    if diagnosis.fix is None:
        return diagnosis
    edits = tuple(
        TextEdit(edit.start + characters, edit.end + characters, edit.new_text)
        for edit in diagnosis.fix.edits
    )
    return evolve(diagnosis, fix=evolve(diagnosis.fix, edits=edits))


def _nothing(reason: Reason, message: str, line: int | None = None) -> Diagnosis:
    return Diagnosis(why=Why(reason, message, line))
