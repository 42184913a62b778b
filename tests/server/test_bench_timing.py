"""`foretrace bench timing` and `foretrace train timing`, on made-up data and on real."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.command import foretrace, foretrace_json
from tests.timing_data import PEOPLE, cups_rows, write_cups, write_cups_rows, write_fitech

from foretrace_models.learned.card import read_card
from foretrace_models.learned.keeping import load
from foretrace_models.timing.acceptance import KINDS
from foretrace_models.timing.stepping_in import NAME
from foretrace_telemetry.home import Home
from foretrace_telemetry.readers import cups

pytest.importorskip("sklearn", reason="scikit-learn is not installed")

LOO = ("--fit", "loo")


def bench(home: Home, data: Path, *options: str) -> dict[str, Any]:
    return foretrace_json(home, "bench", "timing", "--data", str(data), *options)


def test_what_is_learned_from_others_tells_what_is_taken(home: Home, tmp_path: Path) -> None:
    told = bench(home, write_cups(tmp_path / "data"), *LOO)
    assert (told["dataset"], told["n"], told["people"]) == ("cups (data)", 120, 4)
    assert told["fit"] == "loo"
    assert told["seeds"] == [7, 8, 9]
    assert told["auc"] > 0.8
    assert told["brier_skill"] > 0.2
    assert set(told["without_code"]) == set(told["personal"]) | {
        *("acceptances_kept", "rejections_hidden", "threshold", "cost")
    }
    assert told["cost"] == pytest.approx(told["threshold"] / (1 - told["threshold"]), rel=0.05)
    difference = told["differences"]["recent_acceptance_auc"]
    assert difference == pytest.approx(told["auc"] - told["baselines"]["recent_acceptance_auc"])
    low, high = told["intervals"]["differences"]["recent_acceptance_auc"]
    assert low <= difference <= high
    assert told["intervals"]["auc"][0] <= told["auc"] <= told["intervals"]["auc"][1]
    assert len(told["by_seed"]["auc"]) == 3
    assert {each["group"] for each in told["features"].values()} == {"session", "measure", "code"}


def test_what_a_person_does_later_changes_nothing_of_what_is_said_before(
    home: Home, tmp_path: Path
) -> None:
    rows = {person: cups_rows(person, 30) for person in PEOPLE}

    def said(name: str) -> list[Any]:
        folder = write_cups_rows(tmp_path / name, [row for own in rows.values() for row in own])
        file = tmp_path / f"{name}.jsonl"
        bench(home, folder, *LOO, "--resume", str(file))
        kept = [json.loads(line) for line in file.read_text().splitlines()[1:]]
        return [each["row"] for each in kept if each["item"].startswith("ada/")]

    before = said("before")
    for row in rows["ada"][41:]:
        row["event"] = {"Accepted": "Rejected", "Rejected": "Accepted"}.get(row["event"], "Shown")
    after = said("after")
    # The outcome of the last of these is another, but not what was said of it.
    assert [row["by_fit"] for row in after[:21]] == [row["by_fit"] for row in before[:21]]
    assert after[20]["taken"] != before[20]["taken"]
    assert after[25]["by_fit"] != before[25]["by_fit"]


def test_shipped_weights_are_measured_on_people_whom_they_have_not_seen(
    home: Home, tmp_path: Path
) -> None:
    told = bench(home, write_cups(tmp_path / "cups"), "--limit", "50")
    assert (told["n"], told["fit"], told["seeds"]) == (50, "shipped", [])
    assert 0 <= told["auc"] <= 1
    told = bench(home, write_fitech(tmp_path / "fitech" / "below"))
    assert (told["dataset"], told["n"]) == ("fitech (below)", 240)
    assert 0 <= told["average_precision"] <= 1


def test_what_is_learned_from_others_tells_when_experts_step_in(home: Home, tmp_path: Path) -> None:
    told = bench(home, write_fitech(tmp_path / "data"), *LOO)
    assert (told["dataset"], told["n"], told["people"]) == ("fitech (data)", 240, 4)
    assert told["within_steps"] == 3
    assert set(told["baselines"]) == {
        "after_every_run",
        "after_idle",
        "after_idle_rule",
        "shuffled",
    }
    assert told["average_precision"] > told["baselines"]["shuffled"]
    targets = told["targets"]
    assert targets["agreed"]["average_precision"] == told["average_precision"]
    assert targets["agreed_or_not"]["share"] > targets["agreed"]["share"]
    assert targets["agreed_ahead"]["share"] < targets["agreed"]["share"]
    difference = told["differences"]["after_idle"]
    low, high = told["intervals"]["differences"]["after_idle"]
    assert low <= difference <= high


@pytest.mark.parametrize("write", [write_cups, write_fitech])
def test_a_run_that_was_stopped_goes_on_to_the_same_figures(
    home: Home, tmp_path: Path, write: Any
) -> None:
    data, file = write(tmp_path / "data"), tmp_path / "rows.jsonl"
    options = (*LOO, "--limit", "40", "--resume", str(file))
    whole = bench(home, data, *options)
    lines = file.read_text().splitlines(keepends=True)
    assert len(lines) == 41
    file.write_text("".join(lines[:17]) + lines[17][:9])
    assert bench(home, data, *options) == whole
    assert sorted(file.read_text().splitlines(keepends=True)) == sorted(lines)
    done = foretrace(home, "bench", "timing", "--data", str(data), *options, "--seed", "8")
    assert done.returncode == 2
    assert "is not of this run" in done.stderr


def _nothing(folder: Path) -> None:
    folder.mkdir()


def _spoiled(folder: Path) -> None:
    write_cups(folder)
    (folder / cups.EVENTS).write_bytes(b"no gzip")


def _two_people(folder: Path) -> None:
    write_cups(folder, PEOPLE[:2])


def _always_taken(folder: Path) -> None:
    rows = [row for person in PEOPLE for row in cups_rows(person, 9)]
    write_cups_rows(folder, [{**r, "event": r["event"].replace("Rej", "Acc")} for r in rows])


def _never_decided(folder: Path) -> None:
    rows = [row for person in PEOPLE for row in cups_rows(person, 9)]
    write_cups_rows(folder, [row for row in rows if row["event"] == "Shown"])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (_nothing, "has neither CUPS (events.jsonl.gz) nor FITech (MainTable.csv"),
        (_spoiled, "cannot be read"),
        (_two_people, "needs at least 3 people"),
        (_always_taken, "fewer than two classes"),
        (_never_decided, "no suggestion that was accepted or rejected"),
    ],
)
def test_bad_input_gets_a_message_and_exit_code_2(
    home: Home, tmp_path: Path, make: Any, message: str
) -> None:
    make(tmp_path / "data")
    done = foretrace(home, "bench", "timing", "--data", str(tmp_path / "data"), *LOO, "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_figures_are_told_in_words_too(home: Home, tmp_path: Path) -> None:
    done = foretrace(home, "bench", "timing", "--data", str(write_cups(tmp_path / "data")))
    assert done.returncode == 0
    assert done.stdout.startswith("cups (data): 120 items of 4 people, fit shipped, seed 7")
    assert "\n  recent_acceptance_auc: " in done.stdout


def test_weights_that_are_trained_say_what_they_were_made_of(home: Home, tmp_path: Path) -> None:
    data = (write_cups(tmp_path / "one"), write_fitech(tmp_path / "two"))
    out = tmp_path / "weights"
    named = [str(folder) for folder in data]
    told = foretrace_json(home, "train", "timing", *named, "--out", str(out), "--seed", "3")
    assert set(told) == {*KINDS, NAME}
    for name, card in told.items():
        assert card["command"] == "foretrace train timing one two --seed 3"
        assert len(card["data"][0]["seen"]) == 4
        assert load(out / name)[0].features == tuple(card["features"])
    assert read_card(out / "acceptance").metrics["auc"] > 0.8
    again = tmp_path / "again"
    foretrace_json(home, "train", "timing", *named, "--out", str(again), "--seed", "3")
    for file in out.rglob("*.*"):
        assert (again / file.relative_to(out)).read_bytes() == file.read_bytes()


def test_a_folder_that_has_neither_data_set_trains_nothing(home: Home, tmp_path: Path) -> None:
    out = tmp_path / "weights"
    done = foretrace(home, "train", "timing", str(tmp_path), "--out", str(out))
    assert done.returncode == 2
    assert not out.exists()


@pytest.mark.parametrize("name", ["coderec_cups", "fitech_dart"])
def test_people_whom_the_shipped_weights_learned_from_are_refused(
    home: Home, data: Path, name: str
) -> None:
    done = foretrace(home, "bench", "timing", "--data", str(data / name), "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--fit loo fits anew" in done.stderr
