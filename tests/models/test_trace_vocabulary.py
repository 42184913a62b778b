"""The vocabulary of a trace model: any text comes back, and markers are never taken for text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("tokenizers", reason="tokenizers comes with transformers: not installed")

from foretrace_models.trace_model.vocabulary import Vocabulary, learn, load

_MARKERS = ("<state>", "<edit>")
_PROGRAM = "def add(first, second):\n    return first + second\n"


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return learn([_PROGRAM] * 5, _MARKERS, 400)


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    vocabulary = learn([_PROGRAM] * 5, _MARKERS, 400)
    assert vocabulary.text(vocabulary.tokens(text)) == text


def test_what_was_learned_takes_few_tokens(vocabulary: Vocabulary) -> None:
    assert len(vocabulary.tokens(_PROGRAM)) < len(_PROGRAM) / 2


def test_a_marker_in_a_text_is_no_marker(vocabulary: Vocabulary) -> None:
    tokens = vocabulary.tokens("a <edit> b")
    assert vocabulary.marker("<edit>") not in tokens
    assert vocabulary.text(tokens) == "a <edit> b"


def test_markers_are_left_out_of_the_text(vocabulary: Vocabulary) -> None:
    tokens = [vocabulary.marker("<state>"), *vocabulary.tokens("a"), vocabulary.marker("<edit>")]
    assert vocabulary.text(tokens) == "a"


def test_a_saved_vocabulary_gives_the_same_tokens(vocabulary: Vocabulary, tmp_path: Path) -> None:
    vocabulary.save(tmp_path / "vocabulary.json")
    loaded = load(tmp_path / "vocabulary.json", _MARKERS)
    assert loaded.tokens(_PROGRAM + "<edit>") == vocabulary.tokens(_PROGRAM + "<edit>")
    assert loaded.size == vocabulary.size


def test_what_is_no_vocabulary_is_refused(tmp_path: Path) -> None:
    (tmp_path / "vocabulary.json").write_text("{}")
    with pytest.raises(ValueError, match="is no vocabulary"):
        load(tmp_path / "vocabulary.json", _MARKERS)


def test_a_vocabulary_of_another_format_is_refused(vocabulary: Vocabulary, tmp_path: Path) -> None:
    vocabulary.save(tmp_path / "vocabulary.json")
    with pytest.raises(ValueError, match="lacks the marker '<later>'"):
        load(tmp_path / "vocabulary.json", (*_MARKERS, "<later>"))
