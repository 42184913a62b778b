"""Whether what is known of a coder is the coder, or the calendar: on data made so that it is."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from foretrace_server.bench.trace.coder_or_calendar import (
    Dealt,
    Period,
    dealt,
    explained,
    told,
    vectors_of,
)
from foretrace_server.bench.trace.same_coder import by_coder, intraclass_correlation
from foretrace_telemetry.readers import exercism_versions, itap
from foretrace_telemetry.traces import State, Trace

YEAR_US = 366 * 86_400_000_000
CHANCE = random.Random(1)


def traces_with(number: Callable[[int, int], float]) -> tuple[list[Trace], list[tuple[float, ...]]]:
    """Eight coders in two years, each exercise once, and vectors by coder and year."""
    traces: list[Trace] = []
    vectors: list[tuple[float, ...]] = []
    for coder in range(8):
        for n in range(6):
            year = n % 2
            state = State("x = 1", (year + 1) * YEAR_US)
            traces.append(Trace(f"c{coder}", f"e{n}", "python", (state,)))
            angle = number(coder, year)
            vectors.append((angle, 1 - angle, CHANCE.gauss(0, 0.2)))
    return traces, vectors


def test_vectors_of_coders_are_told_from_those_of_years() -> None:
    traces, vectors = traces_with(lambda coder, _: coder % 2)
    found = told(dealt(traces, vectors, Period.YEAR, 1))
    assert found["coder_beyond_calendar"]["difference"] > 0.3
    assert found["coder_beyond_calendar"]["p"] == 0.005


def test_vectors_of_years_are_not_taken_for_coders() -> None:
    # Dates say nothing of a coder: all worked in both years.
    traces, vectors = traces_with(lambda _, year: year)
    found = told(dealt(traces, vectors, Period.YEAR, 1))
    assert found["coder_beyond_calendar"]["difference"] < 0.1
    assert found["coder_beyond_calendar"]["p"] > 0.05


def test_coders_who_never_met_cannot_be_told_from_their_years() -> None:
    states = {"a": [1, 2], "b": [3, 4]}
    traces = [
        Trace(coder, f"e{n}", "python", (State(f"{coder} = {n}", year * YEAR_US),))
        for coder, years in states.items()
        for n, year in enumerate(years)
    ]
    found = told(dealt(traces, vectors_of(traces), Period.YEAR, 1))
    assert found["coder_beyond_calendar"] is None
    assert found["pairs"]["other_coder_same_period"] == 0
    assert found["pairs"]["other_coder_other_period"] == 2


def test_pairs_for_the_same_exercise_are_left_out_where_there_are_several() -> None:
    traces = [
        Trace(coder, exercise, "python", (State("x", YEAR_US),))
        for coder in "ab"
        for exercise in "ef"
    ]
    sums = dealt(traces, [(float(n), 1.0) for n in range(4)], Period.YEAR, 1).sums
    assert (sums.same_same[1], sums.other_same[1]) == (2, 2)
    one = [trace for trace in traces if trace.exercise == "e"]
    assert dealt(one, [(0.0,), (1.0,)], Period.YEAR, 1).sums.other_same[1] == 1


def test_sums_over_exercises_are_added_deal_by_deal() -> None:
    traces, vectors = traces_with(lambda coder, _: coder % 2)
    found = dealt(traces, vectors, Period.YEAR, 1)
    assert Dealt.from_json(json.loads(json.dumps(found.to_json()))) == found
    both = told(found + found)
    assert both["distance"] == pytest.approx(told(found)["distance"])
    assert both["pairs"]["same_coder_other_period"] == 2 * found.sums.same_other[1]


def test_variance_is_explained_by_what_it_comes_from() -> None:
    traces, vectors = traces_with(lambda coder, _: coder)
    shares = explained(traces, [vector[:1] for vector in vectors], Period.YEAR)
    assert shares["coder"] == pytest.approx(1)
    assert shares["coder_after_exercise_and_length"] == pytest.approx(1)
    assert shares["exercise"] is not None
    assert shares["exercise"] < 0.1
    # All programs are of the same length.
    assert shares["length"] is not None
    assert shares["length"] < 0.1


@pytest.mark.parametrize(
    ("groups", "correlation"),
    [
        ([[1, 1], [2, 2]], 1),
        # Between: 2 * 0.25 * 2 = 1; within: 0.5 / 2 each, twice: (1 - 0.5) / (1 + 0.5).
        ([[1, 2], [2, 3]], 1 / 3),
        ([[1, 3], [1, 3]], -1),
        ([[1, 1], [1, 1]], None),
        ([[1, 2]], None),
        ([[1], [2]], None),
    ],
)
def test_the_intraclass_correlation_is_that_of_a_one_way_analysis(
    groups: list[list[float]], correlation: float | None
) -> None:
    found = intraclass_correlation(groups)
    assert found == (None if correlation is None else pytest.approx(correlation))


def test_properties_are_compared_by_coder() -> None:
    def of(coder: str, year: int, text: str) -> Trace:
        return Trace(coder, "star", "coffeescript", (State(text, year * YEAR_US),))

    traces = [of("a", 1, "fd"), of("a", 1, "fd # x"), of("b", 9, "fd"), of("b", 9, "fd # x")]
    found = by_coder(traces)
    assert found["year"] == 1
    assert found["comments"] == -1
    assert found["states"] is None


def test_periods_are_named_by_the_calendar() -> None:
    may_us = int(1_714_521_600e6)  # 2024-05-01
    assert [period.of(may_us) for period in Period] == ["2024-18", "2024-2", "2024"]


def test_students_are_told_apart_beyond_the_week(data: Path) -> None:
    traces = list(itap.read_traces(data / "csedm2019_itap"))
    found = told(dealt(traces, vectors_of(traces), Period.WEEK, 7))
    assert found["coder_beyond_calendar"]["difference"] > 0
    assert found["coder_beyond_calendar"]["p"] < 0.05


def test_developers_of_exercism_worked_in_years_of_their_own(data: Path) -> None:
    traces = list(exercism_versions.read(data / "exercism_git_histories"))
    found = told(dealt(traces, vectors_of(traces), Period.YEAR, 7))
    assert found["coder_beyond_calendar"] is None
    assert found["coder"] is None or found["coder"]["difference"] > 0
