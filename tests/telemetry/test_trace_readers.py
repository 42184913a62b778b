"""Readers of traces: each dataset as states of one coder's work on one program."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from foretrace_telemetry.readers import cpack, exercism_versions, itap, rollouts
from foretrace_telemetry.traces import State, Trace, without_repeats

ROLLOUT = {
    "model": "all",
    "title": "star",
    "user": "u",
    "complete": False,
    "states": [["1970-01-02 00:00:01", "fd 1"], ["1970-01-02 00:00:03", "fd 1"]],
}
SUBMISSION = {
    "year": "year-1",
    "lab": "lab02",
    "exercise": "ex01",
    "student": "s",
    "submission": 1,
    "label": "sem",
    "code": "int x;\r\n",
    "n_correct": 1,
    "n_incorrect": 3,
}
LOGGED = {
    "student": "S1",
    "problem": "add",
    "order": 1,
    "time": "1970-01-02T00:00:00",
    "event": "Submit",
    "label": "FALSE",
    "oracle_pass": 0.5,
    "code": "x",
}
VERSION = {"developer": "d", "exercise": "bob", "path": "bob/bob.py", "time": 60, "code": "x"}


def lines(folder: Path, name: str, *rows: Any) -> Path:
    with gzip.open(folder / name, "wt", encoding="utf-8") as file:
        file.write("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def test_rollouts_keep_their_states_as_they_were_written(tmp_path: Path) -> None:
    lines(tmp_path, rollouts.TRACES, ROLLOUT)
    assert rollouts.recognises(tmp_path)
    (rollout,) = rollouts.read(tmp_path)
    assert (rollout.model, rollout.reached_end) == ("all", False)
    assert rollout.trace == Trace(
        "u",
        "star",
        "coffeescript",
        (State("fd 1", 86_401_000_000), State("fd 1", 86_403_000_000)),
    )


def test_a_state_that_a_model_was_cut_off_in_is_not_finished(tmp_path: Path) -> None:
    time = "1970-01-02 00:00:01"
    lines(
        tmp_path,
        rollouts.TRACES,
        ROLLOUT | {"states": [[time, "fd 1"], [time, "fd"]]},
        ROLLOUT | {"states": [[time, "fd 1"], [time, " \n"]], "complete": True},
        ROLLOUT | {"states": [[time, "fd"]]},
    )
    one, other, none = (rollout.finished for rollout in rollouts.read(tmp_path))
    assert one is not None
    assert one == other
    assert [state.text for state in one.states] == ["fd 1"]
    assert none is None


def test_submissions_in_c_are_traces_by_student_year_and_exercise(tmp_path: Path) -> None:
    lines(
        tmp_path,
        cpack.SUBMISSIONS,
        {**SUBMISSION, "exercise": "ex02", "submission": 4, "label": "ok", "n_incorrect": 0},
        {**SUBMISSION, "submission": 3, "code": "int y;"},
        {**SUBMISSION, "submission": 2},
        SUBMISSION | {"label": "syn", "n_correct": None, "n_incorrect": None, "code": "int"},
    )
    assert cpack.recognises(tmp_path)
    assert list(cpack.read(tmp_path)) == [
        Trace(
            "s",
            "lab02/ex01",
            "c",
            (
                State("int", passed=0.0),
                State("int x;\n", passed=0.25),
                State("int y;", passed=0.25),
            ),
            "year-1",
        ),
        Trace("s", "lab02/ex02", "c", (State("int x;\n", passed=1.0),), "year-1"),
    ]


def test_a_log_of_the_tutor_is_traces_in_the_order_of_their_begin(tmp_path: Path) -> None:
    lines(
        tmp_path,
        itap.SEQUENCES,
        {**LOGGED, "order": 5, "problem": "sub", "code": " \n"},
        {**LOGGED, "order": 3, "code": "y", "oracle_pass": 1.0},
        {**LOGGED, "order": 2, "event": "X-HintRequest"},
        {**LOGGED, "order": 4, "problem": "mul", "oracle_pass": None},
        LOGGED,
    )
    day_us = 86_400_000_000
    assert list(itap.read_traces(tmp_path)) == [
        Trace("S1", "add", "python", (State("x", day_us, 0.5), State("y", day_us, 1.0))),
        Trace("S1", "mul", "python", (State("x", day_us, None),)),
    ]


def test_versions_of_a_file_are_a_trace(tmp_path: Path) -> None:
    lines(tmp_path, exercism_versions.VERSIONS, {**VERSION, "time": 90, "code": "y"}, VERSION)
    assert exercism_versions.recognises(tmp_path)
    assert list(exercism_versions.read(tmp_path)) == [
        Trace("d", "bob", "python", (State("x", 60_000_000), State("y", 90_000_000)))
    ]


def test_only_a_state_with_all_tests_passed_works() -> None:
    assert State("", passed=1.0).works is True
    assert State("", passed=0.99).works is False
    assert State("").works is None


def test_a_text_that_comes_back_is_no_repeat() -> None:
    first, other = State("x", 1), State("y", 2)
    again = State("x", 3)
    assert without_repeats([first, State("x", 2), other, again]) == (first, other, again)


@pytest.mark.parametrize(
    ("name", "row", "read"),
    [
        (rollouts.TRACES, ROLLOUT | {"states": []}, rollouts.read),
        (rollouts.TRACES, ROLLOUT | {"states": [["yesterday", ""]]}, rollouts.read),
        (cpack.SUBMISSIONS, SUBMISSION | {"n_correct": None}, cpack.read),
        (itap.SEQUENCES, LOGGED | {"time": "yesterday"}, itap.read_traces),
        (exercism_versions.VERSIONS, {"developer": "d"}, exercism_versions.read),
    ],
)
def test_the_line_that_is_not_what_it_should_be_is_named(
    tmp_path: Path, name: str, row: dict[str, Any], read: Callable[[Path], Any]
) -> None:
    lines(tmp_path, name, row)
    with pytest.raises(ValueError, match=rf"line 1 of .*{name}"):
        list(read(tmp_path))


def test_a_file_that_was_cut_short_is_told(tmp_path: Path) -> None:
    lines(tmp_path, rollouts.TRACES, *[ROLLOUT] * 100)
    whole = (tmp_path / rollouts.TRACES).read_bytes()
    (tmp_path / rollouts.TRACES).write_bytes(whole[:-20])
    with pytest.raises(ValueError, match="cannot be read"):
        list(rollouts.read(tmp_path))


def test_real_traces_are_read_whole(data: Path) -> None:
    tutor = list(itap.read_traces(data / "csedm2019_itap"))
    assert len({trace.coder for trace in tutor}) == 74
    course = list(cpack.read(data / "cpack_ipas_c"))
    assert len({trace.coder for trace in course}) == 157
    assert len({trace.exercise for trace in course}) == 25
    versions = list(exercism_versions.read(data / "exercism_git_histories"))
    assert sum(len(trace.states) for trace in versions) == 680
    assert len({trace.coder for trace in versions}) == 3


def test_real_rollouts_are_read_whole(data: Path) -> None:
    found = list(rollouts.read(data / "pencilcode_rollouts"))
    assert len(found) == 43_750
    by_all = [rollout for rollout in found if rollout.model == "all"]
    assert sum(len(rollout.trace.states) for rollout in by_all) == 60_625
    assert sum(rollout.reached_end for rollout in by_all) == 9_692
