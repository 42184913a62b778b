"""The pure parts of the dashboard: visits, failures to sign in, charts, days and figures."""

from __future__ import annotations

import re
import time
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretrace_server.collect.insight.hiding import HIDDEN_CELL
from foretrace_server.collect.insight.told import (
    Cell,
    Integrity,
    SectionTold,
    SectionWork,
    SessionTold,
    Spread,
)
from foretrace_server.collect.pages import visits as visiting
from foretrace_server.collect.pages.answers import duration, environment, number, share, zone
from foretrace_server.collect.pages.charts import bar, columns, parts
from foretrace_server.collect.pages.days import MOST_DAYS, days_of
from foretrace_server.collect.pages.visits import Failures, Visit, Visits


def test_a_visit_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    visits = Visits()
    token = visits.begin()
    assert visits.of(token) is not None
    late = time.monotonic() + visiting.VISIT_SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: late)
    assert visits.of(token) is None


def test_each_visit_has_a_token_for_forms_of_its_own() -> None:
    visits = Visits()
    tokens = {visits.begin() for _ in range(3)}
    found = [visits.of(token) for token in tokens]
    assert len({each.form_token for each in found if each is not None}) == 3
    assert visits.of("") is None


def test_the_oldest_visits_give_way() -> None:
    visits = Visits()
    tokens = [visits.begin() for _ in range(101)]
    assert visits.of(tokens[0]) is None
    assert visits.of(tokens[-1]) is not None


def test_a_student_stays_open_for_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    visit = Visit(time.monotonic() + visiting.VISIT_SECONDS)
    visit.open("s1", "to help")
    assert (visit.purpose_of("s1"), visit.purpose_of("s2")) == ("to help", None)
    late = time.monotonic() + visiting.OPENED_SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: late)
    assert visit.purpose_of("s1") is None


def test_only_who_failed_has_to_wait_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    failures = Failures()
    for _ in range(10):
        assert not failures.are_too_many("a")
        failures.note("a")
    assert failures.are_too_many("a")
    assert not failures.are_too_many("b")
    late = time.monotonic() + 61
    monkeypatch.setattr(time, "monotonic", lambda: late)
    assert not failures.are_too_many("a")


@given(st.lists(st.floats(0, 1e9), max_size=400))
def test_charts_stay_in_their_box(values: list[float]) -> None:
    drawn = [columns(values), parts([("passed", value) for value in values])]
    drawn += [bar(value, 10) for value in values]
    for chart in drawn:
        _, _, wide, high = map(float, re.findall(r'viewBox="([^"]*)"', chart)[0].split())
        for rectangle in re.findall(r"<rect [^>]*>", chart):
            x, y, width, height = (
                float(re.findall(rf'{key}="([^"]*)"', rectangle)[0])
                for key in (" x", " y", "width", "height")
            )
            assert -0.02 <= x <= x + width <= wide + 0.5
            assert -0.02 <= y <= y + height <= high + 0.02


@given(st.floats(0, 1))
def test_only_all_and_nothing_are_told_as_such(value: float) -> None:
    assert (share(value) == "100 %") == (value == 1)
    assert (share(value) == "0 %") == (value == 0)


def test_figures_are_written_as_one_reads_them() -> None:
    assert [duration(each) for each in (0, 59.4, 300, 3660, 360_000)] == [
        "0 s",
        "59 s",
        "5 min",
        "1 h 01 min",
        "100 h 00 min",
    ]
    assert [number(each) for each in (0.0, 2.5, 1234567.0)] == ["0", "2.5", "1,234,567"]


@given(st.lists(st.integers(0, 4 * 10**9), max_size=20))
def test_days_go_from_the_first_to_the_last_without_a_gap(starts_s: list[int]) -> None:
    whole = Integrity(1, 7, 0, 0, 0, 1, 1.0)
    sessions = [SessionTold("s", each * 10**6, each * 10**6, "", whole) for each in starts_s]
    days = days_of(sessions)
    assert len(days) <= MOST_DAYS
    assert all((b.date - a.date).days == 1 for a, b in pairwise(days))
    if days:
        assert days[-1].sessions >= 1
        assert isinstance(days[0].date, date)
    assert sum(day.events for day in days) == 7 * sum(day.sessions for day in days)


def _section(name: str, *passed: float | None) -> SectionTold:
    def cell(value: float | None) -> Cell:
        return HIDDEN_CELL if value is None else Cell(value)

    works = [
        SectionWork(
            name, Cell(20), Cell(20), cell(each), cell(each), *[Spread(*[cell(each)] * 3)] * 2
        )
        for each in passed
    ]
    return SectionTold(
        name, Cell(20), Cell(20), tuple(zip(("mean", "search", "vowels"), works, strict=True))
    )


def test_what_is_hidden_in_every_section_is_counted_and_not_listed() -> None:
    sections = [_section("A", 10, None, None), _section("B", None, None, None)]
    page = environment().get_template("sections.html")
    told = {"course": "C", "now_us": 0, "visit": Visit(0), "key_of": str, "sections": sections}
    text = page.render(told)
    assert text.count("/assignments/mean") == 3
    assert "/assignments/search" not in text
    assert (
        len(re.findall(r">2 assignments are\s*<span[^>]*>hidden</span> in every section", text))
        == 3
    )


@pytest.mark.parametrize(("name", "words"), [("UTC", "UTC"), ("XST-05:30", "UTC+05:30")])
def test_the_zone_of_times_is_told(name: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", name)
    time.tzset()
    try:
        assert zone(1_795_629_353_000_000) == words
    finally:
        monkeypatch.undo()
        time.tzset()
