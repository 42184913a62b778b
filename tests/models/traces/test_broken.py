"""Broken states: where traces stood when a test failed for the last time."""

from __future__ import annotations

from foretrace_models.traces.broken import broken
from foretrace_telemetry.traces import State, Trace


def _trace(coder: str, exercise: str, *states: tuple[str, float | None]) -> Trace:
    return Trace(coder, exercise, "python", tuple(State(text, passed=p) for text, p in states))


def test_it_is_the_last_state_that_fails() -> None:
    trace = _trace("ada", "sum", ("a", 0.0), ("b", 1.0), ("c", 0.5), ("d", 1.0))
    (found,) = broken([trace], most_of_a_coder=5, limit=10, seed=0)
    assert (found.moment.text, found.after) == ("c", "d")
    assert found.failed_before == 1
    assert found.id == "ada/sum/2"


def test_a_trace_without_a_failing_state_has_none() -> None:
    traces = [_trace("ada", "sum", ("a", 1.0)), _trace("ada", "product", ("a", None))]
    assert broken(traces, most_of_a_coder=5, limit=10, seed=0) == []


def test_some_of_each_coder_are_taken_always_the_same() -> None:
    traces = [_trace(c, str(n), ("a", 0.0)) for c in ("ada", "ben") for n in range(9)]
    found = [each.id for each in broken(traces, most_of_a_coder=5, limit=10, seed=0)]
    assert [sum(of.startswith(c) for of in found) for c in ("ada", "ben")] == [5, 5]
    assert found == [each.id for each in broken(traces, 5, 10, seed=0)]
    assert found != [each.id for each in broken(traces, 5, 10, seed=1)]
    assert len(broken(traces, most_of_a_coder=5, limit=3, seed=0)) == 3
