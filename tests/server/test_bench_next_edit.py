"""`foretrace bench next-edit` and `train next-edit` over streams made up here."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest
from tests.command import foretrace, foretrace_json
from tests.models import tiny

from foretrace_models.fetch import fetch
from foretrace_models.next_edit.keeping import SHIPPED, load
from foretrace_models.next_edit.proposal import Pattern
from foretrace_models.who import person_digest
from foretrace_server.bench.next_edit.samples import samples_of
from foretrace_server.bench.next_edit.streams import load as load_streams
from foretrace_telemetry.home import Home

PROGRAM = "a = f(x)\nb = f(y)\nc = f(z)\nd = f(w)\n"


def keystrokes(text: str) -> list[list[list[object]]]:
    """Return transactions that put a second argument into each call, key by key."""
    found: list[list[list[object]]] = []
    for place in (7, 16 + 3, 25 + 6, 34 + 9):
        found += [[[place + at, 0, character]] for at, character in enumerate(", 1")]
    return found


def write_traces(folder: Path, *names: str) -> Path:
    for name in names:
        transactions = [{"patches": patches} for patches in keystrokes(PROGRAM)]
        trace = {"startContent": PROGRAM, "endContent": "", "txns": transactions}
        with gzip.open(folder / f"{name}.py.json.gz", "wt") as file:
            json.dump(trace, file)
    return folder


def write_recording(folder: Path) -> Path:
    log = [
        {"kind": "documentEncountered", "id": 0, "relativePath": "a\\b.ts"},
        {"kind": "setContent", "id": 0, "content": "one\ntwo\nthree\n"},
        {"kind": "changed", "id": 0, "time": 1000, "edit": [[0, 0, "x"], [4, 4, "x"]]},
        {"kind": "changed", "id": 0, "time": 9000, "edit": [[10, 10, "y"]]},
    ]
    (folder / "r.w.json").write_text(json.dumps({"log": log}))
    return folder


def write_fitech(folder: Path) -> Path:
    columns = ["AssignmentID", "SubjectID", "EventType", "EditType", "X-CodeState", "X-Intervene"]
    columns += ["X-ElapsedTime", "X-Why", "X-How"]
    with (folder / "MainTable.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, columns, restval="")
        table.writeheader()
        for second, text in enumerate(("", "a;", "a;\nb;", "a;\nbc;")):
            row = {"AssignmentID": "A", "SubjectID": "S", "EventType": "File.Edit"}
            table.writerow({**row, "X-CodeState": text, "X-ElapsedTime": 10 * second})
    return folder


def write_versions(folder: Path) -> Path:
    with gzip.open(folder / "versions.jsonl.gz", "wt") as file:
        for second, code in enumerate(("a\nb\nc\n", "A\nb\nC\n", "A\nB\nC\n")):
            row = {"developer": "d", "exercise": "e", "path": "e/e.py", "time": second}
            file.write(json.dumps({**row, "code": code}) + "\n")
    return folder


def test_streams_of_all_kinds_below_a_folder_are_found(tmp_path: Path) -> None:
    for name, write in (("r", write_recording), ("f", write_fitech), ("v", write_versions)):
        (tmp_path / name).mkdir()
        write(tmp_path / name)
    (tmp_path / "t").mkdir()
    write_traces(tmp_path / "t", "one")
    streams = {stream.dataset: stream for stream in load_streams(tmp_path)}
    assert set(streams) == {"vscode-recordings", "editing-traces", "fitech", "exercism-histories"}
    assert streams["vscode-recordings"].language == "typescript"
    assert streams["fitech"].language == "dart"
    assert not streams["exercism-histories"].is_ordered


def test_what_several_cursors_write_at_once_is_never_asked_about(tmp_path: Path) -> None:
    (stream,) = load_streams(write_recording(tmp_path))
    assert stream.at_once == {1}
    (sample,) = samples_of([stream], None, 7)
    assert (sample.moment.text, sample.place) == ("xone\nxtwo\nthree\n", 2)


def test_a_sample_knows_what_was_before_and_nothing_after(tmp_path: Path) -> None:
    streams = load_streams(write_versions(tmp_path))
    first, second = samples_of(streams, None, 7)
    assert (first.moment.text, first.place) == ("A\nb\nc\n", 2)
    assert first.texts == ("A\nb\nC\n", "A\nB\nC\n")
    assert [key.inserted for key in first.moment.keystrokes] == ["A"]
    assert (second.moment.text, second.place, second.texts) == ("A\nb\nC\n", 1, ("A\nB\nC\n",))


def test_a_limit_takes_as_many_of_each_person_as_of_any_other(tmp_path: Path) -> None:
    streams = load_streams(write_traces(tmp_path, "one", "two", "three"))
    samples = samples_of(streams, 3, 7)
    assert len({sample.person for sample in samples}) == 3
    assert samples == samples_of(streams, 3, 7)
    assert len(samples_of(streams, None, 7)) == 9


def test_the_bench_scores_what_is_shipped_on_people_it_has_not_seen(
    home: Home, tmp_path: Path
) -> None:
    write_traces(tmp_path, "one", "two")
    figures = foretrace_json(home, "bench", "next-edit", "--data", str(tmp_path))
    assert (figures["dataset"], figures["n"], figures["people"]) == ("editing-traces", 6, 2)
    # After one example the next line is the place; after two the edit is known as well.
    engine = figures["proposers"]["engine"]
    assert engine["right_of_spoken"] == 1
    assert engine["reversals_of_spoken"] == 0
    assert set(figures["patterns"]) <= {pattern.value for pattern in Pattern}
    assert figures["proposers"]["last place"]["spoken"] == 0


def test_with_loo_each_person_is_measured_by_what_the_others_teach(
    home: Home, tmp_path: Path
) -> None:
    write_traces(tmp_path, "one", "two", "three")
    rows = tmp_path / "rows"
    command = ["bench", "next-edit", "--data", str(tmp_path), "--fit", "loo", "--resume", str(rows)]
    figures = foretrace_json(home, *command)
    assert figures["n"] == 9
    assert len(rows.read_text().splitlines()) == 10
    rows.write_text("\n".join(rows.read_text().splitlines()[:5]) + "\n")
    again = foretrace_json(home, *command)
    for each in (figures, again):
        for proposer in each["proposers"].values():
            del proposer["seconds"]
    assert again == figures


def test_what_was_learned_from_people_is_not_scored_on_them(home: Home, tmp_path: Path) -> None:
    seen = load()[1]
    assert seen.has_seen("editing-traces", "sveltecomponent")
    write_traces(tmp_path, "sveltecomponent")
    (tmp_path / "sveltecomponent.py.json.gz").rename(tmp_path / "sveltecomponent.json.gz")
    done = foretrace(home, "bench", "next-edit", "--data", str(tmp_path))
    assert done.returncode == 2
    assert "--fit loo" in done.stderr


def test_a_folder_without_streams_gets_a_message(home: Home, tmp_path: Path) -> None:
    done = foretrace(home, "bench", "next-edit", "--data", str(tmp_path), "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "holds no streams of edits" in done.stderr


def test_training_writes_what_is_known_with_a_card_that_names_nobody(
    home: Home, tmp_path: Path
) -> None:
    write_traces(tmp_path, "one", "two")
    out = tmp_path / "out"
    card = foretrace_json(home, "train", "next-edit", str(tmp_path), "--out", str(out))
    known, read = load(out)
    assert known.counts["same-change"]
    assert read.has_seen("editing-traces", "one.py")
    assert card["data"][0]["seen"] == sorted(
        person_digest("editing-traces", name) for name in ("one.py", "two.py")
    )
    assert card["command"].startswith("foretrace train next-edit")


def test_what_is_shipped_says_where_it_comes_from() -> None:
    known, card = load(SHIPPED)
    assert known.weights.keys() == set(card.features)
    assert all(each.licence and each.seen for each in card.data)
    assert card.metrics["hit_1"] > 0


def test_with_a_model_it_is_asked_where_the_engine_is_silent(home: Home, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is not installed: pip install 'foretrace[model]'")
    pytest.importorskip("transformers", reason="transformers is not installed")
    fetch(home, str(tiny.make(tmp_path / "tiny")))
    data = tmp_path / "data"
    data.mkdir()
    rows = tmp_path / "rows"
    command = ["bench", "next-edit", "--data", str(write_traces(data, "one", "two"))]
    figures = foretrace_json(home, *command, "--model", "tiny", "--resume", str(rows))
    silent = 1 - figures["proposers"]["engine"]["spoken"]
    rewrites = figures["rewrites"]
    assert (rewrites["model"], rewrites["n"]) == ("tiny", silent * figures["n"])
    assert sum(rewrites["silences"].values()) + rewrites["counts"]["spoke"] == rewrites["n"]
    again = foretrace_json(home, *command, "--model", "tiny", "--resume", str(rows))
    assert again["rewrites"] == rewrites
    assert foretrace_json(home, *command)["rewrites"] is None


def test_a_model_that_was_not_fetched_gets_a_message(home: Home, tmp_path: Path) -> None:
    data = str(write_traces(tmp_path, "one"))
    done = foretrace(home, "bench", "next-edit", "--data", data, "--model", "none", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no model none; run `foretrace model fetch none`" in done.stderr


@pytest.mark.parametrize("limit", ["0", "none"])
def test_a_limit_is_a_number_above_zero(home: Home, tmp_path: Path, limit: str) -> None:
    done = foretrace(home, "bench", "next-edit", "--data", str(tmp_path), "--limit", limit)
    assert done.returncode == 2
