"""Steering: a coder's vector, moved to where the next edit is likelier to mend what is broken.

The way there is learned from coders who are known already: 64 numbers which, added to the vector of
whoever had a broken state, make likelier the edit after which all tests passed. How far to go is
chosen on some of them who were held out, for each number of attempts that have failed; where
nothing is won, nobody is steered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from attrs import frozen
from torch import Tensor

from foretrace_models.trace_model.batches import in_batches, padded
from foretrace_models.trace_model.examples import Example, example
from foretrace_models.trace_model.network import VECTOR_SIZE
from foretrace_models.trace_model.scoring import answer_bits
from foretrace_models.trace_model.vectors import Vectors
from foretrace_models.trace_model.weights import Weights
from foretrace_models.traces.folds import folds
from foretrace_models.traces.moments import moments
from foretrace_models.traces.others import earlier
from foretrace_telemetry.traces import Trace

_FOLDS = 5
_MOST_PASSES = 12
# A pass that wins less than this share of the nats is the last.
_LEAST_WON = 0.001
_LEARNING_RATE = 0.03
_BATCH_TOKENS = 8192
_STRENGTHS = (0.0, 0.5, 1.0, 2.0)
# Attempts that failed before, in groups: none, one or two, more.
_GROUP_ENDS = (0, 2)


@frozen(eq=False)
class Steering:
    """Which way to go, of shape (64,), and how far for each group of failed attempts."""

    direction: Tensor
    strengths: tuple[float, ...]

    def steered(self, vector: Tensor, failed_before: int | None = None) -> Tensor:
        """Return a vector that was moved: all the way, or as far as helps after some attempts."""
        strength = 1.0 if failed_before is None else self.strengths[_group(failed_before)]
        return vector + strength * self.direction


@frozen(eq=False)
class _Mending:
    """An edit after which all tests passed, whose coder had a vector."""

    example: Example
    vector: Tensor
    failed_before: int


def learn_steering(
    weights: Weights, traces: Sequence[Trace], told: Callable[[str], None]
) -> Steering | None:
    """Return how to steer, learned from the traces of coders whom the weights know.

    None if there is too little to learn from.
    """
    coders = {trace.coder for trace in traces}
    if len(coders) < _FOLDS:
        return None
    vectors = Vectors(weights)
    vectors.look_at(traces)
    held_out = folds(coders, _FOLDS)[0]
    learned_from = _mending(weights, vectors, [t for t in traces if t.coder not in held_out])
    others = _mending(weights, vectors, [t for t in traces if t.coder in held_out])
    if not learned_from or not others:
        return None
    told(f"steering: {len(learned_from):,} edits that mend to learn from, {len(others):,} held out")
    direction = _direction(weights, learned_from, told)
    groups: list[list[_Mending]] = [[] for _ in range(len(_GROUP_ENDS) + 1)]
    for each in others:
        groups[_group(each.failed_before)].append(each)
    strengths = tuple(_strength(weights, own, direction) for own in groups)
    told(f"steering: by {strengths} after none, one or two, and more attempts that failed")
    return Steering(direction, strengths)


def _group(failed_before: int) -> int:
    return sum(failed_before > end for end in _GROUP_ENDS)


def _mending(weights: Weights, vectors: Vectors, traces: Sequence[Trace]) -> list[_Mending]:
    card = weights.card
    found = []
    for trace in traces:
        vector = vectors.of(earlier(trace, traces))
        failed = 0
        for (state, after), (moment, text) in zip(
            pairwise(trace.states), moments(trace), strict=False
        ):
            if state.works is False and after.works:
                made = example(moment, text, weights.vocabulary, card.shape.longest, card.encoding)
                if made is not None:
                    found.append(_Mending(made, vector, failed))
            failed += state.works is False
    return found


def _direction(
    weights: Weights, mending: Sequence[_Mending], told: Callable[[str], None]
) -> Tensor:
    """Return the numbers that make edits likelier when they are added to all their vectors."""
    network = weights.network
    network.requires_grad_(requires_grad=False)
    direction = torch.zeros(VECTOR_SIZE, device=network.mean.device, requires_grad=True)
    optimizer = torch.optim.Adam([direction], _LEARNING_RATE)
    in_order = sorted(mending, key=lambda each: len(each.example.ids))
    of = torch.stack([each.vector for each in in_order])
    tokens = sum(len(each.example.ids) - each.example.answer_at for each in in_order)
    best, least = torch.zeros(VECTOR_SIZE), float("inf")
    for number in range(_MOST_PASSES):
        optimizer.zero_grad()
        done, nats = 0, 0.0
        for batch in in_batches((each.example for each in in_order), _BATCH_TOKENS):
            ids, answer, _ = padded(batch, network.mean.device)
            losses = network.losses(ids, answer, of[done : done + len(batch)] + direction)
            done += len(batch)
            loss = losses.sum() / tokens
            loss.backward()
            nats += loss.item()
        told(f"steering, pass {number + 1} of {_MOST_PASSES} at most: {nats:.4f} nats a token")
        won = 1 - nats / least
        if won > 0:
            best, least = direction.detach().clone(), nats
        if won < _LEAST_WON:
            break
        optimizer.step()
    return best


def _strength(weights: Weights, mending: Sequence[_Mending], direction: Tensor) -> float:
    """Return how far to go for edits to be likeliest; the least of what is equal."""
    if not mending:
        return 0.0
    made = [each.example for each in mending]
    of = torch.stack([each.vector for each in mending])
    bits = [sum(answer_bits(weights.network, made, of + s * direction)) for s in _STRENGTHS]
    return min(zip(bits, _STRENGTHS, strict=True))[1]
