"""Answers that a tiny network writes."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'foretrace[model]'")
pytest.importorskip("transformers", reason="transformers is not installed")

import torch

from foretrace_models.trace_model import vocabulary as vocabularies
from foretrace_models.trace_model.examples import Example
from foretrace_models.trace_model.generating import Prompt, Sampling, generate
from foretrace_models.trace_model.lesson import Plan, Shape
from foretrace_models.trace_model.network import VECTOR_SIZE, TraceNetwork, new_network
from foretrace_models.trace_model.scoring import answer_bits
from foretrace_models.trace_model.training import train
from foretrace_models.trace_model.vocabulary import Vocabulary
from foretrace_models.traces.answers import write_answer
from foretrace_models.traces.markers import END
from foretrace_models.traces.moments import Moment, Task
from foretrace_models.traces.prompts import write_prompt

_BEFORE, _AFTER = "def one():\n    return 0", "def one():\n    return 1"
_PROMPT = write_prompt(Moment(Task("python", "one"), _BEFORE))
_ANSWER = write_answer(_BEFORE, _AFTER)
_SEEDS = ("a", "b", "c", "d")


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return vocabularies.learn([_BEFORE, _AFTER] * 3, 300)


@pytest.fixture(scope="module")
def network(vocabulary: Vocabulary) -> TraceNetwork:
    """Return a network by chance, of which each answer is another one."""
    made = new_network(Shape(32, 2, 2, 256), vocabulary.size, 0)
    torch.nn.init.normal_(made.projector.weight, std=1.0)
    return made


def _ids(vocabulary: Vocabulary, text: str = _PROMPT) -> tuple[int, ...]:
    return tuple(vocabulary.tokens(text))


def test_what_was_learned_is_written(vocabulary: Vocabulary) -> None:
    torch.set_num_threads(1)
    network = new_network(Shape(32, 2, 2, 256), vocabulary.size, 0)
    ids = _ids(vocabulary)
    learned = Example((*ids, *vocabulary.tokens(_ANSWER)), len(ids))
    train(network, [learned], Plan(tokens=100 * len(learned.ids), warm_up_steps=2))
    (own,) = generate(
        network, vocabulary, [Prompt(ids, ("a", "b"))], Sampling(temperature=0, most_tokens=64)
    )
    assert [sample.text for sample in own] == [_ANSWER, _ANSWER]


def test_an_answer_is_the_same_whatever_is_written_beside_it(
    network: TraceNetwork, vocabulary: Vocabulary
) -> None:
    sampling = Sampling(most_tokens=12)
    longer = _ids(vocabulary, _PROMPT.replace("one", "another"))
    together = generate(
        network,
        vocabulary,
        [Prompt(_ids(vocabulary), _SEEDS), Prompt(longer, _SEEDS)],
        sampling,
    )
    for ids, own in zip((_ids(vocabulary), longer), together, strict=True):
        for seed, sample in zip(_SEEDS, own, strict=True):
            ((alone,),) = generate(network, vocabulary, [Prompt(ids, (seed,))], sampling)
            assert alone.text == sample.text
            assert alone.log_probability == pytest.approx(sample.log_probability, abs=1e-4)
    assert len({sample.text for sample in together[0]}) == len(_SEEDS)


def test_an_answer_is_as_likely_as_it_is_scored(
    network: TraceNetwork, vocabulary: Vocabulary
) -> None:
    vector = torch.ones(VECTOR_SIZE)
    ids = _ids(vocabulary)
    sampling = Sampling(temperature=0, most_tokens=8)
    ((sample,),) = generate(network, vocabulary, [Prompt(ids, ("a",), vector)], sampling)
    written = tuple(vocabulary.tokens(sample.text))
    assert len(written) == sample.tokens
    (bits,) = answer_bits(network, [Example((*ids, *written), len(ids))], vector.unsqueeze(0))
    nats = bits * torch.tensor(2.0).log().item()
    assert -sample.log_probability * sample.tokens == pytest.approx(nats, rel=1e-4)


def test_who_is_asked_makes_a_difference(network: TraceNetwork, vocabulary: Vocabulary) -> None:
    sampling = Sampling(most_tokens=8)
    prompts = [
        Prompt(_ids(vocabulary), _SEEDS, None if of is None else torch.full((VECTOR_SIZE,), of))
        for of in (None, 0.0, 5.0)
    ]
    nobody, mean, somebody = generate(network, vocabulary, prompts, sampling)
    assert nobody == mean, "before any training, the mean is all zeros"
    assert nobody != somebody


def test_an_answer_stops_at_its_end_or_where_it_is_too_long(
    network: TraceNetwork, vocabulary: Vocabulary
) -> None:
    seeds = tuple(str(number) for number in range(64))
    (own,) = generate(
        network, vocabulary, [Prompt(_ids(vocabulary), seeds)], Sampling(top_p=1.0, most_tokens=40)
    )
    assert any(sample.text.endswith(END) and sample.tokens < 40 for sample in own)
    for sample in own:
        assert sample.text.count(END) == sample.text.endswith(END)
        assert sample.text.endswith(END) or sample.tokens == 40


def test_a_small_share_leaves_the_likeliest_token_alone(
    network: TraceNetwork, vocabulary: Vocabulary
) -> None:
    prompt = Prompt(_ids(vocabulary), _SEEDS)
    drawn = generate(network, vocabulary, [prompt], Sampling(top_p=1e-6, most_tokens=8))
    greedy = generate(network, vocabulary, [prompt], Sampling(temperature=0, most_tokens=8))
    assert drawn == greedy
