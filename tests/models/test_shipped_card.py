"""Whether the shipped weights can be asked, told without torch."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from foretrace_models.trace_model import card
from foretrace_models.trace_model.card import describe_shipped, shipped_know


def test_damaged_weights_are_no_error_but_a_reason_to_do_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(card, "SHIPPED", tmp_path)
    found = describe_shipped()
    assert (found["available"], found["name"]) == (False, None)
    assert "is no folder with weights" in found["reason"]
    assert "pip install --force-reinstall" in found["reason"]


def test_whole_weights_lack_at_most_packages() -> None:
    found = describe_shipped()
    assert found["name"] == "shipped"
    assert found["available"] is all(
        importlib.util.find_spec(name) for name in ("torch", "transformers")
    )


def test_the_folder_of_a_program_says_whether_its_exercise_is_known(tmp_path: Path) -> None:
    toml = tmp_path / "foretrace.toml"
    toml.write_text('[assignment]\nid = "helloWorld"\nentry = "hello.py"\n')
    assert shipped_know(tmp_path / "hello.py")
    assert not shipped_know(tmp_path / "other.py")
    assert not shipped_know(None)
    toml.write_text('[assignment]\nid = "unheard of"\nentry = "hello.py"\n')
    assert not shipped_know(tmp_path / "hello.py")
    toml.write_text("no TOML")
    assert not shipped_know(tmp_path / "hello.py")


def test_with_damaged_weights_no_exercise_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "foretrace.toml").write_text('[assignment]\nid = "x"\nentry = "x.py"\n')
    monkeypatch.setattr(card, "SHIPPED", tmp_path)
    assert not shipped_know(tmp_path / "x.py")
