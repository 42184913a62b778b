"""Logs of the ITAP tutor: ``sequences.jsonl.gz``, submissions and requests for hints with the code.

Each line is one event of a student: `student`, `problem`, `order`, `time`, `event`, `label`,
`oracle_pass` and `code`.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from foretrace_telemetry.events import Actor, Event, Foreign
from foretrace_telemetry.exchange import places
from foretrace_telemetry.exchange.incoming import ImportReport, Incoming
from foretrace_telemetry.exchange.progsnap2 import event_type
from foretrace_telemetry.exchange.progsnap2_rules import time_us
from foretrace_telemetry.readers.json_lines import read_lines
from foretrace_telemetry.store import SessionInfo
from foretrace_telemetry.traces import State, Trace, without_repeats

FORMAT = "itap"
SEQUENCES = "sequences.jsonl.gz"
_COLUMNS = {"label": "Correct", "oracle_pass": "Score", "order": "X-SourceOrder"}


def find(path: Path) -> Path | None:
    """Return the log at a path, or None where there is none."""
    file = path if path.name == SEQUENCES else path / SEQUENCES
    return file if file.is_file() else None


def read(path: Path, report: ImportReport) -> Iterator[Incoming]:
    """Iterate over the students of a log, a session each.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not such a log.
    """
    events: dict[str, list[tuple[int, Event]]] = defaultdict(list)
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                report.rows += 1
                events[row["student"]].append((row["order"], _event(row)))
    except (EOFError, gzip.BadGzipFile, KeyError, TypeError, ValueError) as error:
        where = f"line {report.rows + 1} of {path}"
        raise ValueError(f"{where} cannot be read: {error!r}") from error
    for student, told in events.items():
        told.sort(key=lambda pair: pair[0])
        first = told[0][1]
        info = SessionInfo("", first.wall_us, "", "ITAP; Python", student, FORMAT)
        yield Incoming(info, partial(iter, [event for _, event in told]))


def read_traces(folder: Path) -> Iterator[Trace]:
    """Iterate over the traces of a log by student, each student's in the order of their begin.

    Requests for hints are states, too; empty programs are none.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not such a log.
    """
    found: dict[tuple[str, str], list[tuple[int, State]]] = defaultdict(list)
    for student, problem, order, state in read_lines(folder / SEQUENCES, _state):
        if state.text.strip():
            found[student, problem].append((order, state))
    for own in found.values():
        own.sort(key=lambda pair: pair[0])
    for student, problem in sorted(found, key=lambda key: (key[0], found[key][0][0])):
        states = without_repeats(state for _, state in found[student, problem])
        yield Trace(student, problem, "python", states)


def _state(row: dict[str, Any]) -> tuple[str, str, int, State]:
    state = State(row["code"], _wall_us(row), row["oracle_pass"])
    return row["student"], row["problem"], row["order"], state


def _event(row: dict[str, Any]) -> Event:
    wall_us = _wall_us(row)
    columns = tuple(
        sorted((name, str(row[key])) for key, name in _COLUMNS.items() if row.get(key) is not None)
    )
    body = Foreign(event_type(row["event"]), row["code"], columns)
    document = places.document_of({"ProblemID": row["problem"]})
    return Event(wall_us, wall_us, Actor.UNKNOWN, body, document)


def _wall_us(row: dict[str, Any]) -> int:
    wall_us = time_us(row["time"])
    if wall_us is None:
        raise ValueError(f"{row['time']!r} is no time")
    return wall_us
