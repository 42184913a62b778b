"""Examples: moments of traces as tokens, to learn from or to be scored on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import evolve, frozen

from foretrace_models.trace_model.vocabulary import Vocabulary
from foretrace_models.traces.answers import Encoding, write_answer
from foretrace_models.traces.moments import Moment, moments
from foretrace_models.traces.prompts import write_prompt
from foretrace_telemetry.traces import Trace


@frozen
class Example:
    """A prompt with its answer, as tokens; the answer begins at token `answer_at`.

    `coder` and `exercise` say whose work it is, and on what, where that matters.
    """

    ids: tuple[int, ...]
    answer_at: int
    coder: str = ""
    exercise: str = ""


def example(
    moment: Moment,
    after: str,
    vocabulary: Vocabulary,
    longest: int,
    encoding: Encoding = Encoding.LINES,
) -> Example | None:
    """Return a moment and the text that came next as one example of `longest` tokens at most.

    What is too long is told with less of the past, the oldest first; None if the program alone is
    too long.
    """
    answer = vocabulary.tokens(write_answer(moment.text, after, encoding))
    prompt = prompt_tokens(moment, vocabulary, longest - len(answer), encoding)
    return None if prompt is None else Example((*prompt, *answer), len(prompt))


def prompt_tokens(
    moment: Moment,
    vocabulary: Vocabulary,
    longest: int,
    encoding: Encoding = Encoding.LINES,
) -> tuple[int, ...] | None:
    """Return a moment as `longest` tokens at most, with as much of the past as there is room for.

    None if the program alone is too long.
    """
    for count in range(len(moment.past), -1, -1):
        prompt = vocabulary.tokens(write_prompt(moment.remembering(count), encoding))
        if len(prompt) <= longest:
            return tuple(prompt)
    return None


def examples(
    traces: Iterable[Trace],
    vocabulary: Vocabulary,
    longest: int,
    encoding: Encoding = Encoding.LINES,
) -> Iterator[Example]:
    """Yield every moment of some traces, the last of each with "no edit" as its answer."""
    for trace in traces:
        for moment, after in moments(trace):
            found = example(moment, after, vocabulary, longest, encoding)
            if found is not None:
                yield evolve(found, coder=trace.coder, exercise=trace.exercise)
