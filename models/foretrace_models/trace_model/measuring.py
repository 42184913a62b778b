"""Measuring: what each edit of a coder costs a network that is told more or less of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import torch
from attrs import evolve, frozen

from foretrace_models.trace_model.examples import Example, example
from foretrace_models.trace_model.scoring import answer_bits
from foretrace_models.trace_model.vocabulary import Vocabulary
from foretrace_models.trace_model.weights import Card, load
from foretrace_models.traces.answers import edit_size_bytes
from foretrace_models.traces.moments import Moment, moments
from foretrace_telemetry.readers.trace_sets import read_traces


class Context(str, Enum):
    """What the network is told: nothing but the task, the program as it is, and what was before.

    `SHUFFLED` tells the states before in an order of chance.
    """

    NONE = "none"
    CURRENT = "current"
    TRACE = "trace"
    SHUFFLED = "trace_shuffled"


@frozen
class Measurement:
    """Which edits to score: those of some coders, by default of all whom the weights left out.

    `limit` is how many edits at most, taken by chance.
    """

    data: str
    weights: str
    contexts: tuple[Context, ...]
    seed: int
    coders: tuple[str, ...] | None = None
    limit: int | None = None


@frozen
class _Edit:
    coder: str
    exercise: str
    number: int
    moment: Moment
    after: str


def measure(measurement: Measurement, told: Callable[[str], None]) -> dict[str, Any]:
    """Return a row for each edit: its coder, its bytes, and its bits in each context.

    Its bytes are those of the line edit that makes it: place and text, however the network writes
    it. `too_long` counts the edits that did not fit into the network.

    Raises:
        OSError: a file cannot be read.
        ValueError: the data or the weights cannot be used.
    """
    network, vocabulary, card = load(Path(measurement.weights))
    if torch.cuda.is_available():
        network.to("cuda")
    edits = list(_edits(measurement, card))
    if not edits:
        raise ValueError(f"none of the coders to score has an edit in {measurement.data}")
    rows: list[dict[str, Any]] = [
        {
            "coder": edit.coder,
            "exercise": edit.exercise,
            "number": edit.number,
            "bytes": edit_size_bytes(edit.moment.text, edit.after),
            "bits": {},
        }
        for edit in edits
    ]
    for context in measurement.contexts:
        told(f"{len(edits):,} edits, context {context.value}")
        made = [_example(edit, context, vocabulary, card, measurement.seed) for edit in edits]
        fitting = [number for number, each in enumerate(made) if each is not None]
        bits = answer_bits(network, [each for each in made if each is not None])
        for number, value in zip(fitting, bits, strict=True):
            rows[number]["bits"][context.value] = value
    scored = [row for row in rows if len(row["bits"]) == len(measurement.contexts)]
    return {"rows": scored, "too_long": len(rows) - len(scored)}


def _edits(measurement: Measurement, card: Card) -> Iterator[_Edit]:
    coders = card.left_out if measurement.coders is None else measurement.coders
    wanted = frozenset(coders)
    found = [
        _Edit(trace.coder, trace.exercise, number, moment, after)
        for trace in read_traces(Path(measurement.data)).traces
        if trace.coder in wanted
        for number, (moment, after) in enumerate(moments(trace))
        if after != moment.text
    ]
    if measurement.limit is not None and measurement.limit < len(found):
        chance = random.Random(measurement.seed)  # noqa: S311 - no secret
        numbers = sorted(chance.sample(range(len(found)), measurement.limit))
        found = [found[number] for number in numbers]
    yield from found


def _example(
    edit: _Edit, context: Context, vocabulary: Vocabulary, card: Card, seed: int
) -> Example | None:
    moment = edit.moment
    longest = card.shape.longest
    if context is Context.NONE:
        prompt = Moment(moment.task, "")
        made = example(moment.remembering(0), edit.after, vocabulary, longest, card.encoding)
        nothing = example(prompt, "", vocabulary, longest, card.encoding)
        if made is None or nothing is None:
            return None
        ids = (*nothing.ids[: nothing.answer_at], *made.ids[made.answer_at :])
        return Example(ids, nothing.answer_at)
    if context is Context.CURRENT:
        moment = moment.remembering(0)
    if context is Context.SHUFFLED:
        past = list(moment.past)
        random.Random(f"{seed} {edit.coder} {edit.exercise} {edit.number}").shuffle(past)  # noqa: S311
        moment = evolve(moment, past=tuple(past))
    return example(moment, edit.after, vocabulary, longest, card.encoding)
