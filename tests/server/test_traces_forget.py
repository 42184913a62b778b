"""`foretrace traces forget` as people run it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from tests.command import foretrace, foretrace_json
from tests.forensics import found_in
from tests.stored import sessions

from foretrace_telemetry.events import Actor, Edited, Event, Opened
from foretrace_telemetry.home import Home
from foretrace_telemetry.lineage import Export, note_export
from foretrace_telemetry.store import SessionInfo, Store

DAY_US = 24 * 3600 * 1_000_000


@pytest.fixture
def recording(home: Home, tmp_path: Path) -> Home:
    """A data folder with a session of two days ago and one of now."""
    now = time.time_ns() // 1000
    store = Store.create(home)
    for name, wall_us in (("early", now - 2 * DAY_US), ("late", now)):
        uri = (tmp_path / f"{name}.py").as_uri()
        store.begin_session(SessionInfo(name, wall_us, "0")).append(
            [
                Event(wall_us, 1, Actor.USER, Opened(""), uri, 1),
                Event(wall_us, 2, Actor.USER, Edited(0, "", f"{name}-words"), uri, 2),
            ]
        )
    store.close()
    return home


def _left(home: Home) -> set[str]:
    return found_in(home.path, {"early-words", "late-words"})


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        (["early"], {"late-words"}),
        (["last"], {"early-words"}),
        (["--last", "60"], {"early-words"}),
        (["--since", "2020-01-01", "--until", "2020-01-02"], {"early-words", "late-words"}),
        (["--until", "2099-01-01"], set()),
        (["--all"], set()),
    ],
)
def test_what_is_named_is_forgotten(recording: Home, arguments: list[str], left: set[str]) -> None:
    assert _left(recording) == {"early-words", "late-words"}
    receipt = foretrace_json(recording, "traces", "forget", *arguments, "--yes")
    assert _left(recording) == left
    assert receipt["complete"]
    assert receipt["events"] == 2 * (2 - len(left))
    for name in ("early", "late"):
        assert foretrace(recording, "traces", "replay", name, "--check").returncode == 0
        assert foretrace(recording, "traces", "show", name).returncode == 0
    assert foretrace(recording, "traces", "doctor").returncode == 0


def test_a_file_is_forgotten_by_its_path(recording: Home, tmp_path: Path) -> None:
    done = foretrace(recording, "traces", "forget", "--file", str(tmp_path / "late.py"), "--yes")
    assert done.returncode == 0
    assert "Forgotten: 2 events of 1 file in 1 session." in done.stdout
    assert ".traceignore" in done.stdout
    assert _left(recording) == {"early-words"}


def test_without_yes_and_a_person_it_says_what_would_go(recording: Home) -> None:
    done = foretrace(recording, "traces", "forget", "--all")
    assert done.returncode == 2
    assert "4 events of 2 files in 2 sessions" in done.stderr
    assert "--yes" in done.stderr
    assert len(sessions(recording)[0]) == 2


@pytest.mark.parametrize("arguments", [[], ["--all", "--last", "5"], ["--last", "0"], ["nobody"]])
def test_what_cannot_be_meant_is_refused(recording: Home, arguments: list[str]) -> None:
    done = foretrace(recording, "traces", "forget", *arguments, "--yes")
    assert done.returncode == 2
    assert _left(recording) == {"early-words", "late-words"}


def test_exports_that_may_still_hold_it_are_named(recording: Home) -> None:
    note_export(recording, Export(1, "csv", "/elsewhere/traces", ("early",)))
    done = foretrace(recording, "traces", "forget", "early", "--yes")
    assert "/elsewhere/traces" in done.stdout


def test_consent_can_be_withdrawn_with_everything_that_was_recorded(recording: Home) -> None:
    assert foretrace(recording, "consent", "grant").returncode == 0
    refused = foretrace(recording, "consent", "withdraw", "--erase")
    assert refused.returncode == 2
    assert "--yes" in refused.stderr
    assert foretrace_json(recording, "consent", "show")["recording"]
    receipt = foretrace_json(recording, "consent", "withdraw", "--erase", "--yes")
    assert (receipt["events"], receipt["reason"]) == (4, "consent was withdrawn")
    assert not foretrace_json(recording, "consent", "show")["recording"]
    assert _left(recording) == set()


def test_status_and_replay_tell_what_was_forgotten(recording: Home) -> None:
    foretrace_json(recording, "traces", "forget", "early", "--yes")
    (receipt,) = foretrace_json(recording, "traces", "status")["erasures"]
    assert (receipt["events"], receipt["sessions"]) == (2, ["early"])
    assert (
        "2 events of 1 session went (forgotten)." in foretrace(recording, "traces", "status").stdout
    )
    told = foretrace(recording, "traces", "replay", "early", "--check")
    assert told.returncode == 0
    assert "events 1 to 2 are gone: forgotten" in told.stdout
