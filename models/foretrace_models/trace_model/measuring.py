"""Measuring: what each edit of a coder costs a network that is told more or less of it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from typing import Any

import torch
from attrs import evolve, frozen
from torch import Tensor

from foretrace_models.coder.recorded import MOST_KNOWN
from foretrace_models.trace_model.card import read_card
from foretrace_models.trace_model.examples import Example, example
from foretrace_models.trace_model.scoring import answer_bits
from foretrace_models.trace_model.vectors import Vectors
from foretrace_models.trace_model.weights import Weights, bare, load
from foretrace_models.traces.answers import edit_size_bytes
from foretrace_models.traces.moments import Moment, moments
from foretrace_models.traces.others import earlier, wrong_coder
from foretrace_telemetry.readers.trace_sets import read_traces
from foretrace_telemetry.traces import Trace


class Context(str, Enum):
    """What the network is told: nothing but the task, the program as it is, and what was before.

    `SHUFFLED` tells the states before in an order of chance. With `VECTOR` it is told the coder as
    well, from what they did before on other programs; with `WRONG_VECTOR` somebody else, of whom as
    much is known.
    """

    NONE = "none"
    CURRENT = "current"
    TRACE = "trace"
    SHUFFLED = "trace_shuffled"
    VECTOR = "trace_vector"
    WRONG_VECTOR = "trace_wrong_vector"


_WITH_VECTOR = frozenset({Context.VECTOR, Context.WRONG_VECTOR})
_EDITS_AT_ONCE = 64
_EDITS_AT_ONCE_BASE = 8
# What is shown of others takes so much of the room for a prompt, each of them.
_SHOWN_SHARE = 0.25
_SHOWN_TRIES = 20


@frozen
class Measurement:
    """Which edits to score: those of all coders whom the weights have not seen.

    `limit` is how many edits at most, taken by chance; those whose ids are `done` are passed over.
    With `adaptation`, edits are scored with only so many traces of their coder known, too. A `base`
    is asked in the place of the weights, as it was fetched; `shown` is how many edits of coders
    whom the weights have seen stand before each prompt.
    """

    data: str
    weights: str
    contexts: tuple[Context, ...]
    seed: int
    limit: int | None = None
    adaptation: tuple[int, ...] = ()
    done: tuple[str, ...] = ()
    base: str | None = None
    shown: int = 0


@frozen
class Edit:
    """An edit of a trace, the `number`-th state's: the moment before it, and the text after.

    No other edit of the same data has its `id`.
    """

    id: str
    trace: Trace
    number: int
    moment: Moment
    after: str


def measure(
    measurement: Measurement,
    give: Callable[[dict[str, Any]], object],
    told: Callable[[str], None],
) -> dict[str, Any]:
    """Give a row for each edit: its id, its coder, its bytes, and its bits in each context.

    Its bytes are those of the line edit that makes it: place and text, however the network writes
    it. Bits are missing of an edit that is too long for the network in a context. With so many
    traces known, the bits are called `known_4`: of edits in a later trace of a coder who has two
    traces more at least. The result says which data set it was, and how many edits there are.

    Raises:
        OSError: a file cannot be read.
        ValueError: the data or the weights cannot be used.
    """
    weights = _weights(measurement)
    every = read_traces(Path(measurement.data))
    seen = [t for t in every.traces if weights.card.has_seen(every.name, t.coder)]
    traces = [t for t in every.traces if not weights.card.has_seen(every.name, t.coder)]
    edits = _chosen(edits_of(traces), measurement)
    if not edits:
        raise ValueError(
            f"no coder in {measurement.data} who is new to the weights has an edit; "
            "train weights with --fold"
        )
    known = None if weights.encoder is None else _Known(weights, traces)
    examples = _Shown(weights, edits_of(seen), measurement) if measurement.shown else None
    at_once = _EDITS_AT_ONCE if weights.card.base is None else _EDITS_AT_ONCE_BASE
    left = [edit for edit in edits if edit.id not in frozenset(measurement.done)]
    for first in range(0, len(left), at_once):
        part = left[first : first + at_once]
        for row in _rows(part, weights, known, examples, measurement):
            give(row)
        told(f"{len(edits) - len(left) + first + len(part):,} of {len(edits):,} edits")
    return {"dataset": every.name, "edits": len(edits)}


def _weights(measurement: Measurement) -> Weights:
    folder = Path(measurement.weights)
    if measurement.base is None:
        return load(folder)
    return bare(measurement.base, read_card(folder))


def _rows(
    edits: Sequence[Edit],
    weights: Weights,
    known: _Known | None,
    shown: _Shown | None,
    measurement: Measurement,
) -> list[dict[str, Any]]:
    rows = [
        {
            "id": edit.id,
            "coder": edit.trace.coder,
            "exercise": edit.trace.exercise,
            "number": edit.number,
            "bytes": edit_size_bytes(edit.moment.text, edit.after),
            "bits": {},
        }
        for edit in edits
    ]
    for context in measurement.contexts:
        made = [_example(edit, context, weights, measurement.seed) for edit in edits]
        if shown is not None:
            pairs = zip(made, edits, strict=True)
            made = [shown.before(each, edit, context) for each, edit in pairs]
        of = None
        if context in _WITH_VECTOR:
            if known is None:
                continue
            of = [known.before(edit.trace, context is Context.WRONG_VECTOR) for edit in edits]
        _score(context.value, weights, made, of, rows)
    for count in measurement.adaptation if known is not None else ():
        assert known is not None
        late = [n for n, edit in enumerate(edits) if known.is_late(edit.trace, count)]
        made = [_example(edits[n], Context.TRACE, weights, measurement.seed) for n in late]
        of = [known.of_first(edits[n].trace, count) for n in late]
        _score(f"known_{count}", weights, made, of, [rows[n] for n in late])
    return rows


def edits_of(traces: Sequence[Trace]) -> list[Edit]:
    """Return every edit; the ids of those of a second trace for the same exercise say so."""
    edits = []
    times: Counter[tuple[str, str]] = Counter()
    for trace in traces:
        times[trace.coder, trace.exercise] += 1
        time = times[trace.coder, trace.exercise]
        name = f"{trace.coder}/{trace.exercise}" + (f"/{time}. time" if time > 1 else "")
        edits += [
            Edit(f"{name}/{number}", trace, number, moment, after)
            for number, (moment, after) in enumerate(moments(trace))
            if after != moment.text
        ]
    return edits


def _chosen(found: list[Edit], measurement: Measurement) -> list[Edit]:
    if measurement.limit is not None and measurement.limit < len(found):
        chance = random.Random(measurement.seed)  # noqa: S311 - no secret
        numbers = sorted(chance.sample(range(len(found)), measurement.limit))
        found = [found[number] for number in numbers]
    return found


def _score(
    name: str,
    weights: Weights,
    made: Sequence[Example | None],
    vectors: Sequence[Tensor] | None,
    rows: Sequence[dict[str, Any]],
) -> None:
    """Put the bits of those examples that fit into their rows, under a name."""
    fitting = [number for number, each in enumerate(made) if each is not None]
    if not fitting:
        return
    of = None if vectors is None else torch.stack([vectors[number] for number in fitting])
    bits = answer_bits(weights.network, [each for each in made if each is not None], of)
    for number, value in zip(fitting, bits, strict=True):
        rows[number]["bits"][name] = value


def _example(edit: Edit, context: Context, weights: Weights, seed: int) -> Example | None:
    moment, card, vocabulary = edit.moment, weights.card, weights.vocabulary
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
        key = f"{seed} {edit.trace.coder} {edit.trace.exercise} {edit.number}"
        random.Random(key).shuffle(past)  # noqa: S311 - no secret
        moment = evolve(moment, past=tuple(past))
    return example(moment, edit.after, vocabulary, longest, card.encoding)


class _Shown:
    """Edits of others, with their prompts, to stand before a prompt: taken by chance for each."""

    def __init__(self, weights: Weights, edits: Sequence[Edit], measurement: Measurement) -> None:
        self._weights = weights
        self._edits = edits
        self._seed = measurement.seed
        self._count = measurement.shown

    def before(self, made: Example | None, edit: Edit, context: Context) -> Example | None:
        """Return an example with others before it, told in the same context."""
        if made is None:
            return None
        chance = random.Random(f"{self._seed} {edit.id}")  # noqa: S311 - no secret
        most = int(self._weights.card.shape.longest * _SHOWN_SHARE)
        shown: list[Example] = []
        for other in chance.sample(self._edits, min(_SHOWN_TRIES, len(self._edits))):
            found = _example(other, context, self._weights, self._seed)
            if found is not None and len(found.ids) <= most:
                shown.append(found)
            if len(shown) == self._count:
                break
        ids = tuple(token for each in shown for token in each.ids)
        return Example((*ids, *made.ids), len(ids) + made.answer_at)


class _Known:
    """Which traces are known of the coder of each edit, and the vectors that they make."""

    def __init__(self, weights: Weights, traces: Sequence[Trace]) -> None:
        self._traces = traces
        self._vectors = Vectors(weights)
        self._vectors.look_at(traces)

    def before(self, trace: Trace, is_wrong: bool) -> Tensor:
        """Return the vector of a trace's coder when they began it, or of somebody like them."""
        known = earlier(trace, self._traces)[-MOST_KNOWN:]
        return self._vectors.of(wrong_coder(trace, known, self._traces) if is_wrong else known)

    def of_first(self, trace: Trace, count: int) -> Tensor:
        """Return the vector of a trace's coder with so many of their first traces known."""
        return self._vectors.of(self._several(trace.coder)[:count])

    def is_late(self, trace: Trace, known: int) -> bool:
        """Return whether a trace comes after so many, and its coder has two more at least."""
        several = self._several(trace.coder)
        return len(several) >= known + 2 and trace in several[known:]

    def _several(self, coder: str) -> list[Trace]:
        return [t for t in self._traces if t.coder == coder and len(t.states) > 1]
