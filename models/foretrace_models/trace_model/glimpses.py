"""Glimpses: what one trace shows of its coder, for a vector to be made of.

A glimpse is made once, with the network as it is, and is all that is needed of the trace then.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from attrs import frozen
from torch import Tensor

from foretrace_models.coder.profile import Profile, profile_of
from foretrace_models.trace_model.batches import in_batches, padded
from foretrace_models.trace_model.examples import example
from foretrace_models.trace_model.network import TraceNetwork
from foretrace_models.trace_model.vocabulary import Vocabulary
from foretrace_models.traces.answers import Encoding
from foretrace_models.traces.moments import moments
from foretrace_telemetry.traces import Trace

_BATCH_TOKENS = 8192


@frozen(eq=False)
class Glimpse:
    """The profile of a trace, and the mean of the network's states over it, of shape (width,)."""

    profile: Profile
    pooled: Tensor


def glimpses(
    traces: Sequence[Trace],
    network: TraceNetwork,
    vocabulary: Vocabulary,
    longest: int,
    encoding: Encoding = Encoding.LINES,
) -> list[Glimpse]:
    """Return a glimpse of each trace; one that is too long for the network is pooled as zeros."""
    device = network.mean.device
    last = [[*moments(trace)][-1] for trace in traces]
    made = [example(moment, after, vocabulary, longest, encoding) for moment, after in last]
    pooled = [torch.zeros(network.width) for _ in traces]
    fitting = [number for number, each in enumerate(made) if each is not None]
    fitting.sort(key=lambda number: len(made[number].ids))  # type: ignore[union-attr]
    in_order = [each for each in (made[number] for number in fitting) if each is not None]
    done = 0
    with torch.inference_mode():
        for batch in in_batches(in_order, _BATCH_TOKENS):
            numbers = fitting[done : done + len(batch)]
            done += len(batch)
            ids, _, real = padded(batch, device)
            states = network.hidden(ids)[:, 1:].float()
            sums = (states * real.unsqueeze(2)).sum(1) / real.sum(1, keepdim=True)
            for number, mean in zip(numbers, sums.cpu(), strict=True):
                pooled[number] = mean
    # A tensor made for inference cannot be learned from.
    return [
        Glimpse(profile_of(trace), mean.clone()) for trace, mean in zip(traces, pooled, strict=True)
    ]
