"""Generating: answers as a network writes them, many at once, each by a seed of its own.

What is drawn depends on the prompt, the vector and the seed alone, not on what is written beside
it. So the same seed under two conditions is the same luck, and their outcomes can be compared.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import torch
from attrs import define, field, frozen
from torch import Tensor

from foretrace_models.trace_model.network import TraceNetwork
from foretrace_models.trace_model.vocabulary import Vocabulary
from foretrace_models.traces.markers import END

_BATCH_TOKENS = 65_536
# Rows that have ended are taken out of a batch once they are so large a part of it.
_MOST_ENDED_SHARE = 0.1


@frozen(eq=False)
class Prompt:
    """What is to be answered: its tokens, the vector of its coder, and a seed for each answer.

    The vector has the shape (64,); None is nobody known.
    """

    ids: tuple[int, ...]
    seeds: tuple[str, ...]
    vector: Tensor | None = None


@frozen
class Sampling:
    """How answers are drawn: from the likeliest tokens that together have `top_p`.

    At a temperature of 0 the likeliest token is taken. Answers have `most_tokens` at most.
    """

    temperature: float = 1.0
    top_p: float = 0.95
    most_tokens: int = 96


@frozen
class Sample:
    """An answer as text; it may be no edit at all, or none that can be read.

    `log_probability` is the mean over its tokens, its end included, in nats, as the network has it
    before any temperature.
    """

    text: str
    tokens: int
    log_probability: float


@define(eq=False)
class _Row:
    """An answer in the making."""

    chance: random.Random
    ids: list[int] = field(factory=list)
    log_probability: float = 0.0


def generate(
    network: TraceNetwork,
    vocabulary: Vocabulary,
    prompts: Sequence[Prompt],
    sampling: Sampling,
) -> list[list[Sample]]:
    """Return the answers to each prompt, one for each of its seeds.

    A prompt is read once for all its answers.
    """
    samples: list[list[Sample]] = [[] for _ in prompts]
    order = sorted(range(len(prompts)), key=lambda number: len(prompts[number].ids))
    for numbers in _batches(prompts, order, sampling):
        writer = _Writer(network, vocabulary, sampling)
        made = writer.write([prompts[number] for number in numbers])
        for number, own in zip(numbers, made, strict=True):
            samples[number] = own
    return samples


def _batches(
    prompts: Sequence[Prompt], order: Sequence[int], sampling: Sampling
) -> list[list[int]]:
    """Return the numbers of prompts in batches of which all answers fit into memory."""
    batches: list[list[int]] = []
    rows = 0
    for number in order:
        length = len(prompts[number].ids) + sampling.most_tokens
        rows += len(prompts[number].seeds)
        if not batches or rows * length > _BATCH_TOKENS:
            batches.append([])
            rows = len(prompts[number].seeds)
        batches[-1].append(number)
    return batches


class _Writer:
    """Writes the answers to one batch of prompts."""

    def __init__(self, network: TraceNetwork, vocabulary: Vocabulary, sampling: Sampling) -> None:
        self._network = network
        self._vocabulary = vocabulary
        self._sampling = sampling
        (self._end,) = vocabulary.tokens(END)

    def write(self, prompts: Sequence[Prompt]) -> list[list[Sample]]:
        rows = [
            [_Row(random.Random(seed)) for seed in prompt.seeds]  # noqa: S311 - no secret
            for prompt in prompts
        ]
        every = [row for own in rows for row in own]
        with torch.inference_mode():
            self._write(prompts, every)
        return [[self._sample(row) for row in own] for own in rows]

    def _write(self, prompts: Sequence[Prompt], rows: Sequence[_Row]) -> None:
        model, device = self._network.language_model.base_model, self._network.mean.device
        inputs, mask = self._embedded(prompts)
        counts = torch.tensor([len(prompt.seeds) for prompt in prompts], device=device)
        out = model(
            inputs_embeds=inputs,
            attention_mask=mask,
            position_ids=(mask.cumsum(1) - 1).clamp(min=0),
            use_cache=True,
        )
        of = torch.arange(len(prompts), device=device).repeat_interleave(counts)
        cache = out.cache
        cache.batch_select_indices(of)
        mask = mask[of]
        states = out.last_hidden_state[of, -1]
        alive = list(rows)
        for _ in range(self._sampling.most_tokens):
            ids = self._next(states, alive)
            ended = torch.tensor([row.ids[-1] == self._end for row in alive], device=device)
            if bool(ended.all()):
                return
            mask = torch.cat([mask, mask.new_ones(len(mask), 1)], dim=1)
            if ended.float().mean() >= _MOST_ENDED_SHARE:
                left = (~ended).nonzero()[:, 0]
                cache.batch_select_indices(left)
                alive = [alive[number] for number in left.tolist()]
                mask, ids = mask[left], ids[left]
            out = model(
                input_ids=ids.unsqueeze(1),
                attention_mask=mask,
                position_ids=mask.sum(1, keepdim=True) - 1,
                cache=cache,
                use_cache=True,
            )
            states = out.last_hidden_state[:, -1]

    def _embedded(self, prompts: Sequence[Prompt]) -> tuple[Tensor, Tensor]:
        """Return the coder and the tokens of prompts, padded at their begin, and what is real."""
        network = self._network
        device = network.mean.device
        longest = max(len(prompt.ids) for prompt in prompts)
        embed = network.language_model.get_input_embeddings()
        inputs = embed.weight.new_zeros(len(prompts), longest + 1, network.width)
        mask = torch.zeros(len(prompts), longest + 1, dtype=torch.long, device=device)
        for number, prompt in enumerate(prompts):
            vector = network.mean if prompt.vector is None else prompt.vector.to(device)
            first = longest - len(prompt.ids)
            inputs[number, first] = network.projector(vector)
            inputs[number, first + 1 :] = embed(torch.tensor(prompt.ids, device=device))
            mask[number, first:] = 1
        return inputs, mask

    def _next(self, states: Tensor, rows: Sequence[_Row]) -> Tensor:
        """Return the token after each state, and put it into those rows that have not ended."""
        logits = self._network.language_model.get_output_embeddings()(states).float()
        logs = logits.log_softmax(1)
        lots = torch.tensor([row.chance.random() for row in rows], device=logits.device)
        ids = _drawn(logits, lots, self._sampling)
        of_ids = logs.gather(1, ids.unsqueeze(1))[:, 0].tolist()
        for number, (row, token) in enumerate(zip(rows, ids.tolist(), strict=True)):
            if row.ids and row.ids[-1] == self._end:
                continue
            row.ids.append(token)
            row.log_probability += of_ids[number]
        return ids

    def _sample(self, row: _Row) -> Sample:
        text = self._vocabulary.text(row.ids)
        return Sample(text, len(row.ids), row.log_probability / len(row.ids))


def _drawn(logits: Tensor, lots: Tensor, sampling: Sampling) -> Tensor:
    """Return the token of each row that its lot, from 0 to 1, falls on; the likeliest come first.

    `logits` has the shape (rows, tokens of the vocabulary).
    """
    if sampling.temperature == 0:
        return logits.argmax(1)
    shares, order = (logits / sampling.temperature).softmax(1).sort(dim=1, descending=True)
    sums = shares.cumsum(1)
    # The token at which the share is reached is one of those to draw from.
    kept = (sums < sampling.top_p).sum(1, keepdim=True).clamp(max=sums.shape[1] - 1)
    lot = lots.unsqueeze(1) * sums.gather(1, kept)
    place = (sums <= lot).sum(1, keepdim=True).clamp(max=sums.shape[1] - 1)
    return order.gather(1, place)[:, 0]
