"""The keeper: nothing comes between looking and writing, and too much is not taken on."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from attrs import evolve
from tests.courses import kept, make_course, segment
from tests.forensics import found_in

from foretrace_server.collect import keeper as keeping
from foretrace_server.collect.course import Course
from foretrace_server.collect.keeper import BusyError, Keeper, WithdrawnError
from foretrace_server.collect.receiving import Reason, Refusal
from foretrace_server.collect.scouring import Scouring
from foretrace_telemetry.events import Erased, Event, Opened, Saved
from foretrace_telemetry.session_writer import SessionWriter, UnwritableEventError
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


def test_segments_that_wait_are_written_in_one_commit_and_each_has_its_answer(
    course: Course, keeper: Keeper, subject: str
) -> None:
    done: list[str] = []
    held = threading.Event()
    keeper.keep(subject, SENT.session, SENT.events).result()
    keeper._asked(lambda: keeper._opened().db.conn.set_trace_callback(done.append)).result()
    keeper._asked(held.wait)
    sessions = [segment((), Opened("x"), name=f"s-{number}") for number in range(2, 12)]
    gap = segment((), Opened("x"), name="s-12", first=3)
    asked = [keeper.keep(subject, each.session, each.events) for each in (*sessions, gap)]
    of_nobody = keeper.keep("nobody", SENT.session, SENT.events)
    given_up = keeper.keep(subject, gap.session, SENT.events)
    assert given_up.cancel()
    held.set()
    assert [each.result() for each in asked[:-1]] == [1] * 10
    refused = asked[-1].result()
    assert isinstance(refused, Refusal)
    assert refused.reason is Reason.GAP
    with pytest.raises(WithdrawnError):
        of_nobody.result()
    assert done.count("COMMIT") == 1
    with closing(Store.read(course.home)) as store:
        assert len(store.names()) == 11


def test_of_a_segment_that_cannot_be_written_not_even_its_session_is_there(
    course: Course, keeper: Keeper, subject: str
) -> None:
    held = threading.Event()
    keeper._asked(held.wait)
    (opened,) = SENT.events
    too_large = (evolve(opened, event=evolve(opened.event, version=2**70)),)
    bad = keeper.keep(subject, evolve(SENT.session, name="bad"), too_large)
    good = keeper.keep(subject, SENT.session, SENT.events)
    held.set()
    with pytest.raises(UnwritableEventError):
        bad.result()
    assert good.result() == 1
    assert keeper.sessions(subject).result() == {"s-1": 1}
    with pytest.raises(UnwritableEventError):
        keeper.keep(subject, evolve(SENT.session, name="bad"), too_large).result()
    with closing(Store.read(course.home)) as store:
        assert store.names() == [f"s-1-{subject}"]


def test_who_withdraws_is_erased_where_what_was_noted_of_them_cannot_be(
    course: Course, keeper: Keeper, subject: str
) -> None:
    keeper.keep(subject, SENT.session, SENT.events).result()
    looks = course.home.path / "looks.db"
    looks.mkdir()
    with pytest.raises(sqlite3.OperationalError):
        keeper.withdraw(subject).result()
    assert [each.event.body for each in kept(course, "s-1")] == [Erased(1, 1, "withdrawn")]
    looks.rmdir()
    assert keeper.withdraw(subject).result().events == 1


def test_a_withdrawal_that_is_not_complete_is_completed_without_being_asked_again(
    course: Course, keeper: Keeper, subject: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "_BUSY_SECONDS", 0.1)
    keeper._scouring = Scouring(gather_seconds=0.05)
    sent = segment((), Opened("correct horse"), Saved())
    keeper.keep(subject, sent.session, sent.events).result()
    with closing(Store.read(course.home)) as reader:
        events = reader.events(reader.names()[0])
        next(events)
        assert not keeper.withdraw(subject).result().complete
        del events
    deadline = time.monotonic() + 60
    while found_in(course.home.path, ["correct horse"]):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_what_the_store_cannot_do_for_one_segment_is_done_for_the_others(
    course: Course, keeper: Keeper, subject: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_alone = SessionWriter.append_whole

    def fails_for_one(self: SessionWriter, events: Sequence[Event]) -> None:
        kept_alone(self, events)
        if events[0].body == Opened("bad"):
            raise sqlite3.OperationalError("made up")

    monkeypatch.setattr(SessionWriter, "append_whole", fails_for_one)
    held = threading.Event()
    keeper._asked(held.wait)
    sent = [segment((), Opened(text), name=text) for text in ("one", "bad", "two")]
    one, bad, two = (keeper.keep(subject, each.session, each.events) for each in sent)
    held.set()
    assert (one.result(), two.result()) == (1, 1)
    with pytest.raises(sqlite3.OperationalError):
        bad.result()
    assert {each.event.body for name in ("one", "two") for each in kept(course, name)} == {
        Opened("one"),
        Opened("two"),
    }
