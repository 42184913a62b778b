"""What is recorded of the person at this machine, in numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from foretrace_telemetry.events import (
    Actor,
    Body,
    Edited,
    Erased,
    Event,
    Opened,
    RunFinished,
    Saved,
    TestsFinished,
    Withheld,
)
from foretrace_telemetry.home import Home
from foretrace_telemetry.overview import (
    DocumentWork,
    ErrorSeen,
    SessionWork,
    errors_seen,
    events_told,
    own_sessions,
    sessions_worked,
)
from foretrace_telemetry.store import SessionInfo, Store, UnreadableEventError

A, B = "file:///a.py", "file:///b.py"


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    with closing(Store.create(home)) as store:
        yield store


def record(store: Store, info: SessionInfo, *happened: tuple[Body, str | None]) -> None:
    writer = store.begin_session(info)
    writer.append(
        [Event(10 + n, n, Actor.USER, body, uri, 1) for n, (body, uri) in enumerate(happened)]
    )


def test_a_session_is_told_in_numbers(store: Store) -> None:
    record(
        store,
        SessionInfo("one", 10, "0", "VS Code"),
        (Opened("x"), A),
        (Edited(0, "", "y"), A),
        (Edited(0, "", "🙂"), A),
        (Edited(0, Withheld(0), Withheld(4)), B),
        (Saved(), A),
        (RunFinished(1, error_type="NameError"), A),
        (RunFinished(0), A),
        (TestsFinished(1, 2), A),
        (Erased(9, 12, "forgotten"), None),
    )
    record(
        store, SessionInfo("theirs", 20, "0", subject="ada", source="x"), (Edited(0, "", "y"), A)
    )
    own = own_sessions(store)
    told = list(events_told(store, own))
    assert sessions_worked(store, own, told) == [
        SessionWork(
            *("one", 10, 18, "VS Code", 9, 3, 1, 2, 1, 1, 1, 4),
            documents=(DocumentWork(A, 2, 0), DocumentWork(B, 1, 1)),
        )
    ]
    assert {each.session for each in told} == {"one"}


def test_errors_are_counted_over_sessions(store: Store) -> None:
    name, index = RunFinished(1, error_type="NameError"), RunFinished(1, error_type="IndexError")
    record(store, SessionInfo("one", 1, "0"), (index, A), (name, A), (RunFinished(2), A))
    record(store, SessionInfo("two", 1, "0"), (name, A))
    found = errors_seen(events_told(store, own_sessions(store)))
    assert found == [ErrorSeen("NameError", 2, 11), ErrorSeen("IndexError", 1, 10)]


def test_an_event_that_is_none_is_named(store: Store) -> None:
    record(store, SessionInfo("one", 1, "0"), (TestsFinished(1, 0), A))
    store.db.execute("UPDATE events SET data = '{}'")
    with pytest.raises(UnreadableEventError, match="event 1 of session one"):
        list(events_told(store, own_sessions(store)))
