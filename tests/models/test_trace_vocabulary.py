"""The vocabulary of a trace model: any text comes back, and a marker is one token."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("tokenizers", reason="tokenizers comes with transformers: not installed")

from foretrace_models.trace_model.vocabulary import Vocabulary, learn, load

_PROGRAM = "def add(first, second):\n    return first + second\n"
_LARGEST = 400


@cache
def _vocabulary() -> Vocabulary:
    return learn([_PROGRAM] * 5, _LARGEST)


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    assert _vocabulary().text(_vocabulary().tokens(text)) == text


def test_what_was_learned_takes_few_tokens() -> None:
    assert len(_vocabulary().tokens(_PROGRAM)) < len(_PROGRAM) / 2
    assert _vocabulary().size <= _LARGEST


@pytest.mark.parametrize("marker", [chr(n) for n in range(1, 9)])
def test_a_marker_is_one_token_wherever_it_stands(marker: str) -> None:
    tokens = _vocabulary().tokens(f"a{marker}\n{marker}{marker}")
    assert len(tokens) == 5
    assert tokens.count(_vocabulary().tokens(marker)[0]) == 3


def test_the_same_texts_give_the_same_vocabulary(tmp_path: Path) -> None:
    for name in ("first", "second"):
        learn([_PROGRAM] * 5, _LARGEST).save(tmp_path / name)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_a_saved_vocabulary_gives_the_same_tokens(tmp_path: Path) -> None:
    _vocabulary().save(tmp_path / "vocabulary.json")
    loaded = load(tmp_path / "vocabulary.json")
    assert loaded.tokens(_PROGRAM) == _vocabulary().tokens(_PROGRAM)
    assert loaded.size == _vocabulary().size


def test_what_is_no_vocabulary_is_refused(tmp_path: Path) -> None:
    (tmp_path / "vocabulary.json").write_text("{}")
    with pytest.raises(ValueError, match="is no vocabulary"):
        load(tmp_path / "vocabulary.json")
