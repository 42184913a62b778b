"""Introducing: the vector of each of some traces, as if it were all that is known of its coder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from attrs import frozen

from foretrace_models.trace_model.card import WeightsError
from foretrace_models.trace_model.encoder import vector_of
from foretrace_models.trace_model.glimpses import glimpses
from foretrace_models.trace_model.weights import load
from foretrace_telemetry.traces import Trace


@frozen
class Introduction:
    """The traces, and the weights whose encoder is to look at them."""

    traces: tuple[Trace, ...]
    weights: str


def introduce(introduction: Introduction, told: Callable[[str], None]) -> list[list[float]]:
    """Return the vector of each trace, of 64 numbers, less that of nobody known.

    Raises:
        WeightsError: the weights cannot be used, or have no encoder.
    """
    weights = load(Path(introduction.weights))
    if weights.encoder is None:
        raise WeightsError(
            f"the weights in {introduction.weights} have no encoder; use `foretrace train coder`"
        )
    card, network = weights.card, weights.network
    told(f"looking at {len(introduction.traces):,} traces")
    seen = glimpses(
        introduction.traces, network, weights.vocabulary, card.shape.longest, card.encoding
    )
    return [
        (vector_of([each], weights.encoder, network.mean) - network.mean).tolist() for each in seen
    ]
