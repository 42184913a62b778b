"""Sessions as one flat table, a row for each event: CSV for spreadsheets, Parquet for programs."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from foretrace_telemetry.event_json import to_json
from foretrace_telemetry.events import Recorded
from foretrace_telemetry.exchange.progsnap2 import cell
from foretrace_telemetry.store import SessionSummary

_TEXTS = ("text", "removed", "inserted")
# The first three say whose row it is, the next six when and what.
COLUMNS: dict[str, type] = {
    "session": str,
    "subject": str,
    "sequence": int,
    "wall_us": int,
    "monotonic_us": int,
    "actor": str,
    "kind": str,
    "document": str,
    "version": int,
    "offset": int,
    "origin": str,
    "rule": str,
    "text": str,
    "removed": str,
    "inserted": str,
    "text_characters": int,
    "removed_characters": int,
    "inserted_characters": int,
    "data": str,
}
# A cell that begins like this is a formula to a spreadsheet, or looks like one that was made safe.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
_ROWS_AT_ONCE = 50_000
_CHARACTERS_AT_ONCE = 2**25


class MissingPackageError(Exception):
    """A format needs a package that is not installed."""


def row_of(recorded: Recorded, subject: str) -> dict[str, Any]:
    """Return the row of an event; what has no column of its own is JSON in `data`."""
    row = {**to_json(recorded), "subject": subject}
    data = row.pop("data")
    for name in _TEXTS:
        value = data.pop(name, None)
        if isinstance(value, dict):
            row[f"{name}_characters"] = value["characters"]
        elif value is not None:
            row[name], row[f"{name}_characters"] = cell(value), len(value)
    for name in ("offset", "origin", "rule"):
        if row["kind"] == "edit":
            row[name] = data.pop(name)
    row["data"] = json.dumps(data, separators=(",", ":")) if data else None
    return row


def safe(value: Any) -> Any:
    """Return a value as a spreadsheet takes it for text: with an apostrophe before a formula.

    What begins with an apostrophe gets another, so that the first can always be taken off again.
    """
    if isinstance(value, str) and value.startswith(_DANGEROUS):
        return f"'{value}"
    return value


def write_csv(
    path: Path, sessions: Iterable[tuple[SessionSummary, Iterable[Recorded]]], subject: str
) -> None:
    """Write a table that opens in a spreadsheet, in UTF-8 with a byte order mark.

    Raises:
        OSError: the file cannot be written.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        for row in rows(sessions, subject):
            table.writerow({name: safe(value) for name, value in row.items()})


def write_parquet(
    path: Path, sessions: Iterable[tuple[SessionSummary, Iterable[Recorded]]], subject: str
) -> None:
    """Write a table in Parquet, compressed.

    Raises:
        MissingPackageError: pyarrow is not installed.
        OSError: the file cannot be written.
    """
    needs_pyarrow()
    with closing(Table(path)) as table:
        for batch in batches(rows(sessions, subject)):
            table.add(batch)


class Table:
    """A file in Parquet that is being written, a group of rows after the other."""

    def __init__(self, path: Path, order: Sequence[str] = ()) -> None:
        """`order` names the columns that the rows are ordered by."""
        import pyarrow
        from pyarrow import parquet

        types = {str: pyarrow.string(), int: pyarrow.int64()}
        self._schema = pyarrow.schema([(name, types[kind]) for name, kind in COLUMNS.items()])
        sorting = [parquet.SortingColumn(list(COLUMNS).index(name)) for name in order]
        self._writer = parquet.ParquetWriter(
            path, self._schema, compression="zstd", sorting_columns=sorting or None
        )
        self.rows = 0

    def add(self, batch: list[dict[str, Any]]) -> None:
        """Write a group of rows."""
        import pyarrow

        self._writer.write_table(pyarrow.Table.from_pylist(batch, self._schema))
        self.rows += len(batch)

    def close(self) -> None:
        """Write what makes it a whole file."""
        self._writer.close()


def needs_pyarrow() -> None:
    """Say so where it is missing, before anything is written.

    Raises:
        MissingPackageError: pyarrow is not installed.
    """
    try:
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise MissingPackageError(
            "Parquet needs pyarrow: pip install 'foretrace[parquet]'"
        ) from error


def batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Iterate over rows, as many at once as memory has room for whatever is in them."""
    batch: list[dict[str, Any]] = []
    characters = 0
    for row in rows:
        batch.append(row)
        characters += sum(len(row.get(name) or "") for name in (*_TEXTS, "data"))
        if len(batch) == _ROWS_AT_ONCE or characters >= _CHARACTERS_AT_ONCE:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def rows(
    sessions: Iterable[tuple[SessionSummary, Iterable[Recorded]]], subject: str
) -> Iterator[dict[str, Any]]:
    """Iterate over the rows of sessions; those recorded here are the work of `subject`."""
    for session, events in sessions:
        for recorded in events:
            yield row_of(recorded, session.subject or subject)
