"""The rules of ProgSnap2 1.0, and what of a dataset does not keep to them.

Source of the rules: the ProgSnap2 specification, https://cssplice.org/progsnap2/, version 1.0.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

from attrs import define, field

VERSION = "1.0"
METADATA = "DatasetMetadata.csv"
MAIN_TABLE = "MainTable.csv"
CODE_STATES = "CodeStates/CodeStates.csv"
LINK_TABLES = "LinkTables"
REQUIRED_COLUMNS = ("EventType", "EventID", "CodeStateID", "SubjectID", "ToolInstances")
UNKNOWN_SUBJECT = "UNKNOWN"

# The properties of a dataset, and what holds where one is not stated.
METADATA_DEFAULTS = {
    "Version": VERSION,
    "IsEventOrderingConsistent": "false",
    "EventOrderScope": "None",
    "EventOrderScopeColumns": "",
    "CodeStateRepresentation": "Table",
    "ProgramInputLinkTable": "",
}
_METADATA_VALUES = {
    "IsEventOrderingConsistent": {"true", "false"},
    "EventOrderScope": {"Global", "Restricted", "None"},
    "CodeStateRepresentation": {"Table", "Directory", "Git", "Keystroke"},
}

_FILE = ("CodeStateSection",)
_MOVE = ("CodeStateSection", "DestinationCodeStateSection")
_COMPILER = (
    "ParentEventID",
    "CodeStateSection",
    "CompileMessageType",
    "CompileMessageData",
    "SourceLocation",
)
_TEST = ("ExecutionID", "TestID", "ExecutionResult")
# What each type of event must say.
EVENT_TYPES: dict[str, tuple[str, ...]] = {
    "Session.Start": ("SessionID",),
    "Session.End": ("SessionID",),
    "Project.Open": ("ProjectID",),
    "Project.Close": ("ProjectID",),
    "File.Create": _FILE,
    "File.Delete": _FILE,
    "File.Open": _FILE,
    "File.Close": _FILE,
    "File.Save": _FILE,
    "File.Rename": _MOVE,
    "File.Copy": _MOVE,
    "File.Edit": ("CodeStateSection", "EditType"),
    "File.Focus": _FILE,
    "File.CopyText": ("CopiedText",),
    "Compile": ("CodeStateSection", "CompileResult"),
    "Compile.Error": _COMPILER,
    "Compile.Warning": _COMPILER,
    "Submit": (),
    "Run.Program": ("ExecutionResult",),
    "Run.Test": _TEST,
    "Debug.Program": ("ExecutionResult",),
    "Debug.Test": _TEST,
    "Resource.View": ("ResourceID",),
    "Intervention": (
        "EventInitiator",
        "InterventionCategory",
        "InterventionType",
        "InterventionMessage",
    ),
}
# Where the tables hold files of code states in one table, they have no sections.
_NEEDLESS_IN_TABLES = "CodeStateSection"

_OWN = "X-"
# Columns of few values, and how values of one's own begin, None where there can be none.
_VALUES: dict[str, tuple[set[str], str | None]] = {
    "EventInitiator": (
        {
            "UserDirectAction",
            "UserIndirectAction",
            "ToolReaction",
            "ToolTimedEvent",
            "InstructorDirectAction",
            "InstructorIndirectAction",
            "TeamMemberDirectAction",
            "TeamMemberIndirectAction",
        },
        _OWN,
    ),
    "EditType": (
        {
            "Insert",
            "Delete",
            "Replace",
            "Move",
            "Paste",
            "Undo",
            "Redo",
            "Refactor",
            "Reset",
            "GenericEdit",
        },
        _OWN,
    ),
    "CompileResult": ({"Success", "Warning", "Error"}, None),
    "ExecutionResult": ({"Success", "Timeout", "Error", "TestFailed"}, None),
    "InterventionCategory": (
        {"Feedback", "Hint", "CodeHighlight", "CodeChange", "EarnedGrade"},
        _OWN,
    ),
}
_INTEGERS = ("Order", "Attempt", "DeleteLength")
_SHARES = ("Score", "ExtraCreditScore")
_BOOLEANS = ("AssignmentIsGraded", "ProblemIsGraded", "IsFabricatedEvent")
_TIMES = ("ClientTimestamp", "ServerTimestamp")
_IDS = (
    *("CourseID", "CourseSectionID", "TermID", "AssignmentID", "ProblemID", "TeamID"),
    *("LoggingErrorID", "ParentEventID", "SessionID", "ProjectID", "ResourceID"),
    *("ExecutionID", "TestID"),
)
_TEXTS = (
    *("ExperimentalCondition", "CodeStateSection", "CopiedText", "DestinationCodeStateSection"),
    *("CompileMessageType", "CompileMessageData", "SourceLocation", "ProgramInput"),
    *("ProgramOutput", "ProgramErrorOutput", "InterventionType", "InterventionMessage"),
    *("InsertText", "DeleteText"),
)
# The time zones stand in datasets made by earlier versions.
_EARLIER = ("ClientTimezone", "ServerTimezone")
COLUMNS = frozenset(
    (*REQUIRED_COLUMNS, *_VALUES, *_INTEGERS, *_SHARES, *_BOOLEANS, *_TIMES, *_IDS, *_TEXTS)
).union(_EARLIER)

_MOST_PROBLEMS = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@define
class Verdict:
    """What was found in a dataset: `errors` break the rules, `warnings` do not but are unusual.

    At most fifty errors of one dataset are named; `left_out` counts the others.
    """

    rows: int = 0
    errors: list[str] = field(factory=list)
    warnings: list[str] = field(factory=list)
    left_out: int = 0

    @property
    def valid(self) -> bool:
        """Whether the dataset keeps to the rules."""
        return not self.errors

    def add(self, error: str) -> None:
        """Name an error, if there are not too many already."""
        if len(self.errors) < _MOST_PROBLEMS:
            self.errors.append(error)
        else:
            self.left_out += 1


def rows_of(path: Path) -> Iterator[list[str]]:
    """Iterate over the rows of a table, its header first.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not UTF-8, or not CSV.
    """
    csv.field_size_limit(sys.maxsize)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.reader(file)
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{path} is not a table in CSV and UTF-8: {error}") from error


def read_metadata(folder: Path) -> dict[str, str] | None:
    """Return the properties that a dataset states, or None where it states none.

    Raises:
        OSError: the table cannot be read.
        ValueError: it is not one.
    """
    path = folder / METADATA
    if not path.exists():
        return None
    rows = list(rows_of(path))
    if not rows or rows[0][:2] != ["Property", "Value"]:
        raise ValueError(f"{path} must begin with the columns Property and Value")
    return {row[0]: row[1] for row in rows[1:] if len(row) >= 2}


def validate(folder: Path) -> Verdict:
    """Return what of the dataset in a folder does not keep to the rules.

    Raises:
        OSError: a file cannot be read.
        ValueError: a table is not CSV and UTF-8.
    """
    verdict = Verdict()
    metadata = _check_metadata(folder, verdict)
    states = _check_code_states(folder, metadata, verdict)
    main = folder / MAIN_TABLE
    if not main.exists():
        verdict.add(f"{MAIN_TABLE} is missing")
        return verdict
    rows = rows_of(main)
    header = next(rows, [])
    if _check_header(header, verdict):
        _check_rows(header, rows, metadata, states, verdict)
    for path in sorted((folder / LINK_TABLES).glob("*.csv")):
        link_header = next(rows_of(path), [])
        if not any(name in header for name in link_header if name.endswith("ID")):
            verdict.add(f"{LINK_TABLES}/{path.name}: no column is an ID of {MAIN_TABLE}")
    return verdict


def _check_metadata(folder: Path, verdict: Verdict) -> dict[str, str]:
    stated = read_metadata(folder)
    if stated is None:
        verdict.add(f"{METADATA} is missing")
    metadata = {**METADATA_DEFAULTS, **(stated or {})}
    for name, allowed in _METADATA_VALUES.items():
        value = metadata[name].lower() if "true" in allowed else metadata[name]
        if value not in allowed:
            words = ", ".join(sorted(allowed))
            verdict.add(f"{METADATA}: {name} is {metadata[name]!r}; it must be one of {words}")
    if not re.fullmatch(r"\d+(\.\d+)*", metadata["Version"]):
        verdict.add(f"{METADATA}: Version is {metadata['Version']!r}; it must be like {VERSION!r}")
    if metadata["EventOrderScope"] == "Restricted" and not metadata["EventOrderScopeColumns"]:
        verdict.add(f"{METADATA}: EventOrderScope Restricted needs EventOrderScopeColumns")
    for name in metadata.keys() - METADATA_DEFAULTS.keys():
        if not name.startswith(_OWN):
            verdict.warnings.append(f"{METADATA}: {name} is no property of ProgSnap2")
    return metadata


def _check_code_states(folder: Path, metadata: dict[str, str], verdict: Verdict) -> set[int] | None:
    """Return the code states that there are, by a number for each ID, None if they are elsewhere.

    A number is what an ID takes least memory as; that two IDs have the same is next to impossible.
    """
    if metadata["CodeStateRepresentation"] != "Table":
        return None
    path = folder / CODE_STATES
    if not path.exists():
        verdict.add(f"{CODE_STATES} is missing, though CodeStateRepresentation is Table")
        return None
    rows = rows_of(path)
    header = next(rows, [])
    if not {"CodeStateID", "Code"} <= set(header):
        verdict.add(f"{CODE_STATES} must have the columns CodeStateID and Code")
        return None
    states: set[int] = set()
    at = header.index("CodeStateID")
    for number, row in enumerate(rows, start=2):
        state = hash(row[at]) if at < len(row) else 0
        if state in states:
            verdict.add(f"{CODE_STATES}, row {number}: CodeStateID {row[at]!r} was there before")
        states.add(state)
    return states


def _check_header(header: list[str], verdict: Verdict) -> bool:
    for name in REQUIRED_COLUMNS:
        if name not in header:
            verdict.add(f"{MAIN_TABLE} has no column {name}")
    for name in {name for name in header if header.count(name) > 1}:
        verdict.add(f"{MAIN_TABLE} has the column {name} more than once")
    for name in header:
        if name not in COLUMNS and not name.startswith(_OWN):
            verdict.warnings.append(f"{MAIN_TABLE}: {name} is no column of ProgSnap2")
    return {"EventType", "EventID"} <= set(header)


def _check_rows(
    header: list[str],
    rows: Iterator[list[str]],
    metadata: dict[str, str],
    states: set[int] | None,
    verdict: Verdict,
) -> None:
    needless = _NEEDLESS_IN_TABLES if metadata["CodeStateRepresentation"] == "Table" else ""
    scoped = metadata["EventOrderScope"] == "Restricted"
    scope = metadata["EventOrderScopeColumns"].split(";") if scoped else []
    for name in [*scope, *(["Order"] if metadata["EventOrderScope"] != "None" else [])]:
        if name not in header:
            verdict.add(f"{MAIN_TABLE} has no column {name}, which {METADATA} needs")
    identities: set[int] = set()
    for number, values in enumerate(rows, start=1):
        verdict.rows = number
        where = f"{MAIN_TABLE}, row {number + 1}"
        if len(values) != len(header):
            verdict.add(f"{where} has {len(values)} values for {len(header)} columns")
            continue
        row = {name: value for name, value in zip(header, values, strict=True) if value}
        identity = hash(row.get("EventID", ""))
        if "EventID" not in row:
            verdict.add(f"{where} has no EventID")
        elif identity in identities:
            verdict.add(f"{where}: EventID {row['EventID']!r} was there before")
        identities.add(identity)
        if "SubjectID" not in row:
            verdict.add(f"{where} has no SubjectID; one that is not known is {UNKNOWN_SUBJECT}")
        state = row.get("CodeStateID")
        if states is not None and state is not None and hash(state) not in states:
            verdict.add(f"{where}: CodeStateID {state!r} is not in {CODE_STATES}")
        for problem in _problems_of(row, needless):
            verdict.add(f"{where}: {problem}")


def _problems_of(row: dict[str, str], needless: str) -> Iterator[str]:
    kind = row.get("EventType", "")
    if kind not in EVENT_TYPES and not kind.startswith(_OWN):
        yield f"EventType {kind!r} is neither one of ProgSnap2 nor begins with {_OWN}"
    for name in EVENT_TYPES.get(kind, ()):
        if name not in row and name != needless:
            yield f"{kind} needs {name}"
    for name, (allowed, own) in _VALUES.items():
        value = row.get(name)
        if value is None or value in allowed or (own is not None and value.startswith(own)):
            continue
        yield f"{name} {value!r} must be one of {', '.join(sorted(allowed))}"
    for name in _INTEGERS:
        if name in row and not re.fullmatch(r"-?\d+", row[name]):
            yield f"{name} {row[name]!r} is no whole number"
    for name in _SHARES:
        if name in row and not _is_share(row[name]):
            yield f"{name} {row[name]!r} is no number from 0 to 1"
    for name in _BOOLEANS:
        if name in row and row[name].lower() not in ("true", "false"):
            yield f"{name} {row[name]!r} is neither true nor false"
    for name in _TIMES:
        if name in row and time_us(row[name]) is None:
            yield f"{name} {row[name]!r} is no time"
    if "DestinationCodeStateSection" in row and "CodeStateSection" not in row:
        yield "DestinationCodeStateSection needs CodeStateSection"


def _is_share(value: str) -> bool:
    try:
        return 0 <= float(value) <= 1
    except ValueError:
        return False


def time_us(value: str) -> int | None:
    """Return a time in microseconds since 1970, or None where it is none.

    Times are written as ISO 8601 has it (in UTC where they do not say) or as milliseconds.
    """
    if re.fullmatch(r"\d{9,14}", value):
        return int(value) * (1000 if len(value) > 10 else 1_000_000)
    try:
        moment = datetime.fromisoformat(re.sub(r"Z$", "+00:00", value))
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return (moment - _EPOCH) // timedelta(microseconds=1)
