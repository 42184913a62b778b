"""The corpus: a course's events as a folder of Parquet files, a part of it for each month.

    course=Programming-1/month=2026-11/part-0000.parquet
    dictionary.json
    integrity.json

A session is in the month, by UTC, in which it began. Within a month rows are ordered by session and
number, and each group of rows says which sessions are in it: one session is read without the rest.
Exports of several courses beside each other are one corpus.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime, timezone
from itertools import groupby
from pathlib import Path
from typing import Any

from foretrace_telemetry.events import BODIES, Recorded
from foretrace_telemetry.exchange import flat
from foretrace_telemetry.store import SessionSummary

VERSION = 1
DICTIONARY = "dictionary.json"
# Some hundred megabytes a file: a machine's share of the work, and few of them.
_ROWS_A_FILE = 10_000_000
_ORDER = ("session", "sequence")
_PARTITIONS = {
    "course": "The course, its name with hyphens for what is no letter or digit.",
    "month": "The month, by UTC, in which the session began.",
}
_MEANINGS = {
    "session": "The session: one run of an editor.",
    "subject": "Whose work it is: a pseudonym.",
    "sequence": "The number of the event within its session, without gaps; see the kind erased.",
    "wall_us": "When it happened by the computer's clock: microseconds since 1970, UTC.",
    "monotonic_us": "Microseconds by a clock that never jumps; for differences in a session only.",
    "actor": "Who caused it: user, assistant, tool, external or unknown.",
    "kind": "What happened.",
    "document": "The document that it concerns.",
    "version": "The version of the document, as its editor counts.",
    "offset": "Where an edit begins, in code points.",
    "origin": "Where the text of an edit came from.",
    "rule": "The rule that decided the origin.",
    "text": "The whole text of a document that was opened or stated anew.",
    "removed": "The text that an edit removed.",
    "inserted": "The text that an edit inserted.",
    "text_characters": "The length of text in code points, also where the text was not recorded.",
    "removed_characters": "The length of removed, likewise.",
    "inserted_characters": "The length of inserted, likewise.",
    "data": "All else that the kind has, as a JSON object.",
}


def ordered(sessions: Iterable[SessionSummary]) -> list[SessionSummary]:
    """Return sessions in the order in which a corpus has them."""
    return sorted(sessions, key=lambda session: (_month_of(session), session.name))


def write(
    folder: Path,
    sessions: Iterable[tuple[SessionSummary, Iterable[Recorded]]],
    subject: str,
    course: str,
) -> None:
    """Write sessions, which come in the corpus's order, into a folder that is there.

    No more of it is held at once than a group of rows.

    Raises:
        MissingPackageError: pyarrow is not installed.
        OSError: a file cannot be written.
    """
    flat.needs_pyarrow()
    for month, of_month in groupby(sessions, lambda each: _month_of(each[0])):
        part = folder / f"course={key_of(course)}" / f"month={month}"
        part.mkdir(parents=True)
        _write_month(part, flat.rows(of_month, subject))
    (folder / DICTIONARY).write_text(json.dumps(dictionary(), indent=1) + "\n", encoding="utf-8")


def key_of(course: str) -> str:
    """Return the name of a course as its folder has it, which every program reads as it is."""
    return re.sub(r"[^\w.-]+", "-", course).strip("-") or "course"


def dictionary() -> dict[str, Any]:
    """Return what the columns and kinds of event mean."""
    return {
        "format": "foretrace-corpus",
        "version": VERSION,
        "partitions": _PARTITIONS,
        "order": list(_ORDER),
        "columns": [
            {"name": name, "type": "string" if kind is str else "int64", "means": _MEANINGS[name]}
            for name, kind in flat.COLUMNS.items()
        ],
        "kinds": {
            kind: " ".join((body.__doc__ or "").partition("\n\n")[0].split())
            for kind, body in BODIES.items()
        },
    }


def _month_of(session: SessionSummary) -> str:
    began = datetime.fromtimestamp(session.started_wall_us / 1e6, timezone.utc)
    return f"{began:%Y-%m}"


def _write_month(folder: Path, rows: Iterable[dict[str, Any]]) -> None:
    table: flat.Table | None = None
    files = 0
    try:
        for batch in flat.batches(rows):
            if table is not None and table.rows >= _ROWS_A_FILE:
                table.close()
                table = None
            if table is None:
                table = flat.Table(folder / f"part-{files:04}.parquet", _ORDER)
                files += 1
            table.add(batch)
    finally:
        if table is not None:
            table.close()
