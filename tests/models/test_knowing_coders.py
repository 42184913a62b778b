"""Knowing coders: a vector from what somebody did before foretells what they do next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip(
    "torch", reason="torch is not installed: pip install 'foretrace[model]'"
)
pytest.importorskip("transformers", reason="transformers is not installed")

from attrs import asdict  # noqa: E402
from tests.itap_log import write_log  # noqa: E402

from foretrace_models.trace_model.calling import call  # noqa: E402
from foretrace_models.trace_model.glimpses import glimpses  # noqa: E402
from foretrace_models.trace_model.refining import Refined, refine  # noqa: E402
from foretrace_models.trace_model.weights import Weights, load  # noqa: E402
from foretrace_telemetry.traces import State, Trace  # noqa: E402

_EXERCISES = ("sum", "product", "largest", "smallest")
_LEFT_OUT = ("coder 0", "coder 1")


pytestmark = pytest.mark.usefixtures("one_thread")


def _states(exercise: str, indent: str) -> tuple[str, str]:
    head = f"def {exercise}(items):\n"
    return head, f"{head}{indent}return {exercise}\n"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with traces of coders who indent by a tab, and of others who do not."""
    return write_log(
        tmp_path_factory.mktemp("itap"),
        (
            (f"coder {number}", name, _states(name, "\t" if number % 2 else "    "))
            for number in range(12)
            for name in _EXERCISES
        ),
    )


@pytest.fixture(scope="module")
def acquainted(one_thread: None, log: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with weights that know coders by how they indent."""
    folder = tmp_path_factory.mktemp("weights")
    plan = {"batch_tokens": 400, "learning_rate": 1e-2, "warm_up_steps": 4, "seed": 0}
    lesson = {
        "data": [str(log)],
        "out": str(folder / "alone"),
        "variant": "trace",
        "encoding": "lines",
        "plan": plan | {"tokens": 250_000},
        "shape": {"width": 32, "layers": 2, "heads": 2, "longest": 256},
        "vocabulary_size": 400,
        "command": "foretrace train lm",
        "left_out": list(_LEFT_OUT),
    }
    call("learn", lesson)
    coders = {
        "data": [str(log)],
        "weights": str(folder / "alone"),
        "out": str(folder / "acquainted"),
        "plan": plan | {"tokens": 60_000},
        "command": "foretrace train coder",
    }
    card = call("learn-coders", coders)
    assert card["encoder_command"] == "foretrace train coder"
    assert "encoder.safetensors" in card["files"]
    return folder / "acquainted"


@pytest.fixture(scope="module")
def measured(log: Path, acquainted: Path) -> list[dict[str, Any]]:
    request = {
        "data": str(log),
        "weights": str(acquainted),
        "contexts": ["trace", "trace_vector", "trace_wrong_vector"],
        "seed": 0,
        "adaptation": [0, 1, 2],
    }
    rows: list[dict[str, Any]] = []
    call("measure", request, rows.append)
    return rows


def _bits(measured: list[dict[str, Any]]) -> dict[str, float]:
    """Return the bits in each context of all edits but those of first traces."""
    sums: dict[str, float] = defaultdict(float)
    for row in measured:
        if row["exercise"] != _EXERCISES[0]:
            for context, bits in row["bits"].items():
                sums[context] += bits
    return sums


def test_who_is_known_is_foretold_better_than_who_is_not(measured: list[dict[str, Any]]) -> None:
    bits = _bits(measured)
    assert bits["trace_vector"] < 0.5 * bits["trace"]


def test_somebody_else_in_their_place_foretells_worse(measured: list[dict[str, Any]]) -> None:
    bits = _bits(measured)
    assert bits["trace_vector"] < 0.5 * bits["trace_wrong_vector"]


def test_one_trace_is_enough_to_begin_with(measured: list[dict[str, Any]]) -> None:
    bits = _bits(measured)
    assert bits["known_1"] < 0.5 * bits["known_0"]


def test_edits_after_the_first_traces_are_scored_with_fewer_of_them_known(
    measured: list[dict[str, Any]],
) -> None:
    late = [row["exercise"] for row in measured if "known_2" in row["bits"]]
    assert late == ["largest", "smallest"] * 2


def test_of_a_first_trace_nobody_is_known(measured: list[dict[str, Any]]) -> None:
    for row in measured:
        if row["exercise"] == _EXERCISES[0]:
            assert row["bits"]["trace_vector"] == pytest.approx(row["bits"]["trace"], rel=1e-3)


def _traces(*indents: str) -> list[Trace]:
    """Return a trace for each indent, of as many exercises."""
    return [
        Trace("ada", name, "python", tuple(map(State, _states(name, indent))))
        for name, indent in zip(_EXERCISES, indents, strict=False)
    ]


def _refined(weights: Weights, traces: Sequence[Trace], taken_for: Sequence[Trace]) -> Refined:
    """Return the vector of a coder, refined from that of whom they are taken for."""
    network, vocabulary = weights.network, weights.vocabulary
    refined = refine(weights, traces, glimpses(taken_for, network, vocabulary, 256))
    assert refined is not None
    return refined


def test_who_was_taken_for_somebody_else_is_known_better_once_refined(acquainted: Path) -> None:
    weights, own = load(acquainted), _traces("\t", "\t", "\t")
    before = {name: each.clone() for name, each in weights.network.named_parameters()}
    refinement = _refined(weights, own, _traces("    ", "    ", "    ")).refinement
    assert refinement.passes > 0
    # How much better differs between processors, for the training does.
    assert refinement.bits_after < refinement.bits_before
    for name, each in weights.network.named_parameters():
        assert torch.equal(each, before[name])


def test_steps_that_the_latest_trace_speaks_against_are_not_taken(acquainted: Path) -> None:
    weights, others = load(acquainted), _traces("    ", "    ", "    ")
    refined = _refined(weights, _traces("\t", "\t", "    "), others)
    assert refined.refinement.passes == 0
    assert refined.refinement.bits_after == refined.refinement.bits_before


def test_a_single_trace_cannot_be_refined_by(acquainted: Path) -> None:
    weights, own = load(acquainted), _traces("\t")
    assert refine(weights, own, glimpses(own, weights.network, weights.vocabulary, 256)) is None


def test_a_vector_is_the_same_each_time_and_another_for_another_coder(acquainted: Path) -> None:
    def know(indent: str, refine: bool = False) -> dict[str, Any]:
        traces = [asdict(trace) for trace in _traces(indent, indent, indent)]
        request = {"weights": str(acquainted), "traces": traces, "refine": refine}
        result: dict[str, Any] = call("vector", request)
        return result

    tabs = know("\t")
    assert len(tabs["numbers"]) == 64
    assert tabs["from_mean"] > 0
    assert tabs["refinement"] is None
    assert know("\t") == tabs
    assert know("    ")["numbers"] != tabs["numbers"]
    assert set(know("\t", refine=True)["refinement"]) == {"bits_before", "bits_after", "passes"}
