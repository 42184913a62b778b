"""Vectors of coders, from the traces of them that are known, each of which is looked at once."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from foretrace_models.coder.recorded import MOST_KNOWN
from foretrace_models.trace_model.encoder import vector_of
from foretrace_models.trace_model.glimpses import Glimpse, glimpses
from foretrace_models.trace_model.weights import Weights
from foretrace_telemetry.traces import Trace


class Vectors:
    """Makes vectors with weights that have an encoder."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        # Traces are kept with their glimpses, since no other trace can then have their id.
        self._seen: dict[int, tuple[Trace, Glimpse]] = {}

    def of(self, known: Sequence[Trace]) -> Tensor:
        """Return the vector, of shape (64,), of a coder of whom some traces are known.

        Of more than eight, the latest count.
        """
        latest = known[-MOST_KNOWN:]
        self.look_at(latest)
        network, encoder = self._weights.network, self._weights.encoder
        assert encoder is not None
        return vector_of([self._seen[id(t)][1] for t in latest], encoder, network.mean)

    def look_at(self, traces: Sequence[Trace]) -> None:
        """Look at traces of which vectors will be made: together that is faster."""
        new = [trace for trace in traces if id(trace) not in self._seen]
        if not new:
            return
        weights, card = self._weights, self._weights.card
        longest, encoding = card.shape.longest, card.encoding
        made = glimpses(new, weights.network, weights.vocabulary, longest, encoding)
        self._seen |= {id(t): (t, glimpse) for t, glimpse in zip(new, made, strict=True)}
