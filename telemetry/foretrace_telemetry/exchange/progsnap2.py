"""Sessions as a ProgSnap2 1.0 dataset: a folder of tables that other tools read.

Edits make it a dataset of keystrokes, in which the texts follow from `File.Edit` rows alone; where
there are none, each whole text is a row of the table of code states. What ProgSnap2 has no column
for stands in columns that begin with ``X-``, from which Foretrace reads back the very same events.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TextIO

from attrs import define, field

from foretrace_telemetry.event_json import to_json
from foretrace_telemetry.events import (
    Actor,
    ConditionHeld,
    Edited,
    Event,
    Foreign,
    Opened,
    Origin,
    Recorded,
    Resynced,
    RunFinished,
    Selected,
    SuggestionMoved,
    SuggestionStage,
    TestsFinished,
)
from foretrace_telemetry.exchange.places import SCHEME, columns_of
from foretrace_telemetry.exchange.progsnap2_rules import (
    CODE_STATES,
    EVENT_TYPES,
    LINK_TABLES,
    MAIN_TABLE,
    METADATA,
    METADATA_DEFAULTS,
)
from foretrace_telemetry.store import SessionSummary

KIND, DATA, ACTOR = "X-Kind", "X-Data", "X-Actor"
# In the data: the section is the whole name of a document, and which texts stand in columns.
WHOLE_NAME = "whole_name"
MONOTONIC_US, DOCUMENT_VERSION = "X-MonotonicUs", "X-DocumentVersion"
TEXTS = "texts"
OWN_COLUMNS = (KIND, ACTOR, MONOTONIC_US, DOCUMENT_VERSION, DATA)
_COLUMNS = (
    *("EventType", "EventID", "SubjectID", "ToolInstances", "CodeStateID", "Order"),
    *("ClientTimestamp", "SessionID", "AssignmentID", "ProblemID", "CodeStateSection"),
    *("ParentEventID", "IsFabricatedEvent", "EventInitiator", "EditType", "SourceLocation"),
    *("InsertText", "DeleteText", "DeleteLength", "ExecutionResult", "Score"),
    *("CompileResult", "CompileMessageType", "CompileMessageData"),
    "ExperimentalCondition",
    *("InterventionCategory", "InterventionType", "InterventionMessage"),
    *OWN_COLUMNS,
)
_TYPES = {
    "open": "File.Open",
    "edit": "File.Edit",
    "save": "File.Save",
    "close": "File.Close",
    "view": "File.Focus",
    "run": "Run.Program",
}
_INITIATORS = {Actor.USER: "UserDirectAction", Actor.TOOL: "ToolReaction"}
_INITIATORS[Actor.ASSISTANT] = "ToolReaction"
_EDIT_TYPES = {Origin.PASTE: "Paste", Origin.UNDO: "Undo", Origin.REDO: "Redo"}
_DID_NOT_COMPILE = {"SyntaxError", "IndentationError", "TabError"}
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

_README = """\
# Traces from Foretrace {version}

A ProgSnap2 1.0 dataset. `integrity.json` says how whole each session is.

- `SubjectID` is a pseudonym; `SessionID` is one run of an editor; `Order` counts within it.
- `SourceLocation` of a `File.Edit` is an offset in code points from the start of the file.
- `IsFabricatedEvent`: a `File.Edit` that states a text which was there when the file was opened, or
  had to be stated anew; the `Compile` and `Compile.Error` of a run that did not compile; the end of
  a session, which is the time of its last event.
- `ExperimentalCondition`: the condition of a study that held, as `study/condition`; empty where
  none did, or none was recorded.
- `Intervention`: Foretrace offered a fix. `X-Suggestion` says, of its `ParentEventID`, what became
  of it. `Run.Program` with the result `Timeout` was stopped.
- Where only metadata was recorded, `InsertText` and `DeleteText` are empty, and `DeleteLength`
  and `X-Data` say how long they were.
- `X-Kind`, `X-Actor`, `X-MonotonicUs`, `X-DocumentVersion` and `X-Data` hold what Foretrace
  recorded and ProgSnap2 has no column for. Event types that begin with `X-` are Foretrace's own
  kinds of event.
  Columns that ProgSnap2 does not know came with an import.
"""


@define
class Dataset:
    """A dataset being written to a folder that exists and is empty.

    `foreign_columns` are those of other tools; `keystrokes` says whether there are edits;
    `keep_ids` whether all that other tools recorded came from one source.
    """

    folder: Path
    version: str
    subject: str
    foreign_columns: tuple[str, ...]
    keystrokes: bool
    keep_ids: bool
    _files: list[TextIO] = field(factory=list)
    _states: set[str] = field(factory=set)
    _main: csv.DictWriter[str] = field(init=False)
    _links: csv.DictWriter[str] = field(init=False)
    _code: csv.DictWriter[str] | None = field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        """Write what does not depend on the events."""
        (self.folder / "README.md").write_text(
            _README.format(version=self.version), encoding="utf-8"
        )
        properties = {
            **METADATA_DEFAULTS,
            "IsEventOrderingConsistent": "true",
            "EventOrderScope": "Restricted",
            "EventOrderScopeColumns": "SessionID",
            "CodeStateRepresentation": "Keystroke" if self.keystrokes else "Table",
        }
        metadata = self._table(METADATA, ("Property", "Value"))
        for name, value in properties.items():
            metadata.writerow({"Property": name, "Value": value})
        further = tuple(name for name in self.foreign_columns if name not in _COLUMNS)
        self._main = self._table(MAIN_TABLE, (*_COLUMNS, *further))
        self._links = self._table(
            f"{LINK_TABLES}/LinkSession.csv", ("SessionID", "SubjectID", "X-Source", "X-Editor")
        )
        if not self.keystrokes:
            self._code = self._table(CODE_STATES, ("CodeStateID", "Code"))

    def close(self) -> None:
        """Finish the files."""
        for file in self._files:
            file.close()

    def add(self, session: SessionSummary, events: Iterable[Recorded]) -> None:
        """Write a session."""
        subject = session.subject or self.subject
        tool = session.editor or "UNKNOWN"
        if session.source is None:
            tool = f"{tool}; Foretrace {session.foretrace_version}"
        common = {"SubjectID": subject, "SessionID": session.name, "ToolInstances": tool}
        self._links.writerow(
            {
                "SessionID": session.name,
                "SubjectID": subject,
                "X-Source": session.source or "",
                "X-Editor": session.editor,
            }
        )
        start = {
            "started_wall_us": session.started_wall_us,
            "foretrace_version": session.foretrace_version,
            "editor": session.editor,
        }
        self._main.writerow(
            {
                **common,
                "EventType": "Session.Start",
                "EventID": f"{session.name}-start",
                "Order": 0,
                "ClientTimestamp": _time(session.started_wall_us),
                DATA: json.dumps(start),
            }
        )
        rows = _Rows(session.name, self)
        order = 0
        for recorded in events:
            for row in rows.of(recorded):
                order += 1
                self._main.writerow({**common, "Order": order, **row})
        self._main.writerow(
            {
                **common,
                "EventType": "Session.End",
                "EventID": f"{session.name}-end",
                "Order": order + 1,
                "ClientTimestamp": _time(rows.last_wall_us or session.started_wall_us),
                "IsFabricatedEvent": "true",
            }
        )

    def code_state(self, text: str) -> str:
        """Return the ID of a text, equal for equal texts, and keep the text once."""
        identity = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        if self._code is not None and identity not in self._states:
            self._states.add(identity)
            self._code.writerow({"CodeStateID": identity, "Code": cell(text)})
        return identity

    def _table(self, name: str, columns: tuple[str, ...]) -> csv.DictWriter[str]:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        file = path.open("w", encoding="utf-8", newline="")
        self._files.append(file)
        table = csv.DictWriter(file, columns)
        table.writeheader()
        return table


@define
class _Rows:
    """Turns the events of one session into rows; `texts` are those of its documents so far."""

    session: str
    dataset: Dataset
    last_wall_us: int = 0
    _texts: dict[str, str | None] = field(factory=dict)
    _states: dict[str, str] = field(factory=dict)
    _offers: dict[str, str] = field(factory=dict)
    _conditions: dict[str, str] = field(factory=dict)

    def of(self, recorded: Recorded) -> Iterator[dict[str, Any]]:
        """Give the rows of an event: its own, and before or after it those that are made up."""
        event, body = recorded.event, recorded.event.body
        identity = f"{self.session}-{recorded.sequence}"
        uri = event.uri or ""
        if isinstance(body, ConditionHeld):
            self._conditions[body.study] = body.condition
        times = {"ClientTimestamp": _time(event.wall_us), **columns_of(uri), **self._condition()}
        if not uri:
            del times["CodeStateSection"]
        self.last_wall_us = event.wall_us
        stated = body.text if isinstance(body, (Foreign, Opened, Resynced)) else None
        if stated is not None and not isinstance(stated, str):
            self._texts[uri] = None
            self._states.pop(uri, None)
        elif stated is not None:
            yield from self._stating(uri, stated, f"{identity}-text", times)
        data = to_json(recorded)["data"]
        named = _TYPES.get(body.kind, "")
        if not named or (named.startswith("File.") and not uri):  # those have a document
            named = f"X-{body.kind.capitalize()}"
        row: dict[str, Any] = {"EventType": named}
        if isinstance(body, Foreign):
            columns = {name: cell(value) for name, value in data.pop("columns")}
            if not self.dataset.keep_ids:
                data["event_id"] = columns.pop("EventID", None)
            row = {"EventType": data.pop("event_type"), **columns}
        elif isinstance(body, Edited):
            row |= self._edited(uri, body, identity)
        else:
            row |= self._particular(event, identity)
        if uri and not uri.startswith(SCHEME):
            data[WHOLE_NAME] = True
        data[TEXTS] = [name for name, value in data.items() if _fits(name, value)]
        for name in data[TEXTS]:
            del data[name]
        yield {
            "EventID": identity,
            "CodeStateID": self._states.get(uri, ""),
            "EventInitiator": _initiator(event),
            **times,
            **row,
            KIND: body.kind,
            ACTOR: event.actor.value,
            MONOTONIC_US: event.monotonic_us,
            DOCUMENT_VERSION: "" if event.version is None else event.version,
            DATA: json.dumps(data, separators=(",", ":")),
        }
        if isinstance(body, RunFinished) and body.error_type in _DID_NOT_COMPILE and uri:
            yield from self._compiling(body, identity, times)

    def _condition(self) -> dict[str, str]:
        """Return the conditions that hold, each behind its study."""
        held = (f"{study}/{name}" for study, name in sorted(self._conditions.items()) if name)
        together = "; ".join(held)
        return {"ExperimentalCondition": cell(together)} if together else {}

    def _stating(
        self, uri: str, text: str, identity: str, times: dict[str, Any]
    ) -> Iterator[dict[str, Any]]:
        """Make the text of a document the one stated: by a row, where edits are all there is."""
        before = self._texts.get(uri) or ""
        self._texts[uri] = text
        if not self.dataset.keystrokes:
            self._states[uri] = self.dataset.code_state(text)
        elif before != text:
            self._states[uri] = identity
            yield {
                "EventType": "File.Edit",
                "EventID": identity,
                "CodeStateID": identity,
                **times,
                "CodeStateSection": times.get("CodeStateSection") or "program",
                "IsFabricatedEvent": "true",
                "EditType": "Replace" if before and text else "Insert" if text else "Delete",
                "SourceLocation": 0,
                "InsertText": cell(text),
                "DeleteText": cell(before),
            }

    def _edited(self, uri: str, body: Edited, identity: str) -> dict[str, Any]:
        row: dict[str, Any] = {"SourceLocation": body.offset}
        kind = "Replace" if body.removed != "" and body.inserted != "" else "Insert"
        if body.inserted == "":
            kind = "Delete" if body.removed != "" else "GenericEdit"
        row["EditType"] = _EDIT_TYPES.get(body.origin, kind)
        text = self._texts.get(uri)
        if isinstance(body.inserted, str) and isinstance(body.removed, str):
            row["InsertText"], row["DeleteText"] = cell(body.inserted), cell(body.removed)
            if text is not None:
                end = body.offset + len(body.removed)
                self._texts[uri] = text[: body.offset] + body.inserted + text[end:]
                self._states[uri] = identity
        else:
            self._texts[uri] = None
            self._states.pop(uri, None)
            if not isinstance(body.removed, str):
                row["DeleteLength"] = body.removed.characters
        return row

    def _particular(self, event: Event, identity: str) -> dict[str, Any]:
        """Return the columns that only one kind of event has."""
        body = event.body
        if isinstance(body, RunFinished):
            result = (
                "Timeout" if body.exit_code is None else "Error" if body.exit_code else "Success"
            )
            return {"ExecutionResult": result}
        if isinstance(body, TestsFinished):
            total = body.passed + body.failed
            return {"Score": body.passed / total} if total else {}
        if isinstance(body, Selected):
            return {"SourceLocation": body.start_offset}
        if isinstance(body, SuggestionMoved):
            if body.stage is not SuggestionStage.OFFERED:
                return {"ParentEventID": self._offers.get(body.suggestion_id, "")}
            self._offers[body.suggestion_id] = identity
            size = f"{body.inserted_characters} inserted, {body.removed_characters} removed"
            return {
                "EventType": "Intervention",
                "EventInitiator": "ToolReaction",
                "InterventionCategory": "CodeChange",
                "InterventionType": cell(body.source) or "unknown",
                "InterventionMessage": f"a fix was offered: {size}",
            }
        return {}

    def _compiling(
        self, body: RunFinished, identity: str, times: dict[str, Any]
    ) -> Iterator[dict[str, Any]]:
        """Give the rows of a run that did not get as far as running."""
        common = {**times, "IsFabricatedEvent": "true"}
        yield {
            **common,
            "EventType": "Compile",
            "EventID": f"{identity}-compile",
            "CompileResult": "Error",
        }
        yield {
            **common,
            "EventType": "Compile.Error",
            "EventID": f"{identity}-error",
            "ParentEventID": f"{identity}-compile",
            "CompileMessageType": body.error_type,
            "CompileMessageData": body.error_type,
            "SourceLocation": f"line {body.line}" if body.line is not None else "unknown",
        }


def event_type(name: str) -> str:
    """Return a type of event as it may stand in a dataset: ProgSnap2's or one's own."""
    return name if name in EVENT_TYPES or name.startswith("X-") else f"X-{name}"


def cell(text: str) -> str:
    """Return a text as a cell can hold it: what UTF-8 or CSV cannot hold becomes U+FFFD."""
    if text.isascii():
        return text.replace("\0", "\ufffd")
    return (
        text.encode("utf-16-le", "surrogatepass")
        .decode("utf-16-le", "replace")
        .replace("\0", "\ufffd")
    )


def _fits(name: str, value: Any) -> bool:
    """Return whether the columns of ProgSnap2 have this field of an event whole."""
    return (
        name in ("text", "removed", "inserted") and isinstance(value, str) and cell(value) == value
    )


def _initiator(event: Event) -> str:
    accepted = (Origin.ASSISTANT, Origin.COMPLETION)
    if isinstance(event.body, Edited) and event.body.origin in accepted:
        return "UserIndirectAction"
    return _INITIATORS.get(event.actor, "")


def _time(wall_us: int) -> str:
    return (_EPOCH + timedelta(microseconds=wall_us)).isoformat(timespec="microseconds")
