"""Folds: each coder is held out once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretrace_models.traces.folds import folds


@given(st.sets(st.text(min_size=1), min_size=5, max_size=40), st.integers(2, 5))
def test_each_coder_is_in_one_fold(coders: set[str], count: int) -> None:
    made = folds(coders, count)
    assert sorted(name for fold in made for name in fold) == sorted(coders)
    assert max(map(len, made)) - min(map(len, made)) <= 1


def test_the_folds_are_always_the_same() -> None:
    coders = [f"coder {n}" for n in range(50)]
    assert folds(coders, 5) == folds(reversed(coders), 5)
    assert folds(coders, 5)[0] != frozenset(coders[:10])


def test_more_folds_than_coders_are_refused() -> None:
    with pytest.raises(ValueError, match="3 coders cannot be put into 5 folds"):
        folds(["a", "b", "c"], 5)
