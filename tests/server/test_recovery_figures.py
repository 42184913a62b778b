"""Recovery: what a model wrote is run, and told by arm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.made_up_mistakes import BROKEN, MENDED, write_mistakes

from foretrace_server.bench.repair import datasets
from foretrace_server.bench.repair.judging import Judge
from foretrace_server.bench.resume import Rows
from foretrace_server.bench.trace import recovery
from foretrace_server.bench.trace.recovery_figures import recovery_figures


def _row(person: str, without: int | None, steered: int | None) -> dict[str, Any]:
    def tried(at: int | None) -> dict[str, Any]:
        steps = at or 5
        gained = 0.0 if at is None else 0.5
        style = None if at is None else 0.2
        return {
            "recovered_at": at,
            "gained": gained,
            "steps": steps,
            "without_edit": 1,
            "style": style,
        }

    return {
        "id": person,
        "person": person,
        "student_next": True,
        "student_style": 0.1,
        "peer_style": None,
        "arms": {"no_vector": [tried(without)] * 2, "steered": [tried(steered), tried(None)]},
        "seconds": {"no_vector": 1.0, "steered": 2.0},
    }


def test_each_arm_is_told_beside_no_vector_on_the_same_states() -> None:
    told = recovery_figures([_row("ada", None, 2), _row("ben", 1, 4)], seed=0)
    assert (told["n"], told["coders"], told["student_next"]["value"]) == (2, 2, 1)
    assert told["peer_style"] == {"value": None, "interval": None}
    without, steered = told["arms"]["no_vector"], told["arms"]["steered"]
    assert (without["recovered"]["value"], without["recovered_in_any"]["value"]) == (0.5, 0.5)
    assert (steered["recovered"]["value"], steered["recovered_in_any"]["value"]) == (0.5, 1)
    assert steered["recovered_less_no_vector"]["value"] == 0
    assert steered["steps_to_recovery"] == 3
    assert steered["without_edit"] == 4 / (2 + 5 + 4 + 5)
    assert "recovered_less_no_vector" not in without


def test_a_try_recovers_at_the_first_step_that_passes_all_tests(tmp_path: Path) -> None:
    begin, mended = BROKEN["total"], MENDED["total"]
    told = {
        "id": "ada/total/0",
        "coder": "ada",
        "exercise": "total",
        "text": begin,
        "after": mended,
        "failed_before": 0,
        "arms": {
            "no_vector": [
                {"states": [begin, mended, "def"], "log_probabilities": [-1.0, -2.0, -3.0]},
                {"states": ["def", begin, begin], "log_probabilities": [-1.0, -2.0, -3.0]},
            ]
        },
        "seconds": {"no_vector": 1.0},
    }
    with Judge() as judge:
        row = recovery.Scorer(datasets.load(write_mistakes(tmp_path), 0), judge).row(told)
    assert (row["passed"], row["student_next"]) == (0.5, True)
    first, second = row["arms"]["no_vector"]
    assert (first["recovered_at"], first["gained"], first["without_edit"]) == (2, 0.5, 1)
    assert first["log_probabilities"] == [-1.0, -2.0]
    assert first["style"] == row["student_style"] == 0
    assert (second["recovered_at"], second["gained"], second["steps"]) == (None, 0, 3)


def test_data_without_tests_is_not_measured(tmp_path: Path) -> None:
    rows = Rows(None, {})
    assert recovery.recovery_rows(tmp_path, tmp_path, 9, 0, rows, pytest.fail) is None
