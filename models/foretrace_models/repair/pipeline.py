"""The pipeline of repair: parse, check, search, minimise, and put into words."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
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
    checks_of,
    evidence,
)
from foretrace_models.repair.diagnosis import (
    Diagnosis,
    Fix,
    Reason,
    Situation,
    Why,
)
from foretrace_models.repair.donors.giving import given
from foretrace_models.repair.edits import TextEdit
from foretrace_models.repair.faults import Fault, fault_of, syntax_fault
from foretrace_models.repair.fixing import Fixing
from foretrace_models.repair.hints import problem_of
from foretrace_models.repair.locate import suspicion
from foretrace_models.repair.made_up import keeping, made_up_call_checks, made_up_checks
from foretrace_models.repair.parse import Parsed, find_parsing, syntax_error
from foretrace_models.repair.plausible import slips_in
from foretrace_models.repair.rules.candidate import Candidate
from foretrace_models.repair.sandbox.process import SandboxError
from foretrace_models.repair.sandbox.runner import Sandbox
from foretrace_models.repair.search import Found, Propose, search
from foretrace_models.repair.source import Source
from foretrace_models.repair.sources import EVERY_SOURCE, SourceName, Sources
from foretrace_models.repair.tokens import tokens
from foretrace_models.repair.unproven import likely_alone
from foretrace_models.repair.verify import Verdict, Verifier
from foretrace_telemetry.language import t
from foretrace_telemetry.text import split_lines

LARGEST_CHARACTERS = 1_000_000
# Each of thousands of changes makes a text of its own.
_LARGEST_SEARCHED_CHARACTERS = 100_000
_DEFAULT_TIMEOUT_SECONDS = 2.0
# Python passes over it at the start of a file, but not at the start of a text.
_BYTE_ORDER_MARK = "\ufeff"
_PARSING_SHARE = 0.3
# How much likelier, in bits, a program is that parses and then runs than one that then crashes.
_CRASH_COST = 1.5


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
            t(
                "the file has {size} characters; Foretrace looks at up to {most}",
                size=size,
                most=f"{LARGEST_CHARACTERS:,}",
            ),
        )
    try:
        assignment = load_assignment(situation.path.parent) if situation.path else None
    except AssignmentError as error:
        # What help the file allows is not known, so none is given.
        return evolve(_nothing(Reason.ASSIGNMENT, str(error), error.line), ceiling=Level.OFF)
    ceiling = assignment.ceiling if assignment else Level.FIX
    name = assignment.id if assignment else None
    if ceiling is Level.OFF:
        nothing = _nothing(Reason.OFF, t("the assignment allows no help"))
        return evolve(nothing, ceiling=ceiling, assignment=name)
    repair = _Repair(situation, assignment, sources, out_of_time)
    diagnosis = evolve(repair.diagnose(), ceiling=ceiling, assignment=name)
    if diagnosis.fix is None and diagnosis.why is None:
        why = Why(Reason.NO_FIX_FOUND, t("the only change found would rewrite too much"))
        diagnosis = evolve(diagnosis, why=why)
    if diagnosis.problem is not None and not ceiling.allows(Level.STEP):
        message = t("the assignment allows help up to the level {level!r}", level=ceiling.value)
        diagnosis = evolve(diagnosis, why=Why(Reason.CEILING, message))
    return diagnosis.within(ceiling)


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
        # The ceiling holds for the whole folder, the tests for the program that they call.
        is_entry = assignment is not None and assignment.entry == self._path.name
        self._assignment = assignment if is_entry else None
        self._prelude = self._assignment.prelude if self._assignment else ""
        # Whether peers' programs need next to no time.
        self._quick = False
        self._out_of_time = out_of_time
        self._fixing = Fixing(situation.text, self._path.name, out_of_time)
        self._tokens = [token.text for token in tokens(self._text)]

    def diagnose(self) -> Diagnosis:
        error = syntax_error(self._text)
        starts = [Parsed(self._text, (), 0.0)]
        fault: Fault | None = None
        if error is not None:
            fault = syntax_fault(error)
            starts = samples.parsing(self._situation.proposals) or find_parsing(
                self._text, error, lambda: self._out_of_time(_PARSING_SHARE)
            )
            starts = [start for start in starts if self._keeps_asserts(start.text)]
            if not starts:
                why = Why(Reason.NO_FIX_FOUND, t("no small change makes this parse"))
                return self._told(fault, None, why)
        if not self._situation.may_run:
            if error is None:
                return _nothing(
                    Reason.NOT_RUN, t("programs are not run here, so nothing is checked")
                )
            return self._told(fault, self._fixing.parsing(starts[0]))
        try:
            with Sandbox(self._path.parent, unbounded=self._situation.unbounded) as sandbox:
                found = self._check(starts, fault, sandbox)
                return evolve(found, boundary=sandbox.boundary)
        except SandboxError as refusal:
            fix = self._fixing.parsing(starts[0]) if error is not None else None
            return self._told(fault, fix, Why(Reason.NO_BOUNDARY, str(refusal)))

    def _told(
        self, fault: Fault | None, fix: Fix | None, why: Why | None = None, tried: int = 0
    ) -> Diagnosis:
        problem = problem_of(fault, self._text, fix) if fault is not None else None
        return Diagnosis(problem, fix, why, tried=tried)

    def _check(self, starts: Sequence[Parsed], fault: Fault | None, sandbox: Sandbox) -> Diagnosis:
        """Run the checks on what parses, and search on from the best of it."""
        best: tuple[Parsed, Verifier, Verdict] | None = None
        for start in starts:
            verifier, verdict = self._baseline(start.text, sandbox)
            if best is None or (
                verdict.failed < best[2].failed and start.cost < best[0].cost + _CRASH_COST
            ):
                best = start, verifier, verdict
            if not verdict.failed or self._out_of_time(2 * _PARSING_SHARE):
                break
        assert best is not None
        start, verifier, verdict = best
        if fault is None:
            fault = fault_of(verifier, verdict, split_lines(start.text))
        if verdict.failed == 0:
            if start.rules:
                fix = self._fixing.proven(start.text, start.rules, verifier, verdict, -1)
                return self._told(fault, fix)
            if verdict.outcomes:
                return _nothing(Reason.NOTHING_WRONG, t("every check passes"))
            return _nothing(Reason.CANNOT_TELL, self._untold)
        if len(start.text) > _LARGEST_SEARCHED_CHARACTERS:
            size, most = len(start.text), _LARGEST_SEARCHED_CHARACTERS
            why = Why(
                Reason.TOO_LARGE,
                t(
                    "the file has {size} characters; what fails is looked into up to {most}",
                    size=f"{size:,}",
                    most=f"{most:,}",
                ),
            )
            fix = self._fixing.parsing(start, verifier, verdict) if start.rules else None
            return self._told(fault, fix, why)
        told = evidence(ast.parse(start.text))

        def acceptable(text: str) -> bool:
            return syntax_error(text) is None and evidence(ast.parse(text)) == told

        first: Propose = self._sources.at_first
        further: Propose = self._sources.by_rules
        if verifier.proves_little:
            first = further = likely_alone(self._sources.by_likely_rules)

        given = self._given(start.text, verifier, verdict, acceptable)
        slips = self._slips(verifier, verdict)
        found = search(
            start.text,
            verdict,
            suspicion(verdict),
            verifier,
            acceptable=acceptable,
            out_of_time=self._out_of_time,
            first=partial(self._first, first),
            further=further,
            best=given,
            slips=slips,
        )
        if found is not None:
            rules = (*start.rules, *found.rules)
            proof = verifier.verify(found.text)
            before = -1 if start.rules else _passed(verifier, verdict)
            left = _no_slip if found.slips else slips
            fix = self._fixing.proven(found.text, rules, verifier, proof, before, left)
            return self._told(fault, fix, tried=verifier.tried)
        why = Why(
            Reason.NO_FIX_FOUND,
            t(
                "no small change makes all {n} checks pass ({tried} were tried)",
                n=len(verifier.checks),
                tried=verifier.tried,
            ),
        )
        fix = self._fixing.parsing(start, verifier, verdict) if start.rules else None
        return self._told(fault, fix, why, verifier.tried)

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

    def _slips(self, verifier: Verifier, verdict: Verdict) -> Callable[[str], bool]:
        """Return what tells whether a text has a slip that no check looks at.

        It shows in the text, or in a call with made-up arguments.
        """
        if verifier.proves_little or self._sources.pool is not None:
            return _no_slip
        limits = verifier.quick_limits(verdict)

        @cache
        def calls() -> Verifier:
            return verifier.of(made_up_call_checks(verifier.checks, self._prelude))

        def slips(text: str) -> bool:
            if slips_in(f"{self._prelude}\n{text}"):
                return True
            if not calls().checks:
                return False
            (outcomes,) = calls().outcomes([text], limits)
            return Outcome.FAILED in outcomes

        return slips

    def _first(self, propose: Propose, source: Source) -> Iterator[tuple[Candidate, str]]:
        """Propose changes to begin with, a model's where there are some."""
        if self._situation.proposals:
            return samples.candidates(source, self._situation.proposals)
        return propose(source)

    def _baseline(self, text: str, sandbox: Sandbox) -> tuple[Verifier, Verdict]:
        """Run all checks, and leave out those that cannot be told here."""
        assignment = self._assignment
        checks = checks_of(ast.parse(text), assignment)
        verifier = self._verifier(checks, sandbox)
        pool = self._sources.pool
        if pool is not None:
            calls = [check.test.call for check in checks if isinstance(check, CallCheck)]
            checks += map(AgreedCheck, pool.tests(calls, self._prelude, verifier.values))
            self._quick = pool.are_quick(calls, self._prelude)
            verifier = self._verifier(checks, sandbox)
        verdict = verifier.look(text)
        made_up = made_up_checks(text, checks, verdict.results)
        if made_up:
            checks += made_up
            verifier = self._verifier(checks, sandbox)
            verdict = verifier.look(text)
        told = [n for n, outcome in enumerate(verdict.outcomes) if outcome is not Outcome.UNKNOWN]
        self._untold = _untold(verdict)
        checks = [checks[n] for n in told]
        if not any(check.is_test for check in checks):
            checks = [
                keeping(check, verdict.results[n]) for check, n in zip(checks, told, strict=True)
            ]
        verdict = Verdict(
            tuple(verdict.outcomes[n] for n in told), tuple(verdict.results[n] for n in told)
        )
        return self._verifier(checks, sandbox), verdict

    def _verifier(self, checks: Sequence[Check], sandbox: Sandbox) -> Verifier:
        timeout = self._assignment.timeout_seconds if self._assignment else _DEFAULT_TIMEOUT_SECONDS
        quick = self._quick
        return Verifier(sandbox, self._path, self._prelude, checks, timeout, quick=quick)

    def _keeps_asserts(self, text: str) -> bool:
        return [token.text for token in tokens(text)].count("assert") == self._tokens.count(
            "assert"
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
                needed = error["message"]
                return t("the program needs what it may not have here: {needed}", needed=needed)
            return t("the program runs too long to be checked")
    return t("there is nothing to check")


def _shifted(diagnosis: Diagnosis, characters: int) -> Diagnosis:
    """Return a diagnosis whose edits stand further on in the text."""
    if diagnosis.fix is None:
        return diagnosis

    def moved(edits: Sequence[TextEdit]) -> tuple[TextEdit, ...]:
        return tuple(
            evolve(edit, start=edit.start + characters, end=edit.end + characters) for edit in edits
        )

    fix = diagnosis.fix
    steps = tuple(evolve(step, edits=moved(step.edits)) for step in fix.steps)
    return evolve(diagnosis, fix=evolve(fix, edits=moved(fix.edits), steps=steps))


def _no_slip(text: str) -> bool:  # noqa: ARG001
    return False


def _passed(verifier: Verifier, verdict: Verdict) -> int:
    """Return how many of the person's own checks pass."""
    outcomes = zip(verifier.checks, verdict.outcomes, strict=True)
    return sum(o is Outcome.PASSED and not isinstance(c, AgreedCheck) for c, o in outcomes)


def _nothing(reason: Reason, message: str, line: int | None = None) -> Diagnosis:
    return Diagnosis(why=Why(reason, message, line))
