"""Classifiers that were fitted without some of the people, each of them once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from foretrace_models.learned.classifier import Classifier
from foretrace_models.learned.fitting import Example, fit


class LeftOut:
    """What is learned from all people but some."""

    def __init__(self, examples: Mapping[str, Sequence[Example]], seed: int) -> None:
        """Take the examples of each person."""
        self._examples = examples
        self._seed = seed
        self._fitted: dict[frozenset[str], Classifier] = {}

    def without(self, *people: str) -> Classifier:
        """Return what the others lead to.

        Raises:
            NoFittingError: nothing can be fitted.
        """
        left_out = frozenset(people)
        if left_out not in self._fitted:
            others = [
                example
                for person, own in self._examples.items()
                if person not in left_out
                for example in own
            ]
            self._fitted[left_out] = fit(others, self._seed)
        return self._fitted[left_out]
