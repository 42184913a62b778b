"""`foretrace bench intent`: what is told of people, against what they did or said."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.activity_logs import write_abb, write_cups, write_questions, write_samples
from tests.command import foretrace, foretrace_json

from foretrace_models.intent.shipping import NEXT_COMMAND, beside_suggestions
from foretrace_server.bench.intent.figures import (
    accuracy,
    brier,
    brier_skill,
    calibration_error,
    macro_f1,
)
from foretrace_server.bench.intent.likeness import Rarity, shared_words
from foretrace_telemetry.home import Home

PEOPLE = ("ada", "ben", "cai", "dua")


@pytest.fixture
def judge() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A model that agrees where both texts have the word "total", and what it was asked."""
    asked: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append(question)
            words = question["messages"][0]["content"].count("total")
            body = {"choices": [{"message": {"content": "Yes." if words > 1 else "No."}}]}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            """Keep the output of tests clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1", asked
    server.shutdown()


def test_states_are_told_of_people_who_were_left_out(home: Home, tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    data = write_cups(tmp_path / "cups", PEOPLE)
    told = foretrace_json(home, "bench", "intent", "--data", str(data), "--fit", "loo")
    assert told["dataset"] == "cups (cups)"
    assert (told["n"], told["people"]) == (96, 4)
    assert told["accuracy"] > 0.9 > told["baselines"]["accuracy"]["majority"]
    assert told["brier_skill"] > 0.3
    assert told["baselines"]["best_accuracy"] == max(told["baselines"]["accuracy"].values())
    assert told["above_best_accuracy"]["interval"] is not None


def test_a_limit_and_a_seed_take_the_same_rows_and_a_stopped_run_goes_on(
    home: Home, tmp_path: Path
) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    data = write_cups(tmp_path / "cups", PEOPLE)
    rows = tmp_path / "rows.jsonl"
    run = ("bench", "intent", "--data", str(data), "--fit", "loo", "--limit", "10")
    first = foretrace_json(home, *run, "--resume", str(rows))
    assert first["n"] == 10
    lines = rows.read_text().splitlines()
    rows.write_text("\n".join([*lines[:5], lines[5][:20]]))
    assert foretrace_json(home, *run, "--resume", str(rows)) == first


def test_what_is_shipped_is_scored_on_new_people_only(home: Home, tmp_path: Path) -> None:
    data = write_cups(tmp_path / "new", PEOPLE)
    told = foretrace_json(home, "bench", "intent", "--data", str(data))
    assert (told["fit"], told["n"]) == ("shipped", 96)
    known = write_cups(tmp_path / "known", ["0", "ada"])  # 0 is one of those of CUPS
    done = foretrace(home, "bench", "intent", "--data", str(known))
    assert done.returncode == 2
    assert "1 of the 2 people" in done.stderr
    assert "--fit loo" in done.stderr


def test_the_next_command_is_told_better_by_longer_contexts_than_by_two(
    home: Home, tmp_path: Path
) -> None:
    data = write_abb(tmp_path / "abb", PEOPLE)
    told = foretrace_json(home, "bench", "intent", "--data", str(data), "--fit", "loo")
    assert (told["n"], told["people"]) == (400, 4)
    assert told["top1"] > 0.99
    assert told["perplexity"] <= told["baselines"]["markov2_perplexity"]
    assert told["raw"]["n"] == 800
    assert foretrace_json(home, "bench", "intent", "--data", str(data))["fit"] == "shipped"


def test_what_is_learned_from_simulated_developers_is_measured_on_real_ones(
    home: Home, tmp_path: Path
) -> None:
    data = write_abb(tmp_path / "abb", [*PEOPLE, "eva"], rounds=20)
    run = ("bench", "intent", "--data", str(data), "--fit", "loo", "--simulated")
    told = foretrace_json(home, *run)["learned_from"]
    assert told["real"]["bits_more_than_real"] == 0
    assert told["real"]["top1"] > 0.9
    assert {"simulated", "simulated_then_real"} < set(told)


def test_a_limit_is_of_all_commands_and_who_did_nothing_does_no_harm(
    home: Home, tmp_path: Path
) -> None:
    data = write_abb(tmp_path / "abb", PEOPLE)
    with gzip.open(data / "events.csv.gz", "at", encoding="utf-8") as file:
        file.write("2013-10-01 10:00:00,eva,View.OnChangeCaretLine\n")
    run = ("bench", "intent", "--data", str(data), "--fit", "loo", "--limit", "3")
    assert foretrace_json(home, *run)["n"] == 3


def test_data_without_anything_to_score_are_named(home: Home, tmp_path: Path) -> None:
    empty = write_abb(tmp_path / "abb", [])
    one = write_cups(tmp_path / "cups", ["new"])
    for data, problem in ((empty, "no commands"), (one, "it takes 2")):
        done = foretrace(home, "bench", "intent", "--data", str(data))
        assert (done.returncode, done.stdout) == (2, "")
        assert problem in done.stderr


def test_a_statement_is_nearer_to_the_question_than_what_others_ask(
    home: Home, tmp_path: Path
) -> None:
    data = write_questions(tmp_path / "chat", PEOPLE)
    told = foretrace_json(home, "bench", "intent", "--data", str(data), "--fit", "loo")
    assert (told["n"], told["people"]) == (16, 4)
    assert set(told["baselines"]) == {"last_question", "task", "another", "nearest_peers"}
    assert 0 <= told["found"] <= 1


def test_samples_are_judged_by_a_model_that_is_sent_statements_only(
    home: Home, tmp_path: Path, judge: tuple[str, list[dict[str, Any]]]
) -> None:
    address, asked = judge
    data = write_samples(tmp_path / "samples", ["write the total of items", "fix the parser"])
    run = ("bench", "intent", "--data", str(data), "--statements", "2")
    told = foretrace_json(home, *run, "--judge", address, "--judge-model", "small")
    assert (told["n"], told["judge"]) == (2, "small")
    assert (told["pass@1"], told["pass@2"]) == (0.5, 0.5)
    assert {question["model"] for question in asked} == {"small"}
    assert not any("def total(items)" in json.dumps(question) for question in asked)
    without = foretrace_json(home, *run)
    assert "pass@1" not in without
    assert without["words_in_common"] > 0


def test_a_judge_that_is_not_there_is_named(home: Home, tmp_path: Path) -> None:
    data = write_samples(tmp_path / "samples", ["write the total"])
    done = foretrace(home, "bench", "intent", "--data", str(data), "--judge", "http://127.0.0.1:9")
    assert done.returncode == 2
    assert "does not judge" in done.stderr


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("samples.jsonl", '{"id": 1}\n', "line 1"),
        (
            "samples.jsonl",
            '{"id": 1, "developer": 1, "events": [{"type": "x", "time_ms": 1}]}',
            "x",
        ),
        ("chat_data.csv", "request,programmer_id\n(,1\n", "row 2"),
        ("events.csv.gz", "no gzip", "events.csv.gz"),
        ("events.jsonl.gz", "no gzip", "events.jsonl.gz"),
        ("nothing.txt", "", "no data about what people do"),
    ],
)
def test_data_that_cannot_be_read_are_named(
    home: Home, tmp_path: Path, name: str, content: str, problem: str
) -> None:
    (tmp_path / name).write_text(content)
    done = foretrace(home, "bench", "intent", "--data", str(tmp_path), "--fit", "loo")
    assert (done.returncode, done.stdout) == (2, "")
    assert problem in done.stderr


def test_figures_are_as_computed_by_hand() -> None:
    rows = [
        {"truth": "a", "answer": "a", "said": {"a": 0.8, "b": 0.2}, "prior": {"a": 0.5, "b": 0.5}},
        {"truth": "b", "answer": "a", "said": {"a": 0.6, "b": 0.4}, "prior": {"a": 0.5, "b": 0.5}},
        {"truth": "b", "answer": "b", "said": {"a": 0.3, "b": 0.7}, "prior": {"a": 0.5, "b": 0.5}},
    ]
    assert accuracy(rows) == pytest.approx(2 / 3)
    assert macro_f1(rows) == pytest.approx(2 / 3)
    assert brier(rows) == pytest.approx((0.08 + 0.72 + 0.18) / 3)
    assert brier_skill(rows) == pytest.approx(1 - 0.98 / 3 / 0.5)
    # Sureness 0.8 right, 0.7 right and 0.6 wrong, each alone in its bin.
    assert calibration_error(rows) == pytest.approx((0.2 + 0.6 + 0.3) / 3)


def test_words_of_names_stand_apart_and_rare_ones_count_more() -> None:
    assert shared_words("has_zeroSum", "has zero sum") == 1
    rarity = Rarity(["the list of trees", "the list", "the list", "the end"])
    assert rarity.alike("the trees", "trees") > rarity.alike("the trees", "the list")


def test_the_shipped_weights_are_small_and_say_what_they_are() -> None:
    folder = NEXT_COMMAND.parent
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    assert size < 5_000_000
    card = beside_suggestions()[1]
    assert card.command.startswith("foretrace train intent")
    assert card.metrics["brier_skill"] > 0
    assert all(len(each.seen) > 10 for each in card.data)
