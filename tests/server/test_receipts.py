"""What was erased of somebody is found among the receipts, however many there are of others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.courses import DOCUMENT, make_course, segment

from foretrace_server.collect.course import SOURCE, Course
from foretrace_server.collect.forgetting import Forgotten, forget_here
from foretrace_server.collect.keeper import WITHDRAWN, Keeper
from foretrace_server.collect.receipts import erased_of
from foretrace_telemetry.erase import (
    FORGOTTEN,
    Selection,
    forget,
    receipts,
    sessions_erased_after,
)
from foretrace_telemetry.events import Actor, Edited, Event, Opened
from foretrace_telemetry.exchange.exporting import Format, export
from foretrace_telemetry.exchange.forgetting import Forgetting
from foretrace_telemetry.home import Home
from foretrace_telemetry.lineage import Export, note_export
from foretrace_telemetry.store import SessionInfo, Store
from foretrace_telemetry.transaction import writing

SESSIONS = 40
# A row that is read takes some steps; how deep a table lies may take one.
FEW_STEPS = 10


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    """A store in which as many students have a session of three events each."""
    bodies = (Opened("a"), Edited(0, "", "b"), Edited(0, "", "c"))
    events = [Event(n, n, Actor.USER, body, DOCUMENT, n) for n, body in enumerate(bodies)]
    with closing(Store.create(home)) as made:
        with writing(made.db):
            for number in range(SESSIONS):
                subject = f"s{number}"
                info = SessionInfo(f"one-{subject}", 1, "0.1", "", subject, SOURCE)
                made.begin_session(info).append_whole(events)
        yield made


def forgotten(store: Store, home: Home, number: int, *runs: tuple[int, int]) -> Forgotten:
    return forget_here(store, home.key(), f"one-s{number}", Forgetting("one", runs))


def steps_of_forgetting(store: Store, home: Home, number: int) -> int:
    """Return how many steps SQLite makes to forget something of a session."""
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 1

    store.db.conn.set_progress_handler(count, 1)
    try:
        forgotten(store, home, number, (1, 2))
    finally:
        store.db.conn.set_progress_handler(None, 1)
    return steps


def test_forgetting_does_not_become_slower_by_what_others_forgot(store: Store, home: Home) -> None:
    forgotten(store, home, 0, (1, 1))
    early = steps_of_forgetting(store, home, 1)
    for number in range(2, SESSIONS - 1):
        forgotten(store, home, number, (1, 1))
    assert steps_of_forgetting(store, home, SESSIONS - 1) < early + FEW_STEPS


def test_a_receipt_tells_of_all_that_was_forgotten_of_a_session_and_of_no_other(
    store: Store, home: Home
) -> None:
    forgotten(store, home, 1, (1, 3))
    assert forgotten(store, home, 0, (1, 1)).events == 1
    assert forgotten(store, home, 0, (2, 2)).events == 2
    assert forgotten(store, home, 0, (1, 3)).events == 3
    assert erased_of(store.db, FORGOTTEN, {"one-s0", "one-s1"}).events == 6
    assert erased_of(store.db, WITHDRAWN, {"one-s0"}).events == 0
    assert erased_of(store.db, FORGOTTEN, set()).events == 0


def test_a_receipt_that_is_kept_names_an_export_and_not_whose_work_is_in_it(
    store: Store, home: Home
) -> None:
    note_export(home, Export(1, "csv", "/elsewhere/a.csv", tuple(store.names())))
    told = forgotten(store, home, 0, (1, 1))
    assert told.exports == ({"made_wall_us": 1, "format": "csv"},)
    (kept,) = receipts(store.db)
    assert kept["exports"] == [{"made_wall_us": 1, "format": "csv", "path": "/elsewhere/a.csv"}]
    assert "one-s1" not in json.dumps(kept)


def test_it_is_known_which_sessions_lost_a_text_only(store: Store, home: Home) -> None:
    forget(home, Selection(until_wall_us=1, sessions=frozenset({"one-s0"})))
    assert sessions_erased_after(store.db, 0) == set(store.names())
    assert sessions_erased_after(store.db, 1) == set()


def test_what_was_erased_before_sessions_were_looked_up_is_found(store: Store, home: Home) -> None:
    forgotten(store, home, 0, (1, 2))
    store.db.execute("DROP TABLE erased_sessions")
    store.db.execute("DELETE FROM _sqlite_migrations WHERE name = 'm006_sessions_of_erasures'")
    store.db.conn.commit()
    with closing(Store.create(home)) as later:
        assert erased_of(later.db, FORGOTTEN, {"one-s0"}).events == 2


def test_who_withdraws_is_told_of_their_own_and_of_exports_that_are_there(
    tmp_path: Path, course: Course
) -> None:
    ada, bob = (course.subject_of(each, course.key()) for each in ("ada", "bob"))
    sent = segment((), Opened("x"), Edited(0, "", "y"))
    with closing(Keeper(course)) as keeper:
        for subject in (ada, bob):
            keeper.keep(subject, sent.session, sent.events).result()
        export(course.home, Format.CSV, tmp_path / "out.csv")
        keeper.withdraw(bob).result()
        export(course.home, Format.CSV, tmp_path / "later.csv")
        receipt = keeper.withdraw(ada).result()
        assert (receipt.sessions, receipt.events, receipt.documents) == (1, 2, 1)
        assert [set(each) for each in receipt.exports] == [{"made_wall_us", "format", "path"}] * 2
        assert [each["path"] for each in keeper.withdraw(bob).result().exports] == [
            str(tmp_path / "out.csv")
        ]
        assert keeper.withdraw(ada).result() == receipt


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return make_course(tmp_path / "course", "ada", "bob")[0]
