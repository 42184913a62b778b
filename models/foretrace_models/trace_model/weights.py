"""Weights on disk: a folder with the network, its vocabulary, and a card that tells of them."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from attrs import asdict, evolve, frozen
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from foretrace_models.catalogue import sha256_of
from foretrace_models.coder.as_json import population_to_json
from foretrace_models.trace_model import vocabulary as vocabularies
from foretrace_models.trace_model.card import (
    CARD,
    ENCODER,
    NETWORK,
    POPULATION,
    VOCABULARY,
    Card,
    WeightsError,
    read_card,
    read_population,
)
from foretrace_models.trace_model.encoder import CoderEncoder
from foretrace_models.trace_model.network import TraceNetwork, new_network
from foretrace_models.trace_model.vocabulary import Vocabulary
from foretrace_models.traces.prompts import VERSION


@frozen(eq=False)
class Weights:
    """A network and what belongs to it; without an encoder, every coder is the mean."""

    network: TraceNetwork
    vocabulary: Vocabulary
    card: Card
    encoder: CoderEncoder | None = None


def save(folder: Path, weights: Weights) -> Card:
    """Write weights, in half precision, and their card; return it with the files' SHA-256."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [NETWORK, VOCABULARY]
    _save_halved(folder / NETWORK, weights.network)
    weights.vocabulary.save(folder / VOCABULARY)
    if weights.encoder is not None:
        names += [ENCODER, POPULATION]
        _save_halved(folder / ENCODER, weights.encoder)
        population = population_to_json(weights.encoder.population)
        (folder / POPULATION).write_text(json.dumps(population) + "\n", "utf-8")
    card = evolve(weights.card, files={name: sha256_of(folder / name) for name in names})
    (folder / CARD).write_text(json.dumps(asdict(card), indent=2) + "\n", "utf-8")
    return card


def load(folder: Path) -> Weights:
    """Return weights in single precision, on the GPU if torch knows one, ready to be asked.

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
    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        vocabulary = vocabularies.load(folder / VOCABULARY)
        network = new_network(card.shape, vocabulary.size, card.seed)
        _load_halved(folder / NETWORK, network)
        encoder = None
        if ENCODER in card.files:
            encoder = CoderEncoder(read_population(folder), network.width)
            _load_halved(folder / ENCODER, encoder)
            encoder.to(device).eval()
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise WeightsError(f"the weights in {folder} cannot be loaded: {error}") from error
    return Weights(network.to(device).eval(), vocabulary, card, encoder)


def _save_halved(path: Path, module: nn.Module) -> None:
    tensors = {
        name: parameter.detach().to("cpu", torch.float16).contiguous()
        for name, parameter in module.named_parameters()
    }
    save_file(tensors, path)


def _load_halved(path: Path, module: nn.Module) -> None:
    tensors = load_file(path)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            parameter.copy_(tensors[name])
