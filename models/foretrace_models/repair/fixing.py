"""Fixing: makes a fix of a text that passes, with no more in it than must be, and in steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import frozen

from foretrace_models.repair.checks import Outcome
from foretrace_models.repair.diagnosis import Fix, Proof, Step
from foretrace_models.repair.donors.giving import RULE as DONOR
from foretrace_models.repair.edits import (
    TextEdit,
    apply_edits,
    distance,
    edits_between,
    unified_diff,
)
from foretrace_models.repair.minimise import alike, minimised
from foretrace_models.repair.parse import Parsed, syntax_error
from foretrace_models.repair.sandbox.runner import Limits
from foretrace_models.repair.steps import Part, steps_of
from foretrace_models.repair.tokens import tokens
from foretrace_models.repair.verify import Verdict, Verifier
from foretrace_models.repair.words import title_of

# A change of more tokens than this, and of more than this share of them, is another program.
_FEW_TOKENS = 16
_LARGEST_SHARE = 0.4
# While steps are tried, a run gets this many times as long by the clock.
_PATIENCE = 5.0


@frozen
class Fixing:
    """Makes fixes of one text; `name` is the file's, for the difference."""

    text: str
    name: str
    out_of_time: Callable[[], bool]

    def proven(
        self,
        text: str,
        rules: tuple[str, ...],
        verifier: Verifier,
        verdict: Verdict,
        before: int,
        slips: Callable[[str], bool] = lambda _: False,
    ) -> Fix | None:
        """Return the fix that leads to a text which passes every check.

        `verdict` is that text's, `before` how many of the person's own checks pass without the fix.
        A text that `slips` is no fix. None if the text is another program.
        """
        edits = edits_between(self.text, text)
        limits = verifier.quick_limits(verdict)
        # On a busy machine a step that seems worse than it is would be joined to the next one.
        patient = Limits(limits.cpu_seconds, limits.wall_seconds * _PATIENCE)

        def suffices(some: Sequence[TextEdit]) -> bool:
            changed = apply_edits(self.text, some)
            if self.out_of_time() or syntax_error(changed) is not None:
                return False
            if verifier.passing(changed, limits) < len(verifier.checks):
                return False
            return not slips(changed)

        # Where nothing is tested, half a change may pass as well as the whole.
        if len(edits) > 1 and not verifier.proves_little and DONOR not in rules:
            edits = minimised(alike(self.text, edits), suffices)

        own = verifier.without_agreed()
        judged: dict[str, tuple[Outcome, ...]] = {}

        def outcomes(texts: Sequence[str]) -> list[tuple[Outcome, ...] | None]:
            """Return what the checks say of texts, None of those that do not parse."""
            if self.out_of_time():
                return [None] * len(texts)
            new = [each for each in texts if each not in judged and syntax_error(each) is None]
            judged.update(zip(new, own.outcomes(new, patient), strict=True))
            return [judged.get(each) for each in texts]

        def passing(texts: Sequence[str]) -> list[int]:
            return [-1 if each is None else each.count(Outcome.PASSED) for each in outcomes(texts)]

        parts = steps_of(self.text, edits, passing, before)
        tests = [check.is_test for check in own.checks]
        passed = [
            0
            if each is None
            else sum(
                o is Outcome.PASSED and is_test for o, is_test in zip(each, tests, strict=True)
            )
            for each in outcomes(self._after_each(parts[:-1]))
        ]
        return self._fix(edits, rules, parts, passed, verifier, verdict)

    def parsing(
        self, start: Parsed, verifier: Verifier | None = None, verdict: Verdict | None = None
    ) -> Fix | None:
        """Return the fix that leads to a text which parses; what more is known may be given."""
        edits = edits_between(self.text, start.text)

        def passing(texts: Sequence[str]) -> list[int]:
            return [0 if syntax_error(each) is None else -1 for each in texts]

        parts = steps_of(self.text, edits, passing, -1)
        return self._fix(edits, start.rules, parts, [0] * len(parts), verifier, verdict)

    def _fix(
        self,
        edits: tuple[TextEdit, ...],
        rules: tuple[str, ...],
        parts: Sequence[Part],
        passed: Sequence[int],
        verifier: Verifier | None,
        verdict: Verdict | None,
    ) -> Fix | None:
        changed = apply_edits(self.text, edits)
        old, new = ([each.text for each in tokens(text)] for text in (self.text, changed))
        size = distance(old, new)
        # A peer's change is no guess, however large.
        if size > max(_FEW_TOKENS, _LARGEST_SHARE * len(old)) and DONOR not in rules:
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
        tests_passed = outcomes.count(Outcome.PASSED)
        title, diff = title_of(self.text, edits), unified_diff(self.text, changed, self.name)
        steps = tuple(
            self._step(part, count) for part, count in zip(parts[:-1], passed, strict=False)
        )
        if steps:
            steps += (self._step(parts[-1], tests_passed),)
        else:
            steps = (Step(edits, title, diff, tests_passed),)
        return Fix(edits, title, diff, proof, tests_passed, len(outcomes), rules, size, steps)

    def _step(self, part: Part, tests_passed: int) -> Step:
        diff = unified_diff(self.text, apply_edits(self.text, part), self.name)
        return Step(part, title_of(self.text, part), diff, tests_passed)

    def _after_each(self, parts: Sequence[Part]) -> list[str]:
        """Return the text after each part, those before it taken too."""
        return [
            apply_edits(self.text, [edit for part in parts[: n + 1] for edit in part])
            for n in range(len(parts))
        ]
