"""Export and import: what leaves comes in again as it was, whole, and without who somebody is."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timezone
from pathlib import Path

import pytest
from attrs import evolve

from foretrace_telemetry import events as kinds
from foretrace_telemetry.consent import Content, Scope, grant
from foretrace_telemetry.digest import digest_of
from foretrace_telemetry.erase import Selection, forget
from foretrace_telemetry.events import (
    Actor,
    Body,
    Edited,
    Event,
    Foreign,
    Opened,
    Origin,
    Recorded,
    Resynced,
    Saved,
    Withheld,
)
from foretrace_telemetry.exchange import bundle
from foretrace_telemetry.exchange.exporting import (
    Format,
    HandedInError,
    NotCoveredError,
    TargetExistsError,
    export,
)
from foretrace_telemetry.exchange.flat import MissingPackageError, safe
from foretrace_telemetry.exchange.incoming import ImportReport, bring_in
from foretrace_telemetry.exchange.leaving import leaving
from foretrace_telemetry.exchange.progsnap2_rules import validate
from foretrace_telemetry.exchange.report import SessionReport, report_beside
from foretrace_telemetry.exchange.sources import UnknownSourceError, open_source
from foretrace_telemetry.home import Home
from foretrace_telemetry.identity import Identity
from foretrace_telemetry.lineage import exports_of
from foretrace_telemetry.replay import replay
from foretrace_telemetry.store import SessionInfo, SessionSummary, Store

A, B = "file:///work/a.py", "file:///work/b.py"
ADA = Identity(("lovelace",), b"key")


def events_of(*bodies: Body | tuple[Body, str | None]) -> list[Event]:
    told = []
    for number, each in enumerate(bodies):
        body, uri = each if isinstance(each, tuple) else (each, A)
        actor = Actor.ASSISTANT if number % 3 == 0 else Actor.USER
        told.append(Event(1_700_000_000_000_000 + number, number, actor, body, uri, number))
    return told


def a_bit_of_everything(home: Home) -> list[Event]:
    return events_of(
        (kinds.RecordingChanged("full", "granted"), None),
        Opened("x = 1\r\n", "python"),
        Edited(0, "", "=1+2,\"'\n\0\ud83d", Origin.PASTE, "several-characters"),
        Edited(0, "=1+2,\"'\n\0\ud83d", "", Origin.UNDO),
        (Opened("", "python"), B),
        (Edited(0, "", "😀 = '\tü\r'", Origin.COMPLETION), B),
        Saved(digest_of("x = 1\r\n", home.key())),
        Resynced("y\n", "the editor said so"),
        Edited(0, "y", "z", Origin.ASSISTANT, "offered-edit"),
        kinds.Selected(0, 1),
        kinds.RunFinished(1, 20, "SyntaxError", 1),
        kinds.RunFinished(None, 20),
        kinds.TestsFinished(3, 1),
        kinds.SuggestionMoved("id", kinds.SuggestionStage.OFFERED, "rules", 3, 0),
        kinds.SuggestionMoved("id", kinds.SuggestionStage.ACCEPTED, "rules", 3, 0),
        kinds.SuggestionMoved("id", kinds.SuggestionStage.DISMISSED, turned_down=("0123",)),
        kinds.IntentNoted(kinds.IntentStage.PREDICTED, "fixing a failure", 0.5),
        (kinds.CellsArranged(("file:///a.ipynb#W0s",)), "file:///a.ipynb"),
        (kinds.TerminalUsed("python", 1, 300), None),
        kinds.Copied(12),
        (kinds.Closed(), B),
        (Opened(Withheld(7)), "withheld:0123.py"),
        (Edited(3, Withheld(2), Withheld(1)), "withheld:0123.py"),
        kinds.Redacted("AWS Access Key", 20),
        (kinds.ConditionHeld("hints-or-steps", "hints"), None),
    )


def keep(home: Home, *sessions: list[Event], subject: str | None = None) -> None:
    store = Store.create(home)
    for number, events in enumerate(sessions):
        info = SessionInfo(f"s{number}", 5, "0.1", "an editor", subject, subject and "test")
        assert store.begin_session(info).append(events) == []
    store.close()


def kept(home: Home) -> dict[str, list[Event]]:
    with closing(Store.read(home)) as store:
        return {name: [each.event for each in store.events(name)] for name in store.names()}


def without_digests(events: list[Event]) -> list[Event]:
    return [
        evolve(event, body=evolve(event.body, digest=None))
        if isinstance(event.body, (Saved, kinds.ChangedOutside))
        else evolve(event, body=evolve(event.body, turned_down=None))
        if isinstance(event.body, kinds.SuggestionMoved)
        else event
        for event in events
    ]


def import_from(home: Home, path: Path) -> ImportReport:
    report, sessions = open_source(path)
    bring_in(home, sessions, report)
    return report


@contextmanager
def handing_in(home: Home) -> Iterator[None]:
    now = datetime.now(timezone.utc)
    grant(home, [Scope.INSTRUCTOR], Content.FULL, "test", now)
    yield


@pytest.fixture
def other(tmp_path: Path) -> Home:
    """A second data folder."""
    return Home(tmp_path / "other")


@pytest.mark.parametrize("form", [Format.PROGSNAP2, Format.BUNDLE])
def test_what_was_exported_comes_in_again_as_it_was(
    home: Home, other: Home, tmp_path: Path, form: Format
) -> None:
    events = a_bit_of_everything(home)
    keep(home, events, events_of(Opened("a"), Edited(1, "", "b")))
    with handing_in(home):
        export(home, form, tmp_path / "out")
    report = import_from(other, tmp_path / "out")
    assert (report.sessions_added, report.events_added) == (2, len(events) + 2)
    first, second = kept(other).values()
    assert first == without_digests(events)
    assert second == kept(home)["s1"]
    again = import_from(other, tmp_path / "out")
    assert (again.sessions_added, again.events_added, again.conflicts) == (0, 0, [])


def test_submissions_alone_make_a_dataset_with_a_table_of_code_states(
    home: Home, other: Home, tmp_path: Path
) -> None:
    columns = (("Correct", "TRUE"), ("EventID", "e1"), ("X-mine", "=1"))
    name = "imported:?problem=p1"
    keep(
        home,
        events_of((Foreign("Submit", "a\n", columns), name), (Foreign("X-Hint", "a\n"), name)),
        subject="S1",
    )
    export(home, Format.PROGSNAP2, tmp_path / "out")
    with (tmp_path / "out/CodeStates/CodeStates.csv").open(newline="") as file:
        assert [row["Code"] for row in csv.DictReader(file)] == ["a\n"]
    with (tmp_path / "out/MainTable.csv").open(newline="") as file:
        row = list(csv.DictReader(file))[1]
    assert (row["EventType"], row["EventID"], row["ProblemID"]) == ("Submit", "e1", "p1")
    assert (row["SubjectID"], row["Correct"]) == ("S1", "TRUE")
    import_from(other, tmp_path / "out")
    assert kept(other) == kept(home)


def test_the_keystrokes_of_a_dataset_alone_lead_to_the_text(home: Home, tmp_path: Path) -> None:
    keep(home, a_bit_of_everything(home))
    export(home, Format.PROGSNAP2, tmp_path / "out")
    texts: dict[str, str] = {}
    with (tmp_path / "out/MainTable.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["EventType"] == "File.Edit" and row["InsertText"] + row["DeleteText"]:
                text = texts.get(row["CodeStateSection"], "")
                at, removed = int(row["SourceLocation"]), row["DeleteText"]
                assert text[at : at + len(removed)] == removed
                texts[row["CodeStateSection"]] = (
                    text[:at] + row["InsertText"] + text[at + len(removed) :]
                )
    assert texts == {A: "z\n", B: "😀 = '\tü\r'"}


def test_an_offered_fix_is_an_intervention_and_a_syntax_error_one_of_the_compiler(
    home: Home, tmp_path: Path
) -> None:
    keep(home, a_bit_of_everything(home))
    export(home, Format.PROGSNAP2, tmp_path / "out")
    with (tmp_path / "out/MainTable.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["EventType"]: row for row in csv.DictReader(file)}
    assert rows["Intervention"]["InterventionCategory"] == "CodeChange"
    assert rows["X-Suggestion"]["ParentEventID"] == rows["Intervention"]["EventID"]
    assert rows["Compile.Error"]["CompileMessageType"] == "SyntaxError"
    assert rows["Compile.Error"]["ParentEventID"] == rows["Compile"]["EventID"]


def test_names_are_gone_however_they_were_typed_and_replay_stays_exact() -> None:
    typed = [Edited(n, "", character) for n, character in enumerate("# lovelace\n")]
    events = events_of(
        Opened(""),
        *typed,
        Edited(11, "", "/home/gra"),
        Edited(20, "", "ce/a.py"),
        Edited(2, "lovelace", "x"),
        Resynced("mail ada@engine.example", "lovelace said so"),
        (kinds.Viewed(), "file:///home/grace/a.py"),
    )
    recorded = [Recorded("s", number, event) for number, event in enumerate(events, start=1)]
    report = SessionReport("s")
    left = list(leaving(lambda: recorded, ADA, None, report).events())
    told = "".join(
        text
        for each in left
        for name in ("inserted", "text", "reason")
        if isinstance(text := getattr(each.event.body, name, ""), str)
    )
    for name in ("lovelace", "grace", "engine", "ada@"):
        assert name not in told + str(left[-1].event.uri)
    result = replay(left)
    assert result.exact
    assert [len(text or "") for text in result.texts.values()] == [
        len(text or "") for text in replay(recorded).texts.values()
    ]
    assert report.exact
    assert report.pseudonyms_characters > 0


def test_the_report_says_where_replay_is_not_exact(home: Home, tmp_path: Path) -> None:
    keep(
        home,
        events_of(Opened("a"), Edited(0, "b", ""), Resynced("c", "lost"), Saved("0" * 64)),
    )
    report = export(home, Format.CSV, tmp_path / "out.csv")
    written = json.loads(report_beside(tmp_path / "out.csv").read_text())
    assert written == report.to_json()
    assert not written["exact"]
    assert [problem.split(" ")[1] for problem in written["sessions"][0]["problems"]] == ["2", "4"]
    assert written["sessions"][0]["resyncs"] == {"lost": 1}


def test_a_bundle_needs_consent_to_handing_in(home: Home, tmp_path: Path) -> None:
    keep(home, events_of(Opened("a")))
    grant(home, [Scope.LOCAL], Content.FULL, "test", datetime.now(timezone.utc))
    with pytest.raises(NotCoveredError):
        export(home, Format.BUNDLE, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_is_there_is_never_written_over(home: Home, tmp_path: Path) -> None:
    keep(home, events_of(Opened("a")))
    (tmp_path / "out").write_text("mine")
    for form in (Format.CSV, Format.PROGSNAP2):
        with pytest.raises(TargetExistsError):
            export(home, form, tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"


def test_what_is_forgotten_while_it_is_exported_is_told_of_the_export(
    home: Home, tmp_path: Path
) -> None:
    keep(home, events_of(Opened("a")))
    forgotten = []
    out = tmp_path / "out.csv"
    export(
        home, Format.CSV, out, progress=lambda _: forgotten.append(forget(home, Selection(), "why"))
    )
    (receipt,) = forgotten
    assert [each.path for each in receipt.exports] == [str(out)]


def test_an_export_that_came_to_nothing_is_not_kept_in_mind(home: Home, tmp_path: Path) -> None:
    keep(home, events_of(Opened("a")))

    def stop(_: SessionSummary) -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        export(home, Format.CSV, tmp_path / "out.csv", progress=stop)
    with closing(Store.read(home)) as store:
        assert exports_of(store.db, set(store.names())) == []
    assert list(tmp_path.glob("out*")) == list(tmp_path.glob(".out*")) == []


@pytest.mark.parametrize("taken", ["out.csv", "out.csv.integrity.json"])
def test_an_export_that_fails_at_its_end_leaves_neither_itself_nor_its_report(
    home: Home, tmp_path: Path, taken: str
) -> None:
    keep(home, events_of(Opened("a")))
    before = sorted(tmp_path.iterdir())
    place = tmp_path / taken
    with pytest.raises(OSError, match=r"out\.csv"):
        export(home, Format.CSV, tmp_path / "out.csv", progress=lambda _: place.mkdir())
    assert sorted(tmp_path.iterdir()) == sorted([*before, place])
    with closing(Store.read(home)) as store:
        assert exports_of(store.db, set(store.names())) == []


def test_where_an_export_went_is_kept_in_mind(home: Home, tmp_path: Path) -> None:
    keep(home, events_of(Opened("a")))
    export(home, Format.CSV, tmp_path / "out.csv")
    with closing(Store.read(home)) as store:
        (noted,) = exports_of(store.db, {"s0"})
    assert (noted.format, noted.path) == ("csv", str(tmp_path / "out.csv"))


def test_each_row_has_the_condition_of_the_study_that_held(home: Home, tmp_path: Path) -> None:
    held = [
        (kinds.ConditionHeld("pace", condition), None) if condition is not None else Saved()
        for condition in (None, "slow", None, "fast", None, "", None)
    ]
    keep(home, events_of(*held))
    export(home, Format.PROGSNAP2, tmp_path / "out")
    with (tmp_path / "out/MainTable.csv").open(encoding="utf-8", newline="") as file:
        rows = [row["ExperimentalCondition"] for row in csv.DictReader(file)]
    start, *conditions, end = rows
    slow, fast = "pace/slow", "pace/fast"
    assert conditions == ["", slow, slow, fast, fast, "", ""]
    assert (start, end) == ("", "")


def test_no_cell_is_a_formula_and_each_can_be_read_back(home: Home, tmp_path: Path) -> None:
    keep(home, [*events_of(Opened("=1+2")), *events_of(Edited(0, "=1+2", "@x"))])
    export(home, Format.CSV, tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        opened, edited = csv.DictReader(file)
    assert (opened["text"], edited["removed"], edited["inserted"]) == ("'=1+2", "'=1+2", "'@x")
    for text in ("=a", "+a", "-a", "@a", "\ta", "'a", "a", ""):
        made = safe(text)
        assert not made.startswith(("=", "+", "-", "@", "\t"))
        assert (made[1:] if made.startswith("'") else made) == text


def test_parquet_holds_the_same_rows(home: Home, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra parquet is not installed")
    keep(home, a_bit_of_everything(home))
    export(home, Format.PARQUET, tmp_path / "out.parquet")
    rows = parquet.read_table(tmp_path / "out.parquet").to_pylist()
    assert len(rows) == len(a_bit_of_everything(home))
    assert (rows[1]["text"], rows[5]["inserted"]) == ("x = 1\r\n", "😀 = '\tü\r'")
    assert rows[22]["removed_characters"] == 2


def test_a_missing_package_is_named(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(home, events_of(Opened("a")))
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(MissingPackageError, match=r"foretrace\[parquet\]"):
        export(home, Format.PARQUET, tmp_path / "out.parquet")
    assert list(tmp_path.glob("*out*")) == []


def test_a_session_that_went_on_is_continued_and_one_that_differs_is_named(
    home: Home, other: Home, tmp_path: Path
) -> None:
    with handing_in(home):
        events = events_of(Opened("a"), Edited(1, "", "b"), Edited(2, "", "c"))
        keep(home, events[:2])
        export(home, Format.BUNDLE, tmp_path / "first")
        store = Store.create(home)
        store.continue_session("s0").append(events[2:])
        store.close()
        export(home, Format.BUNDLE, tmp_path / "second")
    import_from(other, tmp_path / "first")
    report = import_from(other, tmp_path / "second")
    assert (report.sessions_added, report.events_added) == (0, 1)
    assert import_from(other, tmp_path / "first").events_added == 0
    assert list(kept(other).values()) == [events]
    store = Store.create(home)
    store.rewrite("s0", {1: Opened("x")})
    store.close()
    with handing_in(home):
        export(home, Format.BUNDLE, tmp_path / "third")
    (conflict,) = import_from(other, tmp_path / "third").conflicts
    assert "another event 1" in conflict
    assert list(kept(other).values()) == [events]


def test_imported_sessions_say_whose_they_are(home: Home, other: Home, tmp_path: Path) -> None:
    keep(home, events_of(Opened("a")))
    with handing_in(home):
        export(home, Format.BUNDLE, tmp_path / "out")
    import_from(other, tmp_path / "out")
    with closing(Store.read(other)) as store:
        (session,) = store.sessions()
        assert store.own_names() == []
    assert session.source == f"bundle:{session.subject}"
    assert bundle.check(tmp_path / "out").signed_by == session.subject


def test_what_others_handed_in_is_not_handed_in_again(
    home: Home, other: Home, tmp_path: Path
) -> None:
    keep(home, events_of(Opened("a")))
    with handing_in(home):
        export(home, Format.BUNDLE, tmp_path / "out")
    import_from(other, tmp_path / "out")
    (name,) = kept(other)
    with handing_in(other):
        with pytest.raises(HandedInError, match="pass on their bundle"):
            export(other, Format.BUNDLE, tmp_path / "again", [name])
        assert export(other, Format.BUNDLE, tmp_path / "again").sessions == []
        assert len(export(other, Format.CSV, tmp_path / "out.csv").sessions) == 1


def test_what_was_recorded_here_is_not_imported_over_it(home: Home, tmp_path: Path) -> None:
    keep(home, a_bit_of_everything(home))
    before = kept(home)
    export(home, Format.PROGSNAP2, tmp_path / "out")
    report = import_from(home, tmp_path / "out")
    assert (report.events_added, report.conflicts) == (0, [])
    assert "recorded here" in report.warnings[0]
    assert kept(home) == before


def test_nothing_that_can_be_imported_is_said_so(home: Home, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    with pytest.raises(UnknownSourceError, match=r"MainTable\.csv"):
        open_source(tmp_path)


@pytest.mark.parametrize("name", ["csedm2019_itap", "edwards_keystroke_samples"])
def test_a_real_dataset_comes_in_leaves_and_comes_in_again_equal(
    data: Path, home: Home, other: Home, tmp_path: Path, name: str
) -> None:
    report = import_from(home, data / name)
    assert import_from(home, data / name).events_added == 0
    export(home, Format.PROGSNAP2, tmp_path / "out")
    assert validate(tmp_path / "out").valid
    import_from(other, tmp_path / "out")
    assert kept(other) == kept(home)
    if name == "csedm2019_itap":
        assert (report.rows, report.events, report.subjects) == (2573, 2573, 74)


def test_the_tutors_log_is_recognised_alone(data: Path, home: Home, tmp_path: Path) -> None:
    link = tmp_path / "log"
    link.mkdir()
    (link / "sequences.jsonl.gz").symlink_to(data / "csedm2019_itap/sequences.jsonl.gz")
    report = import_from(home, link)
    assert (report.format, report.events, report.subjects) == ("itap", 2573, 74)


@pytest.mark.parametrize("name", ["editing_traces", "vscode_edit_recordings"])
def test_real_editing_is_handed_in_and_comes_in_equal(
    data: Path, home: Home, other: Home, tmp_path: Path, name: str
) -> None:
    import_from(home, data / name)
    with handing_in(home):
        assert export(home, Format.BUNDLE, tmp_path / "out").exact
    import_from(other, tmp_path / "out")
    assert list(kept(other).values()) == list(kept(home).values())
