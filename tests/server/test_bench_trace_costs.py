"""`foretrace bench trace`: what edits cost a model, told more or less of what was before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.command import foretrace, foretrace_json
from tests.itap_log import write_log

from foretrace_models.who import person_digest
from foretrace_telemetry.home import Home

pytest.importorskip("torch", reason="torch is not installed: pip install 'foretrace[model]'")
pytest.importorskip("transformers", reason="transformers is not installed")

pytestmark = pytest.mark.usefixtures("one_thread")

_STUDENTS = ("ada", "ben", "cai", "dua", "eva", "fay", "gil", "hal")
_STATES = (
    "def total(items):\n    sum = 0\n",
    "def total(items):\n    sum = 0\n    for item in items:\n        sum += item\n",
    "def total(items):\n    sum = 0\n    for item in items:\n        sum += item\n    return sum\n",
)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("log")
    return write_log(
        folder,
        ((s, p, _STATES) for s in _STUDENTS for p in ("total", "sum")),
    )


@pytest.fixture(scope="module")
def trained(log: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Weights of two variants that left out the same half of the students."""
    folder = tmp_path_factory.mktemp("weights")
    home = Home(tmp_path_factory.mktemp("home"))
    small = ("--tokens", "1500", "--width", "32", "--layers", "1", "--fold", "1/2")
    for variant in ("trace", "last"):
        out = ("--variant", variant, "--out", str(folder / variant))
        done = foretrace(home, "train", "lm", str(log), *out, *small)
        assert done.returncode == 0, done.stderr
    known = ("--weights", str(folder / "trace"), "--out", str(folder / "known"))
    done = foretrace(home, "train", "coder", str(log), *known, "--tokens", "1500")
    assert done.returncode == 0, done.stderr
    return {name: folder / name for name in ("trace", "last", "known")}


def test_each_context_is_measured_on_the_same_edits_of_new_coders(
    home: Home, log: Path, trained: dict[str, Path]
) -> None:
    told = foretrace_json(
        home, "bench", "trace", "--data", str(log), "--weights", str(trained["known"])
    )
    assert told["dataset"].startswith("itap")
    assert (told["n"], told["coders"], told["scored"]) == (16, 4, 16)
    assert set(told["bits_per_edit_byte"]) == {
        "none",
        "current",
        "trace",
        "trace_shuffled",
        "trace_vector",
        "trace_wrong_vector",
    }
    assert set(told["intervals"]) == set(told["bits_per_edit_byte"])
    assert set(told["adaptation"]) == set()
    assert "trace_less_current" in told["differences"]
    assert set(told["probes"]) <= {"next_category", "backtrack", "solved", "attempts_left"}


def test_variants_are_measured_on_the_edits_that_all_have(
    home: Home, log: Path, trained: dict[str, Path]
) -> None:
    both = [part for name in ("trace", "last") for part in ("--weights", str(trained[name]))]
    told = foretrace_json(home, "bench", "trace", "--data", str(log), *both)
    assert set(told["variants"]) == {"trace", "last"}
    assert told["variants_n"] == 16
    assert "trace_vector" not in told["bits_per_edit_byte"], "there is no encoder"


def test_a_stopped_run_goes_on_with_the_rows_that_it_has(
    home: Home, log: Path, trained: dict[str, Path], tmp_path: Path
) -> None:
    rows = tmp_path / "rows"
    asked = ("bench", "trace", "--data", str(log), "--weights", str(trained["trace"]))
    whole = foretrace_json(home, *asked, "--resume", str(rows))
    lines = rows.read_text().splitlines(keepends=True)
    rows.write_text("".join(lines[:6]))
    again = foretrace_json(home, *asked, "--resume", str(rows))
    assert again["bits_per_edit_byte"] == pytest.approx(whole["bits_per_edit_byte"], rel=1e-4)
    items = [json.loads(line)["item"] for line in rows.read_text().splitlines()[1:]]
    assert len(items) == len(set(items)) == 16 + 1, "every edit once, and the probes"


def test_figures_are_told_in_lines(home: Home, log: Path, trained: dict[str, Path]) -> None:
    done = foretrace(home, "bench", "trace", "--data", str(log), "--weights", str(trained["trace"]))
    assert done.returncode == 0, done.stderr
    assert "16 edits of 4 coders who are new to the model" in done.stdout
    assert "trace_less_current" in done.stdout


def test_whether_vectors_are_of_coders_or_of_the_calendar_is_asked_of_an_encoder_too(
    home: Home, log: Path, trained: dict[str, Path]
) -> None:
    asked = ("bench", "trace", "--data", str(log), "--metrics-only")
    known = foretrace_json(home, *asked, "--weights", str(trained["known"]))
    assert known["coder_or_calendar"]["real"]["pairs"]["other_coder_same_period"] > 0
    done = foretrace(home, *asked, "--weights", str(trained["trace"]))
    assert done.returncode == 2
    assert "have no encoder; use `foretrace train coder`" in done.stderr


def test_that_nobody_is_new_is_told(home: Home, trained: dict[str, Path], tmp_path: Path) -> None:
    card: dict[str, Any] = json.loads((trained["trace"] / "card.json").read_text())
    assert card["data"][0]["traces"] == 8
    seen = write_log(tmp_path, [(_seen(card), "total", _STATES)])
    done = foretrace(
        home, "bench", "trace", "--data", str(seen), "--weights", str(trained["trace"])
    )
    assert done.returncode == 2
    assert "new to the weights" in done.stderr


def _seen(card: dict[str, Any]) -> str:
    return next(s for s in _STUDENTS if person_digest("itap", s) in card["data"][0]["seen"])
