"""Erasing: what is forgotten is in no byte, and what stays can be replayed up to what is listed."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.forensics import found_in
from tests.stored import sessions

from foretrace_telemetry.digest import digest_of, pseudonym_of
from foretrace_telemetry.erase import Receipt, Selection, forget, preview, receipts
from foretrace_telemetry.events import (
    Actor,
    Body,
    Closed,
    Edited,
    Erased,
    Event,
    Opened,
    Recorded,
    Saved,
    Viewed,
    Withheld,
)
from foretrace_telemetry.home import Home
from foretrace_telemetry.lineage import Derived, Export, derived, keep_derived, note_export
from foretrace_telemetry.replay import replay
from foretrace_telemetry.store import SessionInfo, Store

A, B = "file:///w/a.py", "file:///w/b.py"


def _write(home: Home, name: str, *events: tuple[int, str | None, Body]) -> None:
    """Write a session of events, each with its time and document."""
    with contextlib.closing(Store.create(home)) as store:
        session = store.begin_session(SessionInfo(name, events[0][0], "0"))
        rows = [Event(wall, wall, Actor.USER, body, uri, 1) for wall, uri, body in events]
        assert session.append(rows) == []


def _bodies(events: list[Recorded]) -> list[Body]:
    return [each.event.body for each in events]


def _two_sessions(home: Home) -> None:
    key = home.key()
    _write(
        home,
        "s1",
        (10, A, Opened("alpha\n")),
        (20, B, Opened("beta\n")),
        (30, A, Edited(0, "", "horse")),
        (40, B, Edited(0, "", "battery")),
        (50, A, Saved(digest_of("horsealpha\n", key))),
        (60, A, Edited(0, "horse", "")),
        (70, B, Saved(digest_of("batterybeta\n", key))),
    )
    _write(home, "s2", (100, A, Opened("alpha\n")), (110, A, Edited(0, "", "staple")))


def test_a_file_is_forgotten_in_all_sessions(home: Home) -> None:
    _two_sessions(home)
    # With the folder: what stands for a name ends in a digit and `.py`, and the digit may be an a.
    marks = {"alpha", "horse", "staple", "w/a.py"}
    assert found_in(home.path, marks) == marks
    receipt = forget(home, Selection(path=Path("/w/a.py")))
    assert found_in(home.path, marks) == set()
    assert found_in(home.path, {"battery"}) == {"battery"}
    assert (receipt.events, receipt.documents, receipt.sessions) == (6, 1, ("s1", "s2"))
    first, second = sessions(home)
    assert _bodies(first) == [
        Erased(1, 1, "forgotten"),
        Opened("beta\n"),
        Erased(3, 3, "forgotten"),
        Edited(0, "", "battery"),
        Erased(5, 6, "forgotten"),
        Saved(digest_of("batterybeta\n", home.key())),
    ]
    assert _bodies(second) == [Erased(1, 2, "forgotten")]
    result = replay(first, home.key())
    assert result.exact
    assert result.saves_checked == 1
    assert result.texts == {B: "batterybeta\n"}


def test_a_file_that_was_recorded_without_its_name_is_found_by_it(home: Home) -> None:
    _write(home, "s", (1, pseudonym_of(A, home.key()), Opened(Withheld(3))), (2, B, Opened("")))
    forget(home, Selection(path=Path("/w/a.py")))
    assert [body.kind for body in _bodies(sessions(home)[0])] == ["erased", "open"]


def test_text_that_outlived_the_time_it_came_in_goes_too(home: Home) -> None:
    _two_sessions(home)
    assert found_in(home.path, {"horse"}) == {"horse"}
    receipt = forget(home, Selection(since_wall_us=25, until_wall_us=35))
    assert found_in(home.path, {"horse"}) == set()
    assert receipt.events == 1
    assert receipt.texts_withheld == 4
    first, second = sessions(home)
    assert _bodies(first)[2:6] == [
        Erased(3, 3, "forgotten"),
        Edited(0, "", "battery"),
        Saved(None),
        Edited(0, Withheld(5), Withheld(0)),
    ]
    assert _bodies(second) == [Opened(Withheld(6)), Edited(0, Withheld(0), Withheld(6))]
    for events in (first, second):
        assert replay(events, home.key()).exact
    assert replay(first, home.key()).texts == {A: None, B: "batterybeta\n"}


def test_forgetting_again_joins_what_was_forgotten(home: Home) -> None:
    _two_sessions(home)
    forget(home, Selection(sessions=frozenset({"s1"}), since_wall_us=25, until_wall_us=35))
    forget(home, Selection(sessions=frozenset({"s1"}), until_wall_us=45))
    assert _bodies(sessions(home)[0])[0] == Erased(1, 4, "forgotten")
    assert replay(sessions(home)[0], home.key()).exact
    with contextlib.closing(Store.create(home)) as store:
        forget(home, Selection(sessions=frozenset({"s1"})))
        store.continue_session("s1").append([Event(9, 9, Actor.USER, Viewed())])
    assert [each.sequence for each in sessions(home)[0]] == [1, 8]
    assert replay(sessions(home)[0]).exact


def test_forgetting_everything_takes_the_key_and_damaged_databases_along(home: Home) -> None:
    _two_sessions(home)
    home.path.joinpath("damaged-1-traces.db").write_bytes(b"horse")
    home.path.joinpath("damaged-1-traces.db-wal").write_bytes(b"horse")
    key = home.key()
    marks = {"alpha", "beta", "horse", "battery", "staple", "w/a.py", "w/b.py", "file:"}
    receipt = forget(home, Selection())
    assert found_in(home.path, marks) == set()
    assert (receipt.events, receipt.damaged_databases, receipt.complete) == (9, 1, True)
    assert home.key() != key


def test_a_preview_tells_what_would_go_and_changes_nothing(home: Home) -> None:
    _two_sessions(home)
    before = sessions(home)
    told = preview(home, Selection(path=Path("/w/b.py")))
    assert (told.events, told.sessions) == (3, ("s1",))
    assert sessions(home) == before


def test_what_was_derived_goes_and_what_was_exported_is_named(home: Home) -> None:
    _two_sessions(home)
    vector = bytes(range(64))
    keep_derived(home, Derived("vector", "coder", ("s1", "s2"), vector))
    keep_derived(home, Derived("vector", "other", ("s9",), b"other"))
    export = Export(5, "csv", "/elsewhere/traces", ("s1",))
    note_export(home, export)
    assert (
        vector in home.traces.read_bytes() + home.write_ahead_log.read_bytes()
        if (home.write_ahead_log.exists())
        else vector in home.traces.read_bytes()
    )
    receipt = forget(home, Selection(path=Path("/w/b.py")))
    assert receipt.derived == ("vector coder",)
    assert receipt.exports == (export,)
    with contextlib.closing(Store.read(home)) as store:
        assert [each.name for each in derived(store.db)] == ["other"]
        (kept,) = receipts(store.db)
    assert vector not in home.traces.read_bytes()
    assert kept["events"] == 3
    assert kept["exports"][0]["path"] == "/elsewhere/traces"


def test_sessions_may_go_without_what_later_ones_have(home: Home) -> None:
    _two_sessions(home)
    receipt = forget(home, Selection(sessions=frozenset({"s1"}), and_later_texts=False))
    assert receipt.texts_withheld == 0
    assert replay(sessions(home)[1]).texts == {A: "staplealpha\n"}


_STEPS = st.tuples(
    st.sampled_from([A, B]),
    st.sampled_from(["type", "type", "type", "remove", "save", "reopen", "new session"]),
    st.integers(0, 1000),
    st.booleans(),
)


class _Typist:
    """Makes up events as an editor would; each text that comes is one of a kind."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.texts: dict[str, str] = {}
        self.came: list[tuple[str, str, int]] = []  # word, document, time
        self.sessions: list[list[tuple[int, str | None, Body]]] = [[]]
        self.now = 0

    def step(self, uri: str, action: str, place: int, long: bool) -> None:
        if action == "new session" and self.sessions[-1]:
            self.sessions.append([])
        self.now += 10
        if not any(each[1] == uri for each in self.sessions[-1]):
            self._put(uri, Opened(self.texts.setdefault(uri, "")))
            return
        text = self.texts[uri]
        if action == "type":
            word = f"[word{len(self.came):04d}]" * (40 if long else 1)
            self.came.append((word, uri, self.now))
            offset = place % (len(text) + 1)
            self._put(uri, Edited(offset, "", word))
            self.texts[uri] = text[:offset] + word + text[offset:]
        elif action == "remove":
            start = place % (len(text) + 1)
            end = min(len(text), start + (200 if long else 7))
            self._put(uri, Edited(start, text[start:end], ""))
            self.texts[uri] = text[:start] + text[end:]
        elif action == "save":
            self._put(uri, Saved(digest_of(text, self.home.key())))
        else:
            self._put(uri, Closed())
            self._put(uri, Opened(text))

    def _put(self, uri: str, body: Body) -> None:
        self.sessions[-1].append((self.now, uri, body))

    def write(self) -> None:
        for number, events in enumerate(self.sessions):
            _write(self.home, f"s{number}", *events)


@given(
    st.lists(_STEPS, min_size=3, max_size=40),
    st.sampled_from([None, A, B]),
    st.integers(0, 400),
    st.integers(0, 400),
)
@settings(max_examples=40)
def test_whatever_is_forgotten_of_any_editing_is_gone_and_the_rest_replays(
    steps: list[tuple[str, str, int, bool]], uri: str | None, one: int, other: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        typist = _Typist(Home(Path(folder)))
        for step in steps:
            typist.step(*step)
        typist.write()
        since, until = sorted((one, other))
        path = None if uri is None else Path(uri.removeprefix("file://"))
        gone = {
            word[:10]
            for word, document, wall_us in typist.came
            if since <= wall_us < until and uri in (None, document)
        }
        kept = {
            word[:10]
            for word, document, wall_us in typist.came
            if wall_us < since and document != uri
        }
        assert all(_present(typist.home, word) for word in gone)
        before = sum(len(events) for events in sessions(typist.home))
        receipt = forget(typist.home, Selection(None, path, since, until))
        assert found_in(typist.home.path, gone) == set()
        assert found_in(typist.home.path, kept) == kept
        _check_numbers(typist.home, before, receipt)


def _present(home: Home, word: str) -> bool:
    return bool(found_in(home.path, {word}))


def _check_numbers(home: Home, before: int, receipt: Receipt) -> None:
    """Check that each session replays, and that together they have all events or say so."""
    stand, forgotten = 0, 0
    for events in sessions(home):
        result = replay(events, home.key())
        assert result.problems == []
        forgotten += sum(each.last - each.first + 1 for each in result.erased)
        stand += len(events) - len(result.erased)
    assert (stand + forgotten, forgotten) == (before, receipt.events)
