"""The keeper: nothing comes between looking and writing, and too much is not taken on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.courses import kept, make_course, segment

from foretrace_server.collect import keeper as keeping
from foretrace_server.collect.course import Course
from foretrace_server.collect.keeper import BusyError, Keeper, WithdrawnError
from foretrace_telemetry.events import Opened
from foretrace_telemetry.store import Store

SENT = segment((), Opened("x"))


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return make_course(tmp_path / "c", "ada")[0]


@pytest.fixture
def keeper(course: Course) -> Iterator[Keeper]:
    with closing(Keeper(course)) as made:
        yield made


@pytest.fixture
def subject(course: Course) -> str:
    return course.subject_of("ada", course.key())


def test_what_was_on_its_way_when_somebody_withdrew_is_not_taken(
    course: Course, keeper: Keeper, subject: str
) -> None:
    keeper.withdraw(subject)
    late = keeper.keep(subject, SENT.session, SENT.events)
    with pytest.raises(WithdrawnError):
        late.result()
    with closing(Store.read(course.home)) as store:
        assert store.names() == []


def test_nothing_of_somebody_who_is_not_enrolled_is_taken(keeper: Keeper) -> None:
    with pytest.raises(WithdrawnError):
        keeper.keep("nobody", SENT.session, SENT.events).result()


def test_what_was_asked_for_before_the_end_is_done(course: Course, subject: str) -> None:
    keeper = Keeper(course)
    asked = [keeper.keep(subject, SENT.session, SENT.events) for _ in range(50)]
    keeper.close()
    assert {each.result() for each in asked} == {1}
    assert len(kept(course, "s-1")) == 1


def test_where_too_much_waits_no_more_is_taken(
    course: Course, subject: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "_MOST_WAITING", 2)
    with closing(Keeper(course)) as keeper, pytest.raises(BusyError):
        _ = [keeper.keep(subject, SENT.session, SENT.events) for _ in range(1000)]


def test_a_database_that_was_removed_is_begun_anew(
    course: Course, keeper: Keeper, subject: str
) -> None:
    assert keeper.keep(subject, SENT.session, SENT.events).result() == 1
    for path in course.home.path.glob("traces.db*"):
        path.unlink()
    assert keeper.sessions(subject).result() == {}
    assert keeper.keep(subject, SENT.session, SENT.events).result() == 1
