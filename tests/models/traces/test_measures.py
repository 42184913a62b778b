"""Measures of traces: by hand, by the definitions of the paper, flaws and all."""

from __future__ import annotations

import pytest

from foretrace_models.traces.backtracking import (
    backtracking_ratio,
    character_distance,
    steps_away,
)
from foretrace_models.traces.diversity import distinct_share, self_jaccard
from foretrace_models.traces.edit_categories import EditCategory, LineCounts, count_lines
from foretrace_models.traces.measures import count_comments, count_functions, measure
from foretrace_telemetry.traces import State, Trace


def numbered(count: int) -> str:
    return "".join(f"line {n}\n" for n in range(count))


@pytest.mark.parametrize(
    ("before", "after", "category"),
    [
        ("", numbered(5), EditCategory.LARGE_ADD),
        ("", numbered(4), EditCategory.SMALL_ADD),
        (numbered(5), "", EditCategory.LARGE_DELETE),
        (numbered(4), "", EditCategory.SMALL_DELETE),
        ("fd 100", "fd 200", EditCategory.MODIFY),
        ("fd 100", "fd 100", EditCategory.MODIFY),
    ],
)
def test_a_step_has_one_category(before: str, after: str, category: EditCategory) -> None:
    assert count_lines(before, after).category is category


def test_what_came_counts_before_what_went() -> None:
    assert LineCounts(5, 9, 0, 0, 0).category is EditCategory.LARGE_ADD
    assert LineCounts(4, 5, 0, 0, 0).category is EditCategory.LARGE_DELETE
    assert LineCounts(1, 4, 0, 0, 0).category is EditCategory.SMALL_ADD


def test_a_removed_line_makes_all_that_are_added_below_it_modified() -> None:
    # Each of the two lines that came finds the one that went.
    assert count_lines("fd 1", "x = 2\ny = 3") == LineCounts(0, 0, 2, 0, 0)


def test_added_lines_are_searched_for_comments_and_functions() -> None:
    counts = count_lines("", "# one\nf = (x) -> x\n  #two\npen red")
    assert counts == LineCounts(4, 0, 0, 2, 1)


def test_a_line_whose_text_was_met_in_a_modified_one_is_not_counted_again() -> None:
    # The first "a" is modified; the second one, added with the same text, is passed over.
    assert count_lines("b\nx", "a\nx\na") == LineCounts(0, 0, 1, 0, 0)


def test_an_empty_line_hides_a_removed_one_without_being_modified() -> None:
    assert count_lines("a\nx", "x\n\n") == LineCounts(0, 0, 0, 0, 0)


def test_backtracking_is_a_share_of_states_before_the_last() -> None:
    states = ["abc", "abcdef", "ab", "abcdef"]
    # Distances of the first three: the third is further away than the second.
    assert backtracking_ratio(states) == 1 / 3
    assert backtracking_ratio(["a"]) == 0
    assert backtracking_ratio([]) == 0


def test_a_first_step_back_is_seen_only_by_steps() -> None:
    states = ["fd 1", "rt 2", "fd 1 pen"]
    assert steps_away(states) == [True, False]
    assert steps_away(["fd 1"]) == []
    assert steps_away([]) == []
    # The paper leaves the last state out, so that one step has nothing to compare.
    assert backtracking_ratio(["rt", "fd"]) == 0


def test_steps_are_compared_in_tokens() -> None:
    # A longer name is one token, as a shorter one is.
    assert steps_away(["x = 1", "a_very_long_name = 1", "y = 1"]) == [False, False]


def test_the_distance_in_characters_is_what_difflib_does_not_match() -> None:
    # Two of four characters are matched on both sides: ratio 1/2.
    assert character_distance("abxx", "abyy") == 2
    assert character_distance("", "") == 0
    assert character_distance("", "abc") == 3


def test_jaccard_is_the_mean_over_pairs() -> None:
    # 1/3 for the first and second, 0 for the others.
    assert self_jaccard(["a b", "b c", "d"]) == pytest.approx(1 / 9)
    assert self_jaccard(["a b", "b a a", "c"]) == pytest.approx(1 / 3)
    assert self_jaccard(["", ""]) == 0
    with pytest.raises(ValueError, match="two texts"):
        self_jaccard(["a"])


def test_distinct_texts_are_counted_for_each_text() -> None:
    assert distinct_share(["a", "a", "b", "b"]) == 0.5
    with pytest.raises(ValueError, match="no text"):
        distinct_share([])


def test_comments_and_functions_are_counted_where_the_language_is_known() -> None:
    text = "# a comment\nf = -> fd 1 # two\ng =->\n#"
    assert count_comments(text, "coffeescript") == 3
    assert count_functions(text, "coffeescript") == 2
    assert count_functions("def f():\n    async def g(): pass\n", "python") == 2
    assert count_comments("#include <stdio.h>", "c") is None
    assert count_functions("int main() {}", "c") is None


def test_a_trace_is_measured_in_states_steps_times_and_attempts() -> None:
    second_us = 1_000_000
    states = (
        State("x = 1", 0, 0.0),
        State("y = 1\nz = 2", 4 * second_us, 1.0),
        State("y = 1", 2 * second_us, 0.5),
    )
    measures = measure(Trace("c", "e", "python", states))
    assert measures.states == 3
    assert measures.gaps_seconds == [4, -2]
    assert measures.attempts == 2
    assert measures.solved is True
    assert measures.categories == [EditCategory.MODIFY, EditCategory.SMALL_DELETE]
    assert measures.away == [True, False]
    assert len(measures.step_distances) == 2


def test_a_trace_without_verdicts_or_times_has_none() -> None:
    measures = measure(Trace("c", "e", "python", (State("x"), State("y"))))
    assert (measures.solved, measures.attempts, measures.gaps_seconds) == (None, None, [])
