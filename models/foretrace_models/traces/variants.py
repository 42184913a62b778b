"""Variants of a trace to train on: what it ends with, and a made-up way to it.

After "Modeling Student Learning with 3.8 Million Program Traces", which trains one model on traces,
one on last programs, and one on programs that are revealed line by line.
"""

from __future__ import annotations

from attrs import evolve

from foretrace_models.traces.line_edits import LINE_END, lines_of
from foretrace_telemetry.traces import State, Trace, without_repeats


def last_only(trace: Trace) -> Trace:
    """Return a trace that goes from nothing to the last state at once."""
    return evolve(trace, states=without_repeats([State(""), evolve(trace.last, wall_us=None)]))


def synthetic(trace: Trace) -> Trace:
    """Return a trace that reveals the last state from the top, in as many states at most.

    Each state has some lines more than the one before it, about as many each time.
    """
    lines = lines_of(trace.last.text)
    count = min(len(trace.states), len(lines))
    shown = [len(lines) * n // count for n in range(1, count)]
    states = [State(LINE_END.join(lines[:n])) for n in shown]
    return evolve(trace, states=without_repeats([*states, evolve(trace.last, wall_us=None)]))
