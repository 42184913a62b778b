"""A base: a language model that was fetched, as what a trace model is made of.

It stays as it is. What learns is an adapter beside its layers, after "LoRA: Low-Rank Adaptation of
Large Language Models", the projector and the mean. Before any training, the soft token is what
stands before a text anyway, and the network is the bare base.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForCausalLM

from foretrace_models import catalogue
from foretrace_models.language_model import Precision, precision_of
from foretrace_models.trace_model import vocabulary as vocabularies
from foretrace_models.trace_model.card import Base, WeightsError
from foretrace_models.trace_model.lesson import Shape
from foretrace_models.trace_model.network import TraceNetwork
from foretrace_models.trace_model.vocabulary import Vocabulary
from foretrace_telemetry.home import Home

_RANK = 8
_TOKENIZER = "tokenizer.json"
# What set documents apart when a base learned, where its tokenizer has this.
_END_OF_TEXT = "<|endoftext|>"


def find_base(name: str) -> Base:
    """Return what a card says of a language model that was fetched.

    Raises:
        WeightsError: it is not on this machine.
    """
    return Base(name, _catalogued(name).files)


def base_vocabulary(base: Base) -> Vocabulary:
    """Return the vocabulary of a base: its own, with a token for each marker.

    Raises:
        WeightsError: the base is not on this machine, or cannot be taught the text format.
    """
    folder = _folder_of(base)
    try:
        return vocabularies.of_base(folder / _TOKENIZER, _boundaries(folder))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"{base.name} cannot be taught the text format: {error}") from error


def base_shape(base: Base, longest: int) -> Shape:
    """Return how large a base is, to be told `longest` tokens at most.

    Raises:
        WeightsError: the base is not on this machine, or is another one by now.
    """
    config = _config(_folder_of(base))
    return Shape(
        width=config.hidden_size,
        layers=config.num_hidden_layers,
        heads=config.num_attention_heads,
        longest=min(longest, config.max_position_embeddings - 1),
    )


def bare_network(base: Base) -> TraceNetwork:
    """Return a base as a network that learned nothing, and has nothing to learn with.

    Raises:
        WeightsError: the base is not on this machine, or is another one by now.
    """
    return _network(base, _language_model(base))


def base_network(base: Base, seed: int) -> TraceNetwork:
    """Return a base as a network with an adapter, which changes nothing before it learns.

    Raises:
        WeightsError: the base is not on this machine, or is another one by now.
    """
    # Only here: it takes seconds, and networks of our own do without.
    from peft import LoraConfig, inject_adapter_in_model

    model = _language_model(base)
    torch.manual_seed(seed)
    adapter = LoraConfig(r=_RANK, lora_alpha=2 * _RANK, target_modules="all-linear")
    network = _network(base, inject_adapter_in_model(adapter, model))
    for _, parameter in network.own_parameters():
        # Steps of learning would be lost in short numbers.
        parameter.data = parameter.data.float()
    return network


def _network(base: Base, model: Any) -> TraceNetwork:
    network = TraceNetwork(model, is_given=True)
    first = _boundaries(_folder_of(base))[0]
    with torch.no_grad():
        network.projector.bias.copy_(model.get_input_embeddings().weight[first])
    return network


def _language_model(base: Base) -> Any:
    folder = _folder_of(base)
    config = _config(folder)
    try:
        model = AutoModelForCausalLM.from_pretrained(
            folder, config=config, dtype=_dtype(), local_files_only=True, use_safetensors=True
        )
    except Exception as error:  # each library has errors of its own
        raise WeightsError(f"the base {base.name} in {folder} cannot be loaded: {error}") from error
    model.requires_grad_(requires_grad=False)
    return model


def _catalogued(name: str) -> catalogue.Card:
    try:
        return catalogue.read_card(Home.default(), name)
    except FileNotFoundError as error:
        fetch = f"{catalogue.FETCH} {name}"
        raise WeightsError(
            f"the language model {name} is not on this machine; `{fetch}` brings it"
        ) from error
    except catalogue.CatalogueError as error:
        raise WeightsError(str(error)) from error


def _folder_of(base: Base) -> Path:
    card = _catalogued(base.name)
    folder = catalogue.weights_of(Home.default(), card)
    if gone := [name for name in card.files if not (folder / name).is_file()]:
        fetch = f"{catalogue.FETCH} {card.folder or card.name}"
        raise WeightsError(f"{', '.join(gone)} of {base.name} is missing; `{fetch}` brings it")
    if card.files != base.files:
        raise WeightsError(
            f"the language model {base.name} on this machine is not the one that was learned with: "
            "its files have other SHA-256"
        )
    return folder


def _dtype() -> torch.dtype:
    """Return the numbers to compute with, where the base computes alone: those that are fast."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.bfloat16 if precision_of(device) is Precision.BF16 else torch.float32


def _config(folder: Path) -> Any:
    try:
        return AutoConfig.from_pretrained(folder, local_files_only=True)
    except Exception as error:  # each library has errors of its own
        raise WeightsError(f"{folder} holds no language model: {error}") from error


def _boundaries(folder: Path) -> list[int]:
    """Return the tokens that stand before or after texts, the best to begin with first."""
    config = _config(folder)
    end_of_text = vocabularies.load(folder / _TOKENIZER).token(_END_OF_TEXT)
    ends = config.eos_token_id
    found = [end_of_text, config.bos_token_id, *(ends if isinstance(ends, list) else [ends])]
    return [token for token in found if token is not None] or [0]
