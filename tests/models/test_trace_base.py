"""A language model that was fetched as the base of a trace model: only an adapter learns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.models import tiny

torch = pytest.importorskip(
    "torch", reason="torch is not installed: pip install 'foretrace[model]'"
)
pytest.importorskip("transformers", reason="transformers is not installed")
pytest.importorskip("peft", reason="peft is not installed")

from foretrace_models.fetch import fetch  # noqa: E402
from foretrace_models.trace_model.base import (  # noqa: E402
    bare_network,
    base_network,
    base_shape,
    base_vocabulary,
    find_base,
)
from foretrace_models.trace_model.card import Base, Card, WeightsError  # noqa: E402
from foretrace_models.trace_model.examples import Example  # noqa: E402
from foretrace_models.trace_model.lesson import Plan  # noqa: E402
from foretrace_models.trace_model.network import TraceNetwork  # noqa: E402
from foretrace_models.trace_model.training import Progress, train  # noqa: E402
from foretrace_models.trace_model.vocabulary import of_base  # noqa: E402
from foretrace_models.trace_model.weights import Weights, load, save  # noqa: E402
from foretrace_models.traces.answers import Encoding  # noqa: E402
from foretrace_telemetry.home import Home  # noqa: E402

_PLAN = Plan(tokens=1500, batch_tokens=200, learning_rate=1e-2, warm_up_steps=2, seed=3)
_EXAMPLES = [Example(tuple((n + k) % 20 for k in range(20)), answer_at=10) for n in range(20)]


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("FORETRACE_HOME", str(tmp_path / "home"))
    return Home.default()


@pytest.fixture
def base(home: Home, tmp_path: Path) -> Base:
    """Return a tiny language model that was fetched."""
    return find_base(fetch(home, str(tiny.make(tmp_path / "tiny"))).name)


def _own(network: TraceNetwork) -> dict[str, Any]:
    return {name: p.detach().clone() for name, p in network.own_parameters()}


def _losses(network: TraceNetwork) -> Any:
    ids = torch.tensor([[5, 9, 200, 7]])
    return network.eval().losses(ids, torch.ones(1, 4, dtype=torch.bool))


def _weights(base: Base, network: TraceNetwork) -> Weights:
    shape = base_shape(base, 64)
    card = Card("tiny", 1, Encoding.LINES, "trace", shape, "CC0-1.0", "", 0, 0, (), base=base)
    return Weights(network, base_vocabulary(base), card)


def test_before_it_learns_a_network_is_the_bare_base(base: Base) -> None:
    assert torch.equal(_losses(base_network(base, 0)), _losses(bare_network(base)))


def test_the_soft_token_begins_as_what_stands_before_texts(base: Base) -> None:
    network = bare_network(base)
    ids = torch.tensor([[5, 9, 200]])
    end = base_vocabulary(base).token("<|end|>")
    told = network.language_model(torch.tensor([[end, 5, 9, 200]])).logits[0, :-1].float()
    expected = torch.nn.functional.cross_entropy(told, ids[0], reduction="none")
    found = network.losses(ids, torch.ones(1, 3, dtype=torch.bool))
    assert torch.allclose(found, expected, atol=0.02)


def test_only_the_adapter_the_projector_and_the_mean_learn(base: Base) -> None:
    network = base_network(base, 0)
    before = {name: p.detach().clone() for name, p in network.named_parameters()}
    train(network, _EXAMPLES, _PLAN)
    changed = {n for n, p in network.named_parameters() if not torch.equal(p, before[n])}
    assert changed <= set(_own(network))
    assert any(".lora_" in name for name in changed)
    assert {"projector.bias"} <= changed


def test_a_run_that_was_stopped_ends_with_the_adapter_of_one_that_was_not(
    base: Base, tmp_path: Path
) -> None:
    undisturbed, stopped, resumed = (base_network(base, seed) for seed in (0, 0, 9))
    train(undisturbed, _EXAMPLES, _PLAN)

    class StoppedError(Exception):
        pass

    def stop(progress: Progress) -> None:
        if progress.step == 4:
            raise StoppedError

    file = tmp_path / "progress.safetensors"
    with pytest.raises(StoppedError):
        train(stopped, _EXAMPLES, _PLAN, file, stop, save_each_seconds=0.0)
    train(resumed, _EXAMPLES, _PLAN, file)
    for name, weight in _own(undisturbed).items():
        assert torch.equal(weight, _own(resumed)[name]), name


def test_an_adapter_comes_back_and_its_base_is_not_kept_with_it(base: Base, tmp_path: Path) -> None:
    network = base_network(base, 0)
    train(network, _EXAMPLES, _PLAN)
    folder = tmp_path / "adapter"
    save(folder, _weights(base, network))
    assert torch.allclose(_losses(load(folder).network), _losses(network), atol=0.02)
    assert (folder / "network.safetensors").stat().st_size < 60_000
    assert json.loads((folder / "card.json").read_text())["base"]["name"] == base.name


def test_an_adapter_whose_base_is_not_here_says_what_to_do(
    base: Base, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path / "adapter", _weights(base, base_network(base, 0)))
    monkeypatch.setenv("FORETRACE_HOME", str(tmp_path / "elsewhere"))
    with pytest.raises(WeightsError, match="is not on this machine; `foretrace model fetch"):
        load(tmp_path / "adapter")
    monkeypatch.setenv("FORETRACE_HOME", str(home.path))
    (tmp_path / "tiny" / "model.safetensors").unlink()
    with pytest.raises(WeightsError, match=r"model\.safetensors of .* is missing; `foretrace"):
        load(tmp_path / "adapter")


def test_an_adapter_is_not_put_on_another_base_of_the_same_name(base: Base, tmp_path: Path) -> None:
    other = Base(base.name, {"model.safetensors": "0" * 64})
    with pytest.raises(WeightsError, match="not the one that was learned with"):
        base_network(other, 0)


def test_a_tokenizer_that_lacks_a_marker_gets_it_in_the_place_of_a_special_token(
    base: Base, tmp_path: Path
) -> None:
    told = json.loads((tmp_path / "tiny" / "tokenizer.json").read_text())
    number = told["model"]["vocab"].pop("Ą")
    special = {"special": True, "normalized": False, "single_word": False, "lstrip": False}
    told["added_tokens"].append({"id": number, "content": "<|spare|>", "rstrip": False, **special})
    told["model"]["vocab"]["<|spare|>"] = number
    path = tmp_path / "tokenizer.json"
    path.write_text(json.dumps(told))
    vocabulary = of_base(path, kept={256})
    text = "\x01python a <|spare|>\x033\x04\n    b\x08"
    assert vocabulary.text(vocabulary.tokens(text)) == text
    assert vocabulary.tokens("\x04") == [number]
    with pytest.raises(ValueError, match="no token for"):
        of_base(path, kept={256, number})
