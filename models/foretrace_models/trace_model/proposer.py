"""Proposing: the programs that a trace model expects after a broken one, as corrections of it."""

from __future__ import annotations

from collections.abc import Callable

from foretrace_models.repair.samples import TRACE_MODEL, Proposal
from foretrace_models.trace_model.examples import prompt_tokens
from foretrace_models.trace_model.generating import Prompt, Sampling
from foretrace_models.trace_model.walking import Walk, walk_on
from foretrace_models.trace_model.weights import Weights
from foretrace_models.traces.moments import Moment, Task

_WALKS = 8
_STEPS = 5


class Proposer:
    """Goes on from broken programs with one trace model."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._sampling = Sampling()
        self._longest = weights.card.shape.longest - self._sampling.most_tokens

    def proposals(
        self, text: str, task: Task, out_of_time: Callable[[], bool] = lambda: False
    ) -> list[Proposal]:
        """Return programs that may come to be written after one that fails, the likeliest first.

        A program may take several edits. Whoever asks for the same gets the same, or less of it
        where the time is over sooner. Line ends are those of the program.
        """
        end = "\r\n" if "\r\n" in text else "\n"
        text = text.replace("\r\n", "\n")
        begin = Moment(task, text, works=False)
        walks = [Walk("", str(number), begin) for number in range(_WALKS)]
        bits: dict[str, float] = {}
        for _ in range(_STEPS):
            if out_of_time():
                break
            walk_on(walks, self._weights, self._sampling, self._prompt)
            for walk in walks:
                state = walk.moment.text
                if state != text:
                    bits[state] = min(walk.bits, bits.get(state, walk.bits))
        proposals = (Proposal(t.replace("\n", end), b, TRACE_MODEL) for t, b in bits.items())
        return sorted(proposals, key=lambda each: each.bits)

    def _prompt(self, walk: Walk) -> Prompt | None:
        card, vocabulary = self._weights.card, self._weights.vocabulary
        ids = prompt_tokens(walk.moment, vocabulary, self._longest, card.encoding)
        return None if ids is None else Prompt(ids, ())
