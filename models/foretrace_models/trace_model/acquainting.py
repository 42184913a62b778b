"""Acquainting: of whom the examples of a batch are, while a network or an encoder is trained."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence

import torch
from torch import Tensor, nn

from foretrace_models.trace_model.encoder import CoderEncoder
from foretrace_models.trace_model.examples import Example
from foretrace_models.trace_model.glimpses import Glimpse
from foretrace_models.trace_model.network import VECTOR_SIZE, TraceNetwork

_KNOWN_SHARE = 0.7
_COUNTS = (0, 1, 2, 4, 8)


class Table:
    """Vectors of the coders that a network learns with, a row for each, as in the paper.

    After "Modeling Student Learning with 3.8 Million Program Traces". By chance, a coder is nobody
    known now and then, so that the mean is learned as well. The table is thrown away in the end:
    what stays is a network that listens to vectors.
    """

    def __init__(self, network: TraceNetwork, coders: Iterable[str], seed: int) -> None:
        self._network = network
        self._rows = {coder: number for number, coder in enumerate(sorted(set(coders)))}
        self._table = nn.Embedding(len(self._rows), VECTOR_SIZE, device=network.mean.device)
        nn.init.zeros_(self._table.weight)
        self._seed = seed

    def vectors(self, batch: Sequence[Example], step: int) -> Tensor:
        """Return the vectors of the coders of some examples, of shape (examples, 64)."""
        chance = random.Random(f"{self._seed} {step}")  # noqa: S311 - no secret
        mean = self._network.mean
        rows = torch.tensor([self._rows[example.coder] for example in batch], device=mean.device)
        known = torch.tensor(
            [chance.random() < _KNOWN_SHARE for _ in batch], device=mean.device
        ).unsqueeze(1)
        return mean + self._table(rows) * known

    def named_parameters(self) -> Iterator[tuple[str, Tensor]]:
        """Return the table."""
        yield from self._table.named_parameters()


class Encoded:
    """Vectors that an encoder makes, from glimpses of each coder's traces by exercise.

    Each example is told with some other traces of its coder, of other exercises, as many as chance
    has it; with none of them, the coder is nobody known. So a vector is worth something from the
    first trace on.
    """

    def __init__(
        self,
        network: TraceNetwork,
        encoder: CoderEncoder,
        glimpses: dict[str, list[tuple[str, Glimpse]]],
        seed: int,
    ) -> None:
        self._network = network
        self._encoder = encoder
        self._glimpses = glimpses
        self._seed = seed

    def vectors(self, batch: Sequence[Example], step: int) -> Tensor:
        """Return the vectors of the coders of some examples, of shape (examples, 64)."""
        chance = random.Random(f"{self._seed} {step}")  # noqa: S311 - no secret
        mean = self._network.mean
        rows: list[Tensor] = []
        for example in batch:
            others = [
                glimpse
                for exercise, glimpse in self._glimpses[example.coder]
                if exercise != example.exercise
            ]
            seen = chance.sample(others, min(chance.choice(_COUNTS), len(others)))
            if seen:
                features = self._encoder.features(seen).to(mean.device)
                rows.append(self._encoder(features.unsqueeze(0), mean)[0])
            else:
                rows.append(mean)
        return torch.stack(rows)

    def named_parameters(self) -> Iterator[tuple[str, Tensor]]:
        """Return the encoder's weights."""
        yield from self._encoder.named_parameters()
