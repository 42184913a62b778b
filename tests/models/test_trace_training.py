"""Training the trace model: what it learns, and that a stopped run ends as one that was not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve

torch = pytest.importorskip(
    "torch", reason="torch is not installed: pip install 'foretrace[model]'"
)
pytest.importorskip("transformers", reason="transformers is not installed")

from foretrace_models.trace_model.examples import Example  # noqa: E402
from foretrace_models.trace_model.lesson import Plan, Shape  # noqa: E402
from foretrace_models.trace_model.network import TraceNetwork, new_network  # noqa: E402
from foretrace_models.trace_model.training import (  # noqa: E402
    Progress,
    ResumeError,
    train,
)

_SHAPE = Shape(width=32, layers=2, heads=2, longest=64)
_PLAN = Plan(tokens=2000, batch_tokens=200, learning_rate=1e-2, warm_up_steps=2, seed=3)


class StoppedError(Exception):
    """Training was stopped."""


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def _examples() -> list[Example]:
    """Return sequences in which each token is the one before it, and one more."""
    return [
        Example(tuple((first + n) % 20 for n in range(20)), answer_at=10) for first in range(20)
    ]


def _network(seed: int = 0) -> TraceNetwork:
    return new_network(_SHAPE, 20, seed)


def _weights(network: TraceNetwork) -> dict[str, object]:
    return {name: p.detach().clone() for name, p in network.named_parameters()}


def test_a_network_learns_what_follows() -> None:
    losses: list[float] = []
    plan = evolve(_PLAN, tokens=16_000)
    train(_network(), _examples(), plan, told=lambda progress: losses.append(progress.loss))
    assert losses[0] > 2.5
    assert losses[-1] < 0.5


def test_the_same_seed_gives_the_same_weights() -> None:
    first, second = _network(), _network()
    train(first, _examples(), _PLAN)
    train(second, _examples(), _PLAN)
    for name, weight in _weights(first).items():
        assert torch.equal(weight, _weights(second)[name]), name


@pytest.mark.parametrize("stop_at", [1, 7])
def test_a_run_that_was_stopped_ends_as_one_that_was_not(tmp_path: Path, stop_at: int) -> None:
    undisturbed, stopped, resumed = _network(), _network(), _network(seed=9)
    train(undisturbed, _examples(), _PLAN)
    file = tmp_path / "progress.safetensors"

    def stop(progress: Progress) -> None:
        if progress.step == stop_at + 2:
            raise StoppedError

    with pytest.raises(StoppedError):
        train(stopped, _examples(), _PLAN, file, stop, save_each_seconds=0.0)
    assert file.exists()
    train(resumed, _examples(), _PLAN, file)
    for name, weight in _weights(undisturbed).items():
        assert torch.equal(weight, _weights(resumed)[name]), name


def test_a_finished_run_is_not_gone_on_with(tmp_path: Path) -> None:
    file = tmp_path / "progress.safetensors"
    first = train(_network(), _examples(), _PLAN, file)
    steps: list[Progress] = []
    assert train(_network(), _examples(), _PLAN, file, steps.append).step == first.step
    assert steps == []


def test_a_file_of_another_plan_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "progress.safetensors"
    train(_network(), _examples(), _PLAN, file)
    with pytest.raises(ResumeError, match="another plan"):
        train(_network(), _examples(), Plan(tokens=10), file)


def test_a_file_of_other_weights_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "progress.safetensors"
    train(_network(), _examples(), _PLAN, file)
    wider = new_network(Shape(width=64, layers=2, heads=2, longest=64), 20, 0)
    with pytest.raises(ResumeError, match="cannot go on"):
        train(wider, _examples(), _PLAN, file)


def test_a_file_that_is_none_of_ours_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "progress.safetensors"
    file.write_bytes(b"no such thing")
    with pytest.raises(ResumeError, match="cannot go on"):
        train(_network(), _examples(), _PLAN, file)


def test_padding_changes_nothing() -> None:
    network = _network()
    short, long = torch.tensor([[1, 2, 3]]), torch.tensor([[1, 2, 3, 0, 0]])
    counted = torch.ones(1, 3, dtype=torch.bool)
    padded = torch.tensor([[True, True, True, False, False]])
    assert torch.allclose(network.losses(short, counted), network.losses(long, padded), atol=1e-5)


def test_another_vector_tells_another_text() -> None:
    network = _network()
    ids, counted = torch.tensor([[1, 2, 3]]), torch.ones(1, 3, dtype=torch.bool)
    mean = network.losses(ids, counted)
    other = network.losses(ids, counted, torch.ones(1, 64))
    assert not torch.allclose(mean, other)
    assert torch.allclose(mean, network.losses(ids, counted, network.mean[None]))
