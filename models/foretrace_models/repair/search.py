"""The search for a fix: try candidates, the likeliest first, and build on those that help."""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable, Iterator

from attrs import define, field, frozen

from foretrace_models.repair.edits import distance
from foretrace_models.repair.rules import candidates
from foretrace_models.repair.source import Source
from foretrace_models.repair.tokens import tokens
from foretrace_models.repair.verify import Verdict, Verifier

_MOST_CHANGES = 3
_BATCH = 16
# Costs are in bits, as those of candidates are.
_UNTOUCHED_COST = 6.0
_SUSPECT_GAIN = 1.5
_FAILING_COST = 2.0
_SLACK = 1.0
_COST_OF_TOKEN = 0.7
# Where there are no tests, only what is likely by itself is worth anybody's time.
_MOST_COST_UNPROVEN = 3.0


@frozen
class Found:
    """A text that passes every check, and the rules that led to it."""

    text: str
    rules: tuple[str, ...]
    cost: float
    token_distance: int

    @property
    def rank(self) -> float:
        """How good a fix this is, the less the better: small, and not far-fetched."""
        return self.cost + _COST_OF_TOKEN * self.token_distance


@define(order=True)
class _Step:
    """A text that has more credit than the one it was made from."""

    priority: float
    number: int
    text: str = field(eq=False)
    rules: tuple[str, ...] = field(eq=False)
    cost: float = field(eq=False)
    credit: float = field(eq=False)


def search(
    text: str,
    baseline: Verdict,
    suspicion: dict[int, float],
    verifier: Verifier,
    acceptable: Callable[[str], bool],
    out_of_time: Callable[[], bool],
    linger_seconds: float = 0.5,
) -> Found | None:
    """Return the best fix that is found in time, or None.

    After the first one the search lingers a little, for a better one. A text that is not
    `acceptable` is passed over, whatever it passes.

    Raises:
        SandboxError: the sandbox is gone.
    """
    total = len(verifier.checks)
    tryout = verifier.tryout(baseline)
    original = [token.text for token in tokens(text)]
    numbers = itertools.count()
    queue = [_Step(0.0, next(numbers), text, (), 0.0, tryout.baseline)]
    seen = {text}
    best: Found | None = None
    deadline = float("inf")
    while queue and best is None:
        step = heapq.heappop(queue)
        ordered = _ordered(step.text, suspicion if not step.rules else {}, seen)
        while batch := list(itertools.islice(ordered, _BATCH)):
            if out_of_time() or time.monotonic() > deadline:
                return best
            cheapest = step.cost + batch[0].cost
            if best is not None and cheapest > best.cost + _SLACK:
                break
            if verifier.proves_little and cheapest > _MOST_COST_UNPROVEN:
                break
            credits_ = tryout.credits([proposal.text for proposal in batch])
            for proposal, credit in zip(batch, credits_, strict=True):
                if credit <= step.credit or not acceptable(proposal.text):
                    continue
                rules = (*step.rules, proposal.rule)
                cost = step.cost + proposal.cost
                if credit < total:
                    if len(rules) < _MOST_CHANGES:
                        priority = cost + _FAILING_COST * (total - credit)
                        heapq.heappush(
                            queue,
                            _Step(priority, next(numbers), proposal.text, rules, cost, credit),
                        )
                elif verifier.verify(proposal.text).all_pass:
                    size = distance(original, [token.text for token in tokens(proposal.text)])
                    if best is None:
                        deadline = time.monotonic() + linger_seconds
                    found = Found(proposal.text, rules, cost, size)
                    if best is None or found.rank < best.rank:
                        best = found
    return best


@frozen
class _Proposal:
    text: str
    rule: str
    cost: float


def _ordered(text: str, suspicion: dict[int, float], seen: set[str]) -> Iterator[_Proposal]:
    """Iterate over what the rules make of a text, the likeliest first, none that was seen."""
    source = Source(text)
    ranked = []
    for number, (candidate, changed) in enumerate(candidates(source)):
        if changed in seen:
            continue
        cost = candidate.cost
        if suspicion:
            scores = [
                suspicion[line]
                for edit in candidate.edits
                for line in range(source.line_of(edit.start), source.line_of(edit.end) + 1)
                if line in suspicion
            ]
            cost += -_SUSPECT_GAIN * max(scores) if scores else _UNTOUCHED_COST
        ranked.append((cost, number, candidate.rule, changed))
    for cost, _, rule, changed in sorted(ranked):
        seen.add(changed)
        yield _Proposal(changed, rule, cost)
