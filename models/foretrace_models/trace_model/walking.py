"""Walking on: where a network gets from a program, an edit at a time, several ways at once."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence

from attrs import define, evolve, field

from foretrace_models.trace_model.generating import Prompt, Sample, Sampling, generate
from foretrace_models.trace_model.weights import Weights
from foretrace_models.traces.answers import Encoding, read_answer
from foretrace_models.traces.markers import FormatError
from foretrace_models.traces.moments import Gap, Moment, PastState


@define(eq=False)
class Walk:
    """One way on: `moment` is where it has come to, `begin` names where it set out from.

    `states` are the programs after each step, `log_probabilities` the mean log-probabilities of the
    answers that led there, in nats, and `bits` is how unlikely they are together. Walks of one luck
    draw the same.
    """

    begin: str
    luck: str
    moment: Moment
    states: list[str] = field(factory=list)
    log_probabilities: list[float] = field(factory=list)
    bits: float = 0.0

    def step(self, text: str, sample: Sample) -> None:
        """Go to the program that an answer means, which may be the one where it stands."""
        if text != self.moment.text:
            left = PastState(self.moment.text, False, Gap.SECONDS)
            self.moment = evolve(self.moment, text=text, past=(*self.moment.past, left))
        self.states.append(text)
        self.log_probabilities.append(sample.log_probability)
        self.bits -= sample.log_probability * sample.tokens / math.log(2)


def walk_on(
    walks: Sequence[Walk],
    weights: Weights,
    sampling: Sampling,
    prompt_of: Callable[[Walk], Prompt | None],
) -> None:
    """Take one step on every walk; those that stand at the same place share its prompt.

    `prompt_of` says what is asked there, but for the seeds; where that is None, no step is taken.
    An answer that is no edit, or cannot be read, is a step on the spot.
    """
    at: dict[tuple[str, Moment], list[Walk]] = defaultdict(list)
    for walk in walks:
        at[walk.begin, walk.moment].append(walk)
    asked = []
    for own in at.values():
        prompt = prompt_of(own[0])
        if prompt is not None:
            seeds = tuple(f"{walk.luck} {len(walk.states)}" for walk in own)
            asked.append((own, evolve(prompt, seeds=seeds)))
    prompts = [prompt for _, prompt in asked]
    answers = generate(weights.network, weights.vocabulary, prompts, sampling)
    for (own, _), samples in zip(asked, answers, strict=True):
        for walk, sample in zip(own, samples, strict=True):
            walk.step(_read(walk.moment, sample.text, weights.card.encoding), sample)


def _read(moment: Moment, answer: str, encoding: Encoding) -> str:
    try:
        return read_answer(moment.text, answer, encoding)
    except FormatError:
        return moment.text
