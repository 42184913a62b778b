"""`foretrace bench repair`: programs of a tiny exercise set, repaired and scored."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from tests.command import foretrace, foretrace_json

from foretrace_server.bench.repair.datasets import load
from foretrace_telemetry.home import Home

RIGHT = "def larger(a, b):\n    if a > b:\n        return a\n    return b\n"
PROGRAMS = {
    "larger/1": ("correct", RIGHT),
    "larger/2": ("correct", "def larger(a, b):\n    return max(a, b)\n"),
    "larger/3": ("correct", "def larger(x, y):\n    return x if x >= y else y\n"),
    "larger/4": (
        "wrong",
        "def larger(first, b):\n    if first < b:\n        return first\n    return b\n",
    ),
    "larger/5": ("wrong", "def larger(a, b):\n    if a > b:\n        return a\n"),
    "larger/6": ("wrong", RIGHT + "\n"),  # it passes every test
}
TESTS = [
    {"call": "larger(1, 2)", "expected": "2"},
    {"call": "larger(2, 1)", "expected": "2"},
    {"call": "larger(7, 3)", "expected": "7"},
    {"call": "larger(3, 3)", "expected": "3"},
]


def _lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))


@pytest.fixture
def exercises(tmp_path: Path) -> Path:
    """An exercise set with one exercise."""
    folder = tmp_path / "exercises"
    folder.mkdir()
    _lines(folder / "exercises.jsonl.gz", [{"id": "larger", "tests": TESTS, "reference": RIGHT}])
    _lines(
        folder / "programs.jsonl.gz",
        [
            {"id": of, "exercise": "larger", "label": label, "code": code}
            for of, (label, code) in PROGRAMS.items()
        ],
    )
    return folder


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A file without any mined rule."""
    path = tmp_path / "rules.json"
    path.write_text('{"rules": [], "hand": []}')
    return path


def test_programs_are_repaired_from_their_tests(
    home: Home, exercises: Path, rules: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    figures = foretrace_json(
        home,
        *("bench", "repair", "--data", str(exercises), "--situation", "tests"),
        *("--rules", str(rules), "--out", str(out)),
    )
    assert figures["dataset"] == "exercise set (exercises)"
    assert (figures["n"], figures["programs"], figures["broken"]) == (3, 3, 2)
    assert (figures["repaired"], figures["rate"]) == (2, 1.0)
    assert figures["rate_interval"] == [pytest.approx(0.3424, abs=1e-4), 1.0]
    assert (figures["hidden_rate"], figures["special_cased"], figures["parses"]) == (1.0, 0, 1.0)
    assert figures["generated"]["larger"]["inputs"] >= 200
    assert figures["identifiers_kept"] == 1.0
    assert figures["by_source"]["rules"] == 2
    seconds = [point["seconds"] for point in figures["curve"]]
    rates = [point["rate"] for point in figures["curve"]]
    assert seconds == [0.5, 1, 2, 5, 10]
    assert rates == sorted(rates)
    assert rates[-1] <= figures["rate"]
    assert figures["per_exercise"]["larger"]["broken"] == 2
    assert {path.name for path in out.iterdir()} == {"larger_4.py", "larger_5.py"}
    assert "first > b" in (out / "larger_4.py").read_text()


def test_a_pool_gives_what_rules_are_not_asked_for(
    home: Home, exercises: Path, rules: Path
) -> None:
    figures = foretrace_json(
        home,
        *("bench", "repair", "--data", str(exercises), "--situation", "pool"),
        *("--rules", str(rules), "--without", "rules", "--without", "mined"),
    )
    assert figures["repaired"] == 2
    assert figures["by_source"]["donors"] == 2
    assert figures["without"] == ["mined", "rules"]
    assert set(figures["pool_seconds"]) == {"larger"}


def test_the_trace_model_mends_a_program_for_an_exercise_that_it_knows(
    home: Home, rules: Path, tmp_path: Path
) -> None:
    pytest.importorskip("torch", reason="torch is not installed: pip install 'foretrace[model]'")
    pytest.importorskip("transformers", reason="transformers is not installed")
    right = "def helloWorld():\n    return 'Hello World!'\n"
    tests = [{"call": "helloWorld()", "expected": "'Hello World!'"}]
    for name in ("helloWorld", "unheardOf"):
        own = [{**tests[0], "call": f"{name}()"}]
        text = right.replace("helloWorld", name)
        folder = tmp_path / name
        folder.mkdir()
        _lines(folder / "exercises.jsonl.gz", [{"id": name, "tests": own, "reference": text}])
        wrong = {"exercise": name, "label": "wrong", "code": text.replace("Hello", "")}
        _lines(folder / "programs.jsonl.gz", [{**wrong, "id": each} for each in "1234"])

    def figures(name: str, *more: str) -> dict[str, Any]:
        command = ("bench", "repair", "--data", str(tmp_path / name), "--situation", "tests")
        return foretrace_json(home, *command, "--rules", str(rules), "--without", "rules", *more)

    known = figures("helloWorld")
    assert known["samples_of"].startswith("shipped ")
    assert known["sampled"] == 4
    # The model gives way to everything else, and on a busy machine is there too late at first.
    assert known["repaired"] == known["by_source"]["samples"] >= 1
    unknown = figures("unheardOf")
    assert (unknown["sampled"], unknown["repaired"]) == (0, 0)
    without = figures("helloWorld", "--without", "samples")
    assert (without["samples_of"], without["sampled"], without["repaired"]) == (None, 0, 0)


def test_without_any_source_nothing_is_repaired_and_sizes_are_whole(
    home: Home, exercises: Path, rules: Path, tmp_path: Path
) -> None:
    figures = foretrace_json(
        home,
        *("bench", "repair", "--data", str(exercises), "--situation", "tests"),
        *("--rules", str(rules), "--out", str(tmp_path / "out")),
        *("--without", "rules", "--without", "mined", "--without", "samples"),
    )
    assert (figures["repaired"], figures["hidden_rate"]) == (0, None)
    assert (figures["rps_median"], figures["rps_mean"]) == (1.0, 1.0)
    lengths = [row["whole_tokens"] for row in figures["rows"] if row["broken"]]
    assert figures["token_distance_median"] == sum(lengths) / 2
    assert figures["over_repaired"]["rps_median"] is None
    assert list((tmp_path / "out").iterdir()) == []


def test_ids_name_the_programs_and_a_limit_counts_those_that_fail(
    home: Home, exercises: Path, rules: Path, tmp_path: Path
) -> None:
    ids = tmp_path / "ids.txt"
    ids.write_text("larger/6\nlarger/5\nlarger/4\n")
    figures = foretrace_json(
        home,
        *("bench", "repair", "--data", str(exercises), "--situation", "none"),
        *("--rules", str(rules), "--ids", str(ids), "--limit", "1"),
    )
    assert [row["id"] for row in figures["rows"]] == ["larger/6", "larger/5"]
    assert figures["broken"] == 1


def test_a_run_that_was_stopped_goes_on(
    home: Home, exercises: Path, rules: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "rows.jsonl"
    command = (
        *("bench", "repair", "--data", str(exercises), "--situation", "tests"),
        *("--rules", str(rules), "--resume", str(kept)),
    )
    first = foretrace_json(home, *command, "--limit", "1")
    lines = kept.read_text().splitlines()
    row = json.loads(lines[-1])
    row["row"]["seconds"] = 123.0
    kept.write_text("\n".join([*lines[:-1], json.dumps(row), '{"item": "larger/5", "r']))
    second = foretrace_json(home, *command, "--out", str(tmp_path / "out"))
    assert first["broken"] == 1
    assert second["broken"] == 2
    assert second["seconds_p95"] == 123.0
    assert len(list((tmp_path / "out").iterdir())) == 2
    other = foretrace(home, *command, "--without", "past")
    assert other.returncode == 2
    assert "is not of this run" in other.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--data", "{empty}", "--situation", "tests"), "holds no programs to repair"),
        (("--data", "{pydex}", "--situation", "pool"), "use --situation none"),
        (("--data", "{exercises}", "--situation", "tests", "--ids", "{ids}"), "names larger/77"),
        (("--data", "{exercises}", "--situation", "tests", "--rules", "{ids}"), "mined rules"),
        (("--data", "{exercises}", "--situation", "all"), "'all' is not one of"),
        (("--situation", "tests"), "Missing option '--data'"),
        (
            ("--data", "{exercises}", "--situation", "tests", "--base", "somebody/none"),
            "run `foretrace model fetch somebody/none`",
        ),
    ],
)
def test_what_cannot_be_measured_is_named(
    home: Home, exercises: Path, tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    paths = {name: str(tmp_path / name) for name in ("empty", "pydex", "exercises", "ids")}
    (tmp_path / "empty").mkdir()
    (tmp_path / "pydex").mkdir()
    (tmp_path / "pydex" / "1_syntaxincorrect_correct_pair.json").write_text(
        json.dumps({"submission": [], "IO_example": []})
    )
    (tmp_path / "ids").write_text("larger/77\n")
    done = foretrace(home, "bench", "repair", *(option.format(**paths) for option in options))
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_program_that_does_not_parse_is_held_against_its_authors_next(
    home: Home, rules: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "pairs"
    folder.mkdir()
    (folder / "9_syntaxincorrect_correct_pair.json").write_text(
        json.dumps(
            {
                "submission": [
                    {
                        "syntax_incorrect": "n = int(input())\nprint(n + 1\n",
                        "semantics_correct": "n = int(input())\nprint(1 + n)\n",
                    }
                ],
                "IO_example": [{"input": "3\n", "output": "4\n"}],
            }
        )
    )
    command = ("bench", "repair", "--data", str(folder), "--situation", "none")
    figures = foretrace_json(home, *command, "--rules", str(rules))
    assert (figures["repaired"], figures["parses"], figures["tokens_kept"]) == (1, 1.0, 1.0)
    assert figures["parses_keeping_95"] == 1.0
    assert figures["own_version"]["fix_distance_median"] == 1
    assert figures["own_version"]["own_rate"] == 1.0
    assert figures["rps_median"] is None
    told = foretrace(home, *command, "--rules", str(rules)).stdout
    assert "with 95 % of the tokens kept 100.0%" in told
    assert "own later version, over 1: mean 1 and 3, difference -2 to -2\n" in told


def test_of_a_log_and_an_exercise_set_the_log_is_read(data: Path) -> None:
    dataset = load(data / "csedm2019_itap", 7)
    assert dataset.name == "itap (csedm2019_itap)"
    assert all(program.person for program in dataset.programs)
