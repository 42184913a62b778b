"""Drafting: guesses that may only make things faster."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from foretrace_models.drafting import Drafter, accepted

TOKENS = st.lists(st.integers(0, 5), max_size=60)


def _written(prompt: list[int], likely: list[int], answer: list[int]) -> tuple[list[int], int]:
    """Return what comes out if the model wants to write `answer`, and in how many steps."""
    drafter = Drafter(prompt, likely)
    written: list[int] = []
    steps = 0
    while len(written) < len(answer):
        draft = drafter.draft(len(answer) - len(written) - 1)
        wants = answer[len(written) : len(written) + len(draft) + 1]
        new = accepted(draft, wants)
        drafter.accept(new, len(draft))
        written += new
        steps += 1
    return written, steps


@given(TOKENS, TOKENS, TOKENS)
def test_drafts_never_change_what_is_written(
    prompt: list[int], likely: list[int], answer: list[int]
) -> None:
    written, steps = _written(prompt, likely, answer)
    assert written == answer
    assert steps <= len(answer)


def test_a_copy_takes_few_steps() -> None:
    likely = list(range(100))
    _, steps = _written([1, 2, 3], likely, likely)
    assert steps <= 3


def test_a_copy_goes_on_after_a_token_that_was_replaced_inserted_or_removed() -> None:
    likely = list(range(100))
    for changed in (
        [*range(50), 500, *range(51, 100)],
        [*range(50), 500, 501, *range(50, 100)],
        [*range(50), *range(53, 100)],
    ):
        _, steps = _written([], likely, changed)
        assert steps <= 8


def test_what_the_prompt_holds_is_drafted_without_being_told() -> None:
    prompt = list(range(100))
    _, steps = _written(prompt, [], list(range(20, 80)))
    assert steps < 20


def test_the_model_has_the_last_word() -> None:
    assert accepted([1, 2, 3], [1, 2, 9, 9]) == [1, 2, 9]
    assert accepted([1, 2], [1, 2, 3]) == [1, 2, 3]
    assert accepted([], [7]) == [7]
