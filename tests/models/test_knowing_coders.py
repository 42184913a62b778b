"""Knowing coders: a vector from what somebody did before foretells what they do next."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'foretrace[model]'")
pytest.importorskip("transformers", reason="transformers is not installed")

from tests.itap_log import write_log

from foretrace_models.trace_model.calling import call

_EXERCISES = ("sum", "product", "largest", "smallest")
_LEFT_OUT = ("coder 0", "coder 1")


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with traces of coders who indent by a tab, and of others who do not."""
    return write_log(
        tmp_path_factory.mktemp("itap"),
        (
            (
                f"coder {number}",
                name,
                (head := f"def {name}(items):\n", f"{head}{indent}return {name}\n"),
            )
            for number in range(12)
            for indent in ("\t" if number % 2 else "    ",)
            for name in _EXERCISES
        ),
    )


@pytest.fixture(scope="module")
def measured(
    one_thread: None, log: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
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
    request = {
        "data": str(log),
        "weights": str(folder / "acquainted"),
        "contexts": ["trace", "trace_vector", "trace_wrong_vector"],
        "seed": 0,
        "adaptation": [0, 1, 2],
    }
    result: dict[str, Any] = call("measure", request)
    return result


def _bits(measured: dict[str, Any]) -> dict[str, float]:
    """Return the bits in each context of all edits but those of first traces."""
    sums: dict[str, float] = defaultdict(float)
    for row in measured["rows"]:
        if row["exercise"] != _EXERCISES[0]:
            for context, bits in row["bits"].items():
                sums[context] += bits
    return sums


def test_who_is_known_is_foretold_better_than_who_is_not(measured: dict[str, Any]) -> None:
    bits = _bits(measured)
    assert bits["trace_vector"] < 0.5 * bits["trace"]


def test_somebody_else_in_their_place_foretells_worse(measured: dict[str, Any]) -> None:
    bits = _bits(measured)
    assert bits["trace_vector"] < 0.5 * bits["trace_wrong_vector"]


def test_one_trace_is_enough_to_begin_with(measured: dict[str, Any]) -> None:
    bits = _bits(measured)
    assert bits["known_1"] < 0.5 * bits["known_0"]


def test_edits_after_the_first_traces_are_scored_with_fewer_of_them_known(
    measured: dict[str, Any],
) -> None:
    late = [row["exercise"] for row in measured["rows"] if "known_2" in row["bits"]]
    assert late == ["largest", "smallest"] * 2


def test_of_a_first_trace_nobody_is_known(measured: dict[str, Any]) -> None:
    for row in measured["rows"]:
        if row["exercise"] == _EXERCISES[0]:
            assert row["bits"]["trace_vector"] == pytest.approx(row["bits"]["trace"], rel=1e-3)
