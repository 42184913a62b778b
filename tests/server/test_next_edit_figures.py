"""The figures of next edits, against numbers counted by hand."""

from __future__ import annotations

import pytest

from foretrace_models.next_edit.moment import Keystroke, Moment
from foretrace_models.repair.edits import TextEdit
from foretrace_server.bench.intervals import Row
from foretrace_server.bench.next_edit.figures import (
    calibration,
    differences_of,
    figures_of,
    patterns_of,
    percentile,
    precision_of_surest,
)
from foretrace_server.bench.next_edit.judging import is_exact, is_right, reverses
from foretrace_server.bench.next_edit.proposers import last_place, repeat_last_edit, same_identifier
from foretrace_server.bench.next_edit.rewrites import figures_of_rewrites


def row(person: str, is_ordered: bool = True, **answer: object) -> Row:
    nothing = {
        "hit_1": False,
        "hit_3": False,
        "near_1": False,
        "place_confidence": 0.5,
        "spoke": False,
        "confidence": 0.0,
        "pattern": None,
        "exact": False,
        "right": False,
        "reverses": False,
        "seconds": 0.001,
    }
    return {
        "id": person,
        "person": person,
        "dataset": "made up",
        "is_ordered": is_ordered,
        "proposers": {"it": {**nothing, **answer}},
    }


ROWS = [
    row("one", hit_1=True, hit_3=True, near_1=True),
    row("one", hit_3=True, spoke=True, confidence=0.9, right=True, exact=True, pattern="rename"),
    row("two", spoke=True, confidence=0.6, right=True, pattern="rename", seconds=0.003),
    row("two", is_ordered=False, hit_1=True, spoke=True, reverses=True, pattern="tag"),
]


def test_places_count_where_the_order_is_known_and_edits_everywhere() -> None:
    figures = figures_of(ROWS, "it", 7)
    assert figures["hit_1"] == 1 / 3
    assert figures["hit_3"] == 2 / 3
    assert figures["near_1"] == 1 / 3
    assert figures["spoken"] == 3 / 4
    assert figures["exact"] == 1 / 4
    assert figures["right"] == 2 / 4
    assert figures["exact_of_spoken"] == 1 / 3
    assert figures["right_of_spoken"] == 2 / 3
    assert figures["reversals_of_spoken"] == 1 / 3
    assert figures["seconds"] == {"p50": 0.001, "p95": 0.003}
    low, high = figures["intervals"]["right"]
    assert low <= 0.5 <= high


def test_two_proposers_are_compared_on_the_same_rows() -> None:
    other = {"hit_1": True, "hit_3": True, "right": False, "spoke": False, "place_confidence": 1.0}
    rows = [{**each, "proposers": {**each["proposers"], "other": other}} for each in ROWS]
    found = differences_of(rows, "it", "other", 7)
    assert found["hit_1"]["difference"] == 1 / 3 - 1
    assert found["right"]["difference"] == 2 / 4
    assert found["right_at_fixed_silence"] == {"difference": None, "interval": None}


def test_who_never_speaks_has_no_precision() -> None:
    figures = figures_of([row("one")], "it", 7)
    assert figures["right_of_spoken"] is None
    assert figures["intervals"]["right_of_spoken"] is None
    assert figures["right"] == 0


def test_patterns_are_counted() -> None:
    assert patterns_of(ROWS, "it") == {
        "rename": {"made": 2, "right": 2, "exact": 1},
        "tag": {"made": 1, "right": 0, "exact": 0},
    }


@pytest.mark.parametrize(
    ("count", "share"),
    [(1, 1.0), (2, 0.75), (3, 2 / 3), (4, 0.5), (9, 0.5), (0, None)],
)
def test_of_those_as_sure_as_the_last_a_share_counts(count: int, share: float | None) -> None:
    # Two are as sure as each other, of which one is right: the second one is right by half.
    pairs = [(0.9, True), (0.5, True), (0.5, False), (0.1, False)]
    assert precision_of_surest(pairs, count) == (share and pytest.approx(share))


def test_rewrites_are_judged_where_there_is_one() -> None:
    nothing = {"spoke": False, "exact": False, "right": False, "reverses": False}
    rows: list[Row] = [
        {**nothing, "person": "one", "silence": "left-alone", "seconds": 1.0},
        {**nothing, "person": "one", "silence": "left-alone", "seconds": 2.0},
        {**nothing, "person": "two", "silence": None, "seconds": 3.0, "spoke": True, "right": True},
        {**nothing, "person": "two", "silence": None, "seconds": 4.0, "spoke": True},
    ]
    figures = figures_of_rewrites(rows, 7)
    assert (figures["n"], figures["people"], figures["spoken"]) == (4, 2, 0.5)
    assert (figures["right_of_spoken"], figures["exact_of_spoken"]) == (0.5, 0)
    assert figures["counts"] == {"spoke": 2, "right": 1, "exact": 0}
    assert figures["silences"] == {"left-alone": 2}
    assert figures["seconds"] == {"p50": 2.0, "p95": 4.0}
    assert figures["intervals"]["spoken"] == [0, 1]
    assert figures_of_rewrites([], 7)["right_of_spoken"] is None


def test_calibration_puts_how_sure_beside_how_often_right() -> None:
    assert calibration([(0.1, False), (0.15, True), (1.0, True)]) == [
        {"n": 2, "confidence": 0.125, "right": 0.5},
        {"n": 1, "confidence": 1.0, "right": 1.0},
    ]


def test_a_percentile_is_a_value_by_nearest_rank() -> None:
    values = [float(number) for number in range(1, 21)]
    assert percentile(values, 0.5) == 10
    assert percentile(values, 0.95) == 19
    assert percentile([], 0.5) is None


def test_an_edit_is_right_if_it_is_among_those_that_follow() -> None:
    text, edit = "a\nb\nc\n", (TextEdit(2, 3, "B"),)
    assert is_exact(text, edit, "a\nB\nc\n")
    assert not is_exact(text, edit, "a\nB\nC\n")
    assert is_right(text, edit, ["a\nb\nC\n", "a\nB\nC\n"])
    assert not is_right(text, edit, ["a\nb\nC\n", "a\nBB\nC\n"])


def test_an_edit_reverses_if_it_goes_any_part_of_the_way_back() -> None:
    moment = Moment("total = 1\n", (Keystroke(0, "s", "total"),))
    assert reverses(moment, [TextEdit(0, 5, "s")])
    assert reverses(moment, [TextEdit(1, 5, "")])
    assert not reverses(moment, [TextEdit(8, 9, "2")])


def test_the_last_place_is_the_line_of_the_last_burst() -> None:
    assert last_place(Moment("a\nbc\nd\n", (Keystroke(3, "", "c"),))).lines == (1, 2, 0)


def test_the_same_identifier_is_looked_for_near_by() -> None:
    moment = Moment("n = 1\nk\nn\nprint(n)\n", (Keystroke(0, "m", "n"),))
    assert same_identifier(moment).lines[:2] == (2, 3)


def test_the_last_edit_is_repeated_where_its_text_stands_next() -> None:
    proposed = repeat_last_edit(Moment("b\na\n", (Keystroke(0, "a", "b"),)))
    assert (proposed.edits, proposed.lines[0]) == ((TextEdit(2, 3, "b"),), 1)
    below = repeat_last_edit(Moment("ax\nb\n", (Keystroke(1, "", "x"),)))
    assert below.edits == (TextEdit(4, 4, "x"),)
