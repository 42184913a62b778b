"""Small classifiers: fitted with scikit-learn, asked without it, kept as safetensors."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from foretrace_models.learned.card import Card, Learned, WeightsError
from foretrace_models.learned.classifier import Classifier
from foretrace_models.learned.fitting import Example, NoFittingError, fit
from foretrace_models.learned.keeping import WEIGHTS, load, save
from foretrace_models.who import person_digest

pytest.importorskip("sklearn", reason="scikit-learn is not installed")


def _examples(classes: int, count: int = 300) -> list[Example]:
    """Points in a square; which class they are of shows in x, and y makes no difference."""
    chance = random.Random(1)
    points = [(chance.random(), chance.random()) for _ in range(count)]
    return [Example({"x": x, "y": y}, str(int(x * classes))) for x, y in points]


def _card(classifier: Classifier) -> Card:
    learned = Learned("made up", "0" * 64, "CC0-1.0", 300, (person_digest("made up", "ada"),))
    return Card("x", "MIT", "none", 1, (learned,), classifier.features, classifier.classes)


@pytest.mark.parametrize("classes", [2, 3])
def test_what_was_fitted_tells_classes_apart_with_probabilities_that_add_up(classes: int) -> None:
    classifier = fit(_examples(classes), seed=1)
    for number in range(classes):
        told = classifier.probabilities({"x": (number + 0.5) / classes, "y": 0.5})
        assert sum(told.values()) == pytest.approx(1)
        assert max(told, key=lambda name: told[name]) == str(number)


@pytest.mark.parametrize("classes", [2, 3])
def test_it_says_what_scikit_learn_says(classes: int) -> None:
    """The trees and the line are asked by our own code; the library's answer is the measure."""
    import numpy as np
    from sklearn.ensemble import GradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    examples = _examples(classes)
    rows = np.array([[each.numbers["x"], each.numbers["y"]] for each in examples], np.float32)
    answers = [each.of_class for each in examples]
    boosted = GradientBoostingClassifier(
        n_estimators=60,
        learning_rate=0.05,
        subsample=0.5,
        max_features=0.3,
        min_samples_leaf=10,
        random_state=1,
    ).fit(rows, answers)
    scaler = StandardScaler().fit(rows)
    linear = LogisticRegression(C=0.03, max_iter=3000).fit(scaler.transform(rows), answers)
    expected = boosted.predict_proba(rows) + linear.predict_proba(scaler.transform(rows))
    classifier = fit(examples, seed=1)
    for row, wanted in zip(rows, expected / 2, strict=True):
        told = classifier.probabilities({"x": float(row[0]), "y": float(row[1])})
        assert list(told.values()) == pytest.approx(list(wanted), abs=1e-4)


def test_the_same_examples_lead_to_the_same_classifier() -> None:
    assert fit(_examples(3), seed=1) == fit(_examples(3), seed=1)


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    classifier = fit(_examples(3), seed=1)
    card = _card(classifier)
    save(tmp_path, classifier, card)
    assert load(tmp_path) == (classifier, card)


def test_reasons_name_what_makes_the_difference_first() -> None:
    reasons = fit(_examples(2), seed=1).reasons({"x": 0.95, "y": 0.5}, "1")
    assert reasons[0][0] == "x"
    assert reasons[0][1] > 0 > -abs(reasons[1][1])


def test_a_card_knows_the_people_it_names_by_digests_only() -> None:
    card = _card(fit(_examples(2), seed=1))
    assert card.has_seen("made up", "ada")
    assert not card.has_seen("made up", "bob")
    assert not card.has_seen("another", "ada")


def test_one_class_is_nothing_to_tell_apart() -> None:
    with pytest.raises(NoFittingError, match="two classes"):
        fit([Example({"x": 1.0}, "a")] * 20, seed=1)


@pytest.mark.parametrize("spoiled", [b"", b"no tensors", b"\x08\0\0\0\0\0\0\0{}      "])
def test_spoiled_weights_are_named(tmp_path: Path, spoiled: bytes) -> None:
    classifier = fit(_examples(2), seed=1)
    save(tmp_path, classifier, _card(classifier))
    (tmp_path / WEIGHTS).write_bytes(spoiled)
    with pytest.raises(WeightsError, match="cannot be used"):
        load(tmp_path)


def test_a_missing_card_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"card\.json"):
        load(tmp_path)
