"""Weights on disk: a folder with the network, its vocabulary, and a card that tells of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cattrs
import torch
from attrs import asdict, evolve, field, frozen
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from foretrace_models.catalogue import sha256_of
from foretrace_models.trace_model import vocabulary as vocabularies
from foretrace_models.trace_model.lesson import Shape
from foretrace_models.trace_model.network import TraceNetwork, new_network
from foretrace_models.trace_model.vocabulary import Vocabulary
from foretrace_models.traces.answers import Encoding
from foretrace_models.traces.prompts import VERSION

_NETWORK, _VOCABULARY, _CARD = "network.safetensors", "vocabulary.json", "card.json"


class WeightsError(ValueError):
    """A folder holds no weights that can be used; the message says why."""


@frozen
class Data:
    """A data set that weights were trained on: what was read of it, and under which licence."""

    name: str
    sha256: str
    licence: str
    traces: int
    coders: int


@frozen
class Card:
    """What weights are: the command that makes them, what they saw, how good they are.

    `format` is the version of the text format that they read, `left_out` the coders whose traces
    they have not seen, `metrics` whatever was measured, by name.
    """

    name: str
    format: int
    encoding: Encoding
    variant: str
    shape: Shape
    licence: str
    command: str
    seed: int
    tokens: int
    data: tuple[Data, ...]
    left_out: tuple[str, ...] = ()
    metrics: dict[str, float] = field(factory=dict)
    files: dict[str, str] = field(factory=dict)


def save(folder: Path, network: TraceNetwork, vocabulary: Vocabulary, card: Card) -> Card:
    """Write weights, in half precision, and their card; return it with the files' SHA-256."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {
        name: parameter.detach().to(torch.float16).contiguous()
        for name, parameter in network.named_parameters()
    }
    save_file(tensors, folder / _NETWORK)
    vocabulary.save(folder / _VOCABULARY)
    files = {name: sha256_of(folder / name) for name in (_NETWORK, _VOCABULARY)}
    card = evolve(card, files=files)
    (folder / _CARD).write_text(json.dumps(asdict(card), indent=2) + "\n", "utf-8")
    return card


def read_card(folder: Path) -> Card:
    """Return the card of a folder with weights.

    Raises:
        WeightsError: there is none, or it cannot be read.
    """
    try:
        told: Any = json.loads((folder / _CARD).read_text("utf-8"))
        return cattrs.structure(told, Card)
    except FileNotFoundError as error:
        raise WeightsError(f"{folder} has no {_CARD}: it is no folder with weights") from error
    except Exception as error:  # JSON of another shape
        raise WeightsError(f"{folder / _CARD} cannot be read: {error}") from error


def load(folder: Path) -> tuple[TraceNetwork, Vocabulary, Card]:
    """Return the network in single precision, ready to be asked, its vocabulary and its card.

    Raises:
        WeightsError: something is missing, or is not what the card says.
    """
    card = read_card(folder)
    if card.format != VERSION:
        raise WeightsError(
            f"the weights in {folder} read version {card.format} of the text format, "
            f"this Foretrace writes {VERSION}"
        )
    for name, sha256 in card.files.items():
        if not (folder / name).is_file() or sha256_of(folder / name) != sha256:
            raise WeightsError(f"{folder / name} is missing or not the file that its card names")
    try:
        vocabulary = vocabularies.load(folder / _VOCABULARY)
        network = new_network(card.shape, vocabulary.size, card.seed)
        parameters = dict(network.named_parameters())
        tensors = load_file(folder / _NETWORK)
        with torch.no_grad():
            for name, parameter in parameters.items():
                parameter.copy_(tensors[name])
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise WeightsError(f"the weights in {folder} cannot be loaded: {error}") from error
    return network.eval(), vocabulary, card
