"""Drafting: guesses that may only make things faster."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from foretrace_models.drafting import Drafter, accepted

TOKENS = st.lists(st.integers(0, 5), max_size=60)


def _written(prompt: list[int], answer: list[int]) -> tuple[list[int], int]:
    """Return what comes out if the model wants to write `answer`, and in how many steps."""
    drafter = Drafter(prompt)
    written: list[int] = []
    steps = 0
    while len(written) < len(answer):
        draft = drafter.draft(len(answer) - len(written) - 1)
        wants = answer[len(written) : len(written) + len(draft) + 1]
        new = accepted(draft, wants)
        drafter.accept(new)
        written += new
        steps += 1
    return written, steps


@given(TOKENS.filter(bool), TOKENS)
def test_drafts_never_change_what_is_written(prompt: list[int], answer: list[int]) -> None:
    written, steps = _written(prompt, answer)
    assert written == answer
    assert steps <= len(answer)


def test_a_copy_takes_few_steps() -> None:
    prompt = list(range(100))
    _, steps = _written([*prompt, 0], list(range(1, 100)))
    assert steps <= 5


def test_a_copy_goes_on_after_tokens_that_were_replaced_inserted_or_removed() -> None:
    prompt = list(range(100))
    for changed in (
        [*range(50), 500, *range(51, 100)],
        [*range(50), 500, 501, *range(50, 100)],
        [*range(50), *range(53, 100)],
    ):
        _, steps = _written(prompt, changed)
        assert steps <= 16


def test_the_place_that_has_more_in_common_is_the_better_one() -> None:
    drafter = Drafter([1, 2, 3, 4, 9, 3, 5, 1, 2, 3])
    assert drafter.draft(1) == [4]


def test_of_two_places_alike_the_later_one_counts() -> None:
    drafter = Drafter([1, 2, 7, 1, 2, 8, 1, 2])
    assert drafter.draft(1) == [8]


def test_the_model_has_the_last_word() -> None:
    assert accepted([1, 2, 3], [1, 2, 9, 9]) == [1, 2, 9]
    assert accepted([1, 2], [1, 2, 3]) == [1, 2, 3]
    assert accepted([], [7]) == [7]
