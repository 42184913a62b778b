"""BLEU: cases worked out by hand, and a slow way to the same figures."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretrace_models.traces.bleu import reference_bleu, self_bleu

texts = st.lists(st.lists(st.sampled_from("abc"), max_size=9).map(" ".join), min_size=2, max_size=6)


def test_the_same_text_has_a_bleu_of_one() -> None:
    assert reference_bleu(["a b c d e"], ["x", "a b c d e"]) == pytest.approx(1)


def test_bleu_is_the_mean_of_the_geometric_means_up_to_four() -> None:
    # One token of five differs, at the end: 4/5, 3/4, 2/3 and 1/2 are matched.
    precisions = [4 / 5, 3 / 4, 2 / 3, 1 / 2]
    by_hand = [math.prod(precisions[:n]) ** (1 / n) for n in (1, 2, 3, 4)]
    assert reference_bleu(["a b c d x"], ["a b c d e"]) == pytest.approx(sum(by_hand) / 4)


def test_nothing_is_smoothed() -> None:
    # No three tokens in a row are matched, so that only the first two scores are not 0.
    assert reference_bleu(["a b x y"], ["a b c d"]) == pytest.approx(
        (2 / 4 + math.sqrt(2 / 4 * 1 / 3)) / 4
    )
    assert reference_bleu(["a"], ["b"]) == 0
    assert reference_bleu([""], ["a"]) == 0


def test_a_token_is_matched_as_often_as_one_reference_has_it() -> None:
    # Of three tokens one is matched: neither reference has "a" twice. The nearer length is 4.
    assert reference_bleu(["a a a"], ["a b c d", "a b c d e"]) == pytest.approx(
        math.exp(1 - 4 / 3) * (1 / 3) / 4
    )


def test_a_text_that_is_shorter_than_its_nearest_reference_is_marked_down() -> None:
    # Lengths 2 and 4 are as near to 3: the shorter one counts, so nothing is marked down.
    whole = (1 + 1 + 1) / 4
    assert reference_bleu(["a b c"], ["a b", "a b c d"]) == pytest.approx(whole)
    assert reference_bleu(["a b c"], ["a b c d"]) == pytest.approx(whole * math.exp(1 - 4 / 3))


def test_scores_are_of_the_corpus_and_no_mean_of_texts() -> None:
    # 1 of 4 tokens and 1 of 1 are matched: 2 of 5; of longer sequences none.
    assert reference_bleu(["a x y z", "b"], ["a b c d"]) == pytest.approx(
        2 / 5 * math.exp(1 - 8 / 5) / 4
    )


def test_a_text_is_no_reference_to_itself() -> None:
    assert self_bleu(["a b", "c d"]) == 0
    # The first two are each other's references.
    assert self_bleu(["a b c d", "a b c d", "x"]) == pytest.approx(
        sum(
            math.prod(p[:n]) ** (1 / n)
            for p in [[8 / 9, 6 / 7, 4 / 5, 2 / 3]]
            for n in (1, 2, 3, 4)
        )
        / 4
        * math.exp(1 - 12 / 9)
    )


@given(texts)
def test_self_bleu_counts_as_a_slow_way_does(given_texts: list[str]) -> None:
    assert self_bleu(given_texts) == pytest.approx(slow_self_bleu(given_texts), abs=1e-12)


@pytest.mark.parametrize("given_texts", [[], ["a"]])
def test_one_text_has_no_self_bleu(given_texts: list[str]) -> None:
    with pytest.raises(ValueError, match="two texts"):
        self_bleu(given_texts)


def test_bleu_without_a_reference_is_refused() -> None:
    with pytest.raises(ValueError, match="reference"):
        reference_bleu(["a"], [])


def slow_self_bleu(given_texts: Sequence[str]) -> float:
    """Self-BLEU as the definition says it, each text against each other one."""
    told = [text.split() for text in given_texts]
    length = sum(map(len, told))
    nearest = 0
    for i, text in enumerate(told):
        lengths = [len(other) for j, other in enumerate(told) if j != i]
        nearest += min(lengths, key=lambda other: (abs(other - len(text)), other))
    scores = []
    precisions: list[float] = []
    for n in (1, 2, 3, 4):
        matched = possible = 0
        for i, text in enumerate(told):
            own = grams(text, n)
            possible += max(1, sum(own.values()))
            for gram, count in own.items():
                others = [grams(other, n)[gram] for j, other in enumerate(told) if j != i]
                matched += min(count, max(others))
        precisions.append(matched / possible)
        scores.append(math.prod(precisions) ** (1 / n))
    brevity = 1.0 if length > nearest else math.exp(1 - nearest / length) if length else 0.0
    return brevity * sum(scores) / 4


def grams(tokens: Sequence[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))
