"""What is forgotten on a laptop is forgotten in the course, to the byte, whatever happens then."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from attrs import define
from hypothesis import given
from hypothesis import strategies as st
from tests.command import foretrace, foretrace_json
from tests.courses import Answer, Served, consent_lines, kept, make_course, segment, served
from tests.forensics import found_in

from foretrace_server.collect.course import Course
from foretrace_server.collect.keeper import Keeper
from foretrace_server.collect.receiving import Refusal, following
from foretrace_server.collect.scouring import Scouring
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
    Saved,
    Withheld,
)
from foretrace_telemetry.exchange.exporting import Format, export
from foretrace_telemetry.exchange.forgetting import Forgetting, encode
from foretrace_telemetry.exchange.segments import last_of
from foretrace_telemetry.home import Home
from foretrace_telemetry.lineage import Derived, derived, keep_derived
from foretrace_telemetry.replay import replay
from foretrace_telemetry.retention import expire
from foretrace_telemetry.sending.courses import Course as Joined
from foretrace_telemetry.sending.courses import join
from foretrace_telemetry.sending.pushing import Pushed, Pusher, Terms
from foretrace_telemetry.store import SessionInfo, Store

SECRET = "the garden gate is open"
LONG = f"# {SECRET}\n" + "".join(f"x{n} = {n * n}\n" for n in range(200))
A = "file:///a.py"


def now_us() -> int:
    return time.time_ns() // 1000


def told(server: Served, token: str | None, *runs: tuple[int, int], name: str = "s-1") -> Answer:
    return tell(server, token, encode(Forgetting(name, runs)))


def tell(server: Served, token: str | None, body: bytes) -> Answer:
    return server.ask("POST", "/v1/forget", token, body, {"Content-Type": "application/json"})


@pytest.fixture
def allowed(tmp_path: Path) -> tuple[str, ...]:
    return consent_lines(tmp_path / "laptop")


@define
class Class:
    """A served course, two students, and what each may send."""

    server: Served
    ada: str
    eve: str
    subject: str

    @property
    def course(self) -> Course:
        return self.server.course

    def until_complete(self, *runs: tuple[int, int]) -> Answer:
        """Ask as a laptop does, until nothing stays in the bytes."""
        deadline = time.monotonic() + 60
        while not (answer := told(self.server, self.ada, *runs)).content["complete"]:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        return answer


@pytest.fixture
def klass(tmp_path: Path) -> Iterator[Class]:
    course, tokens = make_course(tmp_path / "course", "ada", "eve")
    with served(course) as server:
        subject = course.subject_of("ada", course.key())
        yield Class(server, tokens["ada"], tokens["eve"], subject)


def test_what_is_told_is_gone_to_the_byte_and_what_others_wrote_stays(
    klass: Class, allowed: tuple[str, ...], tmp_path: Path
) -> None:
    klass.server.push(klass.ada, segment(allowed, Opened(LONG), Edited(0, "", SECRET), Saved()))
    klass.server.push(klass.eve, segment(allowed, Opened("eve's own words")))
    assert found_in(klass.course.home.path, [SECRET]) == {SECRET}
    answer = klass.until_complete((1, 2))
    assert (answer.content["events"], answer.content["session"]) == (2, "s-1")
    assert found_in(klass.course.home.path, [SECRET, "x7 = 49"]) == set()
    assert found_in(klass.course.home.path, ["eve's own words"]) == {"eve's own words"}
    first, second = kept(klass.course, f"s-1-{klass.subject}")
    assert first.event.body == Erased(1, 2, "forgotten")
    assert first.event.uri is None
    assert second.event.body == Saved()


def test_it_is_gone_from_the_tables_before_it_is_answered(
    klass: Class, allowed: tuple[str, ...]
) -> None:
    klass.server.push(klass.ada, segment(allowed, Opened(SECRET)))
    assert told(klass.server, klass.ada, (1, 1)).status == 200
    assert [each.event.body.kind for each in kept(klass.course, "s-1")] == ["erased"]


def test_later_events_lose_their_text_and_nothing_else(
    klass: Class, allowed: tuple[str, ...]
) -> None:
    bodies = (Opened("a"), Edited(1, "", SECRET), Edited(1, SECRET, ""), Edited(0, "", "b"))
    klass.server.push(klass.ada, segment(allowed, *bodies))
    tell(klass.server, klass.ada, encode(Forgetting("s-1", ((2, 2),), ((3, 4),))))
    found = [each.event.body for each in kept(klass.course, "s-1")]
    assert found == [
        Opened("a"),
        Erased(2, 2, "forgotten"),
        Edited(1, Withheld(len(SECRET)), Withheld(0)),
        Edited(0, Withheld(0), Withheld(1)),
    ]


def test_told_twice_it_answers_the_same_and_changes_nothing(
    klass: Class, allowed: tuple[str, ...]
) -> None:
    klass.server.push(klass.ada, segment(allowed, Opened("a"), Edited(0, "", "b"), Saved()))
    told(klass.server, klass.ada, (1, 1))
    told(klass.server, klass.ada, (2, 2))
    first = klass.until_complete((1, 2)).content
    before = kept(klass.course, "s-1")
    assert told(klass.server, klass.ada, (1, 2)).content == first
    assert kept(klass.course, "s-1") == before


def test_what_was_sent_before_and_comes_late_brings_nothing_back(
    klass: Class, allowed: tuple[str, ...]
) -> None:
    late = segment(allowed, Opened(SECRET), Edited(0, "", "b"), Saved())
    klass.server.push(klass.ada, late)
    tell(klass.server, klass.ada, encode(Forgetting("s-1", ((1, 1),), ((2, 2),))))
    for sent in (late, segment(allowed, Edited(0, "", "b"), first=2)):
        assert klass.server.push(klass.ada, sent).status == 200
    assert [each.event.body.kind for each in kept(klass.course, "s-1")] == [
        *("erased", "edit", "save")
    ]
    klass.until_complete((1, 1))
    assert found_in(klass.course.home.path, [SECRET]) == set()


def test_only_the_senders_own_sessions_are_forgotten(
    klass: Class, allowed: tuple[str, ...]
) -> None:
    klass.server.push(klass.ada, segment(allowed, Opened("a")))
    for name in ("s-1", f"s-1-{klass.subject}"):
        answer = told(klass.server, klass.eve, (1, 9), name=name)
        assert (answer.status, answer.content["events"]) == (200, 0)
    assert told(klass.server, None, (1, 1)).status == 401
    assert [each.event.body for each in kept(klass.course, "s-1")] == [Opened("a")]


NOTHING_TO_FORGET = (
    b"",
    b"[]",
    b"[" * 100_000,
    b'{"session": "s-1"}',
    b'{"session": "../x", "erased": [], "withheld": []}',
    b'{"session": "s-1", "erased": [[0, 1]], "withheld": []}',
    b'{"session": "s-1", "erased": [[2, 1]], "withheld": []}',
    b'{"session": "s-1", "erased": [[1, 1e3]], "withheld": []}',
    b'{"session": "s-1", "erased": [[true, 1]], "withheld": []}',
    b'{"session": "s-1", "erased": [[1, 9223372036854775808]], "withheld": []}',
    json.dumps(
        {"session": "s-1", "erased": [[3 * n + 1] * 2 for n in range(20_001)], "withheld": []}
    ).encode(),
)


def test_what_says_not_what_to_forget_is_refused(klass: Class) -> None:
    for body in NOTHING_TO_FORGET:
        answer = tell(klass.server, klass.ada, body)
        assert (answer.status, answer.content["error"]) == (422, "invalid"), body[:99]


def test_what_is_too_large_or_sent_as_something_else_is_named(klass: Class) -> None:
    assert tell(klass.server, klass.ada, b" " * (2**20 + 1)).status == 413
    assert klass.server.ask("POST", "/v1/forget", klass.ada, b"{}").status == 415


def test_exports_that_may_hold_it_are_told_and_what_was_derived_goes(
    klass: Class, allowed: tuple[str, ...], tmp_path: Path
) -> None:
    klass.server.push(klass.ada, segment(allowed, Opened(SECRET)))
    home, whole = klass.course.home, f"s-1-{klass.subject}"
    export(home, Format.CSV, tmp_path / "before.csv")
    keep_derived(home, Derived("roll-up", "mine", (whole,), SECRET.encode()))
    keep_derived(home, Derived("roll-up", "another's", ("s-2",), b"other"))
    answer = klass.until_complete((1, 1)).content
    assert [each["format"] for each in answer["exports"]] == ["csv"]
    assert answer["derived"] == ["roll-up mine"]
    with closing(Store.read(home)) as store:
        assert [each.name for each in derived(store.db)] == ["another's"]
    assert found_in(home.path, [SECRET]) == set()
    export(home, Format.CSV, tmp_path / "after.csv")
    assert told(klass.server, klass.ada, (1, 1)).content == answer


def test_killed_in_the_middle_again_and_again_it_forgets_all_and_loses_nothing(
    tmp_path: Path, allowed: tuple[str, ...]
) -> None:
    course, tokens = make_course(tmp_path / "course", "ada", "eve")
    chance = random.Random(4)
    others = [Opened("eve"), *(Edited(0, "", chance.randbytes(900).hex()) for _ in range(3000))]
    with served(course) as server:
        server.push(tokens["ada"], segment(allowed, *(Opened(LONG + str(n)) for n in range(300))))
        assert server.push(tokens["eve"], segment(allowed, *others)).status == 200
    for at in range(6):
        with served(course) as server:
            asking = threading.Thread(
                target=_quietly, args=[server, tokens["ada"], (1 + 50 * at, 50 + 50 * at)]
            )
            asking.start()
            time.sleep(chance.uniform(0, 0.2))
            server.kill()
            asking.join()
        scouring = subprocess.Popen([sys.executable, "-c", SCOURING, str(course.home.path)])
        time.sleep(chance.uniform(0.3, 1.2))
        scouring.kill()
        scouring.wait()
    with served(course) as server:
        assert told(server, tokens["ada"], (1, 300)).status == 200
        assert server.stop() == 0
    assert found_in_raw(course.home.path, SECRET) == []
    subjects = {each: course.subject_of(each, course.key()) for each in ("ada", "eve")}
    assert {e.event.body.kind for e in kept(course, f"s-1-{subjects['ada']}")} == {"erased"}
    assert [each.event.body for each in kept(course, f"s-1-{subjects['eve']}")] == others


def _quietly(server: Served, token: str, run: tuple[int, int]) -> None:
    with suppress(OSError, ValueError, AssertionError):
        told(server, token, run)


# What a course does first when it is served.
SCOURING = """
import pathlib, sys
from foretrace_server.collect import course, keeper
keeper.Keeper(course.find(pathlib.Path(sys.argv[1]))).begin().result()
"""


def found_in_raw(folder: Path, text: str) -> list[str]:
    """Return the files in which a short text, or one of the long ones that has it, can be read."""
    with closing(Store.read(Home(folder))) as store:
        texts = store.db.execute("SELECT count(*) FROM texts").fetchone()[0]
    assert texts == 3000, "only what the other student wrote is left"
    return [each.name for each in folder.glob("traces.db*") if text.encode() in each.read_bytes()]


def test_a_course_that_ends_leaves_nothing_in_the_bytes(
    tmp_path: Path, allowed: tuple[str, ...]
) -> None:
    course, tokens = make_course(tmp_path / "course", "ada")
    with served(course) as server:
        server.push(tokens["ada"], segment(allowed, Opened(SECRET)))
        assert told(server, tokens["ada"], (1, 1)).content["complete"] is False
        assert server.stop() == 0
    assert found_in(course.home.path, [SECRET]) == set()


def test_what_many_forget_at_once_is_scoured_once() -> None:
    scouring = Scouring(gather_seconds=10)
    assert scouring.wait_seconds(now=100) == 10
    scouring.done(began=110, ended=140)
    assert scouring.wait_seconds(now=150) == 590
    assert scouring.wait_seconds(now=1000) == 10


def test_the_files_are_scoured_by_themselves(tmp_path: Path) -> None:
    course, _ = make_course(tmp_path / "course", "ada")
    sent = segment((), Opened(SECRET))
    with closing(Keeper(course)) as keeper:
        keeper._scouring = Scouring(gather_seconds=0.05)
        subject = course.subject_of("ada", course.key())
        keeper.keep(subject, sent.session, sent.events).result()
        assert not keeper.forget(subject, Forgetting("s-1", ((1, 1),))).result().complete
        deadline = time.monotonic() + 60
        while found_in(course.home.path, [SECRET]):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert keeper.forget(subject, Forgetting("s-1", ((1, 1),))).result().complete


RUNS = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 12)).map(sorted).map(tuple))


@given(RUNS, RUNS, st.integers(0, 12), st.integers(1, 13))
def test_what_both_forgot_follows_on(
    here: list[Any], there: list[Any], through: int, first: int
) -> None:
    """Whatever each side forgot of the same events, they agree, and nothing is left out."""
    if first > through + 1 or first > 12:
        return
    sent = _events(here, first, 12)
    new = following(sent, through, _events(there, 1, through))
    differs = any(
        isinstance(each.event.body, Erased)
        and not {*range(each.sequence, min(last_of(each), through) + 1)} <= _numbers(there)
        for each in sent
    )
    if differs:
        assert isinstance(new, Refusal)
        return
    assert not isinstance(new, Refusal)
    numbers = [n for e in new for n in _numbers_of(e)]
    assert numbers == list(range(through + 1, 13))


def _numbers(runs: list[tuple[int, int]]) -> set[int]:
    return {number for first, last in runs for number in range(first, last + 1)}


def _events(runs: list[tuple[int, int]], first: int, last: int) -> list[Recorded]:
    """Return events, with one in the place of each run of forgotten ones."""
    gone, found, number = _numbers(runs), list[Recorded](), first
    while number <= last:
        end = number
        body: Body = Edited(number, "", "x")
        if number in gone:
            while end + 1 in gone and end < last:
                end += 1
            body = Erased(number, end, "forgotten")
        found.append(Recorded("s", number, Event(0, 0, Actor.USER, body, A, number)))
        number = end + 1
    return found


def _numbers_of(event: Event) -> range:
    if isinstance(event.body, Erased):
        return range(event.body.first, event.body.last + 1)
    assert event.version is not None
    return range(event.version, event.version + 1)


@define
class Laptop:
    """A laptop that joined the course."""

    home: Home
    klass: Class

    def record(self, *bodies: Body, session: str = "s-1") -> None:
        events = [Event(now_us(), n, Actor.USER, body, A, n) for n, body in enumerate(bodies)]
        with closing(Store.create(self.home)) as store:
            known = session in store.names()
            info = SessionInfo(session, now_us(), "0.1", "an editor")
            writer = store.continue_session(session) if known else store.begin_session(info)
            assert writer.append(events) == []

    def push(self, terms: Terms | None = None) -> Pushed:
        return Pusher(self.home).push(terms or Terms(at_once=True))

    def push_until_forgotten(self) -> None:
        deadline = time.monotonic() + 60
        while not self.push().forgotten:
            assert time.monotonic() < deadline
            time.sleep(0.2)

    def there(self, session: str = "s-1") -> list[Recorded]:
        return kept(self.klass.course, f"{session}-{self.klass.subject}")


@pytest.fixture
def laptop(home: Home, klass: Class) -> Laptop:
    grant(home, [Scope.INSTRUCTOR], Content.FULL, "test", datetime.now(timezone.utc))
    address = f"http://127.0.0.1:{klass.server.port}"
    join(home, Joined(address, "Programming 1", klass.ada, now_us()))
    return Laptop(home, klass)


def test_what_a_student_forgets_is_forgotten_there_and_the_session_goes_on(laptop: Laptop) -> None:
    laptop.record(Opened("a\n"), Edited(0, "", SECRET), Edited(0, SECRET, ""))
    laptop.record(Opened("b\n"), session="s-2")
    laptop.push()
    forget(laptop.home, Selection(frozenset({"s-1"})))
    laptop.record(Opened("c\n"), Edited(0, "", "d"))
    laptop.push_until_forgotten()
    assert found_in(laptop.klass.course.home.path, [SECRET]) == set()
    assert [each.event.body.kind for each in laptop.there()] == ["erased", "open", "edit"]
    assert replay(laptop.there()).texts == {A: "dc\n"}
    assert laptop.push() == Pushed()
    # The same document in a later session may hold it, and the course had it with its text.
    (opened,) = laptop.there("s-2")
    assert opened.event.body == Opened(Withheld(2))


def test_it_is_told_where_the_person_allows_nothing_any_more(laptop: Laptop) -> None:
    laptop.record(Opened(SECRET))
    laptop.push()
    decide(laptop.home, Action.WITHDRAW, "test", datetime.now(timezone.utc))
    forget(laptop.home, Selection())
    laptop.push_until_forgotten()
    assert found_in(laptop.klass.course.home.path, [SECRET]) == set()


def test_what_is_forgotten_while_its_first_segment_is_on_its_way_is_told(laptop: Laptop) -> None:
    laptop.record(Opened("a\n"), Edited(0, "", SECRET))
    asked = iter(range(10))

    def allowed() -> bool:
        if next(asked) == 1:  # the first is what the course has, the second the segment itself
            forget(laptop.home, Selection())
        return True

    assert Pusher(laptop.home, allowed).push(Terms(at_once=True)).segments == 1
    assert found_in(laptop.klass.course.home.path, [SECRET]) != set()
    laptop.push_until_forgotten()
    assert found_in(laptop.klass.course.home.path, [SECRET]) == set()


def test_an_answer_that_was_lost_before_something_was_forgotten_does_no_harm(
    laptop: Laptop,
) -> None:
    laptop.record(Opened("a\n"), Edited(0, "", SECRET), Edited(0, "", "b"))
    pusher = Pusher(laptop.home)
    pusher.push(Terms(at_once=True))
    with closing(Store.create(laptop.home)) as store:
        store.db.execute("DELETE FROM outbox")  # as a process leaves it that died
    forget(laptop.home, Selection(since_wall_us=laptop.there()[1].event.wall_us))
    laptop.record(Edited(0, Withheld(1), Withheld(1)))
    # One that has asked before what the course has does not ask again.
    pushed = pusher.push(Terms(at_once=True))
    assert (pushed.refused, pushed.troubles) == (0, {})
    assert [each.event.body.kind for each in laptop.there()][:2] == ["open", "erased"]
    laptop.push_until_forgotten()
    assert found_in(laptop.klass.course.home.path, [SECRET]) == set()


def test_a_new_process_tells_what_left_unnoticed(laptop: Laptop) -> None:
    laptop.record(Opened("a\n"), Edited(0, "", SECRET))
    laptop.push()
    with closing(Store.create(laptop.home)) as store:
        store.db.execute("DELETE FROM outbox")
    forget(laptop.home, Selection(frozenset({"s-1"})))
    laptop.push()
    laptop.push_until_forgotten()
    assert [each.event.body for each in laptop.there()] == [Erased(1, 2, "forgotten")]


def test_what_expires_on_the_laptop_stays_in_the_course(laptop: Laptop) -> None:
    laptop.record(Opened("a"))
    laptop.push()
    assert expire(laptop.home, 1, now_us() + 10 * 86_400_000_000) is not None
    assert laptop.push() == Pushed()
    assert [each.event.body for each in laptop.there()] == [Opened("a")]


def test_the_student_sees_what_is_forgotten_there(laptop: Laptop, tmp_path: Path) -> None:
    laptop.record(Opened(SECRET))
    laptop.push()
    export(laptop.klass.course.home, Format.CSV, tmp_path / "out.csv")
    done = foretrace(laptop.home, "traces", "forget", "s-1", "--yes")
    assert "foretrace collect push" in done.stdout
    assert "not yet" in foretrace(laptop.home, "collect", "status").stdout
    laptop.push_until_forgotten()
    (told_now,) = foretrace_json(laptop.home, "collect", "status")["courses"]
    assert told_now["forgotten_here"] == []
    assert [each["format"] for each in told_now["forgotten_there"][0]["exports"]] == ["csv"]
    assert "may still hold it" in foretrace(laptop.home, "collect", "status").stdout
