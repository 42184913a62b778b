"""`foretrace train lm`: what it asks for, and what its card says of it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from tests.command import foretrace

from foretrace_telemetry.home import Home


def _data(folder: Path) -> Path:
    folder.mkdir()
    with gzip.open(folder / "versions.jsonl.gz", "wt", encoding="utf-8") as file:
        for developer in ("ada", "ben"):
            for time, code in enumerate(("x = 1\n", "x = 2\nprint(x)\n")):
                row = {
                    "developer": developer,
                    "exercise": "numbers",
                    "path": "numbers.py",
                    "time": time,
                    "code": code,
                }
                file.write(json.dumps(row) + "\n")
    return folder


def test_a_small_model_is_trained_and_its_card_tells_the_command(
    home: Home, tmp_path: Path, one_thread: None
) -> None:
    pytest.importorskip("torch", reason="torch is not installed: pip install 'foretrace[model]'")
    pytest.importorskip("transformers", reason="transformers is not installed")
    data, out = _data(tmp_path / "histories"), tmp_path / "weights"
    small = ("--tokens", "500", "--width", "32", "--layers", "1", "--fold", "2/2")
    done = foretrace(home, "train", "lm", str(data), "--out", str(out), *small, "--json")
    assert done.returncode == 0, done.stderr
    card = json.loads(done.stdout)
    assert card == json.loads((out / "card.json").read_text())
    assert card["command"].startswith("foretrace train lm histories --variant trace")
    assert str(tmp_path) not in json.dumps(card)
    assert len(card["data"][0]["seen"]) == 1
    assert "tokens" in done.stderr

    more = tmp_path / "more"
    known = ("--weights", str(out), "--out", str(more), "--tokens", "500")
    done = foretrace(home, "train", "coder", str(data), *known, "--json")
    assert done.returncode == 0, done.stderr
    card = json.loads(done.stdout)
    assert card["encoder_command"].startswith("foretrace train coder histories --weights weights")
    assert "encoder.safetensors" in card["files"]


def test_weights_that_are_none_are_refused(home: Home, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is not installed: pip install 'foretrace[model]'")
    pytest.importorskip("transformers", reason="transformers is not installed")
    data = _data(tmp_path / "histories")
    folders = ("--weights", str(tmp_path), "--out", str(tmp_path / "w"))
    done = foretrace(home, "train", "coder", str(data), *folders)
    assert done.returncode == 2
    assert "it is no folder with weights" in done.stderr


@pytest.mark.parametrize("fold", ["5", "6/5", "0/2", "a/b"])
def test_a_fold_that_is_none_is_refused(home: Home, tmp_path: Path, fold: str) -> None:
    data = _data(tmp_path / "histories")
    done = foretrace(home, "train", "lm", str(data), "--out", str(tmp_path / "w"), "--fold", fold)
    assert done.returncode == 2
    assert "1/5 is the first of five" in done.stderr


def test_a_folder_without_traces_is_refused(home: Home, tmp_path: Path) -> None:
    done = foretrace(
        home, "train", "lm", str(tmp_path), "--out", str(tmp_path / "w"), "--fold", "1/2"
    )
    assert done.returncode == 2
    assert "holds no traces of people" in done.stderr
