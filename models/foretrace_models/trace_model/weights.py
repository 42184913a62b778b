"""Weights on disk: a folder with the network, its vocabulary, and a card that tells of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import torch
from attrs import asdict, evolve, frozen
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from foretrace_models.catalogue import sha256_of
from foretrace_models.coder.as_json import population_to_json
from foretrace_models.trace_model import vocabulary as vocabularies
from foretrace_models.trace_model.base import (
    bare_network,
    base_network,
    base_shape,
    base_vocabulary,
    find_base,
)
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
    _save_halved(folder / NETWORK, weights.network.own_parameters())
    weights.vocabulary.save(folder / VOCABULARY)
    if weights.encoder is not None:
        names += [ENCODER, POPULATION]
        _save_halved(folder / ENCODER, weights.encoder.named_parameters())
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
    device = _device()
    try:
        vocabulary = vocabularies.load(folder / VOCABULARY)
        if card.base is None:
            network = new_network(card.shape, vocabulary.size, card.seed)
        else:
            network = base_network(card.base, card.seed)
        _load_halved(folder / NETWORK, network.own_parameters())
        encoder = None
        if ENCODER in card.files:
            encoder = CoderEncoder(read_population(folder), network.width)
            _load_halved(folder / ENCODER, encoder.named_parameters())
            encoder.to(device).eval()
    except WeightsError:
        raise
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise WeightsError(f"the weights in {folder} cannot be loaded: {error}") from error
    return Weights(network.to(device).eval(), vocabulary, card, encoder)


def bare(name: str, like: Card) -> Weights:
    """Return a language model as it was fetched, to be asked as the weights of a card are.

    The card stands for whom it is asked about.

    Raises:
        WeightsError: it is not on this machine, or cannot be taught the text format.
    """
    base = find_base(name)
    card = evolve(like, base=base, shape=base_shape(base, like.shape.longest))
    return Weights(bare_network(base).to(_device()).eval(), base_vocabulary(base), card)


def _device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


def _save_halved(path: Path, parameters: Iterable[tuple[str, Tensor]]) -> None:
    tensors = {
        name: parameter.detach().to("cpu", torch.float16).contiguous()
        for name, parameter in parameters
    }
    save_file(tensors, path)


def _load_halved(path: Path, parameters: Iterable[tuple[str, Tensor]]) -> None:
    tensors = load_file(path)
    with torch.no_grad():
        for name, parameter in parameters:
            parameter.copy_(tensors[name])
