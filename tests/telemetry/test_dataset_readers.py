"""Readers of datasets that programs are repaired from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from foretrace_telemetry.readers import codeforces, humanevalpack, pydex

FUNCTION = {
    "task_id": "Python/0",
    "declaration": "def f(x):\n",
    "buggy_solution": "    return x\n",
    "canonical_solution": "    return x + 1\n",
    "test": (
        "def check(f):\n"
        "    assert f(1) == 2\n"
        "    assert f([1, -2]) == [2, -1], 'a message'\n"
        "    assert abs(f(1.5) - 2.5) < 1e-6\n"
        "    assert f(3)\n"
        "    assert f(3) == g(4)\n"
        "check(f)\n"
    ),
}
PROBLEM: dict[str, Any] = {
    "assignment": {"id": "1/A", "time_limit": 1.0},
    "test_cases": [{"input": "1\r\n2\r\n", "output": "3\r\n"}],
    "submissions": [{"id": "7", "status": "OK", "code": "print(3)"}],
}


def test_assertions_of_a_call_and_a_literal_are_tests(tmp_path: Path) -> None:
    (tmp_path / "python.jsonl").write_text(json.dumps(FUNCTION) + "\n")
    assert humanevalpack.recognises(tmp_path)
    (function,) = humanevalpack.read(tmp_path)
    assert function.buggy == "def f(x):\n    return x\n"
    assert function.tests == (("f(1)", "2"), ("f([1, -2])", "[2, -1]"))
    assert function.tests_left_out == 3


def test_line_ends_of_judged_tests_are_those_of_python(tmp_path: Path) -> None:
    (tmp_path / "1_A.json").write_text(json.dumps(PROBLEM))
    assert codeforces.recognises(tmp_path)
    (problem,) = codeforces.read(tmp_path)
    assert problem.tests == (("1\n2\n", "3\n"),)
    assert problem.submissions[0].verdict == "OK"


def test_pairs_are_read_by_exercise(tmp_path: Path) -> None:
    pair = {"syntax_incorrect": "print(", "semantics_correct": "print()"}
    exercise = {"submission": [pair], "IO_example": [{"input": "", "output": "\n"}]}
    (tmp_path / "12_syntaxincorrect_correct_pair.json").write_text(json.dumps(exercise))
    assert pydex.recognises(tmp_path)
    assert list(pydex.read(tmp_path)) == [
        pydex.PairedExercise("12", (("", "\n"),), (pydex.Pair("print(", "print()"),))
    ]


@pytest.mark.parametrize(
    ("name", "content", "reader"),
    [
        ("1_syntaxincorrect_correct_pair.json", "{}", pydex),
        ("1_syntaxincorrect_correct_pair.json", "{", pydex),
        ("python.jsonl", '{"buggy_solution": 1}', humanevalpack),
        ("1_A.json", json.dumps({**PROBLEM, "assignment": {}}), codeforces),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_named(
    tmp_path: Path, name: str, content: str, reader: Any
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(ValueError, match=name):
        list(reader.read(tmp_path))


def test_other_files_are_not_taken_for_datasets(tmp_path: Path) -> None:
    (tmp_path / "python.jsonl").write_text('{"other": 1}\n')
    (tmp_path / "a.json").write_text("[1]")
    assert not pydex.recognises(tmp_path)
    assert not humanevalpack.recognises(tmp_path)
    assert not codeforces.recognises(tmp_path)
