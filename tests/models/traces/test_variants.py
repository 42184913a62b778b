"""Variants of a trace: its end alone, and a way to it that nobody went."""

from __future__ import annotations

from foretrace_models.traces.variants import last_only, synthetic
from foretrace_telemetry.traces import State, Trace

END = State("a\nb\nc\nd", wall_us=3, passed=1.0)
TRACE = Trace("s", "e", "c", (State("x", 1, 0.0), State("y", 2, 0.0), END))
LAST = State(END.text, passed=1.0)


def test_the_last_state_alone_comes_from_nothing() -> None:
    assert last_only(TRACE).states == (State(""), LAST)


def test_a_made_up_way_reveals_the_last_state_from_the_top() -> None:
    assert synthetic(TRACE).states == (State("a"), State("a\nb"), LAST)


def test_a_made_up_way_has_no_more_states_than_lines() -> None:
    trace = Trace("s", "e", "c", (State("x"), State("y"), State("z"), State("a\nb")))
    assert synthetic(trace).states == (State("a"), State("a\nb"))


def test_a_made_up_way_to_a_single_state_is_that_state() -> None:
    assert synthetic(Trace("s", "e", "c", (END,))).states == (LAST,)
