"""Knowing coders: a vector is made of what somebody did before, and of nothing else."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'foretrace[model]'")
pytest.importorskip("transformers", reason="transformers is not installed")

from foretrace_models.trace_model.calling import call

_EXERCISES = ("sum", "product", "largest", "smallest")
_LEFT_OUT = ("coder 0", "coder 1")


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    """A network so small is not worth the threads that would wait for each other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        yield


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with traces of coders who indent by a tab, and of others who do not."""
    folder = tmp_path_factory.mktemp("itap")
    with gzip.open(folder / "sequences.jsonl.gz", "wt", encoding="utf-8") as file:
        for number in range(12):
            indent = "\t" if number % 2 else "    "
            for at, name in enumerate(_EXERCISES):
                head = f"def {name}(items):\n"
                for order, code in enumerate((head, f"{head}{indent}return {name}\n")):
                    row = {
                        "student": f"coder {number}",
                        "problem": name,
                        "order": 10 * at + order,
                        "time": f"2020-02-02T10:{at}{order}:00",
                        "event": "Submit",
                        "label": "FALSE",
                        "oracle_pass": 0.0,
                        "code": code,
                    }
                    file.write(json.dumps(row) + "\n")
    return folder


@pytest.fixture(scope="module")
def measured(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("weights")
    plan = {"batch_tokens": 400, "learning_rate": 1e-2, "warm_up_steps": 4, "seed": 0}
    lesson = {
        "data": [str(data)],
        "out": str(folder / "alone"),
        "variant": "trace",
        "encoding": "lines",
        "plan": plan | {"tokens": 2_000},
        "shape": {"width": 32, "layers": 2, "heads": 2, "longest": 256},
        "vocabulary_size": 400,
        "command": "foretrace train lm",
        "left_out": list(_LEFT_OUT),
    }
    call("learn", lesson)
    coders = {
        "data": [str(data)],
        "weights": str(folder / "alone"),
        "out": str(folder / "acquainted"),
        "plan": plan | {"tokens": 2_000},
        "command": "foretrace train coder",
    }
    card = call("learn-coders", coders)
    assert card["encoder_command"] == "foretrace train coder"
    assert "encoder.safetensors" in card["files"]
    request = {
        "data": str(data),
        "weights": str(folder / "acquainted"),
        "contexts": ["trace", "trace_vector", "trace_wrong_vector"],
        "seed": 0,
        "adaptation": [0, 1, 2],
    }
    result: dict[str, Any] = call("measure", request)
    return result


def test_somebody_who_is_known_has_another_vector_than_somebody_else(
    measured: dict[str, Any],
) -> None:
    for row in measured["rows"]:
        if row["exercise"] != _EXERCISES[0]:
            assert row["bits"]["trace_vector"] != row["bits"]["trace"]
            assert row["bits"]["trace_vector"] != row["bits"]["trace_wrong_vector"]


def test_edits_after_the_first_traces_are_scored_with_fewer_of_them_known(
    measured: dict[str, Any],
) -> None:
    late = [row["exercise"] for row in measured["rows"] if "known_2" in row["bits"]]
    assert late == ["largest", "smallest"] * 2


def test_of_a_first_trace_nobody_is_known(measured: dict[str, Any]) -> None:
    for row in measured["rows"]:
        if row["exercise"] == _EXERCISES[0]:
            assert row["bits"]["trace_vector"] == pytest.approx(row["bits"]["trace"], rel=1e-3)
