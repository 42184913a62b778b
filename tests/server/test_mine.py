"""A person is shown what is kept of them, as it is now, and nothing is written for it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from tests.stored import contents, replayed
from tests.wire import Wire

from foretrace_server import protocol
from foretrace_telemetry import playback as playing
from foretrace_telemetry.consent import Action, Content, Scope, decide, grant
from foretrace_telemetry.erase import Selection, forget
from foretrace_telemetry.events import (
    Actor,
    Body,
    Edited,
    Event,
    IntentNoted,
    IntentStage,
    Opened,
    RunFinished,
    Saved,
    SuggestionMoved,
    SuggestionStage,
)
from foretrace_telemetry.home import Home
from foretrace_telemetry.lineage import Export, note_export
from foretrace_telemetry.store import SessionInfo, Store

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)


def mine(server: Wire, what: str, *arguments: Any) -> Any:
    """Ask for one of the commands about what is mine."""
    command = {"command": f"foretrace.mine.{what}", "arguments": list(arguments)}
    return server.ask("workspace/executeCommand", command)


def record(home: Home, name: str, bodies: Sequence[Body], uri: str = "file:///a.py") -> None:
    """Record a session as one that ended earlier."""
    with closing(Store.create(home)) as store:
        writer = store.begin_session(SessionInfo(name, 1, "0", "VS Code 1.97"))
        writer.append(
            [Event(1000 * n, n, Actor.USER, body, uri, n) for n, body in enumerate(bodies, start=1)]
        )


def shown(steps: str) -> list[str]:
    """Return the texts that an editor comes to, one after each step that has any."""
    texts, text = [], ""
    for kind, _, *rest in json.loads(steps):
        if kind == "text":
            text = rest[0]
        elif kind == "edit":
            raw = text.encode("utf-16-le", "surrogatepass")
            before, after = raw[: 2 * rest[0]], raw[2 * (rest[0] + rest[1]) :]
            text = (before + rest[2].encode("utf-16-le", "surrogatepass") + after).decode(
                "utf-16-le", "surrogatepass"
            )
        texts.append(text)
    return texts


def test_where_nothing_was_decided_nothing_is_shown_and_nothing_made(home: Home) -> None:
    with Wire(home) as server:
        server.begin()
        overview, profile = mine(server, "overview"), mine(server, "profile")
        assert server.end() == 0
    assert overview["consent"]["undecided"]
    assert overview["decisions"] == overview["sessions"] == overview["files"] == []
    assert (profile["sessions"], profile["statements"], profile["vector"]) == (0, [], None)
    assert "quotes of strings" in profile["not_known_yet"]
    assert contents(home.path) == {}


def test_every_decision_is_told_and_a_line_that_cannot_be_read_too(home: Home) -> None:
    grant(home, [Scope.INSTRUCTOR], Content.FULL, "VS Code", NOW)
    decide(home, Action.PAUSE, "command line", NOW)
    with home.consent_log.open("a") as log:
        log.write("not a decision\n")
    with Wire(home) as server:
        server.begin()
        granted, paused, unreadable = mine(server, "overview")["decisions"]
        assert server.end() == 0
    assert (granted["action"], granted["content"], granted["decided_by"]) == (
        *("grant", "full", "VS Code"),
    )
    assert granted["scopes"] == ["local", "instructor"]
    assert granted["expires_at"].startswith("2027-03-01")
    assert (paused["action"], unreadable) == ("pause", None)


def test_what_was_just_typed_is_in_it_and_plays_back_to_what_was_saved(
    consented: Home, tmp_path: Path
) -> None:
    path, first = tmp_path / "größe.py", "# 🙂\n"
    with Wire(consented) as server:
        server.begin()
        server.open(path.as_uri(), first, "python")
        for version, letter in enumerate("x = '𝄞'\n", start=1):
            server.type(path.as_uri(), version, letter, 1, version - 1 + (version > 6))
        saved = first + "x = '𝄞'\n"
        server.save(path.as_uri(), saved)
        server.tell("foretrace/event", {"uri": path.as_uri(), "kind": "run", "data": {"line": 1}})
        overview = mine(server, "overview")
        (session,) = overview["sessions"]
        assert overview["waiting"] == 0
        assert (session["edits"], session["saves"], session["runs"]) == (8, 1, 1)
        (document,) = session["documents"]
        assert document == {"name": path.as_uri(), "edits": 8, "edits_without_text": 0}
        before = contents(consented.path)["traces.db"]
        what = {"session": session["name"], "document": document["name"]}
        playback = mine(server, "playback", what)
        assert contents(consented.path)["traces.db"] == before
        assert server.end() == 0
    texts = shown(playback["steps"])
    assert (texts[0], texts[-1]) == (first, saved)
    assert replayed(consented).texts == {path.as_uri(): saved}
    assert (playback["exact"], playback["saves_checked"]) == (True, 1)


def test_of_metadata_only_lengths_are_told(home: Home, tmp_path: Path) -> None:
    grant(home, [], Content.METADATA, "test", NOW.replace(year=datetime.now().year))
    path = tmp_path / "private.py"
    with Wire(home) as server:
        server.begin()
        server.open(path.as_uri(), "orchid\n", "python")
        server.type(path.as_uri(), 1, "tulip")
        (session,) = mine(server, "overview")["sessions"]
        (document,) = session["documents"]
        assert (document["edits"], document["edits_without_text"]) == (1, 1)
        what = {"session": session["name"], "document": document["name"]}
        playback = mine(server, "playback", what)
        assert server.end() == 0
    kinds = [(step[0], *step[2:]) for step in json.loads(playback["steps"])]
    assert kinds == [("text", None, "opened"), ("length", 0, 5, "unknown")]
    assert "orchid" not in str(playback)
    assert "private" not in str(session)


def test_suggestions_answers_errors_and_exports_are_told(consented: Home, tmp_path: Path) -> None:
    record(
        consented,
        "earlier",
        [
            Opened("x = 'a'\n" * 6, "python"),
            Saved(),
            RunFinished(1, error_type="NameError", line=2),
            SuggestionMoved("a", SuggestionStage.OFFERED, level="fix", inserted_characters=3),
            SuggestionMoved("a", SuggestionStage.ACCEPTED, level="fix", inserted_characters=3),
            SuggestionMoved("b", SuggestionStage.WITHHELD, silence="snoozed"),
            IntentNoted(IntentStage.PREDICTED, "writing new code"),
            IntentNoted(IntentStage.CORRECTED, "testing", believed="writing new code"),
        ],
    )
    note_export(consented, Export(5, "bundle", str(tmp_path / "gone"), ("earlier",)))
    with Wire(consented) as server:
        server.begin()
        overview, profile = mine(server, "overview"), mine(server, "profile")
        assert server.end() == 0
    assert overview["suggestions"]["counts"] == {"accepted": 1, "withheld": 1}
    withheld, accepted = overview["suggestions"]["latest"]
    assert (withheld["became"], withheld["silence"]) == ("withheld", "snoozed")
    assert (accepted["became"], accepted["document"]) == ("accepted", "file:///a.py")
    assert overview["intents"]["counts"] == {"predicted": 1, "corrected": 1}
    (answer,) = overview["intents"]["latest"]
    assert (answer["label"], answer["believed"]) == ("testing", "writing new code")
    (export,) = overview["exports"]
    assert (export["sessions"], export["is_there"]) == (1, False)
    (error,) = profile["errors"]
    assert (error["error_type"], error["count"]) == ("NameError", 1)


def test_a_profile_says_how_sure_it_is_and_what_it_does_not_know(consented: Home) -> None:
    record(consented, "earlier", [Opened("", "python"), Edited(0, "", "x = 'a'\n" * 6), Saved()])
    with Wire(consented) as server:
        server.begin()
        profile = mine(server, "profile")
        assert server.end() == 0
    (quotes,) = (s for s in profile["statements"] if s["subject"] == "quotes of strings")
    assert (quotes["value"], quotes["seen"], quotes["share"]) == ("single", 6, 1)
    low, high = quotes["interval"]
    assert 0.5 < low < 0.7
    assert high == 1
    assert quotes["about"] == "writing"
    assert "kinds of loops" in profile["not_known_yet"]


# Going through the work takes two seconds, and is told in the log.
SLOW_AND_TOLD = """
import sys, time
from foretrace_server import mine
from foretrace_server.cli import main
work_of = mine.work_of
def slow_and_told(store, coder):
    print("going through the work", file=sys.stderr, flush=True)
    time.sleep(2)
    return work_of(store, coder)
mine.work_of = slow_and_told
main(sys.argv[3:])
"""
PROFILE = {"command": protocol.MINE_PROFILE}


@pytest.fixture
def told(consented: Home, tmp_path: Path) -> Iterator[tuple[Wire, Callable[[], int]]]:
    """A server with something recorded, and how often it has gone through the work."""
    log = tmp_path / "log.txt"
    record(consented, "earlier", [Opened("", "python"), Edited(0, "", "x = 'a'\n" * 6), Saved()])
    with Wire(consented, interpreter=(sys.executable, "-c", SLOW_AND_TOLD), log=log) as server:
        server.begin()
        yield server, lambda: log.read_text().count("going through the work")
        assert server.end() == 0


def test_all_who_ask_for_the_profile_at_once_get_the_same_one(
    told: tuple[Wire, Callable[[], int]],
) -> None:
    server, times = told
    numbers = [server.begin_to_ask("workspace/executeCommand", PROFILE) for _ in range(4)]
    profiles = [server.answer(number)["result"] for number in numbers]
    assert profiles == [profiles[0]] * 4
    assert profiles[0]["traces"] == 1
    assert times() == 1


def test_a_profile_is_kept_until_something_is_recorded(
    told: tuple[Wire, Callable[[], int]], tmp_path: Path
) -> None:
    server, times = told
    first = mine(server, "profile")
    assert mine(server, "profile") == first
    assert times() == 1
    server.open((tmp_path / "b.py").as_uri(), "y = 1\n", "python")
    server.type((tmp_path / "b.py").as_uri(), 1, "z")
    assert mine(server, "profile")["traces"] == first["traces"] + 1
    assert times() == 2


def test_a_profile_is_kept_until_something_is_forgotten_elsewhere(
    told: tuple[Wire, Callable[[], int]], consented: Home
) -> None:
    server, times = told
    assert mine(server, "profile")["traces"] == 1
    forget(consented, Selection(sessions=frozenset({"earlier"})))
    assert mine(server, "profile")["traces"] == 0
    assert times() == 2


def test_a_profile_that_is_being_made_has_nothing_of_what_is_forgotten_meanwhile(
    told: tuple[Wire, Callable[[], int]],
) -> None:
    server, times = told
    number = server.begin_to_ask("workspace/executeCommand", PROFILE)
    while not times():
        time.sleep(0.01)
    forget_all = {"command": protocol.FORGET, "arguments": [{"all": True}]}
    server.begin_to_ask("workspace/executeCommand", forget_all)
    assert server.answer(number)["result"]["traces"] == 0


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ({}, "session is required"),
        ({"session": "earlier"}, "document is required"),
        ({"session": "never", "document": "file:///a.py"}, "there is no session 'never'"),
        ({"session": "earlier", "document": "file:///b.py"}, "has nothing of file:///b.py"),
        (7, "session is required"),
    ],
)
def test_what_cannot_be_played_back_is_named(consented: Home, what: Any, message: str) -> None:
    record(consented, "earlier", [Opened("a")])
    with Wire(consented) as server:
        server.begin()
        with pytest.raises(AssertionError, match=message):
            mine(server, "playback", what)
        assert server.end() == 0


def test_a_session_that_is_too_large_is_refused_at_once(consented: Home) -> None:
    record(consented, "earlier", [Opened("a")])
    with closing(Store.create(consented)) as store:
        store.db.execute(
            "WITH RECURSIVE more(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM more WHERE n < ?) "
            "INSERT INTO events (session, sequence, wall_us, monotonic_us, actor, kind) "
            "SELECT 1, n, n, n, 'user', 'view' FROM more",
            [playing.MOST_EVENTS + 1],
        )
        store.db.conn.commit()
    with Wire(consented) as server:
        server.begin()
        with pytest.raises(AssertionError, match="too large to be played back"):
            mine(server, "playback", {"session": "earlier", "document": "file:///a.py"})
        assert server.end() == 0


def test_a_database_that_cannot_be_read_is_named_and_decisions_are_told(home: Home) -> None:
    decide(home, Action.DECLINE, "VS Code", NOW)  # whoever records sets it aside
    home.traces.write_bytes(b"this is no database" * 100)
    with Wire(home) as server:
        server.begin()
        overview = mine(server, "overview")
        with pytest.raises(AssertionError, match="cannot be read"):
            mine(server, "profile")
        assert server.end() == 0
    assert "cannot be read" in overview["trouble"]
    assert len(overview["decisions"]) == 1
    assert overview["sessions"] == []
