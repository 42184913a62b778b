"""Bits per edit byte, and what is won by telling more, from rows of edits."""

from __future__ import annotations

from typing import Any

import pytest

from foretrace_server.bench.trace.cost_figures import adaptation, costs, differences
from foretrace_server.bench.trace.probes import probe_figures


def _row(person: str, size_bytes: int, **bits: float) -> dict[str, Any]:
    return {"id": f"{person}/{size_bytes}", "person": person, "bytes": size_bytes, "bits": bits}


def test_bits_are_summed_over_the_bytes_of_the_edits_that_fit_everywhere() -> None:
    rows = [
        _row("ada", 10, current=10.0, trace=5.0),
        _row("ben", 30, current=50.0, trace=25.0),
        _row("ben", 99, current=1.0),
    ]
    told = costs(rows, 7)
    assert told["scored"] == 2
    assert told["bits_per_edit_byte"] == {"current": 1.5, "trace": 0.75}
    low, high = told["intervals"]["trace"]
    assert 0.5 <= low <= 0.75 <= high <= 25 / 30


def test_what_is_won_is_below_zero() -> None:
    rows = [_row("ada", 10, current=10.0, trace=5.0), _row("ben", 10, current=10.0, trace=5.0)]
    told = differences(rows, 7)["trace_less_current"]
    assert told == {"difference": -0.5, "interval": [-0.5, -0.5]}


def test_each_point_of_the_curve_has_its_own_edits_and_what_they_cost_with_nobody_known() -> None:
    rows = [
        _row("ada", 10, trace=10.0, known_1=8.0, known_10=6.0),
        _row("ben", 10, trace=20.0, known_1=18.0),
    ]
    told = adaptation(rows, 7)
    assert list(told) == ["1", "10"]
    assert (told["1"]["n"], told["1"]["coders"], told["10"]["n"]) == (2, 2, 1)
    assert told["10"]["none_known"] == 1.0
    assert told["10"]["difference"] == pytest.approx(-0.4)


def _said(person: str, answer: str, yes: float) -> dict[str, Any]:
    says = {"trace": {"no": 1 - yes, "yes": yes}}
    return {"person": person, "question": "solved", "answer": answer, "says": says}


def test_a_probe_is_right_where_the_likeliest_answer_is_the_answer() -> None:
    rows = [_said("ada", "yes", 0.75), _said("ada", "no", 0.5), _said("ben", "no", 0.875)]
    told = probe_figures(rows, 7)["solved"]
    assert (told["n"], told["coders"]) == (3, 2)
    assert told["trace"]["accuracy"] == pytest.approx(2 / 3)
    assert told["trace"]["auc"] == pytest.approx(1 / 2)
    assert told["trace"]["bits"] > 0
