"""Probing: what a network's states tell of what comes next, against what is told without them.

A probe is a logistic regression. It is fitted to some coders and asked about others, each of whom
is held out once. Beside the states there are the coder's profile alone, the states with the answers
of the others shuffled, and no feature at all, which is the majority.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

import torch
from attrs import frozen
from torch import Tensor, nn

from foretrace_models.coder.population import Population, population_of
from foretrace_models.coder.profile import merged, profile_of
from foretrace_models.trace_model.batches import in_batches, padded
from foretrace_models.trace_model.examples import Example, example
from foretrace_models.trace_model.network import TraceNetwork
from foretrace_models.trace_model.weights import Weights, load
from foretrace_models.traces.folds import folds
from foretrace_models.traces.moments import Moment, moments
from foretrace_models.traces.others import earlier
from foretrace_models.traces.outlook import Question, outlooks
from foretrace_telemetry.readers.trace_sets import read_traces
from foretrace_telemetry.traces import Trace

_FOLDS = 5
# Some to learn from, one to tune with, one to ask about.
_FEWEST_CODERS = 3
_PENALTIES = (0.001, 0.01, 0.1, 1.0, 10.0)
_BATCH_TOKENS = 8192


class Feature(str, Enum):
    """What a probe is given."""

    MAJORITY = "majority"
    PROFILE = "profile"
    CURRENT = "current"
    TRACE = "trace"
    SHUFFLED = "shuffled"


@frozen
class Probing:
    """Which moments to ask about: those of coders whom the weights have not seen.

    `limit` is how many at most, taken by chance.
    """

    data: str
    weights: str
    seed: int
    limit: int | None = None


@frozen
class _Asked:
    trace: Trace
    moment: Moment
    after: str
    answers: dict[Question, str]


def probe(probing: Probing, told: Callable[[str], None]) -> list[dict[str, Any]]:
    """Return a row for each moment and question: its coder, the answer, and what probes say.

    What they say are the probabilities of all answers, by feature. Of fewer than three coders
    nothing can be said, and there are no rows.

    Raises:
        OSError: a file cannot be read.
        ValueError: the data or the weights cannot be used.
    """
    weights = load(Path(probing.weights))
    every = read_traces(Path(probing.data))
    traces = [t for t in every.traces if not weights.card.has_seen(every.name, t.coder)]
    asked = _asked(traces, weights, probing)
    told(f"probes for {len(asked):,} moments")
    states = {
        Feature.CURRENT: _states([each.moment.remembering(0) for each in asked], asked, weights),
        Feature.TRACE: _states([each.moment for each in asked], asked, weights),
        Feature.PROFILE: _profiles(traces, asked, weights),
        Feature.MAJORITY: torch.zeros(len(asked), 1),
    }
    coders = {each.trace.coder for each in asked}
    if len(coders) < _FEWEST_CODERS:
        return []
    groups = folds(coders, min(_FOLDS, len(coders)))
    return [
        row for question in Question for row in _rows(question, asked, states, groups, probing.seed)
    ]


def _asked(traces: Sequence[Trace], weights: Weights, probing: Probing) -> list[_Asked]:
    found = [
        _Asked(trace, moment, after, answers)
        for trace in traces
        for (moment, after), answers in zip(moments(trace), outlooks(trace), strict=False)
        if _example(moment, weights) is not None
    ]
    if probing.limit is not None and probing.limit < len(found):
        chance = random.Random(probing.seed)  # noqa: S311 - no secret
        numbers = sorted(chance.sample(range(len(found)), probing.limit))
        found = [found[number] for number in numbers]
    return found


def _example(moment: Moment, weights: Weights) -> Example | None:
    card = weights.card
    return example(moment, moment.text, weights.vocabulary, card.shape.longest, card.encoding)


def _states(moments: Sequence[Moment], asked: Sequence[_Asked], weights: Weights) -> Tensor:
    """Return the network's states where an answer begins, of shape (moments, width)."""
    made = [each for each in (_example(moment, weights) for moment in moments) if each is not None]
    assert len(made) == len(asked)
    return answer_states(weights.network, made)


def answer_states(network: TraceNetwork, made: Sequence[Example]) -> Tensor:
    """Return the network's state before the answer of each example, of shape (examples, width)."""
    device = network.mean.device
    in_order = sorted(range(len(made)), key=lambda number: len(made[number].ids))
    states = torch.zeros(len(made), network.width)
    done = 0
    with torch.inference_mode():
        for batch in in_batches((made[number] for number in in_order), _BATCH_TOKENS):
            numbers = in_order[done : done + len(batch)]
            done += len(batch)
            ids, _, _ = padded(batch, device)
            at = torch.tensor([each.answer_at for each in batch], device=device)
            hidden = network.hidden(ids)
            states[numbers] = hidden[torch.arange(len(batch), device=device), at].float().cpu()
    return states.clone()


def _profiles(traces: Sequence[Trace], asked: Sequence[_Asked], weights: Weights) -> Tensor:
    """Return the profiles of coders when they began a trace, in deviations from the others."""
    profiles = {id(trace): profile_of(trace) for trace in traces}
    encoder = weights.encoder
    population: Population = (
        population_of(list(profiles.values())) if encoder is None else encoder.population
    )
    known: dict[int, tuple[float, ...]] = {}
    for trace in {id(each.trace): each.trace for each in asked}.values():
        before = [profiles[id(other)] for other in earlier(trace, traces)]
        known[id(trace)] = population.vector(merged(before))
    return torch.tensor([known[id(each.trace)] for each in asked])


def _rows(
    question: Question,
    asked: Sequence[_Asked],
    features: dict[Feature, Tensor],
    groups: Sequence[frozenset[str]],
    seed: int,
) -> list[dict[str, Any]]:
    numbers = [n for n, each in enumerate(asked) if question in each.answers]
    labels = sorted({asked[n].answers[question] for n in numbers})
    if len(labels) < 2:
        return []
    rows: list[dict[str, Any]] = [
        {
            "person": asked[n].trace.coder,
            "question": question.value,
            "answer": asked[n].answers[question],
            "says": {},
        }
        for n in numbers
    ]
    truth = torch.tensor([labels.index(asked[n].answers[question]) for n in numbers])
    group_of = torch.tensor(
        [
            next(g for g, group in enumerate(groups) if asked[n].trace.coder in group)
            for n in numbers
        ]
    )
    chance = torch.Generator().manual_seed(seed)
    for group in range(len(groups)):
        held_out = group_of == group
        tuned = group_of == (group + 1) % len(groups)
        if not held_out.any() or not tuned.any() or (held_out | tuned).all():
            continue
        for feature in Feature:
            given = features[Feature.TRACE if feature is Feature.SHUFFLED else feature][numbers]
            taught = truth
            if feature is Feature.SHUFFLED:
                taught = truth[torch.randperm(len(truth), generator=chance)]
            probe = _best_probe(given, taught, ~held_out, tuned, len(labels))
            shares = probe.shares(given[held_out]).tolist()
            for place, said in zip(held_out.nonzero()[:, 0].tolist(), shares, strict=True):
                rows[place]["says"][feature.value] = dict(zip(labels, said, strict=True))
    return [row for row in rows if row["says"]]


class _Probe:
    """A logistic regression over features that it brings to one scale."""

    def __init__(self, given: Tensor, answers: Tensor, count: int, penalty: float) -> None:
        self._mean, self._deviation = given.mean(0), given.std(0).clamp_min(1e-6)
        seen = self._scaled(given)
        self._weight = torch.zeros(given.shape[1], count, requires_grad=True)
        self._bias = torch.zeros(count, requires_grad=True)
        optimizer = torch.optim.LBFGS(
            [self._weight, self._bias], max_iter=100, line_search_fn="strong_wolfe"
        )

        def loss() -> Tensor:
            optimizer.zero_grad()
            found: Tensor = nn.functional.cross_entropy(self._logits(seen), answers)
            found = found + penalty * self._weight.square().sum()
            found.backward()
            return found

        optimizer.step(loss)

    def shares(self, given: Tensor) -> Tensor:
        """Return the probability of each answer, of shape (moments, answers)."""
        with torch.no_grad():
            return torch.softmax(self._logits(self._scaled(given)), 1)

    def loss(self, given: Tensor, answers: Tensor) -> float:
        """Return what the right answers cost, in nats each."""
        with torch.no_grad():
            return float(nn.functional.cross_entropy(self._logits(self._scaled(given)), answers))

    def _scaled(self, given: Tensor) -> Tensor:
        return (given - self._mean) / self._deviation

    def _logits(self, scaled: Tensor) -> Tensor:
        return scaled @ self._weight + self._bias


def _best_probe(given: Tensor, answers: Tensor, known: Tensor, tuned: Tensor, count: int) -> _Probe:
    """Return a probe fitted to what is known, with the penalty that is best for a part of that."""
    fitted = known & ~tuned

    def cost(penalty: float) -> float:
        probe = _Probe(given[fitted], answers[fitted], count, penalty)
        return probe.loss(given[tuned], answers[tuned])

    return _Probe(given[known], answers[known], count, min(_PENALTIES, key=cost))
