"""The `foretrace` command: what it prints, its exit codes, and what it says of bad input."""

from __future__ import annotations

import json
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
from tests.command import foretrace, foretrace_json
from tests.disks import read_only
from tests.stored import contents
from tests.wire import Wire, insertion

from foretrace_server import __version__
from foretrace_telemetry.consent import Content, grant
from foretrace_telemetry.home import Home

COMMANDS = ("consent", "demo", "doctor", "lsp", "traces")
TEXT = "# naïve 😀\nx = 1\n"


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("recorded")
    home = Home(folder / "home")
    grant(home, [], Content.FULL, "test", datetime.now(timezone.utc))
    for name in ("first.py", "second.py"):
        uri = (folder / name).as_uri()
        with Wire(home) as server:
            server.begin()
            server.open(uri, TEXT)
            server.type(uri, 1, "y", line=1)
            server.change(uri, 2, insertion("\ud83d", 1, 1))  # half a character, as an editor may
            server.save(uri)
            run = {"exit_code": 1, "error_type": "NameError", "line": 2, "function": "f"}
            server.tell("foretrace/event", {"uri": uri, "kind": "run", "data": run})
            server.end()
    return home


@pytest.fixture
def recording(_made: Home, home: Home) -> Home:
    """A data folder with two sessions."""
    shutil.copytree(_made.path, home.path)
    return home


# All commands.


def test_help_names_every_command_and_brings_in_none_of_them(home: Home) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "foretrace_server", "--help"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert all(f"\n  {command} " in done.stdout for command in COMMANDS)
    modules = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "foretrace_server.cli" in modules
    packages = {module.partition(".")[0] for module in modules}
    assert not packages & {"pygls", "lsprotocol", "torch", "sqlite_utils", "foretrace_models"}
    assert not any(module.startswith("foretrace_server.commands") for module in modules)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(home: Home, command: str) -> None:
    done = foretrace(home, command, "-h")
    assert done.returncode == 0
    assert done.stdout.startswith("Usage:")


def test_the_version_is_told(home: Home) -> None:
    assert foretrace(home, "--version").stdout == f"foretrace, version {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["consent", "nonsense"],
        ["consent", "show", "--nonsense"],
        ["traces", "show", "one", "two"],
    ],
)
def test_a_command_that_there_is_not_is_refused(home: Home, arguments: list[str]) -> None:
    done = foretrace(home, *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Error: " in done.stderr


@pytest.mark.parametrize(
    "arguments", [["consent", "show"], ["traces", "status"], ["traces", "list"], ["doctor"]]
)
def test_looking_makes_nothing(home: Home, arguments: list[str]) -> None:
    foretrace_json(home, *arguments)
    assert not home.path.exists()


def test_without_foretrace_home_the_data_folder_is_the_platforms(tmp_path: Path) -> None:
    done = foretrace(
        Home(tmp_path), "consent", "grant", FORETRACE_HOME="", XDG_DATA_HOME=str(tmp_path / "data")
    )
    assert done.returncode == 0
    if sys.platform == "linux":
        assert (tmp_path / "data" / "foretrace" / "consent.jsonl").exists()


# consent


def test_consent_is_not_there_until_it_is_given(home: Home) -> None:
    assert foretrace_json(home, "consent", "show") == {
        "recording": False,
        "undecided": True,
        "content": None,
        "scopes": [],
        "paused": False,
        "reason": "nobody was asked yet",
        "expires_at": None,
        "keep_days": None,
        "paused_until": None,
    }
    shown = foretrace(home, "consent", "show").stdout
    assert shown == "Nothing is recorded: nobody was asked yet.\n"


def test_granting_prints_the_notice_asks_nothing_and_allows_metadata_only(home: Home) -> None:
    done = foretrace(home, "consent", "grant")
    assert done.returncode == 0
    assert done.stdout.startswith("Foretrace can record how you edit, on this computer only.")
    assert str(home.path) in done.stdout
    assert "Content: metadata. Scopes: local." in done.stdout
    assert foretrace_json(home, "consent", "show")["content"] == "metadata"


def test_granting_as_json_prints_the_notice_elsewhere(home: Home) -> None:
    done = foretrace(home, "consent", "grant", "--content", "full", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["content"] == "full"
    assert done.stderr.startswith("Foretrace can record how you edit, on this computer only.")


def test_scopes_are_given_and_taken_one_by_one(home: Home) -> None:
    scopes = ("--scope", "research", "--scope", "instructor")
    given = foretrace_json(home, "consent", "grant", *scopes)
    assert given["scopes"] == ["local", "instructor", "research"]
    left = foretrace_json(home, "consent", "withdraw", "--scope", "research")
    assert (left["scopes"], left["recording"]) == (["local", "instructor"], True)


@pytest.mark.parametrize("options", [[], ["--scope", "local"]])
def test_withdrawing_ends_all_of_it(home: Home, options: list[str]) -> None:
    foretrace(home, "consent", "grant", "--scope", "instructor")
    done = foretrace(home, "consent", "withdraw", *options)
    assert done.returncode == 0
    assert done.stdout.startswith("Nothing is recorded: withdrawn on ")
    shown = foretrace_json(home, "consent", "show")
    assert (shown["recording"], shown["content"], shown["scopes"]) == (False, None, [])


@pytest.mark.parametrize(
    ("options", "named"),
    [(["--scope", "everybody"], "'everybody'"), (["--content", "all"], "'all'")],
)
def test_a_choice_that_there_is_not_is_refused_and_decides_nothing(
    home: Home, options: list[str], named: str
) -> None:
    done = foretrace(home, "consent", "grant", *options)
    assert done.returncode == 2
    assert named in done.stderr
    assert not home.path.exists()


def test_a_log_of_decisions_that_cannot_be_read_allows_nothing_until_decided_anew(
    consented: Home,
) -> None:
    with consented.consent_log.open("a") as log:
        log.write("{}\n")
    shown = foretrace(consented, "consent", "show")
    assert shown.returncode == 0
    assert f"line 2 of {consented.consent_log} cannot be read" in shown.stdout
    assert foretrace_json(consented, "consent", "grant")["recording"] is True


WRITING = [["consent", "grant"], ["consent", "withdraw"], ["traces", "pause"], ["traces", "resume"]]


@pytest.mark.parametrize("arguments", WRITING)
def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path, arguments: list[str]) -> None:
    home = Home(tmp_path / "file")
    home.path.write_text("mine")
    done = foretrace(home, *arguments)
    assert done.returncode == 2
    assert str(home.consent_log) in done.stderr
    assert "FORETRACE_HOME" in done.stderr
    assert "Traceback" not in done.stderr
    assert home.path.read_text() == "mine"


@pytest.mark.parametrize("arguments", WRITING[1:3])
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, arguments: list[str]) -> None:
    with read_only(tmp_path / "disk") as folder:
        done = foretrace(Home(folder), *arguments)
    assert done.returncode == 2
    assert str(folder / "consent.jsonl") in done.stderr
    assert "FORETRACE_HOME" in done.stderr
    assert "Traceback" not in done.stderr


# traces


def test_pausing_holds_until_resumed(consented: Home) -> None:
    assert foretrace(consented, "traces", "pause").stdout == "Recording is paused.\n"
    assert foretrace_json(consented, "traces", "status")["consent"]["paused"] is True
    assert foretrace(consented, "consent", "show").stdout.startswith("Recording is paused")
    assert foretrace(consented, "traces", "resume").stdout == "Recording goes on.\n"
    assert foretrace_json(consented, "traces", "status")["consent"]["recording"] is True


def test_resuming_allows_nothing_that_was_not_granted(home: Home) -> None:
    done = foretrace(home, "traces", "resume")
    assert done.returncode == 0
    assert done.stdout == "Nothing is recorded: nobody was asked yet.\n"


def test_the_status_counts_what_is_there(recording: Home) -> None:
    status = foretrace_json(recording, "traces", "status")
    assert status["folder"] == str(recording.path)
    assert status["sessions"] == 2
    assert status["events"] >= 10
    assert status["bytes"] == sum(file.stat().st_size for file in recording.path.glob("traces.db*"))
    words = foretrace(recording, "traces", "status").stdout
    assert words.startswith("Recording: on (granted on ")
    assert "2 sessions" in words


def test_the_list_has_every_session(recording: Home) -> None:
    listed = foretrace_json(recording, "traces", "list")["sessions"]
    assert [(each["documents"], each["edits"]) for each in listed] == [(1, 2), (1, 2)]
    lines = foretrace(recording, "traces", "list").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [each["name"] for each in listed]


def test_an_empty_folder_has_an_empty_list(home: Home) -> None:
    assert foretrace_json(home, "traces", "list") == {"sessions": []}
    assert str(home.path) in foretrace(home, "traces", "list").stdout


def test_a_session_is_shown_as_a_timeline(recording: Home) -> None:
    moments = foretrace_json(recording, "traces", "show")["moments"]
    lines = foretrace(recording, "traces", "show", "last").stdout.splitlines()
    assert len(lines) == len(moments)
    assert any(line.endswith("second.py  ran: NameError in line 2") for line in lines)
    assert "opened" in moments[1]["words"]


def test_a_session_is_shown_event_by_event(recording: Home) -> None:
    events = foretrace_json(recording, "traces", "show", "--events")["events"]
    assert [each["sequence"] for each in events] == list(range(1, len(events) + 1))
    lines = foretrace(recording, "traces", "show", "--events", "last").stdout.splitlines()
    assert [line.split(" s  ")[1].split()[0] for line in lines] == [e["kind"] for e in events]
    words = "\n".join(lines)
    assert "edit second.py at 10 +'y' (typed)" in words
    assert "run second.py exit_code=1 error_type=NameError line=2 function=f" in words


def test_a_session_goes_by_its_name_or_the_beginning_of_it(recording: Home) -> None:
    first, second = (
        each["name"] for each in foretrace_json(recording, "traces", "list")["sessions"]
    )
    assert first != second
    for session, file in ((first, "first.py"), (second, "second.py"), ("last", "second.py")):
        assert file in foretrace(recording, "traces", "show", session).stdout
    beginning = next(first[:n] for n in range(len(first)) if not second.startswith(first[:n]))
    assert "first.py" in foretrace(recording, "traces", "show", beginning).stdout


@pytest.mark.parametrize("command", ["show", "replay"])
@pytest.mark.parametrize(
    ("session", "problem"),
    [("20991231", "no session's name begins with '20991231'"), ("2", "several sessions begin")],
)
def test_a_session_that_is_not_one_is_named(
    recording: Home, command: str, session: str, problem: str
) -> None:
    done = foretrace(recording, "traces", command, session, "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert problem in done.stderr
    assert "foretrace traces list" in done.stderr


@pytest.mark.parametrize("command", ["show", "replay"])
def test_where_nothing_is_recorded_nothing_can_be_shown(home: Home, command: str) -> None:
    done = foretrace(home, "traces", command)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"nothing is recorded in {home.path}" in done.stderr
    assert not home.path.exists()


def test_replay_gives_the_text_back(recording: Home) -> None:
    text = TEXT.replace("x = 1", "y\ud83dx = 1")
    answer = foretrace_json(recording, "traces", "replay")
    assert list(answer["texts"].values()) == [text]
    assert (answer["exact"], answer["saves_checked"], answer["problems"]) == (True, 1, [])
    done = foretrace(recording, "traces", "replay")
    assert done.returncode == 0
    # UTF-8 has no half of a character.
    assert done.stdout == text.replace("\ud83d", "\ufffd") + "\n"


def test_replay_stops_where_it_is_told_to(recording: Home) -> None:
    answer = foretrace_json(recording, "traces", "replay", "--at", "2")
    assert answer["events"] == 2
    assert list(answer["texts"].values()) == [TEXT]
    for wrong in ("0", "-1", "x"):
        assert foretrace(recording, "traces", "replay", "--at", wrong).returncode == 2


def test_replay_that_is_exact_says_so(recording: Home) -> None:
    done = foretrace(recording, "traces", "replay", "--check")
    assert done.returncode == 0
    assert done.stdout == "Replay is exact: 2 edits, 1 save checked, 0 resyncs.\n"


def _tamper(home: Home, statement: str) -> None:
    database = sqlite3.connect(home.traces)
    with database:
        assert database.execute(statement).rowcount
    database.close()


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("DELETE FROM events WHERE sequence = 3", "event 3 is missing"),
        ("UPDATE events SET inserted = 'z' WHERE inserted = 'y'", "(save) was of another text"),
        ("UPDATE events SET offset = 999, removed = 'q' WHERE inserted = 'y'", "is not there"),
    ],
)
def test_replay_that_is_not_exact_says_where(recording: Home, statement: str, problem: str) -> None:
    _tamper(recording, statement)
    done = foretrace(recording, "traces", "replay", "--check")
    assert done.returncode == 1
    assert done.stdout.startswith("Replay is not exact")
    assert problem in done.stdout
    as_json = foretrace(recording, "traces", "replay", "--check", "--json")
    assert as_json.returncode == 1
    answer = json.loads(as_json.stdout)
    assert answer["exact"] is False
    assert any(problem in each for each in answer["problems"])
    assert "texts" not in answer


def test_replay_without_the_key_checks_no_save_and_makes_no_key(recording: Home) -> None:
    recording.key_file.unlink()
    done = foretrace(recording, "traces", "replay", "--check")
    assert done.returncode == 0
    assert done.stdout == "Replay is exact: 2 edits, 0 saves checked, 0 resyncs.\n"
    assert not recording.key_file.exists()


READING = [["status"], ["list"], ["show"], ["replay"], ["replay", "--check"]]


@pytest.mark.parametrize("arguments", READING)
def test_a_damaged_database_is_named(recording: Home, arguments: list[str]) -> None:
    for file in recording.path.glob("traces.db-*"):
        file.unlink()
    recording.traces.write_bytes(b"this is no database" * 500)
    done = foretrace(recording, "traces", *arguments, "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{recording.traces} cannot be read" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", READING[:2])
def test_a_folder_in_place_of_the_database_is_named(home: Home, arguments: list[str]) -> None:
    home.traces.mkdir(parents=True)
    done = foretrace(home, "traces", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert str(home.traces) in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET data = '{' WHERE kind = 'run'",
        "UPDATE events SET kind = 'dance' WHERE kind = 'run'",
        "UPDATE events SET actor = 'cat' WHERE kind = 'run'",
        "UPDATE events SET inserted = x'00' WHERE kind = 'open'",
        "DROP TABLE documents",
    ],
)
def test_an_event_that_cannot_be_read_is_named(recording: Home, statement: str) -> None:
    database = sqlite3.connect(recording.traces)
    with database:
        database.execute(statement)
    database.close()
    done = foretrace(recording, "traces", "replay")
    assert done.returncode == 2
    assert f"{recording.traces} cannot be read" in done.stderr
    assert "Traceback" not in done.stderr


def test_reading_works_on_a_disk_that_cannot_be_written(recording: Home, tmp_path: Path) -> None:
    with read_only(tmp_path / "disk", recording.path) as folder:
        copy = Home(folder)
        assert foretrace_json(copy, "traces", "list")["sessions"]
        assert foretrace_json(copy, "traces", "replay")["exact"]


def test_reading_changes_no_file(recording: Home) -> None:
    foretrace(recording, "traces", "status")  # may bring the write-ahead log in
    before = contents(recording.path)
    for arguments in READING:
        foretrace(recording, "traces", *arguments)
    foretrace(recording, "doctor")
    assert contents(recording.path) == before


# doctor


def test_the_doctor_finds_a_sound_folder_sound(recording: Home) -> None:
    done = foretrace(recording, "doctor", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == (0 if all(each["ok"] for each in found.values()) else 1)
    assert set(found) >= {"foretrace", "folder", "consent", "database", "boundary"}
    assert found["foretrace"]["message"].startswith(__version__)
    assert found["folder"] == {"ok": True, "message": str(recording.path)}
    assert found["database"] == {"ok": True, "message": f"{recording.traces} is sound"}
    lines = foretrace(recording, "doctor").stdout
    assert f"ok   database: {recording.traces} is sound\n" in lines


def test_the_doctor_finds_what_is_damaged(recording: Home) -> None:
    recording.consent_log.write_text("nonsense\n")
    for file in recording.path.glob("traces.db-*"):
        file.unlink()
    recording.traces.write_bytes(b"this is no database" * 500)
    done = foretrace(recording, "doctor", "--json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert [name for name in ("folder", "consent", "database") if not found[name]["ok"]] == [
        "consent",
        "database",
    ]
    assert str(recording.consent_log) in found["consent"]["message"]
    assert "sets it aside" in found["database"]["message"]


def test_the_doctor_names_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    home = Home(tmp_path / "file")
    home.path.write_text("mine")
    done = foretrace(home, "doctor")
    assert done.returncode == 1
    assert f"LOOK folder: {home.path} cannot be written" in done.stdout
    assert "FORETRACE_HOME" in done.stdout
    assert "Traceback" not in done.stderr


def test_the_doctor_names_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    with read_only(tmp_path / "disk") as folder:
        done = foretrace(Home(folder / "home"), "doctor")
    assert done.returncode == 1
    assert f"LOOK folder: {folder / 'home'} cannot be written" in done.stdout


# lsp


@pytest.mark.parametrize("address", ["x", "0", "65536", "localhost:"])
def test_a_port_that_is_none_is_refused(home: Home, address: str) -> None:
    done = foretrace(home, "lsp", "--tcp", address)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{address!r} is not a port" in done.stderr


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_a_port_that_is_taken_is_named(home: Home, taken: int) -> None:
    done = foretrace(home, "lsp", "--tcp", str(taken))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"cannot listen on {taken}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_host_that_is_none_is_named(home: Home) -> None:
    done = foretrace(home, "lsp", "--tcp", "no.such.host.invalid:4321")
    assert done.returncode == 2
    assert "cannot listen on no.such.host.invalid:4321" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--log-level", "loud"], "'loud'"),
        (["--log-file", "/no/such/folder/log.txt"], "/no/such/folder/log.txt"),
        (["--log-file", "/"], "'/'"),
    ],
)
def test_a_log_that_cannot_be_kept_is_named(home: Home, options: list[str], named: str) -> None:
    done = foretrace(home, "lsp", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert named in done.stderr
    assert "Traceback" not in done.stderr
