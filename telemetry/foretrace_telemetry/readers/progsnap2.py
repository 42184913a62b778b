"""ProgSnap2 datasets: events of students in one table, the states of their code in another.

Edits with their text become edits; every other row becomes a `foreign` event with all its columns,
so that nothing is lost and nothing is made up. Datasets that leave out what the specification asks
for are read as far as they go, and the report says what was missing. What Foretrace itself exported
is read back as the events that it was.

Source of the format: https://cssplice.org/progsnap2/, version 1.0.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from attrs import define, field, frozen

from foretrace_telemetry.event_json import from_json
from foretrace_telemetry.events import (
    Actor,
    Body,
    Closed,
    Edited,
    Event,
    Foreign,
    Opened,
    Origin,
    Resynced,
    Saved,
    Viewed,
)
from foretrace_telemetry.exchange import places
from foretrace_telemetry.exchange.incoming import ImportReport, Incoming
from foretrace_telemetry.exchange.progsnap2 import (
    ACTOR,
    DATA,
    DOCUMENT_VERSION,
    KIND,
    MONOTONIC_US,
    OWN_COLUMNS,
    TEXTS,
    WHOLE_NAME,
    event_type,
)
from foretrace_telemetry.exchange.progsnap2_rules import (
    CODE_STATES,
    MAIN_TABLE,
    METADATA_DEFAULTS,
    REQUIRED_COLUMNS,
    UNKNOWN_SUBJECT,
    read_metadata,
    rows_of,
    time_us,
)
from foretrace_telemetry.store import SessionInfo

FORMAT = "progsnap2"
_EDIT_COLUMNS = {"EditType", "SourceLocation", "InsertText"}
_CODE_TABLES = (CODE_STATES, "CodeStates.csv", "CodeState.csv", "LinkTables/CodeStates.csv")
_ORIGINS = {"Paste": Origin.PASTE, "Undo": Origin.UNDO, "Redo": Origin.REDO}
_ACTORS = {
    "UserDirectAction": Actor.USER,
    "UserIndirectAction": Actor.USER,
    "ToolReaction": Actor.TOOL,
    "ToolTimedEvent": Actor.TOOL,
    "InstructorDirectAction": Actor.EXTERNAL,
    "InstructorIndirectAction": Actor.EXTERNAL,
    "TeamMemberDirectAction": Actor.EXTERNAL,
    "TeamMemberIndirectAction": Actor.EXTERNAL,
}
_SIMPLE: dict[str, type[Body]] = {"File.Close": Closed, "File.Save": Saved, "File.Focus": Viewed}
# What an event says elsewhere than in its columns.
_TOLD = {"EventType", "SubjectID", "ToolInstances", "CodeStateID", "SessionID", "ClientTimestamp"}
_TOLD |= {"EventInitiator", *places.COLUMNS, *OWN_COLUMNS}
_PLACED = set(places.COLUMNS)
_SOURCE_ORDER = "X-SourceOrder"
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")

Row = dict[str, str]


@frozen
class _Key:
    """What makes rows one session."""

    subject: str
    session: str


def tables(path: Path) -> list[Path]:
    """Return the tables of events at a path: a dataset's, or those of keystrokes beside each other.

    Raises:
        OSError: a file cannot be read.
    """
    if path.is_file():
        return [path] if path.suffix.lower() == ".csv" and _has_events(path) else []
    if (path / MAIN_TABLE).is_file():
        return [path / MAIN_TABLE]
    return [each for each in sorted(path.glob("*.csv")) if _has_events(each)]


def _has_events(path: Path) -> bool:
    try:
        header = set(next(rows_of(path), []))
    except ValueError:
        return False
    return "EventType" in header or header >= _EDIT_COLUMNS


def read(found: list[Path], report: ImportReport) -> Iterator[Incoming]:
    """Iterate over the sessions of tables of events; the report is filled in on the way.

    Raises:
        OSError: a file cannot be read.
        ValueError: a table is not one.
    """
    for table in found:
        stage = _Stage(table, report)
        try:
            yield from stage.sessions()
        finally:
            stage.close()


class _Stage:
    """A dataset on a temporary disk table, by session and in order: it may not fit in memory."""

    def __init__(self, table: Path, report: ImportReport) -> None:
        self._table = table
        self._source = f"{FORMAT}:{table.resolve().parent.name}"
        self._report = report
        self._db = sqlite3.connect("")  # a temporary file, made and removed by SQLite
        self._db.execute(
            "CREATE TABLE rows (subject TEXT, session TEXT, place INT, number INT, row TEXT)"
        )
        self._db.execute("CREATE TABLE states (id TEXT PRIMARY KEY, code TEXT) WITHOUT ROWID")
        self._has_states = self._is_own = False
        self._load()

    def close(self) -> None:
        """Let go of the temporary table."""
        self._db.close()

    def sessions(self) -> Iterator[Incoming]:
        """Iterate over the sessions in the order in which they begin."""
        found = self._db.execute(
            "SELECT subject, session FROM rows GROUP BY subject, session ORDER BY min(number)"
        ).fetchall()
        for key in (_Key(*each) for each in found):
            info = self._info(key)
            if info is not None:
                yield Incoming(info, partial(self._events, key), is_clean=self._is_own)

    def _load(self) -> None:
        self._load_states()
        metadata = self._metadata()
        rows = rows_of(self._table)
        header = next(rows, [])
        self._is_own = KIND in header
        for name in REQUIRED_COLUMNS:
            if name not in header:
                self._report.warn(f"{self._table.name} has no column {name}")
        ordered = "Order" in header and metadata.get("EventOrderScope") != "None"
        self._db.executemany(
            "INSERT INTO rows VALUES (?, ?, ?, ?, ?)", self._staged(header, rows, ordered)
        )
        self._db.execute("CREATE INDEX by_session ON rows (subject, session, place, number)")

    def _staged(
        self, header: list[str], rows: Iterator[list[str]], ordered: bool
    ) -> Iterator[tuple[str, str, int, int, str]]:
        for number, values in enumerate(rows, start=2):
            self._report.rows += 1
            if len(values) != len(header):
                self._report.skipped["row with more or fewer values than columns"] += 1
                continue
            row = {name: value for name, value in zip(header, values, strict=True) if value}
            if "EventType" not in row:
                if not row.keys() >= {"EditType", "SourceLocation"}:
                    self._report.skipped["row without EventType"] += 1
                    continue
                row["EventType"] = "File.Edit"
                # As the parsers of keystroke logs name the file.
                row.setdefault(places.SECTION, row.pop("Key", ""))
            if KIND not in row and "Order" in row:
                row[_SOURCE_ORDER] = row.pop("Order")
            order = row.get("Order", row.get(_SOURCE_ORDER, "")) if ordered else ""
            place = int(order) if _WHOLE_NUMBER.fullmatch(order) else number
            subject = row.get("SubjectID", UNKNOWN_SUBJECT)
            yield subject, row.get("SessionID", ""), place, number, json.dumps(row)

    def _load_states(self) -> None:
        folder = self._table.parent
        table = next((folder / name for name in _CODE_TABLES if (folder / name).is_file()), None)
        if table is not None:
            rows = rows_of(table)
            header = next(rows, [])
            if not {"CodeStateID", "Code"} <= set(header):
                raise ValueError(f"{table} must have the columns CodeStateID and Code")
            state, code = header.index("CodeStateID"), header.index("Code")
            self._has_states = True
            pairs = ((row[state], row[code]) for row in rows if len(row) == len(header))
            self._db.executemany("INSERT OR REPLACE INTO states VALUES (?, ?)", pairs)
        elif (folder / "CodeStates").is_dir():
            self._report.warn("code states in folders are not read")

    def _metadata(self) -> dict[str, str]:
        metadata = read_metadata(self._table.parent)
        if metadata is None:
            self._report.warn(
                "DatasetMetadata.csv is missing: rows are taken in the order of the column Order, "
                "where there is one"
            )
            return {}
        return {**METADATA_DEFAULTS, **metadata}

    def _rows(self, key: _Key) -> Iterator[Row]:
        rows = self._db.execute(
            "SELECT row FROM rows WHERE subject = ? AND session = ? ORDER BY place, number",
            [key.subject, key.session],
        )
        for (row,) in rows:
            yield json.loads(row)

    def _info(self, key: _Key) -> SessionInfo | None:
        """Return what is known of a session, None where it has no events."""
        first = next(self._rows(key))
        if self._is_own and first["EventType"] == "Session.Start":
            try:
                told = json.loads(first[DATA])
                return SessionInfo(
                    key.session,
                    int(told["started_wall_us"]),
                    str(told["foretrace_version"]),
                    str(told["editor"]),
                    key.subject,
                    self._source,
                )
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(
                    f"the start of session {key.session!r} is not one that Foretrace exported "
                    f"({error!r})"
                ) from error
        event = next(self._events(key), None)
        if event is None:
            return None
        return SessionInfo(
            "", event.wall_us, "", first.get("ToolInstances", ""), key.subject, self._source
        )

    def _events(self, key: _Key) -> Iterator[Event]:
        session = _Session(self._report, self._code_of, self._is_own)
        for row in self._rows(key):
            yield from session.events(row)

    def _code_of(self, row: Row) -> str | None:
        """Return the whole text that a row names, None where the dataset has none."""
        if not self._has_states or "CodeStateID" not in row:
            return None
        found = self._db.execute(
            "SELECT code FROM states WHERE id = ?", [row["CodeStateID"]]
        ).fetchone()
        if found is None:
            self._report.warn("there are code states that only the table of events has")
            return None
        code = found[0]
        assert isinstance(code, str)
        return code


@define
class _Session:
    """Turns the rows of one session into events; `texts` are those of its documents so far."""

    report: ImportReport
    code_of: Callable[[Row], str | None]
    is_own: bool
    texts: dict[str, str] = field(factory=dict)
    _wall_us: int = 0

    def events(self, row: Row) -> Iterator[Event]:
        """Give the events of a row: one mostly, none where it was made up for other readers."""
        kind = row["EventType"]
        if KIND in row:
            try:
                event = self._own(row)
            except Exception as error:  # whatever is wrong with a row, it is to be named
                raise ValueError(
                    f"the row with the EventID {row.get('EventID')!r} is not one that Foretrace "
                    f"exported ({error!r})"
                ) from error
            yield event
            return
        if self.is_own:  # the row was made up for other readers
            if kind == "File.Edit":
                self._replace(places.document_of(row), row)  # the text that the next row states
            return
        self._wall_us = self._time_of(row)
        document = places.document_of(row)
        if kind == "File.Edit" and "SourceLocation" in row and not self._is_withheld(row):
            yield from self._edit(document, row)
        elif kind == "File.Open" and self.code_of(row) is None:
            yield self._event(row, Opened(""), document)
            self.texts[document] = ""
        elif kind in _SIMPLE and document in self.texts:
            yield self._event(row, _SIMPLE[kind](), document)
        else:
            yield self._foreign(document, row)

    def _own(self, row: Row) -> Event:
        """Return the event that Foretrace exported as this row."""
        data = json.loads(row[DATA])
        place = places.document_of(row)
        document = row[places.SECTION] if data.pop(WHOLE_NAME, False) else place
        for name in data.pop(TEXTS, ()):
            column = {"removed": "DeleteText", "inserted": "InsertText"}.get(name)
            if column is not None:
                data[name] = row.get(column, "")
                continue
            code = self.code_of(row)
            data[name] = self.texts.get(place, "") if code is None else code
        is_foreign = row[KIND] == Foreign.kind
        if is_foreign:
            columns = self._columns(row)
            if identity := data.pop("event_id", None):
                columns["EventID"] = identity
            data |= {"event_type": row["EventType"], "columns": sorted(columns.items())}
        version = row.get(DOCUMENT_VERSION)
        recorded = from_json(
            {
                "session": "",
                "sequence": 1,
                "wall_us": time_us(row["ClientTimestamp"]),
                "monotonic_us": int(row[MONOTONIC_US]),
                "actor": row[ACTOR],
                "kind": row[KIND],
                "document": document if row.keys() & _PLACED or is_foreign else None,
                "version": None if version is None else int(version),
                "data": data,
            }
        )
        body = recorded.event.body
        if isinstance(body, Edited) and isinstance(body.inserted, str):
            text = self.texts.get(place, "")
            end = body.offset + len(body.removed if isinstance(body.removed, str) else "")
            self.texts[place] = text[: body.offset] + body.inserted + text[end:]
        elif isinstance(body, (Foreign, Opened, Resynced)) and isinstance(body.text, str):
            self.texts[place] = body.text
        return recorded.event

    def _edit(self, document: str, row: Row) -> Iterator[Event]:
        if document not in self.texts:
            self.texts[document] = ""
            yield self._event(row, Opened(""), document)
        text, offset = self.texts[document], _offset_of(row)
        removed, inserted = row.get("DeleteText", ""), row.get("InsertText", "")
        if offset is None or text[offset : offset + len(removed)] != removed or offset > len(text):
            self._replace(document, row)
            self.report.warn("there are edits of what is not there; the texts are stated anew")
            reason = "the edit names a place or a text that is not there"
            yield self._event(row, Resynced(self.texts[document], reason), document, Actor.TOOL)
            return
        self._replace(document, row)
        origin = _ORIGINS.get(row.get("EditType", ""), Origin.UNKNOWN)
        yield self._event(row, Edited(offset, removed, inserted, origin, FORMAT), document)

    def _replace(self, document: str, row: Row) -> None:
        text = self.texts.get(document, "")
        start = min(_offset_of(row) or 0, len(text))
        end = start + len(row.get("DeleteText", ""))
        self.texts[document] = text[:start] + row.get("InsertText", "") + text[end:]

    def _foreign(self, document: str, row: Row) -> Event:
        kind = event_type(row["EventType"])
        if kind != row["EventType"]:
            self.report.warn(f"{row['EventType']!r} is no type of event; it is kept as {kind!r}")
        columns = tuple(sorted(self._columns(row).items()))
        return self._event(row, Foreign(kind, self.code_of(row), columns), document)

    def _columns(self, row: Row) -> Row:
        own = KIND in row
        left_out = _TOLD | ({"Order"} if own else set())
        columns = {name: value for name, value in row.items() if name not in left_out}
        if own and columns.get("EventID", "").startswith(f"{row.get('SessionID')}-"):
            del columns["EventID"]
        return columns

    def _is_withheld(self, row: Row) -> bool:
        return "DeleteLength" in row or not row.keys() & {"InsertText", "DeleteText"}

    def _event(self, row: Row, body: Body, document: str, actor: Actor | None = None) -> Event:
        if actor is None:
            actor = _ACTORS.get(row.get("EventInitiator", ""), Actor.UNKNOWN)
        return Event(self._wall_us, self._wall_us, actor, body, document)

    def _time_of(self, row: Row) -> int:
        for column in ("ClientTimestamp", "ServerTimestamp"):
            if column in row and (found := time_us(row[column])) is not None:
                return found
        self.report.warn("there are rows without a time; they have that of the row before")
        return self._wall_us


def _offset_of(row: Row) -> int | None:
    location = row.get("SourceLocation", "")
    return int(location) if _WHOLE_NUMBER.fullmatch(location) and location[0] != "-" else None
