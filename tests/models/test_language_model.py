"""A language model made on the spot: what it writes is the same however it is made faster."""

from __future__ import annotations

import platform
import random
import time
from typing import Any

import pytest

torch = pytest.importorskip(
    "torch", reason="torch is not installed: pip install 'foretrace[model]'"
)
pytest.importorskip("transformers", reason="transformers is not installed")

from foretrace_models.batching import Batch, Reason, Text  # noqa: E402
from foretrace_models.four_bits import FourBitWeight  # noqa: E402
from foretrace_models.language_model import (  # noqa: E402
    Feed,
    LanguageModel,
    ModelError,
    Precision,
    load,
    load_random,
)
from foretrace_models.packing import X86, pack  # noqa: E402

PROGRAM = "def add(a, b):\n    total = a + b\n    return total\n"


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return load_random("tiny", device="cpu", precision=Precision.FP32, rows=4)


@pytest.fixture(autouse=True)
def _without_memories(model: LanguageModel) -> None:
    model.forget()


def _text(model: LanguageModel, prompt: str, most_tokens: int = 40, **options: Any) -> Text:
    return Text(model.tokenizer.encode(prompt), most_tokens, **options)


def _written(model: LanguageModel, *texts: Text) -> list[list[int]]:
    return _written_in(Batch(model), *texts)


def _written_in(batch: Batch, *texts: Text) -> list[list[int]]:
    for text in texts:
        batch.add(text)
    while batch.busy:
        batch.step()
    return [text.output for text in texts]


def _plain(model: LanguageModel, prompt: str, most_tokens: int = 40) -> list[int]:
    """Return what transformers' own greedy search writes."""
    tokens = model.tokenizer.encode(prompt)
    written = model._model.generate(
        torch.tensor([tokens]),
        attention_mask=torch.ones(1, len(tokens), dtype=torch.long),
        max_new_tokens=most_tokens,
        do_sample=False,
        eos_token_id=list(model.ends),
        pad_token_id=0,
    )[0, len(tokens) :].tolist()
    return [token for token in written if token not in model.ends]


PROMPTS = [PROGRAM[:length] for length in (1, 2, 7, 20, 35, 51)] + [
    PROGRAM * 9,
    "é",
    "x = 1\n" * 60,
]


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("lookup", [False, True])
def test_greedy_output_is_that_of_transformers(
    model: LanguageModel, prompt: str, lookup: bool
) -> None:
    text = _text(model, prompt, lookup=lookup)
    assert _written(model, text) == [_plain(model, prompt)]


def test_drafts_save_steps(model: LanguageModel) -> None:
    plain, drafted = _text(model, PROGRAM, 200, lookup=False), _text(model, PROGRAM, 200)
    assert _written(model, plain) == _written(model, drafted)
    assert drafted.steps < plain.steps


def test_texts_of_different_lengths_written_together_are_as_those_written_alone(
    model: LanguageModel,
) -> None:
    alone = [_written(model, _text(model, prompt))[0] for prompt in PROMPTS]
    model.forget()
    assert _written(model, *(_text(model, prompt) for prompt in PROMPTS)) == alone


def test_padding_on_the_right_changes_nothing_for_any_row(model: LanguageModel) -> None:
    short, long = model.tokenizer.encode("x ="), model.tokenizer.encode(PROGRAM)
    (alone,) = model.forward([Feed(0, 0, short)], [[len(short) - 1]])
    model.forget()
    together, _ = model.forward(
        [Feed(0, 0, short), Feed(1, 0, long)], [[len(short) - 1], [len(long) - 1]]
    )
    assert torch.allclose(alone, together, atol=1e-5)


def test_rows_that_lie_apart_are_kept_apart(model: LanguageModel) -> None:
    tokens = [model.tokenizer.encode(prompt)[:20] for prompt in (PROGRAM, PROGRAM[9:])]
    alone = []
    for each in tokens:
        model.forget()
        alone += model.forward([Feed(0, 0, each)], [[19]])
    model.forget()
    feeds = [Feed(3, 0, tokens[0]), Feed(1, 0, tokens[1])]
    for ours, theirs in zip(alone, model.forward(feeds, [[19], [19]]), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-5)


def test_a_shared_beginning_is_read_once_and_changes_nothing(model: LanguageModel) -> None:
    first = _text(model, PROGRAM + "print(add(1, 2))")
    second = _text(model, PROGRAM + "print(add(3, 4))")
    fresh = _text(model, PROGRAM + "print(add(3, 4))", reuse=False)
    batch = Batch(model)
    outputs = _written_in(batch, first) + _written_in(batch, second)
    assert second.reused_tokens >= len(PROGRAM)
    model.forget()
    assert _written(model, fresh) == outputs[1:]
    assert fresh.reused_tokens == 0


def test_texts_that_begin_alike_share_what_one_of_them_reads(model: LanguageModel) -> None:
    alone = [_written(model, _text(model, PROGRAM * 9 + end))[0] for end in "abc"]
    model.forget()
    texts = [_text(model, PROGRAM * 9 + end) for end in "abc"]
    assert _written(model, *texts) == alone
    assert sorted(text.reused_tokens for text in texts) == [0, 9 * len(PROGRAM), 9 * len(PROGRAM)]


def test_a_prompt_is_judged_by_what_else_could_stand_in_it(model: LanguageModel) -> None:
    tokens = model.tokenizer.encode(PROGRAM * 9)
    text = Text(list(tokens), 1, judged_from=300)
    _written(model, text)
    assert {each.place for each in text.alternatives} == set(range(300, len(tokens)))
    assert all(each.token != tokens[each.place] for each in text.alternatives)
    model.forget()
    (logits,) = model.forward([Feed(0, 0, tokens[:400])], [[399]])
    likelihoods = torch.log_softmax(logits[0], dim=-1)
    for each in text.alternatives:
        if each.place == 400:
            assert each.log_likelihood == pytest.approx(float(likelihoods[each.token]), abs=1e-4)


def test_a_text_ends_at_a_stop_string_and_does_not_hold_it(model: LanguageModel) -> None:
    whole = _text(model, PROGRAM)
    _written(model, whole)
    stop = whole.words[5:7]
    text = _text(model, PROGRAM, stop=(stop,))
    _written(model, text)
    assert text.words == whole.words[: whole.words.index(stop, 1)]
    assert text.reason is Reason.STOP


def test_a_cancelled_text_ends_with_the_next_step(model: LanguageModel) -> None:
    cancelled = False
    text = _text(model, PROGRAM, 500, cancelled=lambda: cancelled, lookup=False)
    other = _text(model, PROGRAM, 8, lookup=False)
    batch = Batch(model)
    batch.add(text)
    batch.add(other)
    for _ in range(4):
        batch.step()
    cancelled, written = True, len(text.output)
    assert text in batch.step()
    assert (text.reason, len(text.output)) == (Reason.CANCELLED, written)
    while batch.busy:
        batch.step()
    assert other.reason is Reason.LENGTH


def test_a_text_past_its_deadline_is_given_as_far_as_it_came(model: LanguageModel) -> None:
    text = _text(model, PROGRAM, 500, lookup=False)
    batch = Batch(model)
    batch.add(text)
    for _ in range(4):
        batch.step()
    text.deadline = time.monotonic()
    batch.step()
    assert text.reason is Reason.DEADLINE
    assert text.words


def test_more_texts_than_rows_wait_their_turn(model: LanguageModel) -> None:
    texts = [_text(model, f"{number} = ", 5) for number in range(3 * model.rows)]
    assert all(len(output) <= 5 for output in _written(model, *texts))
    assert all(text.reason is not None for text in texts)


def test_a_text_that_cannot_fit_is_refused(model: LanguageModel) -> None:
    batch = Batch(model)
    with pytest.raises(ValueError, match="too many for this model"):
        batch.add(_text(model, "x" * model.context))
    with pytest.raises(ValueError, match="empty"):
        batch.add(_text(model, ""))


def test_the_longest_text_that_fits_is_written_to_its_end(model: LanguageModel) -> None:
    text = _text(model, "x" * (model.context - 8), 8)
    _written(model, text)
    assert text.reason in (Reason.LENGTH, Reason.STOP)


def test_a_random_walk_of_texts_is_as_each_of_them_alone(model: LanguageModel) -> None:
    chance = random.Random(7)
    prompts = [PROGRAM * chance.randint(1, 4) + str(chance.random()) for _ in range(12)]
    alone = []
    for prompt in prompts:
        model.forget()
        alone += _written(model, _text(model, prompt, lookup=False, reuse=False))
    model.forget()
    batch = Batch(model)
    texts = [_text(model, prompt) for prompt in prompts]
    for text in texts:
        batch.add(text)
        for _ in range(chance.randint(0, 9)):
            batch.step()
    while batch.busy:
        batch.step()
    assert [text.output for text in texts] == alone


@pytest.mark.parametrize("bias", [False, True])
def test_packed_weights_give_the_same_output(bias: bool) -> None:
    linear = torch.nn.Linear(48, 80, bias=bias)
    packed = torch.nn.Sequential(linear)
    pack(packed)
    for tokens in (1, 2, 16, 70):
        states = torch.randn(2, tokens, 48)
        with torch.inference_mode():
            assert torch.allclose(packed(states), linear(states), atol=1e-5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_weights_of_four_bits_give_the_same_output(dtype: Any) -> None:
    steps = torch.rand(32, 4, 1) / 100 + 0.001
    levels = torch.randint(0, 16, (32, 4, 32))
    levels[..., 0], levels[..., 1] = 0, 15
    linear = torch.nn.Linear(128, 32, bias=True).to(dtype)
    linear.weight.data = ((levels - 7.3) * steps).reshape(32, 128).to(dtype)
    packed = torch.nn.Sequential(linear)
    pack(packed)
    used = dtype == torch.bfloat16 and platform.machine().lower() in X86
    assert (packed[0]._four_bits is not None) == used
    for tokens in (1, 3, 20):
        states = torch.randn(tokens, 128, dtype=dtype)
        with torch.inference_mode():
            close = torch.finfo(dtype).eps * 20
            assert torch.allclose(packed(states), linear(states), atol=close, rtol=close)


@pytest.mark.parametrize("shape", [(32, 128), (32, 100), (20, 128)])
def test_other_weights_are_not_made_coarser(shape: tuple[int, int]) -> None:
    assert FourBitWeight.of(torch.randn(*shape)) is None
    assert FourBitWeight.of(torch.randn(*shape, dtype=torch.bfloat16)) is None


def test_a_folder_without_a_model_is_named(tmp_path: Any) -> None:
    with pytest.raises(ModelError, match="cannot be loaded"):
        load(tmp_path, "nothing")


def test_an_unknown_device_is_named() -> None:
    with pytest.raises(ModelError, match="quantum"):
        load_random("tiny", device="quantum")
