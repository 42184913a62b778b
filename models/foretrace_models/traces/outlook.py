"""The outlook of a moment: what is asked of a probe about what comes after it.

After "Modeling Student Learning with 3.8 Million Program Traces", which probes a model for the kind
of the next edit, for going back, and for how a trace ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from itertools import pairwise

from foretrace_models.traces.backtracking import steps_away
from foretrace_models.traces.edit_categories import count_lines
from foretrace_telemetry.traces import Trace


class Question(str, Enum):
    """What is asked of a moment that does not work yet, or of any where that is not known."""

    NEXT_CATEGORY = "next_category"
    BACKTRACK = "backtrack"
    SOLVED = "solved"
    ATTEMPTS_LEFT = "attempts_left"


_MANY = 4


def outlooks(trace: Trace) -> Iterator[dict[Question, str]]:
    """Yield the answers for each moment of a trace but the last, in order.

    What is not known is not there. Attempts are counted up to the first state that works, from 1;
    `4+` is four or more of them.
    """
    texts = [state.text for state in trace.states]
    solved_at = next((n for n, state in enumerate(trace.states) if state.works), None)
    for number, ((before, after), away) in enumerate(
        zip(pairwise(texts), steps_away(texts), strict=True)
    ):
        answers = {
            Question.NEXT_CATEGORY: count_lines(before, after).category.value,
            Question.BACKTRACK: _yes(away),
        }
        if trace.last.works is not None and (solved_at is None or number < solved_at):
            answers[Question.SOLVED] = _yes(solved_at is not None)
            if solved_at is not None:
                left = solved_at - number
                answers[Question.ATTEMPTS_LEFT] = f"{_MANY}+" if left >= _MANY else str(left)
        yield answers


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"
