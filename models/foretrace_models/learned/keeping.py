"""A classifier as safetensors beside its card."""

from __future__ import annotations

from itertools import chain, islice
from pathlib import Path
from typing import Any

from foretrace_models.learned.card import Card, WeightsError, read_card, write_card
from foretrace_models.learned.classifier import Classifier
from foretrace_models.learned.linear import Linear
from foretrace_models.learned.tensors import Tensors, read_tensors
from foretrace_models.learned.trees import Boosted, Tree

WEIGHTS = "weights.safetensors"
_PARTS = ("features", "thresholds", "lefts", "rights", "values")


def save(folder: Path, classifier: Classifier, card: Card) -> None:
    """Write a classifier and its card into a folder.

    Raises:
        OSError: a file cannot be written.
    """
    import numpy as np
    from safetensors.numpy import save_file

    write_card(folder, card)
    linear, boosted = classifier.linear, classifier.boosted
    trees = boosted.trees

    def numbers(values: Any) -> Any:
        return np.array(list(values), np.float32)

    def whole(values: Any) -> Any:
        return np.array(list(values), np.int32)

    save_file(
        {
            "linear.means": numbers(linear.means),
            "linear.scales": numbers(linear.scales),
            "linear.weights": numbers(chain.from_iterable(linear.weights)),
            "linear.biases": numbers(linear.biases),
            "boosted.biases": numbers(boosted.biases),
            "trees.classes": whole(tree.of_class for tree in trees),
            "trees.sizes": whole(len(tree.features) for tree in trees),
            "nodes.features": whole(chain.from_iterable(tree.features for tree in trees)),
            "nodes.thresholds": numbers(chain.from_iterable(tree.thresholds for tree in trees)),
            "nodes.lefts": whole(chain.from_iterable(tree.lefts for tree in trees)),
            "nodes.rights": whole(chain.from_iterable(tree.rights for tree in trees)),
            "nodes.values": numbers(chain.from_iterable(tree.values for tree in trees)),
        },
        folder / WEIGHTS,
    )


def load(folder: Path) -> tuple[Classifier, Card]:
    """Return the classifier of a folder, and its card.

    Raises:
        WeightsError: one of the files is missing or is not what it should be.
    """
    card = read_card(folder)
    try:
        return _classifier(card, read_tensors(folder / WEIGHTS)), card
    except (KeyError, IndexError, ValueError) as error:
        raise WeightsError(f"{folder / WEIGHTS} cannot be used: {error!r}") from error


def _classifier(card: Card, told: Tensors) -> Classifier:
    weights = iter(told["linear.weights"])
    rows = tuple(tuple(islice(weights, len(card.features))) for _ in card.classes)
    linear = Linear(
        tuple(told["linear.means"]),
        tuple(told["linear.scales"]),
        rows,
        tuple(told["linear.biases"]),
    )
    trees, start = [], 0
    for of_class, size in zip(told["trees.classes"], told["trees.sizes"], strict=True):
        part = slice(start, start + size)
        parts = (told[f"nodes.{name}"][part] for name in _PARTS)
        trees.append(Tree(of_class, *map(tuple, parts)))
        start += size
    boosted = Boosted(tuple(told["boosted.biases"]), tuple(trees))
    return Classifier(card.features, card.classes, linear, boosted)
