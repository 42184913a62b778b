"""Weights of a tiny trace model, made on the spot: it learned nothing, but is told apart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from foretrace_models.coder.population import Population, Spread
from foretrace_models.coder.traits import Trait
from foretrace_models.traces.answers import Encoding
from foretrace_models.who import person_digest


def make(folder: Path, seed: int = 0, has_encoder: bool = True, seen: Sequence[str] = ()) -> Path:
    """Write weights by chance, with an encoder that looks at indents; return the folder.

    Their card says that they have seen some students of a log of ITAP.
    """
    import torch

    from foretrace_models.trace_model.card import Card, Data
    from foretrace_models.trace_model.encoder import CoderEncoder
    from foretrace_models.trace_model.lesson import Shape
    from foretrace_models.trace_model.network import new_network
    from foretrace_models.trace_model.vocabulary import learn
    from foretrace_models.trace_model.weights import Weights, save

    shape = Shape(width=32, layers=1, heads=2, longest=256)
    vocabulary = learn(["def add(a, b): return a + b"] * 5, 300)
    network = new_network(shape, vocabulary.size, seed)
    torch.nn.init.normal_(network.projector.weight, std=0.3)
    encoder = CoderEncoder(Population(((Trait.TAB_INDENT, Spread(0.5, 0.2)),)), shape.width)
    torch.nn.init.normal_(encoder.outer.weight, std=0.3)
    data = Data("itap", "", "MIT", len(seen), tuple(person_digest("itap", who) for who in seen))
    card = Card("tiny", 1, Encoding.LINES, "trace", shape, "Apache-2.0", "chance", seed, 0, (data,))
    save(folder, Weights(network, vocabulary, card, encoder if has_encoder else None))
    return folder
