"""How likely a rule is right: how often it fitted a wrong program, and how often it helped."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from attrs import evolve, frozen
from rapidfuzz.distance import Levenshtein

from foretrace_models.repair.edits import OverlapError, apply_edits
from foretrace_models.repair.mining.differences import differences
from foretrace_models.repair.mining.generalise import (
    MANNERS,
    Generalised,
    Manner,
    generalisations,
)
from foretrace_models.repair.rules import RULES
from foretrace_models.repair.rules.candidate import Candidate, Rule
from foretrace_models.repair.rules.mined import HandCost, MinedRule, MinedRules
from foretrace_models.repair.rules.templates import Roles
from foretrace_models.repair.source import Source

# A text is one, with the blanks in it: they may be all that changes.
_TOKEN = re.compile(r"\n[ \t]*|'[^'\n]*'|\"[^\"\n]*\"|\w+|[<>=!]=|//|\*\*|[^\w\s]")
# A rule must have been seen in so many programs, and by so many people or in so many exercises.
_PROGRAMS = 3
_GROUPS = 2
_AUTHORS = 3
_MOST_RULES = 900
_LEAST_LIKELIHOOD = 1 / 3000
# What is thought of a rule before anything is known of it, and how much counting that is worth.
_PRIOR = 1 / 200
_PRIOR_WEIGHT = 20.0
_GIVEN_WEIGHT = 150.0
_ELSEWHERE_SHARE = 0.5
# Costs are relative: this many bits are taken off all, so that the likeliest have about none.
_OFFSET_BITS = 3.0
_FAR = 40


@frozen
class Pair:
    """A wrong program and a right one that is near to it.

    `group` is the exercise, `author` who wrote it.
    """

    group: str
    author: str
    before: str
    after: str


def mined(pairs: Sequence[Pair], progress: Callable[[str], None]) -> MinedRules:
    """Return the rules that pairs of programs show more than once, with their costs."""
    usable = [pair for pair in pairs if parses(pair)]
    seen = sightings(usable, MANNERS)
    kept = [
        unweighed(rule, [s.pair for s in where], [s.place for s in where])
        for rule, where in seen.items()
        if _is_supported([s.pair for s in where])
    ]
    progress(f"{len(usable)} pairs, {len(seen)} rules, {len(kept)} of them seen often enough")
    return weighed(kept, usable, progress)


@frozen
class Sighting:
    """A pair that shows a rule, and the kind of place where it does."""

    pair: Pair
    place: str


def sightings(
    pairs: Iterable[Pair], manners: Sequence[Manner]
) -> dict[Generalised, list[Sighting]]:
    """Return where each rule is seen that some pairs show; both programs of each parse."""
    seen: dict[Generalised, list[Sighting]] = defaultdict(list)
    for pair in pairs:
        before = Source(pair.before)
        roles = Roles(before)
        for difference in differences(before, Source(pair.after)):
            for rule in generalisations(difference, roles, manners):
                seen[rule].append(Sighting(pair, difference.place))
    return seen


def parses(pair: Pair) -> bool:
    """Return whether both programs of a pair parse, and neither is empty."""
    try:
        return bool(Source(pair.before).nodes and Source(pair.after).nodes)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _is_supported(pairs: Sequence[Pair]) -> bool:
    programs = {pair.before for pair in pairs}
    groups = {pair.group for pair in pairs}
    authors = {pair.author for pair in pairs}
    return len(programs) >= _PROGRAMS and (len(groups) >= _GROUPS or len(authors) >= _AUTHORS)


def unweighed(rule: Generalised, pairs: Sequence[Pair], places: Iterable[str]) -> MinedRule:
    """Return a rule as it was seen in some pairs and kinds of places, without its costs."""
    before, after = rule
    # What could stand anywhere is only looked for where it was seen.
    bound_to_places = not before or re.fullmatch(r"[A-Z]+_1", before) is not None
    return MinedRule(
        before,
        after,
        dict.fromkeys(places, 0.0),
        None if bound_to_places else 0.0,
        programs=len({pair.before for pair in pairs}),
        groups=len({pair.group for pair in pairs}),
    )


class _Count:
    def __init__(self) -> None:
        self.applied: Counter[str] = Counter()
        self.right: Counter[str] = Counter()


def weighed(
    rules: Sequence[MinedRule],
    pairs: Sequence[Pair],
    progress: Callable[[str], None],
    *,
    by_hand: Sequence[Rule] = RULES,
) -> MinedRules:
    """Give rules their costs: those that were mined, and some written by hand."""
    counts: dict[tuple[str, str], _Count] = defaultdict(_Count)
    hand: dict[tuple[str, float], list[int]] = defaultdict(lambda: [0, 0])
    matching = MinedRules(rules)
    for number, pair in enumerate(pairs):
        if number % 100 == 0:
            progress(f"weighed by {number} of {len(pairs)} pairs")
        source, towards = Source(pair.before), _Towards(pair)
        if towards.total > _FAR:
            continue
        for application in matching.applications(source):
            count = counts[application.rule.before, application.rule.after]
            count.applied[application.place] += 1
            count.right[application.place] += towards.helps(application.candidate)
        for rule in by_hand:
            for candidate in rule(source):
                tally = hand[candidate.rule, candidate.cost]
                tally[0] += 1
                tally[1] += towards.helps(candidate)
    found = [_with_cost(rule, counts[rule.before, rule.after]) for rule in rules]
    likely = [r for r in found if r.right and r.right / r.applied >= _LEAST_LIKELIHOOD]
    likely.sort(key=lambda rule: (-rule.right, rule.before, rule.after))
    costs = [
        HandCost(name, given, _hand_cost(given, right, applied), right, applied)
        for (name, given), (applied, right) in sorted(hand.items())
    ]
    return MinedRules(likely[:_MOST_RULES], costs)


class _Towards:
    """Tells whether a change of a wrong program is a part of the way to the right one."""

    def __init__(self, pair: Pair) -> None:
        self._before = pair.before
        self._after = _words(pair.after)
        self.total = Levenshtein.distance(_words(pair.before), self._after)
        self._known: dict[str, bool] = {pair.before: False}

    def helps(self, candidate: Candidate) -> bool:
        try:
            text = apply_edits(self._before, candidate.edits)
        except OverlapError:
            return False
        if text not in self._known:
            words = _words(text)
            left = Levenshtein.distance(words, self._after, score_cutoff=self.total)
            made = self.total - left
            self._known[text] = (
                made > 0 and Levenshtein.distance(_words(self._before), words) == made
            )
        return self._known[text]


def _words(text: str) -> list[str]:
    return _TOKEN.findall(text)


def _with_cost(rule: MinedRule, count: _Count) -> MinedRule:
    right, applied = sum(count.right.values()), sum(count.applied.values())
    # One of the times that it was right is where the rule comes from.
    known = max(0, right - 1)
    likelihood = _likelihood(known, applied, _PRIOR)
    where = {
        place: _bits(_likelihood(count.right[place] - 1, count.applied[place], likelihood))
        for place in sorted(rule.where)
        if count.right[place]
    }
    elsewhere = None
    if rule.elsewhere is not None:
        others = sum(n for place, n in count.applied.items() if place not in where)
        elsewhere = _bits(_likelihood(0, others, _ELSEWHERE_SHARE * likelihood))
    return evolve(rule, where=where, elsewhere=elsewhere, right=right, applied=max(applied, 1))


def _hand_cost(given: float, right: int, applied: int) -> float:
    """Weigh what was given by hand with what was counted."""
    prior = 2.0 ** -(given + _OFFSET_BITS)
    return _bits((right + _GIVEN_WEIGHT * prior) / (applied + _GIVEN_WEIGHT))


def _likelihood(right: float, applied: int, prior: float) -> float:
    return (right + _PRIOR_WEIGHT * prior) / (applied + _PRIOR_WEIGHT)


def _bits(likelihood: float) -> float:
    return round(max(0.0, -math.log2(likelihood) - _OFFSET_BITS), 1)


def leave_out(pairs: Iterable[Pair], groups: Sequence[str]) -> list[Pair]:
    """Return the pairs of all other exercises."""
    return [pair for pair in pairs if pair.group not in groups]
