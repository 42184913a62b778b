"""What a course answers to what it is to forget: a receipt, or anything else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretrace_telemetry.sending.untold import is_receipt

EXPORT = {"made_wall_us": 1_795_629_999_000_000, "format": "csv"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize("exports", [[], [EXPORT], [EXPORT, {**EXPORT, "and": "more"}]], ids=len)
def test_what_tells_of_exports_by_their_moment_is_a_receipt(exports: list[Any]) -> None:
    answer = {"session": "s-1", "events": 29, "texts": 0, "exports": exports, "complete": True}
    assert is_receipt(answer)


NO_EXPORTS: tuple[Any, ...] = (
    None,
    "csv",
    {},
    {"made_wall_us": 1},
    [None],
    ["csv"],
    [[1]],
    [{}],
    [{"made_wall_us": None}],
    [{"made_wall_us": "1"}],
    [{"made_wall_us": 1.0}],
    [{"made_wall_us": True}],
    [{"made_wall_us": -1}],
    [{"made_wall_us": 10**30}],
    [EXPORT, {"format": "csv"}],
)


@pytest.mark.parametrize("exports", NO_EXPORTS, ids=range(len(NO_EXPORTS)))
def test_what_tells_of_exports_in_another_way_is_none(exports: Any) -> None:
    assert not is_receipt({"exports": exports, "complete": True})


@given(st.dictionaries(st.text().filter(lambda name: name != "exports"), JSON))
def test_what_tells_of_no_exports_is_none(answer: dict[str, Any]) -> None:
    assert not is_receipt(answer)


@given(JSON)
def test_whatever_a_course_says_it_is_a_receipt_or_not(exports: Any) -> None:
    assert is_receipt({"exports": exports}) in (True, False)
