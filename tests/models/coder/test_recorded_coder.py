"""What is recorded of a coder: whose sessions, which traces, in which language."""

from __future__ import annotations

import contextlib

from foretrace_models.coder.recorded import coders_in, work_of
from foretrace_telemetry.erase import Selection, forget
from foretrace_telemetry.events import Actor, Edited, Event, Foreign, Opened, Saved
from foretrace_telemetry.home import Home
from foretrace_telemetry.store import SessionInfo, Store


def write(home: Home, name: str, *events: Event, subject: str | None = None) -> None:
    """Write a session of one's own, or with a subject one that was imported."""
    source = None if subject is None else "itap"
    with contextlib.closing(Store.create(home)) as store:
        info = SessionInfo(name, 1, "0", subject=subject, source=source)
        assert store.begin_session(info).append(events) == []


def edited(name: str, wall_us: int) -> list[Event]:
    """Return the events of opening a program, editing and saving it."""
    bodies = (Opened("x", "python"), Edited(0, "", name), Saved(None))
    uri = f"file:///w/{name}.py"
    return [Event(wall_us + n, n, Actor.USER, body, uri, n) for n, body in enumerate(bodies)]


def submitted(problem: str, text: str) -> Event:
    return Event(1, 1, Actor.UNKNOWN, Foreign("Submit", text, ()), f"imported:?problem={problem}")


def test_what_was_worked_on_last_stands_at_the_end(home: Home) -> None:
    write(home, "1", *edited("a", 10), *edited("b", 20))
    write(home, "2", *edited("a", 30))
    with contextlib.closing(Store.read(home)) as store:
        work = work_of(store, None)
    assert [each.trace.exercise for each in work.traces] == ["b", "a"]
    assert [each.sessions for each in work.traces] == [("1",), ("1", "2")]
    assert work.sessions == 2
    assert work.profile().traces == 2


def test_a_vector_is_made_of_the_eight_latest(home: Home) -> None:
    write(home, "1", *(event for number in range(9) for event in edited(f"p{number}", number * 10)))
    with contextlib.closing(Store.read(home)) as store:
        known = work_of(store, None).known
    assert [each.trace.exercise for each in known] == [f"p{number}" for number in range(1, 9)]


def test_each_coder_has_their_own_sessions(home: Home) -> None:
    write(home, "1", submitted("a", "x = 1"), subject="ada")
    write(home, "2", submitted("a", "x = 2"), subject="ben")
    write(home, "3", *edited("mine", 10))
    write(home, "4", submitted("b", "x = 3"), subject="ada")
    with contextlib.closing(Store.read(home)) as store:
        assert coders_in(store.sessions()) == ["ben", None, "ada"]
        found = {coder: work_of(store, coder) for coder in ("ada", "ben", None)}
    assert {coder: work.sessions for coder, work in found.items()} == {"ada": 2, "ben": 1, None: 1}
    assert [each.trace.coder for each in found["ada"].traces] == ["ada", "ada"]


def test_what_was_imported_without_its_language_is_python_if_it_parses(home: Home) -> None:
    write(home, "1", submitted("py", "def f(:"), submitted("py", "def f(): pass"), subject="ada")
    write(home, "2", submitted("c", "int f() {}"), subject="ada")
    with contextlib.closing(Store.read(home)) as store:
        languages = {e.trace.exercise: e.trace.language for e in work_of(store, "ada").traces}
    assert languages == {"py": "python", "c": ""}


def test_it_is_known_after_which_erasure_it_was_read(home: Home) -> None:
    write(home, "1", *edited("a", 10))
    with contextlib.closing(Store.read(home)) as store:
        assert work_of(store, None).newest_erasure == 0
        forget(home, Selection(sessions=frozenset({"1"})))
        work = work_of(store, None)
    assert work.newest_erasure == 1
    assert work.traces == ()
