"""Bits of answers: what was learned takes few, and a batch changes none of them."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip(
    "torch", reason="torch is not installed: pip install 'foretrace[model]'"
)
pytest.importorskip("transformers", reason="transformers is not installed")

from foretrace_models.trace_model.examples import Example, example, examples  # noqa: E402
from foretrace_models.trace_model.lesson import Shape  # noqa: E402
from foretrace_models.trace_model.network import new_network  # noqa: E402
from foretrace_models.trace_model.scoring import answer_bits  # noqa: E402
from foretrace_models.trace_model.vocabulary import learn  # noqa: E402
from foretrace_models.traces.answers import read_answer  # noqa: E402
from foretrace_models.traces.moments import moments  # noqa: E402
from foretrace_models.traces.prompts import read_prompt  # noqa: E402
from foretrace_telemetry.traces import State, Trace  # noqa: E402

_TEXTS = ("x = 1\n", "x = 2\nprint(x)\n", "x = 3\nprint(x)\n")
_TRACE = Trace("ada", "numbers", "python", tuple(map(State, _TEXTS)))
_SHAPE = Shape(width=32, layers=1, heads=2, longest=256)


def test_an_untrained_network_needs_as_much_as_one_that_guesses() -> None:
    network = new_network(_SHAPE, 64, 0)
    (bits,) = answer_bits(network, [Example(tuple(range(40)), answer_at=30)])
    assert bits == pytest.approx(10 * math.log2(64), rel=0.1)


def test_examples_of_any_length_are_scored_as_if_alone() -> None:
    network = new_network(_SHAPE, 64, 0)
    several = [Example(tuple(range(n, 2 * n)), answer_at=n // 2) for n in (30, 4, 17)]
    vectors = torch.arange(3.0)[:, None].expand(3, 64)
    together = answer_bits(network, several, vectors)
    for number, each in enumerate(several):
        alone = answer_bits(network, [each], vectors[number : number + 1])
        assert together[number] == pytest.approx(alone[0], rel=1e-4)


def test_examples_say_what_the_moments_of_a_trace_say() -> None:
    vocabulary = learn(_TEXTS, 300)
    made = list(examples([_TRACE], vocabulary, 256))
    for each, (moment, after) in zip(made, moments(_TRACE), strict=True):
        assert read_prompt(vocabulary.text(each.ids[: each.answer_at])) == moment
        assert read_answer(moment.text, vocabulary.text(each.ids[each.answer_at :])) == after


def test_what_is_too_long_is_told_with_less_of_the_past() -> None:
    vocabulary = learn(_TEXTS, 300)
    *_, (moment, after) = moments(_TRACE)
    whole = example(moment, after, vocabulary, 256)
    assert whole is not None
    shorter = example(moment, after, vocabulary, len(whole.ids) - 1)
    assert shorter is not None
    assert read_prompt(vocabulary.text(shorter.ids[: shorter.answer_at])) == moment.remembering(1)


def test_a_program_that_is_too_long_by_itself_is_no_example() -> None:
    moment, after = next(moments(_TRACE))
    assert example(moment, after, learn(_TEXTS, 300), 10) is None
