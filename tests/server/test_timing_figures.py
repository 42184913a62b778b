"""The figures of timing: computed by hand, and by whole persons."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretrace_server.bench.timing.drawing import intervals
from foretrace_server.bench.timing.nesting import less, nested
from foretrace_server.bench.timing.ranking import Ranking, brier, calibration_error
from foretrace_server.bench.timing.run import need_people

SCORES = [0.9, 0.8, 0.8, 0.1]
MEANT = [True, True, False, False]
ONCE = [1, 1, 1, 1]


def test_the_area_under_the_curve_counts_pairs_and_ties_by_half() -> None:
    # Of four pairs three are in order, and one is tied.
    assert Ranking(SCORES, MEANT).auc(ONCE) == 3.5 / 4
    assert Ranking(SCORES, MEANT).auc([0, 1, 1, 0]) == 0.5
    # The one that is meant and tied counts twice.
    assert Ranking(SCORES, MEANT).auc([1, 2, 1, 1]) == pytest.approx(5 / 6)
    assert Ranking(SCORES, MEANT).auc([1, 1, 0, 0]) is None


def test_average_precision_does_not_depend_on_the_order_of_ties() -> None:
    expected = (1 / 1 + 2 / 3) / 2
    assert Ranking(SCORES, MEANT).average_precision(ONCE) == pytest.approx(expected)
    other = Ranking([0.8, 0.8, 0.9, 0.1], [False, True, True, False])
    assert other.average_precision(ONCE) == pytest.approx(expected)
    assert Ranking(SCORES, [False] * 4).average_precision(ONCE) is None


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(0, 3)), max_size=20))
def test_counting_an_item_twice_is_having_it_twice(items: list[tuple[int, bool, int]]) -> None:
    scores, meant, counts = ([item[part] for item in items] for part in range(3))
    several = [item for item in items for _ in range(item[2])]
    counted = Ranking(scores, [bool(m) for m in meant])
    listed = Ranking([item[0] for item in several], [item[1] for item in several])
    once = [1] * len(several)
    assert counted.auc(counts) == pytest.approx(listed.auc(once))
    assert counted.average_precision(counts) == pytest.approx(listed.average_precision(once))


def test_the_errors_of_probabilities_are_those_computed_by_hand() -> None:
    assert brier([0.5, 1.0], [True, True], [1, 1]) == 0.125
    assert brier([0.5, 1.0], [True, True], [3, 1]) == pytest.approx(0.1875)
    # Two in the bin from 0.2 on, of which one came; one in the last, which came.
    assert calibration_error([0.2, 0.2, 1.0], [True, False, True], [1, 1, 1]) == pytest.approx(0.2)


def test_an_interval_draws_whole_persons_and_needs_more_than_one() -> None:
    people = ["ada", "ada", "ben", "cai"]
    drawn: set[tuple[int, ...]] = set()

    def figures(counts: object) -> dict[str, float | None]:
        assert isinstance(counts, list)
        drawn.add(tuple(counts))
        return {"ben": float(counts[2]), "none": None}

    told = intervals(people, figures, seed=1)
    assert told["none"] is None
    assert told["ben"] == [0.0, 2.0] or told["ben"] == [0.0, 3.0]
    assert all(counts[0] == counts[1] for counts in drawn)
    assert all(counts[0] + counts[2] + counts[3] == 3 for counts in drawn if counts != (1, 1, 1, 1))
    assert intervals(["ada"], lambda _: {"x": 1.0}, seed=1) == {"x": None}


def test_names_with_slashes_become_objects() -> None:
    assert nested({"a": 1, "b/c/d": 2, "b/e": 3}) == {"a": 1, "b": {"c": {"d": 2}, "e": 3}}
    assert less(1.0, 0.25) == 0.75
    assert less(None, 0.25) is None


def test_nobody_can_be_left_out_of_two() -> None:
    assert need_people(["c", "a", "b", "a"]) == ["a", "b", "c"]
    with pytest.raises(ValueError, match="at least 3 people"):
        need_people(["a", "b"])
