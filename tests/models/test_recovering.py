"""From broken states a tiny network goes on, and is steered; it has learned nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'foretrace[model]'")
pytest.importorskip("transformers", reason="transformers is not installed")

import torch
from tests import trace_weights
from tests.made_up_mistakes import BROKEN, KNOWN, MENDED, NEW, write_mistakes

from foretrace_models.trace_model.calling import call
from foretrace_models.trace_model.recovering import strongest
from foretrace_models.trace_model.steering import Steering, learn_steering
from foretrace_models.trace_model.vectors import Vectors
from foretrace_models.trace_model.weights import Weights, load
from foretrace_telemetry.readers.trace_sets import read_traces
from foretrace_telemetry.traces import State, Trace

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_mistakes(tmp_path_factory.mktemp("log"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trace_weights.make(tmp_path_factory.mktemp("weights"), seen=KNOWN)


@pytest.fixture(scope="module")
def weights(folder: Path) -> Weights:
    torch.set_num_threads(1)
    return load(folder)


def _rows(log: Path, folder: Path, **more: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    request = {"data": str(log), "weights": str(folder), "seed": 0, "tries": 2, "steps": 2}
    call("recover", request | more, rows.append)
    return rows


def test_every_arm_goes_on_from_the_broken_states_of_who_is_new(log: Path, folder: Path) -> None:
    rows = _rows(log, folder)
    assert {row["coder"] for row in rows} == set(NEW)
    assert len(rows) == 2 * len(NEW)
    arms = ["no_vector", "own_vector", "strong_vector", "steered", "steered_gated", "examples"]
    for row in rows:
        assert list(row["arms"]) == list(row["seconds"]) == arms
        assert row["text"] == BROKEN[row["exercise"]]
        assert row["after"] == MENDED[row["exercise"]]
        for tries in row["arms"].values():
            assert [len(each["states"]) for each in tries] == [2, 2]
            assert tries[0]["log_probabilities"] != tries[1]["log_probabilities"]


def test_without_an_encoder_there_are_the_arms_without_vectors(log: Path, tmp_path: Path) -> None:
    rows = _rows(log, trace_weights.make(tmp_path, has_encoder=False, seen=KNOWN))
    assert list(rows[0]["arms"]) == ["no_vector", "examples"]


def test_of_too_few_known_coders_no_steering_is_learned(log: Path, tmp_path: Path) -> None:
    rows = _rows(log, trace_weights.make(tmp_path, seen=KNOWN[:2]), steps=1, tries=1)
    assert list(rows[0]["arms"]) == ["no_vector", "own_vector", "strong_vector", "examples"]


def test_the_same_seed_writes_the_same_and_what_is_done_is_passed_over(
    log: Path, folder: Path
) -> None:
    first, *others = _rows(log, folder)
    again = _rows(log, folder, done=[first["id"]])
    assert [row["id"] for row in again] == [row["id"] for row in others]
    for row, other in zip(again, others, strict=True):
        for arm, tries in row["arms"].items():
            states = [each["states"] for each in tries]
            assert states == [each["states"] for each in other["arms"][arm]]


def test_steering_makes_edits_that_mend_likelier_or_is_not_done(
    log: Path, weights: Weights
) -> None:
    known = [t for t in read_traces(log).traces if weights.card.has_seen("itap", t.coder)]
    steering = learn_steering(weights, known, lambda _: None)
    assert steering is not None
    assert len(steering.strengths) == 3
    assert steering.strengths[2] == 0, "nobody failed so often that it could be learned"
    vector = Vectors(weights).of(known[:1])
    assert torch.equal(steering.steered(vector, failed_before=9), vector)
    assert not torch.equal(steering.steered(vector), vector)


def test_how_far_one_goes_depends_on_what_failed() -> None:
    steering = Steering(torch.ones(2), (0.0, 0.5, 2.0))
    start = torch.zeros(2)
    moved = [steering.steered(start, failed)[0].item() for failed in (0, 1, 2, 3, 9)]
    assert moved == [0.0, 0.5, 0.5, 2.0, 2.0]


def test_the_strongest_solved_most_and_of_those_with_the_fewest_states() -> None:
    def trace(coder: str, exercise: str, *passed: float) -> Trace:
        states = tuple(State(str(n), passed=p) for n, p in enumerate(passed))
        return Trace(coder, exercise, "python", states)

    slow = [trace("slow", "a", 0, 0, 1), trace("slow", "b", 0, 1)]
    quick = [trace("quick", "a", 0, 1), trace("quick", "b", 0, 1)]
    weak = [trace("weak", "a", 1), trace("weak", "b", 0)]
    assert strongest([*slow, *weak, *quick]) == quick
