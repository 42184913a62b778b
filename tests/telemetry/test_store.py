"""The store: events in one SQLite file, and back."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.event_examples import EXAMPLES

from foretrace_telemetry import events as kinds
from foretrace_telemetry.events import (
    BODIES,
    Actor,
    Body,
    Edited,
    Event,
    Opened,
    Resynced,
    Withheld,
    withhold,
)
from foretrace_telemetry.home import Home
from foretrace_telemetry.rows import body_from_json
from foretrace_telemetry.session_writer import UnwritableEventError
from foretrace_telemetry.store import NoTracesError, SessionInfo, Store

INFO = SessionInfo("s1", 1_000_000, "0.1.0", "an editor 1.0")


def _event(body: Body, uri: str | None = "file:///a.py") -> Event:
    return Event(10, 20, Actor.USER, body, uri, 3)


def _round_trip(home: Home, events: list[Event]) -> list[Event]:
    store = Store.create(home)
    store.begin_session(INFO).append(events)
    store.close()
    store = Store.read(home)
    try:
        return [recorded.event for recorded in store.events("s1")]
    finally:
        store.close()


def test_every_kind_of_event_has_an_example_here() -> None:
    assert {type(body) for body in EXAMPLES} == set(BODIES.values())


def test_every_kind_of_event_comes_back_as_it_went(consented: Home) -> None:
    events = [_event(body) for body in EXAMPLES]
    assert _round_trip(consented, events) == events


def test_events_are_numbered_without_gaps_across_batches(consented: Home) -> None:
    store = Store.create(consented)
    writer = store.begin_session(INFO)
    for size in (3, 1, 2):
        writer.append([_event(kinds.Viewed())] * size)
    assert [each.sequence for each in store.events("s1")] == [1, 2, 3, 4, 5, 6]


def test_what_cannot_be_written_is_given_back_and_the_rest_is_written(consented: Home) -> None:
    store = Store.create(consented)
    writer = store.begin_session(INFO)
    bad = _event(Edited(2**70, "", ""), "file:///new.py")
    assert writer.append([_event(kinds.Viewed()), bad, _event(kinds.Viewed())]) == [bad]
    assert [each.sequence for each in store.events("s1")] == [1, 2]


def test_a_batch_that_fails_leaves_nothing_behind_and_can_be_tried_again(consented: Home) -> None:
    store = Store.create(consented)
    writer = store.begin_session(INFO)
    other = sqlite3.connect(consented.traces)
    store._db.execute("PRAGMA busy_timeout = 10")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        writer.append([_event(kinds.Viewed(), "file:///new.py")])
    other.rollback()
    writer.append([_event(kinds.Viewed(), "file:///new.py")])
    assert [each.sequence for each in store.events("s1")] == [1]


def test_a_long_text_is_kept_once_and_compressed(consented: Home) -> None:
    text = "def f():\n    return 1\n" * 500
    _round_trip(consented, [_event(Opened(text)), _event(Resynced(text, "again"))])
    connection = sqlite3.connect(consented.traces)
    ((count, size),) = connection.execute("SELECT count(*), sum(length(deflated)) FROM texts")
    assert count == 1
    assert size < len(text) / 10


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_everything_in_the_folder_is_private(consented: Home) -> None:
    _round_trip(consented, [_event(Opened("x"))])
    for path in consented.path.iterdir():
        assert not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO), path


def test_reading_makes_no_database(home: Home) -> None:
    with pytest.raises(NoTracesError):
        Store.read(home)
    assert not home.path.exists()


def test_an_unknown_session_is_told(consented: Home) -> None:
    store = Store.create(consented)
    with pytest.raises(NoTracesError, match="nobody"):
        list(store.events("nobody"))


def test_opening_twice_changes_nothing(consented: Home) -> None:
    Store.create(consented).close()
    before = sqlite3.connect(consented.traces).execute("SELECT sql FROM sqlite_master").fetchall()
    Store.create(consented).close()
    after = sqlite3.connect(consented.traces).execute("SELECT sql FROM sqlite_master").fetchall()
    assert before == after


def test_a_database_of_an_older_version_can_be_read_and_is_brought_up_to_date(
    consented: Home,
) -> None:
    _round_trip(consented, [_event(Opened("x"))])
    with closing(sqlite3.connect(consented.traces)) as older:
        older.execute("ALTER TABLE sessions DROP COLUMN subject")
        older.execute("ALTER TABLE sessions DROP COLUMN source")
        older.execute("DELETE FROM _sqlite_migrations WHERE name = 'm002_imported_sessions'")
        older.commit()
    for opened in (Store.read, Store.create, Store.read):
        store = opened(consented)
        assert [(each.events, each.subject) for each in store.sessions()] == [(1, None)]
        store.close()


def test_an_imported_session_is_continued_where_it_ends(home: Home) -> None:
    store = Store.create(home)
    info = SessionInfo("s1", 5, "0", "editor", subject="S001", source="progsnap2")
    store.begin_session(info).append([_event(body) for body in EXAMPLES[:3]])
    store.continue_session("s1").append([_event(EXAMPLES[3]), _event(EXAMPLES[4], "file:///b.py")])
    (summary,) = store.sessions()
    assert (summary.subject, summary.source, summary.documents) == ("S001", "progsnap2", 2)
    assert [each.sequence for each in store.events("s1")] == [1, 2, 3, 4, 5]
    with pytest.raises(NoTracesError, match="s2"):
        store.continue_session("s2")
    store.close()


def test_sessions_are_summed_up(consented: Home) -> None:
    store = Store.create(consented)
    store.begin_session(INFO).append([_event(body) for body in EXAMPLES[:4]])
    (summary,) = store.sessions()
    assert (summary.name, summary.events, summary.edits, summary.documents) == ("s1", 4, 3, 1)


def test_a_sound_file_is_called_sound_and_a_damaged_one_is_not(consented: Home) -> None:
    _round_trip(consented, [_event(Opened("x" * n)) for n in range(200)])
    store = Store.read(consented)
    assert store.check() is None
    store.close()
    raw = bytearray(consented.traces.read_bytes())
    raw[4096 : 4096 * 3] = b"\xff" * 8192
    consented.traces.write_bytes(raw)
    for suffix in ("-wal", "-shm"):
        Path(f"{consented.traces}{suffix}").unlink(missing_ok=True)
    assert Store.read(consented).check() is not None


def test_writing_waits_for_another_process_that_writes(consented: Home) -> None:
    store = Store.create(consented)
    session = store.begin_session(INFO)
    other = sqlite3.connect(consented.traces, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO texts (key, deflated) VALUES (x'00', x'00')")
    timer = threading.Timer(0.5, other.execute, ["COMMIT"])
    timer.start()
    session.append([_event(Opened("x" * 1000)), _event(Edited(0, "", "y"))])
    timer.join()
    other.close()
    store.close()


def test_a_file_without_tables_yet_has_nothing_recorded(home: Home) -> None:
    home.create()
    home.traces.touch()
    with pytest.raises(NoTracesError):
        Store.read(home)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.text(max_size=600), st.text(max_size=600))
def test_any_text_comes_back(tmp_path_factory: pytest.TempPathFactory, a: str, b: str) -> None:
    home = Home(tmp_path_factory.mktemp("home"))
    assert _round_trip(home, [_event(Edited(0, a, b))]) == [_event(Edited(0, a, b))]


@pytest.mark.parametrize("body", EXAMPLES, ids=lambda body: body.kind)
def test_metadata_keeps_nothing_that_a_person_wrote(body: Body) -> None:
    for attribute in attrs.fields(type(body)):
        if attribute.metadata.get("content"):
            value = getattr(withhold(body), attribute.name)
            assert value is None or isinstance(value, Withheld)
    assert "search" not in repr(withhold(kinds.RunFinished(1, 1, "IndexError", 3, "search")))


def test_what_an_editor_reports_must_fit_its_kind() -> None:
    assert body_from_json("copy", {"characters": 3}) == kinds.Copied(3)
    with pytest.raises(Exception, match="Copied"):
        body_from_json("copy", {"characters": 3, "text": "no"})
    with pytest.raises(KeyError):
        body_from_json("keystroke", {})


def test_events_are_written_whole_or_not_at_all(home: Home) -> None:
    with closing(Store.create(home)) as store:
        writer = store.begin_session(INFO)
        fine, bad = _event(Opened("x")), attrs.evolve(_event(Opened("y")), wall_us=2**70)
        with pytest.raises(UnwritableEventError):
            writer.append_whole([fine, bad])
        assert (list(store.events("s1")), writer.last_sequence) == ([], 0)
        writer.append_whole([fine, fine])
        assert [each.sequence for each in store.events("s1")] == [1, 2]
        assert writer.last_sequence == 2


def test_events_can_be_had_from_a_number_on_though_another_stands_for_it(home: Home) -> None:
    with closing(Store.create(home)) as store:
        erased = _event(kinds.Erased(2, 5, "forgotten"))
        store.begin_session(INFO).append([_event(Opened("x")), erased, _event(kinds.Viewed())])
        told = {first: [e.sequence for e in store.events("s1", first=first)] for first in (1, 4, 6)}
        assert told == {1: [1, 2, 6], 4: [2, 6], 6: [6]}


def test_it_is_known_how_far_each_session_of_a_subject_goes(home: Home) -> None:
    with closing(Store.create(home)) as store:
        for name, subject in (("a", "ada"), ("b", "ada"), ("c", "bob"), ("d", None)):
            info = attrs.evolve(INFO, name=name, subject=subject)
            store.begin_session(info)
        store.continue_session("b").append([_event(kinds.Erased(1, 5, "forgotten"))])
        assert store.last_sequences("ada") == {"a": 0, "b": 5}
        assert store.all_last_sequences() == {"ada": {"a": 0, "b": 5}, "bob": {"c": 0}}


def test_what_a_session_is_known_by_can_be_had(home: Home) -> None:
    info = attrs.evolve(INFO, name="a", subject="ada", source="collect", editor="an editor")
    with closing(Store.create(home)) as store:
        store.begin_session(info)
        assert store.info_of("a") == info
        with pytest.raises(NoTracesError, match="there is no session 'b'"):
            store.info_of("b")
