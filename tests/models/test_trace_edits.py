"""The edits that a trace model is asked about."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="torch is not installed: pip install 'foretrace[model]'")
pytest.importorskip("transformers", reason="transformers is not installed")

from foretrace_models.trace_model.measuring import edits_of
from foretrace_telemetry.traces import State, Trace


def test_no_two_edits_have_one_id_though_somebody_did_an_exercise_twice() -> None:
    states = (State("a\n"), State("b\n"), State("c\n"))
    first = Trace("ada", "sum", "c", states, "2023")
    second = Trace("ada", "sum", "c", states, "2024")
    ids = [edit.id for edit in edits_of([first, second])]
    assert ids == ["ada/sum/0", "ada/sum/1", "ada/sum/2. time/0", "ada/sum/2. time/1"]
