"""Pushing: all arrives once, in order, as far as consent goes, whatever the course answers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timezone

import pytest
from attrs import define
from tests.scripted_course import TOKEN, ScriptedCourse, scripted_course

from foretrace_telemetry.consent import Action, Content, Scope, decide, grant
from foretrace_telemetry.erase import Selection, forget
from foretrace_telemetry.events import (
    Actor,
    Body,
    Edited,
    Erased,
    Event,
    Opened,
    Recorded,
    Resynced,
)
from foretrace_telemetry.exchange.forgetting import Forgetting
from foretrace_telemetry.home import Home
from foretrace_telemetry.identity import Identity
from foretrace_telemetry.locking import holding
from foretrace_telemetry.replay import replay
from foretrace_telemetry.sending import courses
from foretrace_telemetry.sending.courses import Course
from foretrace_telemetry.sending.cutting import Size
from foretrace_telemetry.sending.outbox import Outbox, Trouble, Waiting
from foretrace_telemetry.sending.pushing import BusyError, Pushed, Pusher, Terms
from foretrace_telemetry.sending.untold import Untold
from foretrace_telemetry.store import SessionInfo, Store

A = "file:///a.py"
NOW_AT_ONCE = Terms(at_once=True)
SMALL = Terms(at_once=True, size=Size(most_events=4))


def now_us() -> int:
    return time.time_ns() // 1000


@define
class Laptop:
    """A data folder whose person joined a course."""

    home: Home
    course: ScriptedCourse

    def record(self, session: str, *bodies: Body) -> None:
        """Add events that happen now to a session."""
        events = [Event(now_us(), n, Actor.USER, body, A, n) for n, body in enumerate(bodies)]
        with closing(Store.create(self.home)) as store:
            if session in store.names():
                writer = store.continue_session(session)
            else:
                writer = store.begin_session(SessionInfo(session, now_us(), "0.1", "an editor"))
            assert writer.append(events) == []

    def type(self, session: str, count: int) -> None:
        """Record a document that is opened and typed into."""
        self.record(session, Opened(""), *(Edited(n, "", "ab"[n % 2]) for n in range(count)))

    def push(self, terms: Terms = NOW_AT_ONCE) -> Pushed:
        """Push as a process does that has just begun."""
        return Pusher(self.home).push(terms)

    def waiting(self) -> list[Waiting]:
        with closing(Store.read(self.home)) as store:
            return list(Outbox(store.db, self.course.address).waiting(0))

    def trouble(self) -> Trouble | None:
        with closing(Store.read(self.home)) as store:
            return Outbox(store.db, self.course.address).trouble()

    def kept(self, session: str) -> str | None:
        return self._text(list(Store.read(self.home).events(session)))

    def arrived(self, session: str) -> str | None:
        return self._text(self.course.sessions[session])

    def _text(self, events: list[Recorded]) -> str | None:
        result = replay(events)
        assert result.problems == []
        return result.texts[A]


@pytest.fixture
def course() -> Iterator[ScriptedCourse]:
    with scripted_course() as course:
        yield course


@pytest.fixture
def laptop(home: Home, course: ScriptedCourse) -> Laptop:
    grant(home, [Scope.INSTRUCTOR], Content.FULL, "test", datetime.now(timezone.utc))
    courses.join(home, Course(course.address, "Programming 1", TOKEN, now_us()))
    return Laptop(home, course)


def test_what_was_recorded_arrives_in_order_and_once(laptop: Laptop) -> None:
    laptop.type("one", 9)
    laptop.type("two", 3)
    pushed = laptop.push(SMALL)
    assert (pushed.segments, pushed.events, pushed.troubles) == (4, 14, {})
    assert laptop.arrived("one") == laptop.kept("one") == "ababababa"
    assert [(s.session.name, s.first, s.last) for s in laptop.course.segments] == [
        ("one", 1, 4),
        ("one", 5, 8),
        ("one", 9, 10),
        ("two", 1, 4),
    ]
    assert set(laptop.course.tokens) == {f"Bearer {TOKEN}"}
    laptop.record("two", Edited(0, "a", "c"))
    assert laptop.push().events == 1
    assert laptop.arrived("two") == "cba"
    assert laptop.push() == Pushed()


def test_a_segment_carries_the_decisions_that_cover_it(laptop: Laptop) -> None:
    laptop.type("one", 1)
    laptop.push()
    (segment,) = laptop.course.segments
    assert list(segment.consent) == laptop.home.consent_log.read_text().splitlines()


def test_nothing_that_was_recorded_before_joining_leaves(
    home: Home, course: ScriptedCourse
) -> None:
    grant(home, [Scope.INSTRUCTOR], Content.FULL, "test", datetime.now(timezone.utc))
    laptop = Laptop(home, course)
    laptop.record("old", Opened("long ago"))
    laptop.record("open", Opened("before"), Edited(0, "before", "old"))
    courses.join(home, Course(course.address, "Programming 1", TOKEN, now_us()))
    laptop.record("open", Edited(0, "", "unseen"), Resynced("new", "stated anew"))
    laptop.push()
    assert list(course.sessions) == ["open"]
    assert [each.event.body.kind for each in course.sessions["open"]] == ["erased", "resync"]
    assert laptop.arrived("open") == "new"


@pytest.mark.parametrize("action", [Action.WITHDRAW, Action.PAUSE, Action.DECLINE])
def test_nothing_is_sent_that_is_not_allowed_now(laptop: Laptop, action: Action) -> None:
    laptop.type("one", 3)
    decide(laptop.home, action, "test", datetime.now(timezone.utc))
    assert "allow" in laptop.push().troubles[laptop.course.address]
    assert laptop.course.requests == []


def test_a_log_of_decisions_that_was_changed_allows_nothing(laptop: Laptop) -> None:
    laptop.type("one", 3)
    with laptop.home.consent_log.open("ab") as log:
        log.write(b"{}\n")
    laptop.push()
    assert laptop.course.requests == []


def test_consent_that_is_taken_back_in_the_middle_stops_it_there(laptop: Laptop) -> None:
    laptop.type("one", 20)

    def allowed() -> bool:
        if len(laptop.course.segments) == 2:
            now = datetime.now(timezone.utc)
            decide(laptop.home, Action.WITHDRAW, "test", now, [Scope.INSTRUCTOR])
        return True

    Pusher(laptop.home, allowed).push(SMALL)
    # The third was cut before, and consent is asked before each.
    assert len(laptop.course.segments) <= 3


def test_what_is_taken_back_while_a_segment_is_made_is_heeded_before_it_is_sent(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.type("one", 3)
    of_this_machine = Identity.of_this_machine

    def decided_meanwhile(key: bytes) -> Identity:
        decide(laptop.home, Action.WITHDRAW, "test", datetime.now(timezone.utc))
        return of_this_machine(key)

    # It is asked who somebody is after it was asked what they allow, and before anything is cut.
    monkeypatch.setattr(Identity, "of_this_machine", decided_meanwhile)
    assert "do not allow" in laptop.push().troubles[laptop.course.address]
    assert laptop.course.segments == []
    assert [each.through for each in laptop.waiting()] == [0]


def test_what_the_editor_forbids_is_not_even_asked(laptop: Laptop) -> None:
    laptop.type("one", 3)
    pushed = Pusher(laptop.home, lambda: False).push(NOW_AT_ONCE)
    assert "forbids" in pushed.troubles[laptop.course.address]
    assert laptop.course.requests == []


@pytest.mark.parametrize("status", [500, 502, 503, 429, 408, 404, 301])
def test_what_is_the_courses_trouble_waits_and_goes_later(laptop: Laptop, status: int) -> None:
    laptop.type("one", 9)
    laptop.course.script.append((status, b"<html>", {"Retry-After": "120"}))
    laptop.push(SMALL)
    trouble = laptop.trouble()
    assert trouble is not None
    assert trouble.failures == 1
    assert trouble.retry_wall_us - trouble.failed_wall_us >= 120_000_000
    assert [each.events for each in laptop.waiting()] == [10]
    laptop.push(Terms())  # it is left alone until then
    assert laptop.course.segments == []
    laptop.push(SMALL)
    assert laptop.arrived("one") == laptop.kept("one")
    assert laptop.trouble() is None


def test_a_course_is_left_alone_from_its_failure_until_it_is_tried_again() -> None:
    trouble = Trouble("", 1, failed_wall_us=1000, retry_wall_us=2000)
    assert [trouble.keeps_off(now) for now in (1000, 1999, 2000, 999)] == [True, True, False, False]


def test_a_clock_that_was_put_back_does_not_keep_a_course_waiting(laptop: Laptop) -> None:
    laptop.type("one", 3)
    with closing(Store.create(laptop.home)) as store:
        a_year_ahead_us = now_us() + 365 * 86400 * 1_000_000
        Outbox(store.db, laptop.course.address).fail("it answers 503", None, a_year_ahead_us)
    assert laptop.push(Terms()).troubles == {}
    assert laptop.arrived("one") == laptop.kept("one")


def test_an_answer_that_no_course_gives_takes_nothing(laptop: Laptop) -> None:
    laptop.type("one", 3)
    for answer in (b"<html>welcome", {}, {"through": "4"}, {"through": True}, [1], b"\xff"):
        laptop.course.script.append((200, answer, {}))
        laptop.push()
        assert laptop.waiting() != []
    laptop.push()
    assert laptop.waiting() == []


def test_a_redirection_is_not_followed_for_the_token_is_for_one_address(laptop: Laptop) -> None:
    laptop.type("one", 3)
    with scripted_course() as other:
        for status in (301, 302, 303, 307, 308):
            laptop.course.script.append((status, b"", {"Location": f"{other.address}/v1/segments"}))
            laptop.push()
        assert other.requests == []


def test_a_lost_answer_has_no_effect_twice(laptop: Laptop) -> None:
    laptop.type("one", 9)
    pusher = Pusher(laptop.home)
    laptop.course.script.append(None)
    assert "cannot be reached" in pusher.push(SMALL).troubles[laptop.course.address]
    laptop.record("one", Edited(0, "a", "c"))
    pusher.push(SMALL)
    assert laptop.arrived("one") == laptop.kept("one") == "cbabababa"


def test_a_process_that_dies_before_it_notes_the_answer_loses_and_doubles_nothing(
    laptop: Laptop,
) -> None:
    laptop.type("one", 9)
    laptop.course.script.extend([None])
    laptop.push(SMALL)
    assert laptop.course.through("one") == 4
    laptop.push(SMALL)  # another process, which asks first what is there
    assert [segment.first for segment in laptop.course.segments] == [1, 5, 9]
    assert laptop.arrived("one") == laptop.kept("one")


def test_a_course_that_lost_something_gets_it_again(laptop: Laptop) -> None:
    laptop.type("one", 9)
    pusher = Pusher(laptop.home)
    pusher.push(SMALL)
    del laptop.course.sessions["one"][6:]
    laptop.record("one", Edited(0, "a", "c"))
    pusher.push(SMALL)
    assert laptop.arrived("one") == laptop.kept("one") == "cbabababa"


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, "bad"), (413, "too large"), (415, "type"), (422, "no event"), (409, "differs")],
)
def test_what_a_course_will_not_take_is_kept_with_the_reason_and_holds_up_no_other_session(
    laptop: Laptop, status: int, error: str
) -> None:
    laptop.type("one", 9)
    laptop.type("two", 3)
    laptop.course.script.append((status, {"error": error}, {}))
    pushed = laptop.push(SMALL)
    assert (pushed.refused, pushed.events, pushed.troubles) == (1, 4, {})
    assert list(laptop.course.sessions) == ["two"]
    with closing(Store.read(laptop.home)) as store:
        (refused,) = Outbox(store.db, laptop.course.address).refused()
    assert (refused.session, refused.first, refused.last, refused.reason) == ("one", 1, 4, error)
    before = len(laptop.course.requests)
    laptop.push(Terms(size=SMALL.size))  # an editor does not offer it again
    assert not any(path == "/v1/segments" for _, path in laptop.course.requests[before:])
    laptop.push(SMALL)  # a person who asks for it does
    assert laptop.arrived("one") == laptop.kept("one")


def test_a_token_that_is_not_known_puts_nothing_aside(laptop: Laptop) -> None:
    laptop.type("one", 3)
    laptop.course.script.append((401, {"error": "unknown token"}, {}))
    assert "join again" in laptop.push().troubles[laptop.course.address]
    assert laptop.push().events == 4


def test_after_a_withdrawal_there_nothing_is_put_aside(laptop: Laptop) -> None:
    laptop.type("one", 3)
    laptop.course.withdrawn = True
    pushed = laptop.push()
    assert pushed.refused == 0
    assert "takes nothing more" in pushed.troubles[laptop.course.address]


def test_leaving_is_told_until_it_is_heard_and_then_forgotten_here(laptop: Laptop) -> None:
    laptop.type("one", 3)
    laptop.push()
    courses.leave(laptop.home, laptop.course.address, now_us())
    # Whoever takes everything back wants it heard all the more.
    decide(laptop.home, Action.WITHDRAW, "test", datetime.now(timezone.utc))
    laptop.course.script.append((503, {"error": "busy"}, {}))
    assert laptop.push().troubles == {laptop.course.address: "busy"}
    laptop.type("two", 3)
    laptop.push()
    (left,) = courses.read_courses(laptop.home)
    assert left.receipt == {"erased_events": 4}
    assert laptop.course.sessions == {}
    requests = len(laptop.course.requests)
    assert laptop.push() == Pushed()
    assert len(laptop.course.requests) == requests
    receipt = forget(laptop.home, Selection())
    assert receipt.exports == ()


def test_a_course_is_asked_again_until_it_has_erased_all(laptop: Laptop) -> None:
    laptop.type("one", 3)
    laptop.push()
    courses.leave(laptop.home, laptop.course.address, now_us())
    laptop.course.script.append((200, {"events": 4, "complete": False}, {}))
    assert "not yet" in laptop.push().troubles[laptop.course.address]
    assert courses.read_courses(laptop.home)[0].is_to_hear
    assert laptop.push() == Pushed()
    assert not courses.read_courses(laptop.home)[0].is_to_hear


def test_what_is_forgotten_before_it_is_sent_never_is(laptop: Laptop) -> None:
    laptop.type("one", 9)
    forget(laptop.home, Selection(frozenset({"one"})))
    laptop.push()
    ((event,),) = laptop.course.sessions.values()
    assert event.event.body == Erased(1, 10, "forgotten")


def test_who_forgets_what_was_sent_is_told_where_it_went(laptop: Laptop) -> None:
    laptop.type("one", 9)
    laptop.push()
    receipt = forget(laptop.home, Selection(frozenset({"one"})))
    assert [(each.format, each.path) for each in receipt.exports] == [
        ("course", laptop.course.address)
    ]
    with closing(Store.read(laptop.home)) as store:
        assert Untold(store.db, laptop.course.address).all() == [Forgetting("one", ((1, 10),))]
    assert laptop.push() == Pushed(forgotten=1)
    assert laptop.course.forgettings == [Forgetting("one", ((1, 10),))]
    assert laptop.push() == Pushed()


def test_a_session_of_which_a_part_was_forgotten_goes_on(laptop: Laptop) -> None:
    laptop.type("one", 5)
    laptop.push(SMALL)
    laptop.type("one", 5)
    forget(laptop.home, Selection(frozenset({"one"}), and_later_texts=False))
    laptop.type("one", 2)
    laptop.push(SMALL)
    assert laptop.course.through("one") == 15
    assert laptop.arrived("one") == laptop.kept("one") == "ab"


def test_the_work_of_others_is_never_sent(laptop: Laptop) -> None:
    with closing(Store.create(laptop.home)) as store:
        info = SessionInfo("theirs", now_us(), "0.1", "", "somebody", "bundle:x")
        store.begin_session(info).append([Event(now_us(), 1, Actor.USER, Opened("x"), A, 1)])
    assert laptop.push() == Pushed()


def test_who_somebody_is_does_not_leave(laptop: Laptop) -> None:
    laptop.record("one", Opened("# ada@example.org\n"))
    laptop.push()
    ((event,),) = laptop.course.sessions.values()
    assert isinstance(event.event.body, Opened)
    assert "ada" not in str(event.event.body.text)


def test_one_process_sends_at_a_time(laptop: Laptop) -> None:
    laptop.type("one", 3)
    with holding(laptop.home.path / "sending.lock"), pytest.raises(BusyError):
        laptop.push()
    assert laptop.course.requests == []


def test_several_processes_that_take_turns_send_everything_once(laptop: Laptop) -> None:
    pushers = [Pusher(laptop.home) for _ in range(3)]
    laptop.type("one", 2)
    for turn in range(12):
        laptop.record("one", Edited(0, "", str(turn % 10)))
        pushers[turn % 3].push(SMALL)
    assert [segment.first for segment in laptop.course.segments] == [1, *range(5, 16)]
    assert laptop.arrived("one") == laptop.kept("one")


def test_no_answer_is_waited_for_after_the_deadline(laptop: Laptop) -> None:
    laptop.type("one", 3)
    terms = Terms(at_once=True, deadline=time.monotonic() - 1)
    assert "no time" in laptop.push(terms).troubles[laptop.course.address]
    assert laptop.trouble() is None


def test_a_course_that_is_not_there_is_left_alone_ever_longer(laptop: Laptop) -> None:
    laptop.type("one", 3)
    courses.join(laptop.home, Course("http://127.0.0.1:9", "Gone", TOKEN, 0))
    for failures in (1, 2, 3):
        laptop.push()
        with closing(Store.read(laptop.home)) as store:
            trouble = Outbox(store.db, "http://127.0.0.1:9").trouble()
        assert trouble is not None
        assert trouble.failures == failures
    # It holds up no other course.
    assert laptop.arrived("one") == "aba"
