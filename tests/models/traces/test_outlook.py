"""What is asked about a moment: the kind of the next edit, going back, and how the trace ends."""

from __future__ import annotations

from foretrace_models.traces.outlook import Question, outlooks
from foretrace_telemetry.traces import State, Trace


def _trace(*states: tuple[str, float | None]) -> Trace:
    return Trace("ada", "sum", "python", tuple(State(text, passed=p) for text, p in states))


def test_attempts_are_counted_up_to_the_first_state_that_works() -> None:
    trace = _trace(("a", 0.0), ("a b", 0.5), ("a b c", 1.0))
    told = list(outlooks(trace))
    assert [each[Question.ATTEMPTS_LEFT] for each in told] == ["2", "1"]
    assert [each[Question.SOLVED] for each in told] == ["yes", "yes"]


def test_many_attempts_are_one_answer() -> None:
    trace = _trace(*((f"a = {n}", 0.0) for n in range(6)), ("a", 1.0))
    assert [each[Question.ATTEMPTS_LEFT] for each in outlooks(trace)] == [
        *["4+"] * 3,
        "3",
        "2",
        "1",
    ]


def test_what_was_never_solved_has_no_attempts_left() -> None:
    (told,) = outlooks(_trace(("a", 0.0), ("b", 0.0)))
    assert told[Question.SOLVED] == "no"
    assert Question.ATTEMPTS_LEFT not in told


def test_after_a_state_that_works_nothing_is_asked_of_solving() -> None:
    told = list(outlooks(_trace(("a", 0.0), ("a b", 1.0), ("a b c", 1.0))))
    assert Question.SOLVED in told[0]
    assert Question.SOLVED not in told[1]


def test_where_nothing_is_known_of_tests_only_edits_are_asked_of() -> None:
    (told,) = outlooks(_trace(("a", None), ("a b", None)))
    assert set(told) == {Question.NEXT_CATEGORY, Question.BACKTRACK}


def test_going_back_is_a_step_away_from_the_end() -> None:
    told = list(outlooks(_trace(("a b", None), ("x y", None), ("a b c", None))))
    assert [each[Question.BACKTRACK] for each in told] == ["yes", "no"]
