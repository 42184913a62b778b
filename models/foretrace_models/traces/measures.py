"""Measures of one trace, after "Modeling Student Learning with 3.8 Million Program Traces"."""

from __future__ import annotations

import re
from itertools import pairwise

from attrs import field, frozen

from foretrace_models.traces.backtracking import (
    backtracking_ratio,
    character_distance,
    steps_away,
)
from foretrace_models.traces.edit_categories import EditCategory, count_lines
from foretrace_telemetry.traces import State, Trace

# How a function begins; what is not here is not counted.
_FUNCTION = {
    "coffeescript": re.compile(r"=\s*->"),
    "python": re.compile(r"^\s*(?:async\s+)?def\b", re.MULTILINE),
}
_COMMENT_BEGIN = {"coffeescript": "#", "python": "#"}


@frozen
class TraceMeasures:
    """What is counted of a trace; None is what cannot be known of it.

    `backtracking` is the paper's ratio, `away` says of each step whether it leads away from the
    end, and `step_distances` are the paper's distances, in characters. `comments` and `functions`
    are those of the last state. `gaps_seconds` are the times between states, below 0 where a clock
    was set back. `attempts` is how many states there were up to the first that works; None if none
    does.
    """

    states: int
    backtracking: float
    away: list[bool]
    step_distances: list[int]
    categories: list[EditCategory]
    comments: int | None
    functions: int | None
    gaps_seconds: list[float] = field(factory=list)
    solved: bool | None = None
    attempts: int | None = None


def measure(trace: Trace) -> TraceMeasures:
    """Return the measures of a trace."""
    texts = [state.text for state in trace.states]
    known = trace.last.works is not None
    works = [number for number, state in enumerate(trace.states, start=1) if state.works]
    return TraceMeasures(
        len(texts),
        backtracking_ratio(texts),
        steps_away(texts),
        [character_distance(before, after) for before, after in pairwise(texts)],
        [count_lines(before, after).category for before, after in pairwise(texts)],
        count_comments(trace.last.text, trace.language),
        count_functions(trace.last.text, trace.language),
        [gap for pair in pairwise(trace.states) if (gap := _seconds(*pair)) is not None],
        bool(works) if known else None,
        works[0] if works else None,
    )


def count_comments(text: str, language: str) -> int | None:
    """Return how many tokens begin a comment, as the paper counts them.

    Tokens are what white space separates, so that each "#" of a row of them counts if they stand
    apart.
    """
    begin = _COMMENT_BEGIN.get(language)
    return None if begin is None else sum(token.startswith(begin) for token in text.split())


def count_functions(text: str, language: str) -> int | None:
    """Return how many functions a program defines."""
    function = _FUNCTION.get(language)
    return None if function is None else len(function.findall(text))


def _seconds(before: State, after: State) -> float | None:
    if before.wall_us is None or after.wall_us is None:
        return None
    return (after.wall_us - before.wall_us) / 1e6
