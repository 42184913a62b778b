"""`foretrace train lm --base` and `foretrace bench trace --base`: a language model as the base."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.command import foretrace, foretrace_json
from tests.itap_log import write_log
from tests.models import tiny

from foretrace_telemetry.home import Home

pytest.importorskip("torch", reason="torch is not installed: pip install 'foretrace[model]'")
pytest.importorskip("transformers", reason="transformers is not installed")
pytest.importorskip("peft", reason="peft is not installed")

pytestmark = pytest.mark.usefixtures("one_thread")

_STATES = (
    "def total(items):\n    sum = 0\n",
    "def total(items):\n    sum = 0\n    return sum\n",
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write_log(tmp_path, ((student, "total", _STATES) for student in ("ada", "ben", "cai")))


def test_an_adapter_is_measured_beside_its_base_on_the_edits_of_who_was_left_out(
    home: Home, log: Path, tmp_path: Path
) -> None:
    fetched = foretrace(home, "model", "fetch", str(tiny.make(tmp_path / "tiny")))
    assert fetched.returncode == 0, fetched.stderr
    base = ("--base", "tiny")
    out = tmp_path / "adapter"
    learning = ("--tokens", "1500", "--fold", "1/3", "--learning-rate", "0.01", "--out", str(out))
    card = foretrace_json(home, "train", "lm", str(log), *base, *learning)
    assert card["base"]["files"].keys() == {"model.safetensors"}
    rows = tmp_path / "rows"
    asked = ("bench", "trace", "--data", str(log), "--weights", str(out), *base)
    told = foretrace_json(home, *asked, "--resume", str(rows))
    own, bare, shown = told["variants"].values()
    assert list(told["variants"])[1:] == ["base", "base_shown"]
    assert told["variants_n"] == own["scored"] == bare["scored"] == shown["scored"] == 1
    contexts = {"none", "current", "trace", "trace_shuffled"}
    assert set(bare["bits_per_edit_byte"]) == contexts
    assert own["bits_per_edit_byte"]["trace"] < bare["bits_per_edit_byte"]["trace"]
    assert shown["bits_per_edit_byte"] != bare["bits_per_edit_byte"]
    items = [json.loads(line)["item"].split()[0] for line in rows.read_text().splitlines()[1:]]
    assert items[:2] == ["base", "base_shown"]


def test_a_base_that_is_not_there_is_told(home: Home, log: Path, tmp_path: Path) -> None:
    done = foretrace(home, "train", "lm", str(log), "--base", "none", "--out", str(tmp_path / "x"))
    assert done.returncode == 2
    assert "none is not on this machine; `foretrace model fetch none` brings it" in done.stderr


def test_weights_to_begin_with_have_a_base_of_their_own(
    home: Home, log: Path, tmp_path: Path
) -> None:
    both = ("--base", "none", "--start", str(tmp_path))
    done = foretrace(home, "train", "lm", str(log), *both, "--out", str(tmp_path / "x"))
    assert done.returncode == 2
    assert "--start has a base of its own; give it or --base" in done.stderr
