"""Fixes beside what students wrote next: which states are chosen, and whose hand is told apart."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from foretrace_server.bench.beside_students import compared, summary
from foretrace_server.bench.hands import by_habits, by_tokens, inserted
from foretrace_server.bench.student_states import (
    FailingState,
    State,
    failing_states,
    last_programs,
    nearest,
    read_states,
)

SPACED = ["x = 1\ny = x + 2\n", "a = 3\nb = a + 4\n", "n = 5\nm = n + 6\n"]
CLOSE = ["x=1\ny=x+2\n", "a=3\nb=a+4\n", "n=5\nm=n+6\n"]


def state(student: str, problem: str, order: int, code: str, passed: float) -> State:
    return State(student, problem, order, code, passed)


HISTORY = [
    state("ada", "one", 1, "a = 1\n", 1.0),
    state("ada", "two", 2, "b = 1\n", 0.0),
    state("ada", "two", 3, "b = 2\n", 0.5),
    state("ada", "two", 4, "b = 3\n", 1.0),
    state("ada", "three", 5, "c = 1\n", 1.0),
]


def test_a_failing_state_comes_with_what_was_written_before_and_the_next_that_works() -> None:
    (first, second) = sorted(
        failing_states(HISTORY, ["one", "two", "three"], 5, 1), key=lambda f: f.state.order
    )
    assert first.after == second.after == HISTORY[3]
    assert first.past == ("a = 1\n",)
    assert second.past == ("b = 1\n", "a = 1\n")


def test_of_a_student_no_more_states_are_chosen_than_asked_for_and_always_the_same() -> None:
    chosen = [failing_states(HISTORY, ["two"], 1, 7) for _ in range(2)]
    assert len(chosen[0]) == 1
    assert chosen[0] == chosen[1]
    assert failing_states(HISTORY, ["one"], 5, 7) == []


def test_states_are_read_in_their_order_and_none_twice_in_a_row(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "sequences.jsonl.gz", "wt") as file:
        for order, code, passed in ((3, "b", 1.0), (1, "a", 0.0), (2, "a", 0.0), (4, "c", None)):
            row = {"student": "s", "problem": "p", "order": order, "code": code}
            file.write(json.dumps({**row, "oracle_pass": passed}) + "\n")
    assert [(each.order, each.code) for each in read_states(tmp_path)] == [(1, "a"), (3, "b")]


def test_inserted_tokens_come_with_the_one_before_them() -> None:
    assert inserted("x = 1\n", "x = 1 + y\n") == [("1", "+"), ("+", "y")]
    assert inserted("x = 1\n", "x = 1  # why\n") == []


def test_the_author_is_told_from_a_peer_by_tokens_and_by_habits() -> None:
    old = "k = 7\n"
    assert by_tokens(old, old + "j = k + 1\n", ["i = i + 1\n"], ["i += 1\n"]) == 1
    assert by_tokens(old, old + "j += 1\n", ["i = i + 1\n"], ["i += 1\n"]) == 0
    assert by_tokens(old, old, SPACED, CLOSE) is None
    assert by_habits(old, old + "j = k + 8\n", SPACED, CLOSE) == 1
    assert by_habits(old, old + "j=k+8\n", SPACED, CLOSE) == 0


def test_the_nearest_program_is_that_of_the_fewest_changed_tokens() -> None:
    assert nearest(["a"], [(["b", "c"], "far"), (["a", "b"], "near")]) == "near"
    assert nearest(["a"], []) is None


def test_the_summary_has_rates_sizes_and_hands_with_intervals_by_student() -> None:
    problems = ("p", "q", "r")
    states = [
        state("ada", p, n, text, 1.0)
        for n, (p, text) in enumerate(zip(problems, SPACED, strict=True))
    ]
    states += [
        state("bob", p, n, text, 1.0)
        for n, (p, text) in enumerate(zip(problems, CLOSE, strict=True))
    ]
    failing = FailingState(
        state("ada", "s", 9, "k = 7\n", 0.0), state("ada", "s", 10, "k = 7 + 1\n", 1.0), ()
    )
    row = compared(failing, "k = 7 + 2\n", "k=7-1\n", last_programs(states), seed=1)
    assert (row["size"], row["next_size"], row["peer_size"]) == (2, 2, 2)
    assert (row["fix_to_next"], row["peer_to_next"]) == (1, 1)
    unrepaired = {**row, "repaired": False, "size": None, "fix_to_next": None, "person": "bob"}
    told = summary([row, unrepaired], seed=1)
    assert told["students"] == 2
    assert told["rate"]["value"] == pytest.approx(0.5)
    assert told["rate"]["interval"] == [0.0, 1.0]
    assert told["hand_habits_next"]["value"] == 1
    assert told["hand_habits_peer"]["value"] == 0
