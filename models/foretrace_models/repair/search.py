"""The search for a fix: try candidates, the likeliest first, and build on those that help."""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable, Iterator
from functools import cached_property

from attrs import define, field, frozen

from foretrace_models.repair.edits import apply_edits, distance, edits_between
from foretrace_models.repair.excerpt import LONG_CHARACTERS
from foretrace_models.repair.locate import focus
from foretrace_models.repair.locate import suspicion as suspicion_of
from foretrace_models.repair.minimise import alike
from foretrace_models.repair.parse import syntax_error
from foretrace_models.repair.plausible import oddity_bits, slips_in
from foretrace_models.repair.rules import candidates
from foretrace_models.repair.rules.candidate import Candidate
from foretrace_models.repair.source import Source
from foretrace_models.repair.tokens import tokens
from foretrace_models.repair.verify import Verdict, Verifier
from foretrace_models.style import style_cost, style_of

# Makes candidates for a program, each with the text it leads to.
Propose = Callable[[Source], Iterator[tuple[Candidate, str]]]

_MOST_CHANGES = 3
_BATCH = 16
# Costs are in bits, as those of candidates are.
_UNTOUCHED_COST = 6.0
_SUSPECT_GAIN = 1.5
_FAILING_COST = 3.0
# A change after which no more checks pass may yet be one half of a fix. Few are.
_NEUTRAL_COST = 5.0
# What is so odd is a slip whatever the tests say.
_SLIP_BITS = 2.0
# What costs more than this is a guess.
_MOST_COST_LIKELY = 5.0
_LINGER_SECONDS = 0.5
# The same where there is a fix to begin with, and what else may be tried then.
_LINGER_GIVEN_SECONDS = 0.15
_MOST_COST_GIVEN = 10.0
_COST_OF_TOKEN = 0.7
_COST_OF_SLIP = 10.0
# So much a bit: between fixes that are about as good, the one in the person's own style wins.
_COST_OF_STYLE = 0.5
# Programs have one slip more often than two: so much less likely is each further change.
_COST_OF_FURTHER = 2.5
# Where there are no tests, only what is likely by itself is worth anybody's time.
_MOST_COST_UNPROVEN = 3.0


@frozen
class Found:
    """A text that passes every check, and the rules that led to it.

    `slips` says that it slips where no check looks; `style_bits` how unlike the person's own style
    is what it brings.
    """

    text: str
    rules: tuple[str, ...]
    cost: float
    token_distance: int
    slips: bool = False
    style_bits: float = 0.0

    @property
    def rank(self) -> float:
        """How good a fix this is, the less the better.

        That is small, not far-fetched, with no slip left, and in the person's style.
        """
        unlike = _COST_OF_SLIP * self.slips + _COST_OF_STYLE * self.style_bits
        return self.cost + _COST_OF_TOKEN * self.token_distance + unlike


@define(order=True)
class _Step:
    """A text to build on, and what is left to be tried on it, the likeliest first.

    `priority` is the cost of the next thing to try, with what is still to be mended then.
    `neutral` counts the changes so far after which no more checks passed; one that came nearer to
    that counts for less. `is_sure` says that so far only slips were mended that are such whatever
    the tests say.
    """

    priority: float
    number: int
    text: str = field(eq=False)
    rules: tuple[str, ...] = field(eq=False)
    cost: float = field(eq=False)
    credit: float = field(eq=False)
    neutral: float = field(default=0.0, eq=False)
    is_sure: bool = field(default=True, eq=False)
    left: list[_Proposal] | None = field(default=None, eq=False)

    @cached_property
    def _oddity(self) -> float:
        return _oddity(self.text)

    def is_less_odd(self, text: str) -> bool:
        """Return whether a program has less in it that nobody means than this one.

        Without such a slip, the program may only get to the next one.
        """
        if self._oddity < _SLIP_BITS or syntax_error(text) is not None:
            return False
        return _oddity(text) <= self._oddity - _SLIP_BITS


@frozen
class _Proposal:
    text: str
    rule: str
    cost: float


def search(
    text: str,
    baseline: Verdict,
    suspicion: dict[int, float],
    verifier: Verifier,
    acceptable: Callable[[str], bool],
    out_of_time: Callable[[], bool],
    first: Propose = candidates,
    further: Propose = candidates,
    best: Found | None = None,
    slips: Callable[[str], bool] = lambda _: False,
) -> Found | None:
    """Return the best fix that is found in time, or None; one better than `best`, if given.

    `first` proposes changes of the text itself, `further` those of texts reached from there.
    `slips` tells whether a text that passes every check slips where none looks.

    Best first: of all texts reached so far, the one whose next change is the likeliest is built
    on. After the first fix the search lingers for a better one, the longer the more changes that
    fix has. A text that is not `acceptable` is passed over, whatever it passes.

    Raises:
        SandboxError: the sandbox is gone.
    """
    search_ = _Search(text, baseline, suspicion, verifier, acceptable, first, further, best, slips)
    deadline = float("inf")
    while search_.queue and not (best is not None and best.token_distance <= 1):
        if out_of_time() or time.monotonic() > deadline:
            break
        search_.go_on()
        if search_.best is not None and deadline == float("inf"):
            seconds = _LINGER_SECONDS * (len(search_.best.rules) + 2 * search_.best.slips)
            deadline = time.monotonic() + (_LINGER_GIVEN_SECONDS if best is not None else seconds)
    return search_.best


class _Search:
    """One search: the texts reached so far, in a queue, and the best fix among them."""

    def __init__(
        self,
        text: str,
        baseline: Verdict,
        suspicion: dict[int, float],
        verifier: Verifier,
        acceptable: Callable[[str], bool],
        first: Propose,
        further: Propose,
        best: Found | None,
        slips: Callable[[str], bool],
    ) -> None:
        self.best = best
        # Where peers say what is right, the smaller change is the better one, likely or not.
        self._is_given = best is not None
        self._suspicion = suspicion
        self._verifier = verifier
        self._acceptable = acceptable
        self._slips = slips
        self._first = first
        self._further = further
        self._tryout = verifier.tryout(baseline)
        self._total = self._tryout.total
        self._text = text
        self._style = style_of(text)
        self._tokens = [token.text for token in tokens(text)]
        self._numbers = itertools.count()
        self._seen = {text}
        self._guesses: set[tuple[int, float]] = set()
        self.queue = [_Step(0.0, next(self._numbers), text, (), 0.0, self._tryout.baseline)]

    def go_on(self) -> None:
        """Try the next few changes of the step that promises most."""
        step = heapq.heappop(self.queue)
        if step.left is None:
            if step.rules and not self._acceptable(step.text):
                return
            propose, suspicion = self._first, self._suspicion
            if step.rules:
                propose, suspicion = self._further, {}
            source = Source(step.text, self._focus(step))
            step.left = _ordered(source, propose, suspicion, self._seen)[::-1]
        else:
            batch = [step.left.pop() for _ in range(min(_BATCH, len(step.left)))]
            credits_ = self._tryout.credits([proposal.text for proposal in batch])
            for proposal, credit in zip(batch, credits_, strict=True):
                self._take(step, proposal, credit)
        if step.left and not self._far_fetched(step.cost + step.left[-1].cost):
            self._push(step, step.cost + step.left[-1].cost)

    def _focus(self, step: _Step) -> frozenset[int] | None:
        """Return the lines of a step that are worth changing; None where all are."""
        if len(step.text) <= LONG_CHARACTERS:
            return None
        # After a change, lines run that did not before.
        ran = suspicion_of(self._verifier.look(step.text)) if step.rules else self._suspicion
        return focus(step.text, ran)

    def _take(self, step: _Step, proposal: _Proposal, credit: float) -> None:
        text, rules = proposal.text, (*step.rules, proposal.rule)
        cost = step.cost + proposal.cost + (_COST_OF_FURTHER if step.rules else 0.0)
        if credit >= self._total:
            if self._acceptable(text) and self._verifier.verify(text).all_pass:
                bits = style_cost(self._style, text)
                found = Found(text, rules, cost, self._size(text), self._slips(text), bits)
                if self.best is None or self._rank(found) < self._rank(self.best):
                    self.best = found
                if found.slips and len(rules) < _MOST_CHANGES:
                    self._push(_Step(0.0, next(self._numbers), text, rules, cost, credit), cost)
            return
        if len(rules) == _MOST_CHANGES or self._far_fetched(cost):
            return
        is_sure = step.is_sure and step.is_less_odd(text)
        if not is_sure and (credit < step.credit or self._is_mere_guess(step, proposal, credit)):
            return
        neutral = 0.0 if is_sure else step.neutral + max(0.0, 1.0 - (credit - step.credit))
        known = max(credit, step.credit)
        made = _Step(0.0, next(self._numbers), text, rules, cost, known, neutral, is_sure)
        self._push(made, cost)

    def _is_mere_guess(self, step: _Step, proposal: _Proposal, credit: float) -> bool:
        """Return whether a change is not worth building upon: it must mend a check to be.

        Of several guesses that mend as much, the first is enough: most have the same effect.
        """
        if proposal.cost <= _MOST_COST_LIKELY:
            return False
        guess = step.number, round(credit, 3)
        is_known = guess in self._guesses
        self._guesses.add(guess)
        return is_known or credit < step.credit + 1

    def _size(self, text: str) -> int:
        """Return how many tokens a fix changes; what it does in each of several copies, once."""
        if self._is_given:
            return distance(self._tokens, [token.text for token in tokens(text)])
        groups = alike(self._text, edits_between(self._text, text))
        once = apply_edits(self._text, [group[0] for group in groups])
        return distance(self._tokens, [token.text for token in tokens(once)])

    def _push(self, step: _Step, next_cost: float) -> None:
        # Most programs are one change away: what a single change is yet to mend does not count.
        to_mend = 0.0 if step.is_sure else _FAILING_COST * (self._total - step.credit)
        step.priority = next_cost + to_mend + _NEUTRAL_COST * step.neutral
        heapq.heappush(self.queue, step)

    def _rank(self, found: Found) -> float:
        return found.token_distance if self._is_given else found.rank

    def _far_fetched(self, cost: float) -> bool:
        if self._is_given:
            return cost > _MOST_COST_GIVEN
        if self.best is not None and cost + _COST_OF_TOKEN > self.best.rank:
            return True
        return self._verifier.proves_little and cost > _MOST_COST_UNPROVEN


def _oddity(text: str) -> float:
    return oddity_bits(text) + _SLIP_BITS * slips_in(text)


def _ordered(
    source: Source, propose: Propose, suspicion: dict[int, float], seen: set[str]
) -> list[_Proposal]:
    """Return what is proposed for a text, the likeliest first, none that was seen."""
    ranked = []
    for number, (candidate, changed) in enumerate(propose(source)):
        if changed in seen:
            continue
        seen.add(changed)
        cost = candidate.cost
        if suspicion:
            scores = [
                suspicion[line]
                for edit in candidate.edits
                for line in range(source.line_of(edit.start), source.line_of(edit.end) + 1)
                if line in suspicion
            ]
            cost += -_SUSPECT_GAIN * max(scores) if scores else _UNTOUCHED_COST
        ranked.append((cost, number, _Proposal(changed, candidate.rule, cost)))
    return [proposal for *_, proposal in sorted(ranked, key=lambda item: item[:2])]
