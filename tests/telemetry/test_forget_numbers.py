"""Forgetting by numbers: whoever has the same events forgets the same of them."""

from __future__ import annotations

from contextlib import closing
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foretrace_telemetry.erase import Selection, forget
from foretrace_telemetry.events import Actor, Body, Edited, Erased, Event, Opened, Saved, Withheld
from foretrace_telemetry.exchange.forgetting import (
    Forgetting,
    ForgettingError,
    Numbers,
    decode,
    encode,
    joined,
    lost_of,
)
from foretrace_telemetry.exchange.segments import last_of
from foretrace_telemetry.forget_numbers import forget_numbers
from foretrace_telemetry.home import Home
from foretrace_telemetry.sending.outbox import Outbox, Run
from foretrace_telemetry.sending.untold import Untold
from foretrace_telemetry.store import SessionInfo, Store

COURSE = "https://course.example.org"
BODIES: tuple[Body, ...] = (
    Opened("a" * 400),
    *(Edited(n, "", "b") for n in range(4)),
    Saved("digest"),
    Edited(0, "a", ""),
)
# Since when, how long, and whether later texts go.
Span = tuple[int, int, bool]
RUNS = st.lists(
    st.tuples(st.integers(1, 60), st.integers(0, 9)).map(lambda run: (run[0], run[0] + run[1]))
)


def filled(home: Home) -> None:
    """Record two sessions of the same two documents."""
    with closing(Store.create(home)) as store:
        for session in ("one", "two"):
            first_us = 1000 if session == "one" else 2000
            events = [
                Event(first_us + n, n, Actor.USER, body, f"file:///{n % 2}.py", n)
                for n, body in enumerate(BODIES * 2)
            ]
            assert store.begin_session(SessionInfo(session, first_us, "0.1")).append(events) == []


def told(home: Home, session: str) -> dict[int, Event | None]:
    """Return what stands under each number, None where it was forgotten."""
    found: dict[int, Event | None] = {}
    with closing(Store.read(home)) as store:
        for each in store.events(session):
            gone = isinstance(each.event.body, Erased)
            for number in range(each.sequence, last_of(each) + 1):
                found[number] = None if gone else each.event
    return found


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.integers(990, 2030), st.integers(0, 400), st.booleans()),
        min_size=1,
        max_size=3,
    )
)
def test_what_one_forgets_another_forgets_by_its_numbers(spans: list[Span]) -> None:
    with TemporaryDirectory() as folder:
        here, there = Home(Path(folder) / "here"), Home(Path(folder) / "there")
        filled(here)
        filled(there)
        with closing(Store.create(here)) as store:
            for session in ("one", "two"):
                Outbox(store.db, COURSE).acknowledge(session, Run(1, 14, 0), 1)
        for since, length, later in spans:
            span = Selection(
                since_wall_us=since, until_wall_us=since + length, and_later_texts=later
            )
            forget(here, span)
        with closing(Store.read(here)) as store:
            forgettings = Untold(store.db, COURSE).all()
        with closing(Store.create(there)) as store:
            for each in forgettings[::-1]:
                forget_numbers(store, there.key(), each.session, decode(encode(each)))
                before = store.db.execute("SELECT count(*) FROM erasures").fetchone()
                assert not forget_numbers(store, there.key(), each.session, each)
                assert store.db.execute("SELECT count(*) FROM erasures").fetchone() == before
        for session in ("one", "two"):
            assert told(there, session) == told(here, session)


@given(RUNS)
def test_runs_become_as_few_as_can_be(runs: list[Numbers]) -> None:
    found = joined(runs)
    numbers = {number for first, last in runs for number in range(first, last + 1)}
    assert [n for first, last in found for n in range(first, last + 1)] == sorted(numbers)
    assert all(last + 1 < first for (_, last), (first, _) in pairwise(found))


@given(RUNS, RUNS, st.integers(1, 5))
def test_parts_are_small_and_the_whole_together(
    erased: list[Numbers], withheld: list[Numbers], most_runs: int
) -> None:
    forgetting = Forgetting("s", tuple(erased), tuple(withheld))
    parts = list(forgetting.parts(most_runs))
    whole = Forgetting("s")
    for part in parts:
        assert len(part.erased) + len(part.withheld) <= most_runs
        whole = whole.and_also(part)
    assert whole == forgetting
    assert decode(encode(forgetting)) == forgetting
    assert bool(parts) == bool(forgetting)


@given(st.binary() | st.recursive(st.none() | st.integers(), st.lists).map(repr).map(str.encode))
def test_whatever_comes_is_understood_or_refused(raw: bytes) -> None:
    with pytest.raises(ForgettingError):
        decode(raw)


def test_what_events_have_lost_is_seen_in_them(home: Home) -> None:
    filled(home)
    forget(home, Selection(until_wall_us=1003))
    with closing(Store.read(home)) as store:
        events = list(store.events("one"))
    assert isinstance(events[1].event.body, Edited)
    assert events[1].event.body.inserted == Withheld(1)
    assert lost_of("one", events, 5) == Forgetting("one", ((1, 3),), ((4, 5),))
    assert lost_of("one", events, 2) == Forgetting("one", ((1, 2),))
