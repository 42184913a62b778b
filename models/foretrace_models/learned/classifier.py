"""What is asked of a classifier: from named numbers to the probability of each class."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from foretrace_models.learned.linear import Linear, softmax
from foretrace_models.learned.trees import Boosted


@frozen
class Classifier:
    """The mean of a linear classifier and of boosted trees, over the same features."""

    features: tuple[str, ...]
    classes: tuple[str, ...]
    linear: Linear
    boosted: Boosted

    def probabilities(self, numbers: Mapping[str, float]) -> dict[str, float]:
        """Return the probability of each class.

        Raises:
            KeyError: a feature is missing.
        """
        values = [numbers[feature] for feature in self.features]
        both = zip(
            self.classes,
            self.linear.probabilities(values),
            self.boosted.probabilities(values),
            strict=True,
        )
        return {name: (one + other) / 2 for name, one, other in both}

    @property
    def prior(self) -> dict[str, float]:
        """The share of each class among the examples that it was fitted to."""
        return dict(zip(self.classes, softmax(self.boosted.biases), strict=True))

    def reasons(self, numbers: Mapping[str, float], of_class: str) -> list[tuple[str, float]]:
        """Return the features by how far each pulls to a class, the strongest first, in log-odds.

        It is the linear one that is asked.
        """
        values = [numbers[feature] for feature in self.features]
        pulls = self.linear.pulls(values, self.classes.index(of_class))
        return sorted(zip(self.features, pulls, strict=True), key=lambda pair: -abs(pair[1]))
