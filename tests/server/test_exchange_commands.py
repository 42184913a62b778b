"""`foretrace traces export` and `import`, as people run them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.command import foretrace, foretrace_json

from foretrace_telemetry.events import Actor, Edited, Event, Foreign, Opened
from foretrace_telemetry.home import Home
from foretrace_telemetry.store import SessionInfo, Store

DATASET = """\
EventType,EventID,SubjectID,ToolInstances,CodeStateID,ServerTimestamp,ProblemID,Correct
Submit,e1,S1,ITAP,1,2016-02-05T19:46:00,p1,FALSE
Submit,e2,S2,ITAP,2,2016-02-05T19:47:00,p1,TRUE
Guess,e3,S1,ITAP,1,,p1,
"""
KEYSTROKES = """\
Key,EditType,SourceLocation,InsertText,DeleteText,ClientTimestamp
a.py,Insert,0,ab,,1600000000000
a.py,Delete,0,,a,1600000000001
a.py,Delete,7,,zzz,1600000000002
"""


@pytest.fixture
def recorded(home: Home) -> Home:
    """A data folder with one session."""
    store = Store.create(home)
    bodies = Opened("=1\n"), Edited(0, "", "x ")
    store.begin_session(SessionInfo("20260301-1", 5, "0.1", "an editor")).append(
        [Event(n, n, Actor.USER, body, "file:///a.py", n) for n, body in enumerate(bodies)]
    )
    store.close()
    return home


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """A folder with a small dataset."""
    folder = tmp_path / "dataset"
    folder.mkdir()
    (folder / "MainTable.csv").write_text(DATASET)
    (folder / "CodeState.csv").write_text('CodeStateID,Code\n1,"x = \n"\n2,"x = 1\n"\n')
    return folder


def test_a_dataset_comes_in_once_and_stands_apart(recorded: Home, dataset: Path) -> None:
    report = foretrace_json(recorded, "traces", "import", str(dataset))
    assert (report["format"], report["rows"], report["subjects"]) == ("progsnap2", 3, 2)
    assert report["events_added"] == 3
    warnings = " ".join(report["warnings"])
    for word in ("DatasetMetadata.csv is missing", "'X-Guess'", "without a time"):
        assert word in warnings
    assert foretrace_json(recorded, "traces", "import", str(dataset))["events_added"] == 0
    sessions = foretrace_json(recorded, "traces", "list")["sessions"]
    assert [session["subject"] for session in sessions] == [None, "S1", "S2"]
    shown = foretrace(recorded, "traces", "replay", "last")
    assert shown.stdout == "x =1\n\n"


def test_keystrokes_without_a_main_table_are_read_and_nonsense_is_a_resync(
    home: Home, tmp_path: Path
) -> None:
    table = tmp_path / "keys.csv"
    table.write_text(KEYSTROKES)
    report = foretrace_json(home, "traces", "import", str(table))
    assert (report["rows"], report["events"]) == (3, 4)
    assert "stated anew" in " ".join(report["warnings"])
    checked = foretrace_json(home, "traces", "replay", "last")
    assert (checked["exact"], checked["resyncs"]) == (True, 1)
    assert list(checked["texts"].values()) == ["b"]


@pytest.mark.parametrize("form", ["progsnap2", "csv", "bundle"])
def test_an_export_has_its_report(recorded: Home, tmp_path: Path, form: str) -> None:
    foretrace(recorded, "consent", "grant", "--scope", "instructor")
    found = foretrace_json(
        recorded, "traces", "export", "--format", form, "--out", str(tmp_path / "out")
    )
    assert (found["format"], found["events"], found["exact"]) == (form, 2, True)
    assert (tmp_path / "out").exists()


def test_a_bundle_without_consent_names_the_command_that_allows_it(
    recorded: Home, tmp_path: Path
) -> None:
    out = str(tmp_path / "out")
    done = foretrace(recorded, "traces", "export", "--format", "bundle", "--out", out)
    assert done.returncode == 2
    assert "foretrace consent grant --scope instructor" in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_dataset_that_breaks_the_rules_is_said_to(home: Home, tmp_path: Path) -> None:
    store = Store.create(home)
    body = Foreign("Session.Start", None, ())
    event = Event(1, 1, Actor.USER, Foreign("Resource.View", None, ()), "imported:")
    store.begin_session(SessionInfo("s1", 5, "0", "t", "S1", "test")).append(
        [event, Event(2, 2, Actor.USER, body, "imported:")]
    )
    store.close()
    out = str(tmp_path / "out")
    done = foretrace(home, "traces", "export", "--format", "progsnap2", "--out", out)
    assert done.returncode == 1
    assert "Resource.View needs ResourceID" in done.stderr


def test_wrong_input_is_named_with_exit_code_2(recorded: Home, tmp_path: Path) -> None:
    out = str(tmp_path / "out.csv")
    (tmp_path / "mine.csv").write_text("mine")
    (tmp_path / "no.zip").write_bytes(b"PK\x05\x06" + b"\0" * 18)
    for arguments, named in (
        (("export", "--format", "csv", "--out", out, "nobody"), "nobody"),
        (("export", "--format", "csv", "--out", str(tmp_path / "mine.csv")), "exists already"),
        (("import", str(tmp_path / "no.zip")), "nothing that can be imported"),
        (("import", str(tmp_path / "nowhere")), "does not exist"),
    ):
        done = foretrace(recorded, "traces", *arguments)
        assert done.returncode == 2, arguments
        assert named in done.stderr
    assert (tmp_path / "mine.csv").read_text() == "mine"


def test_a_bundle_that_was_changed_is_refused(recorded: Home, tmp_path: Path) -> None:
    foretrace(recorded, "consent", "grant", "--scope", "research")
    path = tmp_path / "out"
    foretrace(recorded, "traces", "export", "--format", "bundle", "--out", str(path))
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b'"scopes"', b'"scopez"') if b'"scopes"' in raw else raw[:-30])
    done = foretrace(Home(tmp_path / "other"), "traces", "import", str(path))
    assert done.returncode == 2
    assert done.stderr.strip()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (',""texts"":[""text""]', ',""texts"":7'),
        ("""{""started_wall_us"": 5""", """{""started_wall_us"": null"""),
        ("File.Open,", "File.Open,\x00"),
        (",open,", ",opened,"),
        (",1970-01-01T00:00:00.000000+00:00,", ",,"),
        ("MainTable", ""),
    ],
)
def test_a_damaged_dataset_of_ours_is_refused_in_words_or_read_as_far_as_it_goes(
    recorded: Home, tmp_path: Path, before: str, after: str
) -> None:
    out = tmp_path / "out"
    foretrace(recorded, "traces", "export", "--format", "progsnap2", "--out", str(out))
    table = out / "MainTable.csv"
    table.write_text(table.read_text().replace(before, after))
    done = foretrace(Home(tmp_path / "other"), "traces", "import", str(out))
    assert done.returncode in (0, 2)
    assert "Traceback" not in done.stderr


def test_numbers_too_large_for_the_store_are_no_trouble(home: Home, tmp_path: Path) -> None:
    table = tmp_path / "MainTable.csv"
    table.write_text(
        f"EventType,EventID,Order,EditType,SourceLocation,InsertText,CodeStateSection\n"
        f"File.Edit,e1,{'9' * 40},Insert,{'9' * 40},a,a.py\n"
        f"File.Edit,e2,²,Insert,²,b,a.py\n"
    )
    report = foretrace_json(home, "traces", "import", str(tmp_path))
    assert report["rows"] == 2


def test_one_session_can_be_chosen(recorded: Home, tmp_path: Path) -> None:
    store = Store.create(recorded)
    store.begin_session(SessionInfo("20260401-1", 5, "0.1")).append([])
    store.close()
    out = tmp_path / "out.csv"
    foretrace(recorded, "traces", "export", "--format", "csv", "--out", str(out), "202603")
    report = json.loads((tmp_path / "out.csv.integrity.json").read_text())
    assert [session["session"] for session in report["sessions"]] == ["20260301-1"]
