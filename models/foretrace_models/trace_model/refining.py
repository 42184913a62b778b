"""Refining: a coder's vector, from what its encoder made of it down the gradient of their edits.

The vector alone learns; network and encoder stay as they are. It learns from all traces but the
latest, and that one decides: what does not foretell it better is not taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from attrs import frozen
from torch import Tensor

from foretrace_models.coder.vector import Refinement
from foretrace_models.trace_model.batches import in_batches, padded
from foretrace_models.trace_model.encoder import vector_of
from foretrace_models.trace_model.examples import Example, examples
from foretrace_models.trace_model.glimpses import Glimpse
from foretrace_models.trace_model.network import TraceNetwork
from foretrace_models.trace_model.scoring import answer_bits
from foretrace_models.trace_model.weights import Weights
from foretrace_telemetry.traces import Trace

_PASSES = 10
# So many passes without getting better are the last ones.
_PATIENCE = 2
_LEARNING_RATE = 0.03
_BATCH_TOKENS = 8192


@frozen(eq=False)
class Refined:
    """A vector, of shape (64,), and what it brought to refine it."""

    vector: Tensor
    refinement: Refinement


def refine(weights: Weights, traces: Sequence[Trace], seen: Sequence[Glimpse]) -> Refined | None:
    """Return the vector that foretells a coder's latest trace best, of those met on the way.

    `traces` are the coder's, the latest at the end, and `seen` the glimpses of them. Before any
    step the vector is the encoder's, of all but the latest. None where there is too little to learn
    from or to decide by.
    """
    encoder, network = weights.encoder, weights.network
    assert encoder is not None
    own, latest = _examples(weights, traces[:-1]), _examples(weights, traces[-1:])
    if not own or not latest:
        return None
    network.requires_grad_(requires_grad=False)
    start = vector_of(seen[:-1], encoder, network.mean)
    before = _bits(network, latest, start)
    best = Refined(start, Refinement(before, before, 0))
    for passes, vector in enumerate(_steps(network, own, start), start=1):
        bits = _bits(network, latest, vector)
        if bits < best.refinement.bits_after:
            best = Refined(vector, Refinement(before, bits, passes))
        elif passes - best.refinement.passes >= _PATIENCE:
            break
    return best


def _steps(network: TraceNetwork, own: Sequence[Example], start: Tensor) -> Iterator[Tensor]:
    """Yield the vector after each pass over a coder's examples."""
    vector = start.clone().requires_grad_()
    optimizer = torch.optim.Adam([vector], _LEARNING_RATE)
    in_order = sorted(own, key=lambda example: len(example.ids))
    tokens = sum(len(example.ids) - example.answer_at for example in own)
    for _ in range(_PASSES):
        optimizer.zero_grad()
        for batch in in_batches(in_order, _BATCH_TOKENS):
            ids, answer, _ = padded(batch, network.mean.device)
            losses = network.losses(ids, answer, vector.expand(len(batch), -1))
            (losses.sum() / tokens).backward()
        optimizer.step()
        yield vector.detach().clone()


def _bits(network: TraceNetwork, of: Sequence[Example], vector: Tensor) -> float:
    return sum(answer_bits(network, of, vector.expand(len(of), -1)))


def _examples(weights: Weights, traces: Sequence[Trace]) -> list[Example]:
    card = weights.card
    return list(examples(traces, weights.vocabulary, card.shape.longest, card.encoding))
