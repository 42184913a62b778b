"""Who judges one person's suggestions: weights that are shipped, or what others lead to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from attrs import frozen

from foretrace_models.learned.classifier import Classifier
from foretrace_models.timing import acceptance
from foretrace_models.timing.acceptance import KINDS, SHARE_KEPT, TAKEN
from foretrace_models.timing.copilot import Shown
from foretrace_models.timing.features import numbers_of
from foretrace_models.timing.thresholds import Told, keeping
from foretrace_server.bench.fit import refuse_the_known
from foretrace_server.bench.timing.left_out import LeftOut
from foretrace_server.bench.timing.run import need_people

# So that the odds of a probability are a number.
_SUREST = 1e-6


@frozen
class Judge:
    """A classifier of suggestions, and the threshold that others lead to."""

    classifier: Classifier
    threshold: float

    def probability(self, shown: Shown) -> float:
        """Return how likely a suggestion is to be taken, strictly between 0 and 1."""
        return _probability(self.classifier, shown)


@frozen
class Judges:
    """The judges of one person's suggestions: for each fit, by kind; and the others' rate."""

    by_fit: tuple[dict[str, Judge], ...]
    rate: float


ByPerson = Mapping[str, Sequence[Shown]]


def shipped_judges(by_person: ByPerson, dataset: str) -> Callable[[str], Judges]:
    """Return what gives the shipped judges for each person.

    Raises:
        KnownError: they learned from some of the people.
        WeightsError: they are missing or spoiled.
    """
    weights = {kind: acceptance.shipped(kind) for kind in KINDS}
    for each in weights.values():
        refuse_the_known(each.card, dataset, by_person)
    judges = {kind: Judge(each.classifier, each.threshold) for kind, each in weights.items()}
    rate = weights["acceptance"].classifier.prior[TAKEN]
    return lambda _: Judges((judges,), rate)


def left_out_judges(by_person: ByPerson, seeds: Sequence[int]) -> Callable[[str], Judges]:
    """Return what fits the judges of each person, without that person.

    Raises:
        ValueError: there are too few people.
    """
    need_people(by_person)
    fits = [
        {
            kind: LeftOut({p: acceptance.examples_of(own, kind) for p, own in by_person.items()}, s)
            for kind in KINDS
        }
        for s in seeds
    ]

    def judges_of(person: str) -> Judges:
        others = {other: own for other, own in by_person.items() if other != person}
        outcomes = [each.taken for own in others.values() for each in own]
        by_fit = tuple(
            {kind: _judge(left_out, others, person) for kind, left_out in fit.items()}
            for fit in fits
        )
        return Judges(by_fit, sum(outcomes) / len(outcomes))

    return judges_of


def told_of(left_out: LeftOut, others: ByPerson, *without: str) -> list[Told]:
    """Return what is said of people's suggestions by what was learned without each of them."""
    return [
        Told(_probability(left_out.without(*without, other), each), each.taken)
        for other, own in others.items()
        for each in own
    ]


def _judge(left_out: LeftOut, others: ByPerson, person: str) -> Judge:
    threshold = keeping(SHARE_KEPT, told_of(left_out, others, person))
    return Judge(left_out.without(person), threshold)


def _probability(classifier: Classifier, shown: Shown) -> float:
    told = classifier.probabilities(numbers_of(shown.moment))[TAKEN]
    return min(max(told, _SUREST), 1 - _SUREST)
