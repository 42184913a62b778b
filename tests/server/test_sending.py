"""Sending: what is typed into a real server arrives at a real course, as it is on the laptop."""

from __future__ import annotations

import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from attrs import define
from tests.command import environment_of, foretrace, foretrace_json
from tests.courses import Served, make_course, served
from tests.wire import Wire

from foretrace_server.collect.course import Course
from foretrace_telemetry.consent import Action, Content, Scope, decide, grant
from foretrace_telemetry.events import Edited, Erased, Resynced
from foretrace_telemetry.home import Home
from foretrace_telemetry.replay import replay
from foretrace_telemetry.store import NoTracesError, Store

STUDENT = "ada@example.org"


@define
class Class:
    """A course, and a student's laptop that is to join it."""

    course: Course
    token: str
    port: int
    laptop: Home
    uri: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def served(self) -> Iterator[Served]:
        """Serve the course, each time at the same address."""
        with served(self.course, "--port", str(self.port)) as server:
            yield server

    def join(self) -> None:
        """Allow it and join, as a student does."""
        grant(self.laptop, [Scope.INSTRUCTOR], Content.FULL, "test", datetime.now(timezone.utc))
        done = foretrace(
            self.laptop, "collect", "join", self.address, FORETRACE_COURSE_TOKEN=self.token
        )
        assert done.returncode == 0, done.stderr

    def push(self) -> dict[str, Any]:
        return foretrace_json(self.laptop, "collect", "push")

    def here(self) -> list[str | None]:
        """Return the last text of the document in each session of the laptop."""
        return self._texts(self.laptop)

    def there(self) -> list[str | None]:
        """Return what the course has of it; names of homes are other ones there."""
        return self._texts(self.course.home)

    def _texts(self, home: Home) -> list[str | None]:
        try:
            store = Store.read(home)
        except NoTracesError:
            return []
        with closing(store):
            found: list[str | None] = []
            for name in store.names():
                result = replay(store.events(name))
                assert result.problems == []
                found.extend(result.texts.values())
            return found


@pytest.fixture
def klass(home: Home, tmp_path: Path) -> Class:
    course, tokens = make_course(tmp_path / "course", STUDENT)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    return Class(course, tokens[STUDENT], port, home, (tmp_path / "a.txt").as_uri())


@define
class Typist:
    """Types into one document of a server."""

    server: Wire
    uri: str
    text: str = ""
    version: int = 0

    def open(self, text: str = "") -> None:
        self.text = text
        self.server.open(self.uri, text)

    def type(self, count: int) -> None:
        for _ in range(count):
            self.version += 1
            letter = "abcdefghij"[self.version % 10]
            self.server.type(self.uri, self.version, letter, character=len(self.text))
            self.text += letter

    def until_committed(self) -> None:
        before = self.server.status()["recording"]["committed"]
        self.server.save(self.uri, self.text)
        until(lambda: self._all_is_committed(before))

    def _all_is_committed(self, before: int) -> bool:
        recording = self.server.status()["recording"]
        return bool(recording["committed"] > before and not recording["waiting"])


@contextmanager
def editor(home: Home, uri: str, options: Any = None) -> Iterator[Typist]:
    with Wire(home) as server:
        server.begin(options=options)
        yield Typist(server, uri)


def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.05)


def test_what_was_typed_is_at_the_course_once_the_editor_closes(klass: Class) -> None:
    with klass.served():
        klass.join()
        with editor(klass.laptop, klass.uri) as typist:
            typist.open("x = 1")
            typist.type(40)
            assert typist.server.end() == 0
        assert klass.here() == klass.there() == [typist.text]


def test_it_goes_while_the_editor_is_open_and_the_server_says_so(klass: Class) -> None:
    with klass.served():
        klass.join()
        with editor(klass.laptop, klass.uri) as typist:
            typist.open()
            typist.type(40)
            until(lambda: typist.server.status()["sending"]["sent"] > 40)
            assert klass.there() == [typist.text]
            assert typist.server.status()["sending"]["trouble"] is None


def test_who_joins_with_an_editor_open_is_seen_from_then_on(klass: Class) -> None:
    grant(klass.laptop, [Scope.LOCAL], Content.FULL, "test", datetime.now(timezone.utc))
    with klass.served():
        with editor(klass.laptop, klass.uri) as typist:
            typist.open("before ")
            typist.type(10)
            typist.until_committed()
            klass.join()
            until(lambda: typist.server.status()["sending"]["courses"])
            typist.type(10)
            assert typist.server.end() == 0
        assert klass.there() == klass.here() == [typist.text]
        with closing(Store.read(klass.course.home)) as store:
            (name,) = store.names()
            first, second, *_ = (each.event.body for each in store.events(name))
        assert isinstance(first, Erased)
        assert isinstance(second, Resynced)


def test_a_course_that_is_away_for_a_while_misses_nothing(klass: Class) -> None:
    with klass.served():
        klass.join()
        with editor(klass.laptop, klass.uri) as typist:
            typist.open()
            typist.type(20)
            typist.until_committed()
            assert klass.push()["events"] > 20
    with editor(klass.laptop, klass.uri) as typist:
        typist.open()
        typist.type(30)
        assert typist.server.end() == 0
    assert foretrace(klass.laptop, "collect", "push").returncode == 1
    status = foretrace(klass.laptop, "collect", "status")
    assert status.returncode == 1
    assert "cannot be reached" in status.stdout
    assert "Waiting: 3" in status.stdout
    with klass.served():
        klass.push()
        assert klass.there() == klass.here()
        assert len(klass.there()) == 2
        assert foretrace(klass.laptop, "collect", "status").returncode == 0


def test_a_course_that_is_killed_again_and_again_gets_everything_once(klass: Class) -> None:
    with klass.served():
        klass.join()
    with editor(klass.laptop, klass.uri) as typist:
        typist.open()
        for round_ in range(6):
            with klass.served() as server:
                typist.type(500)
                typist.until_committed()
                pushing = started(klass.laptop)
                time.sleep(0.15 * round_)
                server.kill()
                pushing.wait()
        typist.server.kill()
    with klass.served():
        klass.push()
        assert klass.there() == klass.here() == [typist.text]


def test_a_laptop_that_is_killed_again_and_again_sends_everything_once(klass: Class) -> None:
    chance = random.Random(7)
    with klass.served():
        klass.join()
        for _ in range(4):
            with editor(klass.laptop, klass.uri) as typist:
                typist.open()
                for _ in range(2):
                    typist.type(400)
                    typist.until_committed()
                    pushing = started(klass.laptop)
                    time.sleep(chance.uniform(0.2, 0.9))
                    pushing.kill()
                    pushing.wait()
                typist.server.kill()
        klass.push()
        assert klass.there() == klass.here()
        assert len(klass.there()) == 4


def started(home: Home) -> subprocess.Popen[bytes]:
    """Start a push, and do not wait for it."""
    return subprocess.Popen(
        [sys.executable, "-m", "foretrace_server", "collect", "push"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment_of(home),
    )


def test_several_that_send_at_once_send_everything_once(klass: Class, tmp_path: Path) -> None:
    other = (tmp_path / "b.txt").as_uri()
    with klass.served():
        klass.join()
        with editor(klass.laptop, klass.uri) as one, editor(klass.laptop, other) as two:
            for typist in (one, two):
                typist.open()
            for _ in range(3):
                one.type(200)
                two.type(200)
                one.until_committed()
                two.until_committed()
                for pushing in [started(klass.laptop) for _ in range(3)]:
                    pushing.wait()
            assert one.server.end() == two.server.end() == 0
        klass.push()
        assert sorted(map(str, klass.there())) == sorted(map(str, klass.here()))
        assert {one.text, two.text} == set(klass.there())


def test_a_key_that_is_typed_never_reaches_the_course(klass: Class) -> None:
    key = "sk" + "_live_" + "9aZ3kQ7mX2pL8vN4cR6tY1wB"
    with klass.served():
        klass.join()
        with editor(klass.laptop, klass.uri) as typist:
            typist.open("key = ")
            for at, letter in enumerate(key, start=len("key = ")):
                typist.version += 1
                typist.server.type(klass.uri, typist.version, letter, character=at)
            until(lambda: typist.server.status()["sending"]["sent"] > len(key))
            assert typist.server.end() == 0
        (text,) = klass.there()
        assert text is not None
        assert text.startswith("key = ")
        assert "9aZ3" not in text
        with closing(Store.read(klass.course.home)) as store:
            (name,) = store.names()
            typed = [each.event.body for each in store.events(name)]
        letters = "".join(str(each.inserted) for each in typed if isinstance(each, Edited))
        assert key[-12:] not in letters


def test_what_was_forgotten_the_next_editor_has_forgotten_there_whatever_is_allowed(
    klass: Class,
) -> None:
    with klass.served():
        klass.join()
        with editor(klass.laptop, klass.uri) as typist:
            typist.open()
            typist.type(30)
            assert typist.server.end() == 0
        decide(klass.laptop, Action.WITHDRAW, "test", datetime.now(timezone.utc))
        told = foretrace(klass.laptop, "traces", "forget", "--all", "--yes").stdout
        assert f"The course at {klass.address} has it, too" in told
        assert "An export" not in told
        assert "Forgotten here" in foretrace(klass.laptop, "collect", "status").stdout
        assert klass.there() != []
        with editor(klass.laptop, klass.uri):
            until(lambda: klass.there() == [])


def test_who_leaves_is_erased_there_and_nothing_more_goes(klass: Class) -> None:
    with klass.served():
        klass.join()
        with editor(klass.laptop, klass.uri) as typist:
            typist.open()
            typist.type(30)
            typist.until_committed()
            klass.push()
            left = foretrace_json(klass.laptop, "collect", "leave")
            assert left["receipt"] is not None
            typist.type(30)
            assert typist.server.end() == 0
        assert klass.there() == []
        assert foretrace(klass.laptop, "collect", "push").returncode == 0
        assert klass.there() == []
    assert "it erased what it had" in foretrace(klass.laptop, "collect", "status").stdout


def test_a_withdrawal_that_nobody_heard_is_told_by_the_next_editor(klass: Class) -> None:
    with klass.served():
        klass.join()
        with editor(klass.laptop, klass.uri) as typist:
            typist.open()
            typist.type(30)
            assert typist.server.end() == 0
        assert klass.there() != []
    done = foretrace(klass.laptop, "collect", "leave")
    assert done.returncode == 1
    assert "has not erased" in done.stdout
    decide(klass.laptop, Action.WITHDRAW, "test", datetime.now(timezone.utc))
    with klass.served(), editor(klass.laptop, klass.uri) as typist:
        until(lambda: klass.there() == [], 90)
        until(lambda: foretrace_json(klass.laptop, "collect", "status")["courses"][0]["receipt"])


def test_an_editor_that_forbids_it_sends_nothing_until_it_allows_it(klass: Class) -> None:
    with klass.served():
        klass.join()
        options = {"sendingAllowed": False}
        with editor(klass.laptop, klass.uri, options) as typist:
            typist.open()
            typist.type(30)
            sending = typist.server.status()["sending"]
            assert sending["allowed"] is False
            assert "editor does not allow" in sending["trouble"]
            assert typist.server.end() == 0
        assert klass.there() == []
        with editor(klass.laptop, klass.uri, options) as typist:
            typist.server.tell("foretrace/sending", {"allowed": True})
            typist.open()
            typist.type(30)
            assert typist.server.status()["sending"]["allowed"] is True
            assert typist.server.end() == 0
        assert klass.there() == klass.here()


def test_what_is_no_answer_about_sending_forbids_it(klass: Class) -> None:
    with editor(klass.laptop, klass.uri, {"sendingAllowed": "yes"}) as typist:
        assert typist.server.status()["sending"]["allowed"] is False


def test_what_an_editor_held_up_goes_later_and_no_text_is_stated_twice(klass: Class) -> None:
    with klass.served():
        klass.join()
        with editor(klass.laptop, klass.uri, {"sendingAllowed": False}) as typist:
            typist.open()
            typist.type(30)
            typist.until_committed()
            typist.server.tell("foretrace/sending", {"allowed": True})
            until(lambda: typist.server.status()["sending"]["sent"] > 30)
            typist.type(10)
            assert typist.server.end() == 0
        assert klass.there() == klass.here() == [typist.text]
        with closing(Store.read(klass.laptop)) as store:
            (name,) = store.names()
            assert not any(isinstance(each.event.body, Resynced) for each in store.events(name))


def test_a_scope_that_is_withdrawn_stops_it_in_an_open_editor(klass: Class) -> None:
    with klass.served():
        klass.join()
        with editor(klass.laptop, klass.uri) as typist:
            typist.open()
            typist.type(30)
            now = datetime.now(timezone.utc)
            decide(klass.laptop, Action.WITHDRAW, "test", now, [Scope.INSTRUCTOR])
            until(lambda: "not allow" in str(typist.server.status()["sending"]["trouble"]))
            assert typist.server.end() == 0
        assert klass.there() == []


def test_without_a_course_nothing_of_it_is_made(consented: Home, tmp_path: Path) -> None:
    with editor(consented, (tmp_path / "a.txt").as_uri()) as typist:
        typist.open()
        typist.until_committed()
        assert typist.server.end() == 0
    found = {path.name for path in consented.path.iterdir()}
    assert found == {"consent.jsonl", "key", "traces.db"}
