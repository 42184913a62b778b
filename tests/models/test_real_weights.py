"""The weights that a person fetched, where there are some: the model as it serves."""

from __future__ import annotations

import pytest

torch = pytest.importorskip(
    "torch", reason="torch is not installed: pip install 'foretrace[model]'"
)
pytest.importorskip("transformers", reason="transformers is not installed")

from foretrace_models.batching import Batch, Text  # noqa: E402
from foretrace_models.catalogue import card_in_use, missing, weights_of  # noqa: E402
from foretrace_models.language_model import LanguageModel, Precision, load  # noqa: E402
from foretrace_models.prompts import STOP  # noqa: E402
from foretrace_models.wording import word  # noqa: E402
from foretrace_server.bench.edit_prompts import edit_prompts  # noqa: E402
from foretrace_telemetry.home import Home  # noqa: E402

PROMPTS = 3
TOKENS = 32


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    home = Home.default()
    card = card_in_use(home)
    if card is None or missing(home):
        pytest.skip("there is no language model here: foretrace model fetch")
    return load(weights_of(home, card), card.name, "cpu", Precision.FP32)


def _written(model: LanguageModel, lookup: bool, reuse: bool, together: bool) -> list[list[int]]:
    model.forget()
    batch = Batch(model)
    texts = []
    for prompt in edit_prompts(PROMPTS, seed=7):
        tokens = model.tokenizer.encode(prompt.text)
        texts.append(Text(tokens, TOKENS, stop=(STOP,), lookup=lookup, reuse=reuse))
        batch.add(texts[-1])
        while batch.busy and not together:
            batch.step()
    while batch.busy:
        batch.step()
    return [text.output for text in texts]


def test_what_makes_it_fast_changes_nothing(model: LanguageModel) -> None:
    plain = _written(model, lookup=False, reuse=False, together=False)
    assert _written(model, lookup=True, reuse=False, together=False) == plain
    assert _written(model, lookup=False, reuse=True, together=False) == plain
    assert _written(model, lookup=True, reuse=True, together=True) == plain


def test_it_is_what_transformers_itself_writes(model: LanguageModel) -> None:
    model.forget()
    for prompt in edit_prompts(2, seed=7):
        tokens = model.tokenizer.encode(prompt.text)
        text = Text(list(tokens), TOKENS)
        batch = Batch(model)
        batch.add(text)
        while batch.busy:
            batch.step()
        theirs = model._model.generate(
            torch.tensor([tokens]),
            attention_mask=torch.ones(1, len(tokens), dtype=torch.long),
            max_new_tokens=TOKENS,
            do_sample=False,
        )[0, len(tokens) :].tolist()
        assert text.output == [token for token in theirs if token not in model.ends]


def test_a_plain_change_is_put_into_words(model: LanguageModel) -> None:
    change = "-    print(result)\n+    return result\n"
    task = word({"change": change, "seconds": 600.0}, model)
    batch = Batch(model)
    (text,) = next(task)
    batch.add(text)
    while batch.busy:
        batch.step()
    with pytest.raises(StopIteration) as done:
        task.send([text])
    assert done.value.value == {"words": "returning the result"}
