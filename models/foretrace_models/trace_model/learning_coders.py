"""Learning to know coders: an encoder for a network that is there already, which stays as it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from attrs import asdict, evolve

from foretrace_models.coder.population import population_of
from foretrace_models.coder.profile import merged
from foretrace_models.trace_model.acquainting import Encoded
from foretrace_models.trace_model.encoder import CoderEncoder
from foretrace_models.trace_model.examples import examples
from foretrace_models.trace_model.glimpses import Glimpse, glimpses
from foretrace_models.trace_model.learning import teller
from foretrace_models.trace_model.lesson import CoderLesson
from foretrace_models.trace_model.training import train
from foretrace_models.trace_model.weights import load, save
from foretrace_telemetry.readers.trace_sets import read_traces


def learn_coders(lesson: CoderLesson, told: Callable[[str], None]) -> dict[str, Any]:
    """Train an encoder and write it with its network; return the card as a JSON object.

    Besides the encoder, the mean and the projector learn. Coders whom the network did not see are
    not seen here either.

    Raises:
        OSError: a file cannot be read or written.
        ValueError: the data, the weights or the file to go on from do not fit.
    """
    weights = load(Path(lesson.weights))
    network, card = weights.network, weights.card
    sets = [read_traces(Path(folder)) for folder in lesson.data]
    traces = [
        trace for each in sets for trace in each.traces if not card.left_out(each.name, trace.coder)
    ]
    if not traces:
        raise ValueError("no trace is left to learn from")
    told(f"looking at {len(traces):,} traces")
    seen = glimpses(traces, network, weights.vocabulary, card.shape.longest, card.encoding)
    by_coder: dict[str, list[tuple[str, Glimpse]]] = defaultdict(list)
    for trace, glimpse in zip(traces, seen, strict=True):
        by_coder[trace.coder].append((trace.exercise, glimpse))
    profiles = [merged(glimpse.profile for _, glimpse in own) for own in by_coder.values()]
    torch.manual_seed(lesson.plan.seed)
    encoder = CoderEncoder(population_of(profiles), network.width).to(network.mean.device)
    network.language_model.requires_grad_(requires_grad=False)
    train(
        network,
        list(examples(traces, weights.vocabulary, card.shape.longest, card.encoding)),
        lesson.plan,
        None if lesson.resume is None else Path(lesson.resume),
        teller(lesson.plan, told),
        acquaintance=Encoded(network, encoder, by_coder, lesson.plan.seed),
    )
    card = evolve(card, name=Path(lesson.out).name, encoder_command=lesson.command)
    return asdict(save(Path(lesson.out), evolve(weights, card=card, encoder=encoder.eval())))
