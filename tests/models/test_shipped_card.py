"""Whether the shipped weights can be asked, told without torch."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from foretrace_models.trace_model import card
from foretrace_models.trace_model.card import describe_shipped


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
