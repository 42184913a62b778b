"""`foretrace bench trace --metrics-only`: traces of people and of models, measured."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from tests.command import foretrace, foretrace_json

from foretrace_telemetry.home import Home
from foretrace_telemetry.readers import itap, rollouts


def write(folder: Path, name: str, rows: list[dict[str, Any]]) -> Path:
    folder.mkdir(exist_ok=True)
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (folder / name).write_bytes(gzip.compress(text.encode()))
    return folder


def rollout(model: str, title: str, *programs: str, complete: bool = True) -> dict[str, Any]:
    states = [[f"2020-01-01 00:00:{n:02}", program] for n, program in enumerate(programs)]
    return {"model": model, "title": title, "user": "u", "complete": complete, "states": states}


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """Rollouts of two models for one title, and of one model for another title."""
    return write(
        tmp_path / "rollouts",
        rollouts.TRACES,
        [
            rollout("all", "star", "fd 1", "rt 2", "fd 1 # far"),
            rollout("all", "star", "fd 1", "fd 2", "fd", complete=False),
            rollout("last", "star", "a b c d e"),
            rollout("last", "star", "a b c d e"),
            rollout("last", "moon", "a"),
        ],
    )


@pytest.fixture
def logged(tmp_path: Path) -> Path:
    """A log of the tutor: one student solves an exercise, another one does not."""
    row = {"problem": "add", "time": "2020-01-01T00:00:00", "event": "Submit", "label": ""}
    codes = [("S1", "x", 0.0), ("S1", "y", 1.0), ("S2", "x", 0.0), ("S2", "x y", 0.5)]
    return write(
        tmp_path / "logged",
        itap.SEQUENCES,
        [
            {**row, "student": student, "order": n, "code": code, "oracle_pass": passed}
            for n, (student, code, passed) in enumerate(codes)
        ],
    )


def test_models_are_measured_on_the_exercises_that_all_of_them_have(
    home: Home, written: Path
) -> None:
    figures = foretrace_json(home, "bench", "trace", "--data", str(written), "--metrics-only")
    assert figures["dataset"] == "rollouts (rollouts)"
    assert (figures["n"], figures["exercises"], figures["exercises_left_out"]) == (3, 1, 1)
    everything, last = figures["models"]["all"], figures["models"]["last"]
    assert last["self_bleu"] == 1
    assert last["distinct"] == 0.5
    assert last["edits"] == 0
    assert last["backtracking_per_step"] is None
    assert everything["self_bleu"] < 1
    assert everything["reached_end"] == 0.5
    # What was cut off is no state.
    assert everything["states_mean"] == 2.5
    assert everything["comments"] == 0.5
    assert everything["edit_categories"]["modify_existing"] == 1
    assert everything["backtracking_per_step"] == pytest.approx(1 / 3)
    assert everything["intervals"]["states_mean"] == [2.5, 2.5]
    # One coder cannot be compared with another one.
    assert everything["same_coder"]["year"] is None
    assert figures["period"] == "year"
    assert figures["coder_or_calendar"]["all"]["pairs"]["same_coder_same_period"] == 1
    assert figures["coder_or_calendar"]["all"]["coder_beyond_calendar"] is None


def test_people_are_measured_with_what_they_reached(home: Home, logged: Path) -> None:
    figures = foretrace_json(home, "bench", "trace", "--data", str(logged), "--metrics-only")
    assert figures["dataset"] == "itap (logged)"
    real = figures["models"]["real"]
    assert (real["traces"], real["edits"], real["solved"], real["attempts"]) == (2, 2, 0.5, 2)
    assert real["reached_end"] is None
    # Both are for one exercise, so that there is one pair, of different coders.
    assert figures["coder_or_calendar"]["real"]["pairs"]["other_coder_same_period"] == 1
    assert "coder" in figures["coder_or_calendar"]["real"]["explained"]


def test_a_log_of_people_is_read_before_rollouts(home: Home, logged: Path) -> None:
    write(logged, rollouts.TRACES, [rollout("all", "star", "fd 1")])
    figures = foretrace_json(home, "bench", "trace", "--data", str(logged), "--metrics-only")
    assert set(figures["models"]) == {"real"}


def test_a_run_goes_on_with_what_it_has(home: Home, written: Path, tmp_path: Path) -> None:
    rows = tmp_path / "rows"
    arguments = ("bench", "trace", "--data", str(written), "--metrics-only", "--resume", str(rows))
    whole = foretrace_json(home, *arguments)
    head, *lines = rows.read_text().splitlines()
    changed = lines[0].replace('"distinct": 1.0', '"distinct": 0.25')
    rows.write_text(f"{head}\n{changed}\n")
    again = foretrace_json(home, *arguments)
    assert again["models"]["all"]["distinct"] == 0.25
    assert again["models"]["last"] == whole["models"]["last"]
    assert len(rows.read_text().splitlines()) == 3


def test_so_many_edits_are_enough(home: Home, tmp_path: Path) -> None:
    data = write(
        tmp_path / "data",
        rollouts.TRACES,
        [rollout("all", title, "fd 1", "fd 2", "fd 3") for title in "abcdef"],
    )
    arguments = ("bench", "trace", "--data", str(data), "--metrics-only", "--limit", "3")
    figures = foretrace_json(home, *arguments)
    assert (figures["n"], figures["exercises"]) == (4, 2)
    assert figures == foretrace_json(home, *arguments)


def test_figures_are_told_in_words(home: Home, written: Path) -> None:
    done = foretrace(home, "bench", "trace", "--data", str(written), "--metrics-only")
    assert done.returncode == 0
    assert "self_bleu" in done.stdout
    assert "edit_categories, modify_existing" in done.stdout
    assert "coder_beyond_calendar: cannot be told" in done.stdout
    assert "2/2 last/star" in done.stderr


def test_a_folder_without_traces_is_told_what_could_be_there(home: Home, tmp_path: Path) -> None:
    done = foretrace(home, "bench", "trace", "--data", str(tmp_path), "--metrics-only")
    assert done.returncode == 2
    for name in ("sequences.jsonl.gz", "submissions.jsonl.gz"):
        assert name in done.stderr


def test_a_file_that_is_no_set_of_traces_is_named(home: Home, tmp_path: Path) -> None:
    write(tmp_path / "data", rollouts.TRACES, [{"model": "all"}])
    done = foretrace(home, "bench", "trace", "--data", str(tmp_path / "data"), "--metrics-only")
    assert done.returncode == 2
    assert "line 1" in done.stderr
    assert rollouts.TRACES in done.stderr


def test_rollouts_are_as_different_as_the_paper_measures_them(home: Home, data: Path) -> None:
    figures = foretrace_json(
        home,
        "bench",
        "trace",
        "--data",
        str(data / "pencilcode_rollouts"),
        "--metrics-only",
        "--limit",
        "2000",
    )
    everything, synthetic = figures["models"]["all"], figures["models"]["synthetic"]
    assert everything["backtracking_per_step"] > 10 * synthetic["backtracking_per_step"]
    assert synthetic["edit_categories"]["small_add"] > 0.9
