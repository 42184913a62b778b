"""What a language model is told of a program that it is to correct."""

from __future__ import annotations

from pathlib import Path

from foretrace_models.repair.diagnosis import Hint, Kind, Problem, Situation
from foretrace_server.diagnosing import Lately, asked

SITUATION = Situation("x = 1\n", Path("/home/x.py"))


def test_a_model_is_told_what_goes_wrong_where_and_what_was_changed_last() -> None:
    problem = Problem(Kind.TEST, 3, "Look.", Hint("f(1) gives 2; expected is 3.", "", "", ""))
    told = asked(SITUATION, Lately(problem, "+y = 2\n"))
    assert told == {
        "text": "x = 1\n",
        "path": "/home/x.py",
        "failure": "f(1) gives 2; expected is 3.",
        "change": "+y = 2\n",
        "suspects": [3],
    }


def test_a_model_is_told_no_more_of_a_problem_than_the_assignment_allows() -> None:
    told = asked(SITUATION, Lately(Problem(Kind.TEST, 3, "Look.")))
    assert (told["failure"], told["change"], told["suspects"]) == ("", "", [3])
