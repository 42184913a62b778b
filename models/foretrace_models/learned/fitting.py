"""Fitting a classifier, with scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

from foretrace_models.learned.classifier import Classifier
from foretrace_models.learned.linear import Linear
from foretrace_models.learned.trees import LEAF, Boosted, Tree

if TYPE_CHECKING:
    from numpy.typing import NDArray

INSTALL = "install scikit-learn, which comes with: pip install 'foretrace[model]'"
# How far weights are held back. The people are few, and their rows are much alike.
_INVERSE_PENALTY = 0.03
_TREES = 60
_DEPTH = 3
_SHRINKAGE = 0.05
_FEWEST_IN_LEAF = 10
# Of the rows and of the features, for each tree.
_ROWS, _FEATURES = 0.5, 0.3
_STEPS = 3000


class NoFittingError(ValueError):
    """Nothing can be fitted here; the message says why."""


@frozen
class Example:
    """The numbers of one moment, and which class it is of."""

    numbers: Mapping[str, float]
    of_class: str


def fit(examples: Sequence[Example], seed: int) -> Classifier:
    """Return the classifier that examples lead to; the same ones always to the same.

    Raises:
        NoFittingError: scikit-learn is missing, or there are fewer than two classes.
    """
    try:
        import numpy as np
        from sklearn.ensemble import GradientBoostingClassifier
        from sklearn.linear_model import LogisticRegression
        from sklearn.preprocessing import StandardScaler
    except ImportError as error:
        raise NoFittingError(f"{error}; {INSTALL}") from error
    classes = sorted({example.of_class for example in examples})
    if len(classes) < 2:
        raise NoFittingError("there are examples of fewer than two classes to tell apart")
    features = tuple(examples[0].numbers)
    # In the precision of what is kept, so that what is read again says the same.
    rows = np.array([[each.numbers[name] for name in features] for each in examples], np.float32)
    answers = np.array([classes.index(each.of_class) for each in examples])
    scaler = StandardScaler().fit(rows)
    linear = LogisticRegression(C=_INVERSE_PENALTY, max_iter=_STEPS)
    linear.fit(scaler.transform(rows), answers)
    boosted = GradientBoostingClassifier(
        n_estimators=_TREES,
        max_depth=_DEPTH,
        learning_rate=_SHRINKAGE,
        subsample=_ROWS,
        max_features=_FEATURES,
        min_samples_leaf=_FEWEST_IN_LEAF,
        random_state=seed,
    ).fit(rows, answers)
    means, scales = _floats(scaler.mean_), _floats(scaler.scale_)
    weights, biases = linear.coef_, linear.intercept_
    if len(classes) == 2:  # scikit-learn keeps one row, for the second class
        weights, biases = np.vstack([0 * weights, weights]), np.append(0, biases)
    plain = Linear(means, scales, tuple(_floats(row) for row in weights), _floats(biases))
    return Classifier(features, tuple(classes), plain, _trees_of(boosted, answers, len(classes)))


def _trees_of(boosted: Any, answers: NDArray[Any], classes: int) -> Boosted:
    """Take over the trees of scikit-learn; with two classes, they are about the second."""
    import numpy as np

    shares = np.bincount(answers, minlength=classes) / len(answers)
    trees = []
    for stage in boosted.estimators_:
        for number, estimator in enumerate(stage):
            nodes = estimator.tree_
            is_leaf = nodes.children_left == LEAF
            trees.append(
                Tree(
                    1 if classes == 2 else number,
                    tuple(int(f) for f in np.where(is_leaf, LEAF, nodes.feature)),
                    _floats(nodes.threshold),
                    tuple(int(child) for child in nodes.children_left),
                    tuple(int(child) for child in nodes.children_right),
                    _floats(boosted.learning_rate * nodes.value[:, 0, 0]),
                )
            )
    return Boosted(_floats(np.log(shares)), tuple(trees))


def _floats(numbers: Any) -> tuple[float, ...]:
    """Return numbers in the precision of what is kept."""
    import numpy as np

    return tuple(float(number) for number in np.asarray(numbers, np.float32))
