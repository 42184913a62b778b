"""Learning: from folders with traces to a folder with weights."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from attrs import asdict

from foretrace_models.trace_model import vocabulary as vocabularies
from foretrace_models.trace_model.acquainting import Table
from foretrace_models.trace_model.base import (
    base_network,
    base_shape,
    base_vocabulary,
    find_base,
)
from foretrace_models.trace_model.card import Card, Data
from foretrace_models.trace_model.examples import Example, examples
from foretrace_models.trace_model.lesson import Lesson, Plan, Shape, Variant
from foretrace_models.trace_model.network import new_network
from foretrace_models.trace_model.training import Progress, train
from foretrace_models.trace_model.vocabulary import Vocabulary
from foretrace_models.trace_model.weights import Weights, load, save
from foretrace_models.traces.answers import Encoding
from foretrace_models.traces.prompts import VERSION
from foretrace_models.traces.variants import last_only, synthetic
from foretrace_models.who import person_digest
from foretrace_telemetry.readers.trace_sets import TraceSet, read_traces
from foretrace_telemetry.traces import Trace

_LICENCE = "Apache-2.0"
_SECONDS_BETWEEN_LINES = 10.0

_MADE: dict[Variant, Callable[[Trace], Trace]] = {
    Variant.TRACE: lambda trace: trace,
    Variant.LAST: last_only,
    Variant.SYNTHETIC: synthetic,
}


def learn(lesson: Lesson, told: Callable[[str], None]) -> dict[str, Any]:
    """Train a network and write its weights; return their card as a JSON object.

    Raises:
        OSError: a file cannot be read or written.
        ValueError: the data, the weights to begin with or the file to go on from do not fit.
    """
    left_out = frozenset(lesson.left_out)
    sets = [read_traces(Path(folder)) for folder in lesson.data]
    kept = {each.name: [t for t in each.traces if t.coder not in left_out] for each in sets}
    make = _MADE[lesson.variant]
    traces = [make(trace) for own in kept.values() for trace in own]
    shape, encoding, base = lesson.shape, lesson.encoding, None
    before: Card | None = None
    if lesson.start is not None:
        begun = load(Path(lesson.start))
        _require_unseen(lesson, begun.card, sets)
        network, vocabulary, before = begun.network, begun.vocabulary, begun.card
        shape, encoding, base = begun.card.shape, begun.card.encoding, begun.card.base
    elif lesson.base is not None:
        base = find_base(lesson.base)
        vocabulary, shape = base_vocabulary(base), base_shape(base, shape.longest)
        network = base_network(base, lesson.plan.seed)
    else:
        vocabulary = vocabularies.learn(_texts(traces), lesson.vocabulary_size)
        network = new_network(shape, vocabulary.size, lesson.plan.seed)
    made = _examples(traces, vocabulary, shape, encoding, told)
    if torch.cuda.is_available():
        network.to("cuda")
    resume = None if lesson.resume is None else Path(lesson.resume)
    table = Table(network, (each.coder for each in made), lesson.plan.seed)
    tell = teller(lesson.plan, told)
    done = train(network, made, lesson.plan, resume, tell, acquaintance=table)
    card = Card(
        name=Path(lesson.out).name,
        format=VERSION,
        encoding=encoding,
        variant=lesson.variant.value,
        shape=shape,
        licence=_LICENCE,
        command=lesson.command if before is None else f"{before.command} && {lesson.command}",
        seed=lesson.plan.seed,
        tokens=done.tokens + (0 if before is None else before.tokens),
        data=_data(sets, kept, () if before is None else before.data),
        base=base,
    )
    return asdict(save(Path(lesson.out), Weights(network, vocabulary, card)))


def _require_unseen(lesson: Lesson, before: Card, sets: Iterable[TraceSet]) -> None:
    """Raise ValueError if weights have seen a coder of these sets who is to be left out."""
    for each in sets:
        for coder in {trace.coder for trace in each.traces}.intersection(lesson.left_out):
            if before.has_seen(each.name, coder):
                raise ValueError(
                    f"the weights in {lesson.start} have seen {coder}, who is to be left out; "
                    "begin with weights that left out the same fold"
                )


def _texts(traces: Iterable[Trace]) -> Iterable[str]:
    return (state.text for trace in traces for state in trace.states)


def _examples(
    traces: Iterable[Trace],
    vocabulary: Vocabulary,
    shape: Shape,
    encoding: Encoding,
    told: Callable[[str], None],
) -> list[Example]:
    made = list(examples(traces, vocabulary, shape.longest, encoding))
    if not made:
        raise ValueError("no trace is left to learn from")
    tokens = sum(len(each.ids) for each in made)
    told(f"{len(made):,} moments, {tokens:,} tokens; a vocabulary of {vocabulary.size:,}")
    return made


def teller(plan: Plan, told: Callable[[str], None]) -> Callable[[Progress], None]:
    """Return what tells of progress now and then."""
    last = time.monotonic()

    def tell(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last < _SECONDS_BETWEEN_LINES:
            return
        last = time.monotonic()
        share = progress.tokens / plan.tokens
        left = progress.seconds / share * (1 - share)
        told(
            f"{share:.0%}, {progress.tokens:,} tokens, loss {progress.loss:.3f} a token, "
            f"about {left / 60:.0f} minutes left"
        )

    return tell


def _data(
    sets: Sequence[TraceSet], kept: dict[str, list[Trace]], before: Sequence[Data]
) -> tuple[Data, ...]:
    """Return what was learned from, with what weights to begin with had learned from before."""
    data = {each.name: each for each in before}
    for each in sets:
        seen = {person_digest(each.name, trace.coder) for trace in kept[each.name]}
        exercises = {trace.exercise for trace in kept[each.name]}
        if each.name in data:
            seen.update(data[each.name].seen)
            exercises.update(data[each.name].exercises)
        data[each.name] = Data(
            each.name,
            each.sha256,
            each.licence,
            len(kept[each.name]),
            tuple(sorted(seen)),
            tuple(sorted(exercises)),
        )
    return tuple(data.values())
