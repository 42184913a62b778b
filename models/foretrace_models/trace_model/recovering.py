"""Recovering: how a network goes on from broken states, told of this coder or that."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

from attrs import frozen
from torch import Tensor

from foretrace_models.trace_model.examples import example, prompt_tokens
from foretrace_models.trace_model.generating import Prompt, Sampling
from foretrace_models.trace_model.steering import Steering, learn_steering
from foretrace_models.trace_model.vectors import Vectors
from foretrace_models.trace_model.walking import Walk, walk_on
from foretrace_models.trace_model.weights import Weights, load
from foretrace_models.traces.broken import Broken, broken
from foretrace_models.traces.moments import Moment, moments
from foretrace_models.traces.others import earlier
from foretrace_telemetry.readers.trace_sets import read_traces
from foretrace_telemetry.traces import Trace

_MOST_OF_A_CODER = 5
_MOST_EXAMPLES = 2
_STATES_AT_ONCE = 32


class Arm(str, Enum):
    """What the network is told of the coder, beside the task and the trace.

    Nothing; the vector of what they did before; that of the coder who solved most; their own one
    moved to where edits mend, always or only as far as it helps; or how others solved something.
    """

    NO_VECTOR = "no_vector"
    OWN = "own_vector"
    STRONG = "strong_vector"
    STEERED = "steered"
    GATED = "steered_gated"
    EXAMPLES = "examples"


_STEERED = frozenset({Arm.STEERED, Arm.GATED})
_WITH_VECTOR = frozenset({Arm.OWN, Arm.STRONG, *_STEERED})


@frozen
class Recovery:
    """Which states to go on from: at most `limit`, of coders whom the weights have not seen.

    From each there are `tries` at every arm, of so many steps. Those whose ids are `done` are
    passed over.
    """

    data: str
    weights: str
    seed: int
    limit: int = 300
    tries: int = 4
    steps: int = 5
    done: tuple[str, ...] = ()


def recover(
    recovery: Recovery,
    give: Callable[[dict[str, Any]], object],
    told: Callable[[str], None],
) -> dict[str, Any]:
    """Give a row for each broken state: where it is from, and what came of it at each arm.

    Of each try there are its `states`, one after each step, and `log_probabilities`, the mean
    log-probability of the answer. A step without an edit, or with an answer that cannot be read,
    leaves the program as it is. Nothing is run: a network is told of all states that they fail,
    and what comes after one that passes is not to be looked at.

    Arms are missing that cannot be: those with vectors where the weights have no encoder, and
    steering where there is too little to learn it from.

    Raises:
        OSError: a file cannot be read.
        ValueError: the data or the weights cannot be used.
    """
    weights = load(Path(recovery.weights))
    every = read_traces(Path(recovery.data))
    new = [t for t in every.traces if not weights.card.has_seen(every.name, t.coder)]
    known = [t for t in every.traces if weights.card.has_seen(every.name, t.coder)]
    found = broken(new, _MOST_OF_A_CODER, recovery.limit, recovery.seed)
    left = [each for each in found if each.id not in frozenset(recovery.done)]
    if left:
        walker = _Walker(recovery, weights, new, known, told)
        for first in range(0, len(left), _STATES_AT_ONCE):
            part = left[first : first + _STATES_AT_ONCE]
            for row in walker.rows(part):
                give(row)
            done = len(found) - len(left) + first + len(part)
            told(f"{done:,} of {len(found):,} broken states")
    return {"dataset": every.name, "states": len(found)}


class _Walker:
    """Goes on from broken states."""

    def __init__(
        self,
        recovery: Recovery,
        weights: Weights,
        new: Sequence[Trace],
        known: Sequence[Trace],
        told: Callable[[str], None],
    ) -> None:
        self._recovery = recovery
        self._weights = weights
        self._new = new
        self._known = known
        self._sampling = Sampling()
        self._longest = weights.card.shape.longest - self._sampling.most_tokens
        self._vectors: Vectors | None = None
        self._steering: Steering | None = None
        self._strongest: list[Trace] = []
        if weights.encoder is not None and known:
            self._vectors = Vectors(weights)
            self._steering = learn_steering(weights, known, told)
            self._strongest = strongest(known)
        without = _WITH_VECTOR if self._vectors is None else frozenset()
        without |= _STEERED if self._steering is None else frozenset()
        self._arms = [arm for arm in Arm if arm not in without]
        self._solved = [
            (trace, moment, state.text)
            for trace in known
            for (moment, _), state in zip(moments(trace), trace.states[1:], strict=False)
            if moment.works is False and state.works
        ]

    def rows(self, states: Sequence[Broken]) -> list[dict[str, Any]]:
        """Return the row of each state."""
        rows: list[dict[str, Any]] = [
            {
                "id": state.id,
                "coder": state.trace.coder,
                "exercise": state.trace.exercise,
                "text": state.moment.text,
                "after": state.after,
                "failed_before": state.failed_before,
                "arms": {},
                "seconds": {},
            }
            for state in states
        ]
        by_id = {state.id: state for state in states}
        for arm in self._arms:
            begun = time.monotonic()
            walks = {state.id: self._walks(state) for state in states}
            for _ in range(self._recovery.steps):
                every = [walk for own in walks.values() for walk in own]
                walk_on(every, self._weights, self._sampling, partial(self._prompt, by_id, arm))
            seconds = (time.monotonic() - begun) / len(states)
            for row in rows:
                row["arms"][arm.value] = [
                    {"states": walk.states, "log_probabilities": walk.log_probabilities}
                    for walk in walks[row["id"]]
                ]
                row["seconds"][arm.value] = seconds
        return rows

    def _walks(self, state: Broken) -> list[Walk]:
        # The luck is the same at every arm.
        lucks = (f"{self._recovery.seed} {state.id} {n}" for n in range(self._recovery.tries))
        return [Walk(state.id, luck, state.moment) for luck in lucks]

    def _prompt(self, states: Mapping[str, Broken], arm: Arm, walk: Walk) -> Prompt | None:
        """Return what is asked where a walk stands; None if the program is too long to ask."""
        state, moment = states[walk.begin], walk.moment
        card, vocabulary = self._weights.card, self._weights.vocabulary
        ids = prompt_tokens(moment, vocabulary, self._longest, card.encoding)
        if ids is None:
            return None
        if arm is Arm.EXAMPLES:
            ids = (*self._examples(state, self._longest - len(ids)), *ids)
        return Prompt(ids, (), self._vector(state, moment, arm))

    def _examples(self, state: Broken, room: int) -> tuple[int, ...]:
        """Return how other coders solved other exercises, as many tokens as there is room for."""
        card, vocabulary = self._weights.card, self._weights.vocabulary
        ids: tuple[int, ...] = ()
        found = 0
        key = f"{self._recovery.seed} {state.id}"
        order = random.Random(key).sample(self._solved, len(self._solved))  # noqa: S311
        for trace, moment, after in order:
            if found == _MOST_EXAMPLES:
                break
            if trace.exercise == state.trace.exercise:
                continue
            made = example(moment, after, vocabulary, room - len(ids), card.encoding)
            if made is not None:
                ids, found = (*ids, *made.ids), found + 1
        return ids

    def _vector(self, state: Broken, moment: Moment, arm: Arm) -> Tensor | None:
        if arm not in _WITH_VECTOR:
            return None
        assert self._vectors is not None
        if arm is Arm.STRONG:
            return self._vectors.of(
                [t for t in self._strongest if t.exercise != state.trace.exercise]
            )
        own = self._vectors.of(earlier(state.trace, self._new))
        if arm is Arm.OWN:
            return own
        assert self._steering is not None
        failed = sum(each.works is False for each in moment.past)
        return self._steering.steered(own, failed if arm is Arm.GATED else None)


def strongest(traces: Sequence[Trace]) -> list[Trace]:
    """Return the traces of the coder who solved most, and of those the one who needed least.

    What they needed is the mean number of states of a trace.
    """
    by_coder: dict[str, list[Trace]] = defaultdict(list)
    for trace in traces:
        by_coder[trace.coder].append(trace)
    return max(
        by_coder.values(),
        key=lambda own: (
            sum(trace.last.works is True for trace in own),
            -fmean(len(trace.states) for trace in own),
        ),
    )
