"""How likely a suggestion is to be taken if it is shown now, by what other people did.

Source: "When to Show a Suggestion? Integrating Human Feedback in AI-Assisted Programming" (Mozannar
et al., AAAI 2024).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from attrs import frozen

from foretrace_models.learned.card import Card
from foretrace_models.learned.classifier import Classifier
from foretrace_models.learned.fitting import Example
from foretrace_models.learned.keeping import load
from foretrace_models.timing.copilot import Shown
from foretrace_models.timing.features import WORDS, Group, names_of, numbers_of
from foretrace_models.timing.moment import Moment

TAKEN, TURNED_DOWN = "taken", "turned down"
SHIPPED = Path(__file__).parent / "shipped"
# What is judged by, and the folder of the weights that are.
KINDS = {
    "acceptance": names_of(*Group),
    "acceptance_without_code": names_of(Group.SESSION, Group.MEASURE),
}
# In the card: from which probability on is shown what keeps so many of those that people took.
THRESHOLD = "threshold"
SHARE_KEPT = 0.95


@frozen
class Acceptance:
    """A classifier of moments with its card."""

    classifier: Classifier
    card: Card

    @property
    def threshold(self) -> float:
        """Return the probability below which showing was not worth it for those it learned from."""
        return self.card.metrics[THRESHOLD]

    def probability(self, moment: Moment) -> float:
        """Return how likely a suggestion is to be taken if it is shown."""
        return self.classifier.probabilities(numbers_of(moment))[TAKEN]

    def reasons(self, moment: Moment) -> list[tuple[str, float]]:
        """Return in words what pulls to taking it (or, below 0, away), the strongest first."""
        pulls = self.classifier.reasons(numbers_of(moment), TAKEN)
        return [(WORDS[name], pull) for name, pull in pulls]


@cache
def shipped(kind: str = "acceptance") -> Acceptance:
    """Return the weights that every Foretrace brings with it.

    Raises:
        WeightsError: they are missing or spoiled.
    """
    return Acceptance(*load(SHIPPED / kind))


def examples_of(shown: Iterable[Shown], kind: str) -> list[Example]:
    """Return what a classifier of one kind is to learn."""
    found = []
    for each in shown:
        numbers = numbers_of(each.moment)
        told = {name: numbers[name] for name in KINDS[kind]}
        found.append(Example(told, TAKEN if each.taken else TURNED_DOWN))
    return found
