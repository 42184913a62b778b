"""Recognises what lies at a path that somebody wants to import: exactly one format is read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from foretrace_telemetry.exchange import bundle
from foretrace_telemetry.exchange.incoming import ImportReport, Incoming
from foretrace_telemetry.readers import histories, itap, progsnap2

KNOWN = (
    "a bundle, a ProgSnap2 dataset (MainTable.csv, or another .csv with EventType or EditType), an "
    "ITAP log (sequences.jsonl.gz), recordings of VS Code (*.w.json with a log) or editing traces "
    "(*.json.gz with txns)"
)


class UnknownSourceError(ValueError):
    """Nothing at a path can be imported."""


def open_source(path: Path) -> tuple[ImportReport, Iterable[Incoming]]:
    """Return the sessions at a path, and the report that is filled in as they are read.

    Where several formats match, the first of these is taken: a bundle, ProgSnap2, ITAP, recordings
    of VS Code, editing traces.

    Raises:
        OSError: a file cannot be read.
        ValueError: a file is not what it should be.
        UnknownSourceError: no format matches.
    """
    if path.is_file() and bundle.is_bundle(path):
        report = ImportReport("bundle", str(path))
        return report, bundle.sessions_of(bundle.check(path))
    if tables := progsnap2.tables(path):
        report = ImportReport(progsnap2.FORMAT, str(path))
        return report, progsnap2.read(tables, report)
    if log := itap.find(path):
        report = ImportReport(itap.FORMAT, str(path))
        return report, itap.read(log, report)
    for find in (histories.recordings, histories.traces):
        if (found := find(path)) is not None:
            return found
    raise UnknownSourceError(f"{path} holds nothing that can be imported: {KNOWN}")
