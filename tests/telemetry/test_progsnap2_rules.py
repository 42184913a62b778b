"""The rules of ProgSnap2: a dataset that keeps to them is valid, and each fault is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from foretrace_telemetry.exchange.progsnap2_rules import read_metadata, time_us, validate

METADATA = "Property,Value\nVersion,1.0\nCodeStateRepresentation,Table\n"
STATES = 'CodeStateID,Code\nc1,"x = 1\n"\n'
HEADER = "EventType,EventID,CodeStateID,SubjectID,ToolInstances"
SOUND = f"{HEADER}\nSubmit,e1,c1,S1,an editor\nX-mine,e2,,S1,an editor\n"


def write(folder: Path, main: str = SOUND, metadata: str = METADATA, states: str = STATES) -> Path:
    (folder / "CodeStates").mkdir()
    (folder / "MainTable.csv").write_text(main)
    (folder / "DatasetMetadata.csv").write_text(metadata)
    (folder / "CodeStates/CodeStates.csv").write_text(states)
    return folder


def test_a_dataset_that_keeps_to_the_rules_is_valid(tmp_path: Path) -> None:
    verdict = validate(write(tmp_path))
    assert (verdict.errors, verdict.warnings, verdict.rows) == ([], [], 2)


@pytest.mark.parametrize(
    ("main", "named"),
    [
        ("EventType,EventID,CodeStateID,SubjectID\n", "no column ToolInstances"),
        (f"{HEADER}\nSubmit,e1,c1,S1\n", "row 2 has 4 values for 5 columns"),
        (f"{HEADER}\nSubmit,e1,c1,S1,t\nSubmit,e1,c1,S1,t\n", "row 3: EventID 'e1' was there"),
        (f"{HEADER}\nSubmit,,c1,S1,t\n", "row 2 has no EventID"),
        (f"{HEADER}\nSubmit,e1,c1,,t\n", "row 2 has no SubjectID"),
        (f"{HEADER}\nSubmit,e1,c9,S1,t\n", "CodeStateID 'c9' is not in"),
        (f"{HEADER}\nHint,e1,c1,S1,t\n", "EventType 'Hint' is neither"),
        (f"{HEADER}\nSession.Start,e1,,S1,t\n", "Session.Start needs SessionID"),
        (f"{HEADER}\nIntervention,e1,,S1,t\n", "Intervention needs InterventionMessage"),
        (f"{HEADER},EditType\nFile.Edit,e1,,S1,t,Typed\n", "EditType 'Typed' must be one of"),
        (f"{HEADER},Score\nSubmit,e1,,S1,t,1.5\n", "Score '1.5' is no number from 0 to 1"),
        (f"{HEADER},Order\nSubmit,e1,,S1,t,first\n", "Order 'first' is no whole number"),
        (f"{HEADER},ClientTimestamp\nSubmit,e1,,S1,t,noon\n", "ClientTimestamp 'noon' is no time"),
        (f"{HEADER},IsFabricatedEvent\nSubmit,e1,,S1,t,maybe\n", "is neither true nor false"),
        (f"{HEADER},Order,Order\n", "the column Order more than once"),
    ],
)
def test_a_fault_of_the_main_table_is_named(tmp_path: Path, main: str, named: str) -> None:
    errors = validate(write(tmp_path, main)).errors
    assert any(named in error for error in errors), errors


@pytest.mark.parametrize(
    ("metadata", "named"),
    [
        ("Property,Value\nCodeStateRepresentation,Sqlite\n", "must be one of Directory"),
        ("Property,Value\nEventOrderScope,Restricted\n", "needs EventOrderScopeColumns"),
        ("Property,Value\nEventOrderScope,Global\n", "no column Order, which"),
        ("Property,Value\nVersion,next\n", "Version is 'next'"),
    ],
)
def test_a_fault_of_the_metadata_is_named(tmp_path: Path, metadata: str, named: str) -> None:
    errors = validate(write(tmp_path, metadata=metadata)).errors
    assert any(named in error for error in errors), errors


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    assert [error.split(" ")[0] for error in validate(tmp_path).errors] == [
        "DatasetMetadata.csv",
        "CodeStates/CodeStates.csv",
        "MainTable.csv",
    ]


def test_many_faults_are_counted_and_not_all_told(tmp_path: Path) -> None:
    rows = "".join(f"Hint,e{number},,S1,t\n" for number in range(80))
    verdict = validate(write(tmp_path, f"{HEADER}\n{rows}"))
    assert (len(verdict.errors), verdict.left_out) == (50, 30)


def test_a_column_of_nobody_is_a_warning(tmp_path: Path) -> None:
    verdict = validate(write(tmp_path, f"{HEADER},Correct\nSubmit,e1,c1,S1,t,TRUE\n"))
    assert verdict.valid
    assert "Correct is no column" in verdict.warnings[0]


def test_a_table_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "DatasetMetadata.csv").write_text("a,b\n")
    with pytest.raises(ValueError, match="Property and Value"):
        read_metadata(tmp_path)
    (tmp_path / "DatasetMetadata.csv").write_bytes(b"Property,Value\nVersion,\xff\n")
    with pytest.raises(ValueError, match="UTF-8"):
        read_metadata(tmp_path)


@pytest.mark.parametrize(
    "text",
    ["2020-09-13T12:26:40", "2020-09-13 12:26:40Z", "2020-09-13T14:26:40+02:00", "1600000000000"],
)
def test_times_are_read_in_the_ways_in_which_they_are_written(text: str) -> None:
    assert time_us(text) == 1_600_000_000_000_000
