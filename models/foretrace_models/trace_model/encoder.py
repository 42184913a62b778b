"""The encoder: a coder's vector from glimpses of their traces, at once and without any training.

What is learned is how to know people; the people themselves need not have been there.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from foretrace_models.coder.population import Population
from foretrace_models.coder.profile import merged
from foretrace_models.trace_model.glimpses import Glimpse
from foretrace_models.trace_model.network import VECTOR_SIZE

_WIDTH = 128
# Where a coder is further from the others than this, it is a number that was seen once.
_FURTHEST_DEVIATIONS = 4.0


class CoderEncoder(nn.Module):  # type: ignore[misc]
    """Tells how far a coder is from the mean vector, from their profile and the pooled states."""

    def __init__(self, population: Population, width: int) -> None:
        super().__init__()
        self.population = population
        self.inner = nn.Linear(len(population.spreads) + width + 1, _WIDTH)
        self.outer = nn.Linear(_WIDTH, VECTOR_SIZE)
        # Before any training, everybody is the mean.
        nn.init.zeros_(self.outer.weight)
        nn.init.zeros_(self.outer.bias)

    def features(self, seen: Sequence[Glimpse]) -> Tensor:
        """Return the numbers that are told of a coder: one at least was seen of their traces."""
        profile = merged(glimpse.profile for glimpse in seen)
        deviations = torch.tensor(self.population.vector(profile))
        pooled = torch.stack([glimpse.pooled for glimpse in seen]).mean(0)
        count = torch.tensor([len(seen)]).log()
        near = deviations.clamp(-_FURTHEST_DEVIATIONS, _FURTHEST_DEVIATIONS)
        return torch.cat([near, pooled, count])

    def forward(self, features: Tensor, mean: Tensor) -> Tensor:
        """Return vectors of shape (coders, 64) from features of shape (coders, features)."""
        out: Tensor = mean + self.outer(nn.functional.gelu(self.inner(features)))
        return out


def vector_of(seen: Sequence[Glimpse], encoder: CoderEncoder, mean: Tensor) -> Tensor:
    """Return the vector of a coder, of shape (64,): the mean where nothing was seen."""
    if not seen:
        return mean.detach()
    with torch.no_grad():
        features = encoder.features(seen).to(mean.device)
        out: Tensor = encoder(features.unsqueeze(0), mean)[0]
    return out
