"""Knowing: a coder's vector, from their traces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from attrs import asdict, frozen

from foretrace_models.trace_model.encoder import vector_of
from foretrace_models.trace_model.glimpses import glimpses
from foretrace_models.trace_model.refining import refine
from foretrace_models.trace_model.weights import load
from foretrace_telemetry.traces import Trace


@frozen
class Meeting:
    """Whom to get to know, by their traces, the latest at the end, and with which weights.

    With `refine`, the vector is also refined by steps down the gradient.
    """

    weights: str
    traces: tuple[Trace, ...]
    refine: bool = False


def know(meeting: Meeting) -> dict[str, Any]:
    """Return the `numbers` of a coder, how far they are `from_mean`, and their `refinement`.

    Raises:
        ValueError: the weights cannot be used, or have no encoder.
    """
    weights = load(Path(meeting.weights))
    network, card, traces = weights.network, weights.card, meeting.traces
    if weights.encoder is None:
        raise ValueError(f"the weights in {meeting.weights} have no encoder")
    seen = glimpses(traces, network, weights.vocabulary, card.shape.longest, card.encoding)
    refined = refine(weights, traces, seen) if meeting.refine else None
    if refined is not None and refined.refinement.passes:
        vector = refined.vector
    else:
        vector = vector_of(seen, weights.encoder, network.mean)
    return {
        "numbers": vector.tolist(),
        "from_mean": (vector - network.mean).norm().item(),
        "refinement": None if refined is None else asdict(refined.refinement),
    }
