"""Scoring: how many bits a network needs for an answer. The fewer, the better it was foreseen."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from foretrace_models.trace_model.batches import in_batches, padded
from foretrace_models.trace_model.examples import Example
from foretrace_models.trace_model.network import TraceNetwork

_BATCH_TOKENS = 8192


def answer_bits(
    network: TraceNetwork, examples: Sequence[Example], vectors: Tensor | None = None
) -> list[float]:
    """Return the bits of each example's answer, given its prompt.

    `vectors` has the shape (examples, 64): who each example is of; by default nobody known.
    """
    device = network.mean.device
    in_order = sorted(range(len(examples)), key=lambda number: len(examples[number].ids))
    bits = [0.0] * len(examples)
    done = 0
    with torch.inference_mode():
        for batch in in_batches((examples[number] for number in in_order), _BATCH_TOKENS):
            numbers = in_order[done : done + len(batch)]
            done += len(batch)
            ids, answer, _ = padded(batch, device)
            of_batch = None if vectors is None else vectors[numbers].to(device)
            losses = network.losses(ids, answer, of_batch)
            rows = answer.nonzero()[:, 0]
            sums = torch.zeros(len(batch), device=device).index_add_(0, rows, losses)
            for number, nats in zip(numbers, sums.tolist(), strict=True):
                bits[number] = nats / math.log(2)
    return bits
