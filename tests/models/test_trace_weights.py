"""Weights of a trace model on disk: they come back, and what is not theirs is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

torch = pytest.importorskip(
    "torch", reason="torch is not installed: pip install 'foretrace[model]'"
)
pytest.importorskip("transformers", reason="transformers is not installed")

from foretrace_models.trace_model.card import (  # noqa: E402
    Card,
    Data,
    WeightsError,
    read_card,
)
from foretrace_models.trace_model.lesson import Shape  # noqa: E402
from foretrace_models.trace_model.network import new_network  # noqa: E402
from foretrace_models.trace_model.vocabulary import learn  # noqa: E402
from foretrace_models.trace_model.weights import Weights, load, save  # noqa: E402
from foretrace_models.traces.answers import Encoding  # noqa: E402
from foretrace_models.who import person_digest  # noqa: E402

_SHAPE = Shape(width=32, layers=1, heads=2, longest=64)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    vocabulary = learn(["def add(a, b): return a + b"] * 5, 300)
    data = (
        Data("made up", "0" * 64, "CC0-1.0", traces=2, seen=(person_digest("made up", "ada"),)),
    )
    card = Card("tiny", 1, Encoding.LINES, "trace", _SHAPE, "Apache-2.0", "train", 0, 100, data)
    save(tmp_path / "tiny", Weights(new_network(_SHAPE, vocabulary.size, 5), vocabulary, card))
    return tmp_path / "tiny"


def test_weights_come_back_as_they_were_but_for_rounding(folder: Path) -> None:
    weights = load(folder)
    network, card = weights.network, weights.card
    before = new_network(_SHAPE, weights.vocabulary.size, 5)
    ids, counted = torch.tensor([[5, 9, 200]]), torch.ones(1, 3, dtype=torch.bool)
    assert torch.allclose(network.losses(ids, counted), before.losses(ids, counted), atol=0.01)
    assert card.data[0].licence == "CC0-1.0"
    assert card.shape == _SHAPE


def test_a_file_that_was_changed_is_refused(folder: Path) -> None:
    (folder / "vocabulary.json").write_text("{}")
    with pytest.raises(WeightsError, match="not the file that its card names"):
        load(folder)


def test_a_file_that_is_gone_is_refused(folder: Path) -> None:
    (folder / "network.safetensors").unlink()
    with pytest.raises(WeightsError, match=r"network\.safetensors is missing"):
        load(folder)


def test_weights_of_another_shape_are_refused(folder: Path) -> None:
    card = json.loads((folder / "card.json").read_text())
    card["shape"]["width"] = 64
    (folder / "card.json").write_text(json.dumps(card))
    with pytest.raises(WeightsError, match="cannot be loaded"):
        load(folder)


def test_weights_of_another_text_format_are_refused(folder: Path) -> None:
    card = json.loads((folder / "card.json").read_text())
    card["format"] = 99
    (folder / "card.json").write_text(json.dumps(card))
    with pytest.raises(WeightsError, match="version 99 of the text format"):
        load(folder)


def test_a_folder_without_a_card_is_no_folder_with_weights(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no folder with weights"):
        read_card(tmp_path)


def test_a_card_that_lacks_something_is_refused(folder: Path) -> None:
    (folder / "card.json").write_text('{"name": "tiny"}')
    with pytest.raises(WeightsError, match="cannot be read"):
        read_card(folder)
