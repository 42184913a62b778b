"""Batches: examples side by side, padded to the longest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import torch
from torch import Tensor

from foretrace_models.trace_model.examples import Example


def in_batches(examples: Iterable[Example], most_tokens: int) -> Iterator[list[Example]]:
    """Yield runs of examples that, padded to the longest, have so many tokens at most.

    One that alone has more stands alone.
    """
    batch: list[Example] = []
    longest = 0
    for example in examples:
        longest = max(longest, len(example.ids))
        if batch and longest * (len(batch) + 1) > most_tokens:
            yield batch
            batch, longest = [], len(example.ids)
        batch.append(example)
    if batch:
        yield batch


def padded(batch: Sequence[Example], device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """Return the tokens of a batch, which of them are of answers, and which are no padding.

    Each has the shape (examples, tokens of the longest).
    """
    longest = max(len(example.ids) for example in batch)
    ids = torch.zeros(len(batch), longest, dtype=torch.long)
    answer = torch.zeros(len(batch), longest, dtype=torch.bool)
    real = torch.zeros(len(batch), longest, dtype=torch.bool)
    for row, example in enumerate(batch):
        width = len(example.ids)
        ids[row, :width] = torch.tensor(example.ids)
        answer[row, example.answer_at : width] = True
        real[row, :width] = True
    return ids.to(device), answer.to(device), real.to(device)
