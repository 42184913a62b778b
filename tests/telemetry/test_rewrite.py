"""Rewriting: what gives way is gone, from the tables and from the bytes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from tests.forensics import found_in
from tests.stored import recorded

from foretrace_telemetry.events import Actor, Edited, Event, Opened, Viewed, Withheld
from foretrace_telemetry.home import Home
from foretrace_telemetry.replay import replay
from foretrace_telemetry.session_writer import SessionWriter
from foretrace_telemetry.store import SessionInfo, Store

URI = "file:///a.py"


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    with contextlib.closing(Store.create(home)) as store:
        yield store


def _typed(store: Store, words: list[str], batch: int = 20) -> SessionWriter:
    """Write a session that opens a document and types words, of which some are long."""
    session = store.begin_session(SessionInfo("s", 0, "0"))
    events = [Event(0, 0, Actor.USER, Opened("".join(words)), URI, 0)]
    offset = 0
    for word in words:
        events.append(Event(1, 1, Actor.USER, Edited(offset, "", word), URI, 1))
        offset += len(word)
    for start in range(0, len(events), batch):
        assert session.append(events[start : start + batch]) == []
    return session


def _words(count: int) -> list[str]:
    return [f"<word{number:05d}>" * (60 if number % 7 == 0 else 1) for number in range(count)]


def test_what_was_rewritten_is_in_no_byte(home: Home, store: Store) -> None:
    words = _words(1500)  # so many that pages are split
    _typed(store, words)
    marks = {word[:11] for word in words}
    assert found_in(home.path, marks) == marks
    bodies = {n + 2: Edited(0, "", "*" * len(word)) for n, word in enumerate(words)}
    assert store.rewrite("s", {1: Opened("*" * len("".join(words))), **bodies})
    assert found_in(home.path, marks) == set()
    assert store.check() is None
    assert len(recorded(home)) == len(words) + 1


def test_a_session_goes_on_after_it_was_rewritten_from_elsewhere(home: Home, store: Store) -> None:
    session = _typed(store, ["correct", "horse"])
    with contextlib.closing(Store.create(home)) as other:
        assert other.rewrite("s", {3: Edited(7, "", "*****")})
    session.append([Event(2, 2, Actor.USER, Edited(12, "", "battery"), URI, 2)])
    result = replay(recorded(home))
    assert result.exact
    assert result.texts == {URI: "correct*****battery" + "correcthorse"}


def test_who_reads_meanwhile_keeps_old_bytes_only_until_it_is_tried_again(home: Home) -> None:
    words = _words(10)
    with contextlib.closing(Store.create(home, busy_seconds=0.1)) as store:
        _typed(store, words)
        with contextlib.closing(Store.read(home)) as reader:
            events = iter(reader.events("s"))
            next(events)
            bodies = {n + 2: Edited(0, "", "*" * len(word)) for n, word in enumerate(words)}
            assert not store.rewrite("s", {1: Opened(""), **bodies})
            assert next(events).event.body == Edited(0, "", words[0])
            del events
        assert found_in(home.path, ["<word00003>"])
        assert store.scour()
        assert not found_in(home.path, ["<word00003>"])


def test_an_event_of_another_kind_or_without_its_text_stays_as_it_is(
    home: Home, store: Store
) -> None:
    session = _typed(store, ["a"])
    session.append([Event(2, 2, Actor.USER, Edited(0, Withheld(0), Withheld(3)), URI, 2)])
    store.rewrite("s", {1: Viewed(), 3: Edited(0, "", "abc"), 99: Edited(0, "", "x")})
    assert [each.event.body for each in recorded(home)] == [
        Opened("a"),
        Edited(0, "", "a"),
        Edited(0, Withheld(0), Withheld(3)),
    ]
