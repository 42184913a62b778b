"""From folders with traces to weights, and to the bits of edits, through the process with torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'foretrace[model]'")
pytest.importorskip("transformers", reason="transformers is not installed")

from tests.itap_log import write_log

from foretrace_models.trace_model.calling import CallError, call
from foretrace_models.who import person_digest

_STATES = (
    "def total(items):\n    sum = 0\n",
    "def total(items):\n    sum = 0\n    for item in items:\n        sum += item\n",
    "def total(items):\n    sum = 0\n    for item in items:\n        sum += item\n    return sum\n",
)


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the traces of four students, who all did the same."""
    students = ("ada", "ben", "cai", "dua")
    return write_log(
        tmp_path_factory.mktemp("itap"), ((student, "total", _STATES) for student in students)
    )


def _lesson(log: Path, out: Path, **more: Any) -> dict[str, Any]:
    plan = {
        "tokens": 5000,
        "batch_tokens": 400,
        "learning_rate": 1e-2,
        "warm_up_steps": 4,
        "seed": 0,
    }
    shape = {"width": 32, "layers": 2, "heads": 2, "longest": 256}
    lesson = {
        "data": [str(log)],
        "out": str(out),
        "variant": "trace",
        "encoding": "lines",
        "plan": plan,
        "shape": shape,
        "vocabulary_size": 400,
        "command": "foretrace train lm",
        "left_out": ["dua"],
    }
    return lesson | more


@pytest.fixture(scope="module")
def learned(
    one_thread: None, log: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Any]]:
    out = tmp_path_factory.mktemp("weights") / "tiny"
    return out, call("learn", _lesson(log, out))


def test_the_card_tells_what_the_weights_saw_and_what_they_did_not(
    learned: tuple[Path, dict[str, Any]],
) -> None:
    _, card = learned
    (told,) = card["data"]
    assert told["name"] == "itap"
    assert len(told["seen"]) == told["traces"] == 3
    assert person_digest("itap", "ada") in told["seen"]
    assert person_digest("itap", "dua") not in told["seen"]
    assert told["exercises"] == ["total"]
    assert card["tokens"] >= 5000


def test_edits_of_who_was_left_out_are_measured_in_each_context(
    log: Path, learned: tuple[Path, dict[str, Any]]
) -> None:
    out, _ = learned
    contexts = ["none", "current", "trace", "trace_shuffled"]
    request = {"data": str(log), "weights": str(out), "contexts": contexts, "seed": 0}
    rows: list[dict[str, Any]] = []
    assert call("measure", request, rows.append) == {"dataset": "itap", "edits": 2}
    assert [row["id"] for row in rows] == ["dua/total/0", "dua/total/1"]
    for row in rows:
        assert set(row["bits"]) == set(contexts)
        assert row["bits"]["trace"] < 4 * row["bytes"], "less than for letters by chance"


def test_edits_that_are_done_are_passed_over(
    log: Path, learned: tuple[Path, dict[str, Any]]
) -> None:
    out, _ = learned
    rows: list[dict[str, Any]] = []
    request = {"data": str(log), "weights": str(out), "contexts": ["trace"], "seed": 0}
    call("measure", request | {"done": ["dua/total/0"]}, rows.append)
    assert [row["id"] for row in rows] == ["dua/total/1"]


def test_weights_can_be_learned_on_from(
    log: Path, learned: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    out, before = learned
    card = call("learn", _lesson(log, tmp_path / "more", start=str(out), variant="last"))
    assert card["shape"] == before["shape"]
    assert card["variant"] == "last"
    assert card["tokens"] > before["tokens"]
    assert card["command"] == "foretrace train lm && foretrace train lm"
    assert card["data"] == before["data"], "whom they saw before, they have seen"


def test_whom_the_weights_to_begin_with_have_seen_cannot_be_left_out(
    log: Path, learned: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    out, _ = learned
    with pytest.raises(CallError, match="have seen ada, who is to be left out"):
        call("learn", _lesson(log, tmp_path / "more", start=str(out), left_out=["ada", "dua"]))


def test_data_that_is_not_known_is_told(tmp_path: Path) -> None:
    with pytest.raises(CallError, match="holds no traces of people"):
        call("learn", _lesson(tmp_path, tmp_path / "weights"))


def test_that_nobody_is_new_to_the_weights_is_told(
    learned: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    out, _ = learned
    everybody = write_log(tmp_path, [("ada", "total", _STATES)])
    request = {"data": str(everybody), "weights": str(out), "contexts": ["trace"], "seed": 0}
    with pytest.raises(CallError, match=r"no coder in .* who is new to the weights"):
        call("measure", request)
