"""Histories of editing as sessions: recordings of VS Code, and editing traces; one file is one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from foretrace_telemetry.events import (
    Actor,
    Body,
    Edited,
    Event,
    Opened,
    Origin,
    Resynced,
    Selected,
)
from foretrace_telemetry.exchange.incoming import ImportReport, Incoming
from foretrace_telemetry.readers import editing_traces, vscode_recordings
from foretrace_telemetry.store import SessionInfo
from foretrace_telemetry.text import canonical_bytes

EDITING_TRACES = "editing-traces"
VSCODE_RECORDINGS = "vscode-recordings"

Found = tuple[ImportReport, Iterator[Incoming]]


def traces(path: Path) -> Found | None:
    """Return the editing traces at a path, or None where there are none.

    Raises:
        OSError: a file cannot be read.
    """
    files = [path] if path.is_file() else editing_traces.find(path)
    files = [file for file in files if file.name.endswith(".json.gz")]
    found = [file for file in files if editing_traces.is_trace(file)]
    if not found:
        return None
    report = ImportReport(EDITING_TRACES, str(path))
    return report, (_trace(file, report) for file in found)


def recordings(path: Path) -> Found | None:
    """Return the recordings of VS Code at a path, or None where there are none.

    Raises:
        OSError: a file cannot be read.
    """
    found, others = vscode_recordings.find(path)
    if path.name.endswith(".w.json"):
        found = [path]
    if not found:
        return None
    report = ImportReport(VSCODE_RECORDINGS, str(path))
    for other in others:
        report.warn(f"{other.name} is no recording; it is left out")
    return report, (_recording(file, report) for file in found)


def _trace(file: Path, report: ImportReport) -> Incoming:
    trace = editing_traces.read(file)
    report.rows += len(trace.transactions)
    info = SessionInfo("", 0, "", EDITING_TRACES, trace.name, EDITING_TRACES)
    return Incoming(info, partial(_trace_events, trace))


def _trace_events(trace: editing_traces.EditingTrace) -> Iterator[Event]:
    def event(body: Body) -> Event:
        return Event(0, 0, Actor.UNKNOWN, body, f"imported:{trace.name}")

    yield event(Opened(trace.start_text))
    for each in trace.replacements():
        yield event(Edited(each.offset, each.removed, each.inserted, rule=EDITING_TRACES))


def _recording(file: Path, report: ImportReport) -> Incoming:
    recording = vscode_recordings.read(file)
    report.rows += len(recording.steps) + sum(recording.skipped.values())
    report.skipped.update({f"entry of kind {kind}": n for kind, n in recording.skipped.items()})
    first = next(_recording_events(recording), None)
    started = first.wall_us if first is not None else 0
    name = recording.name.removesuffix(".w.json")
    info = SessionInfo("", started, "", "Visual Studio Code", name, VSCODE_RECORDINGS)
    return Incoming(info, partial(_recording_events, recording))


def _recording_events(recording: vscode_recordings.Recording) -> Iterator[Event]:
    times = [
        step.time_ms for step in recording.steps if not isinstance(step, vscode_recordings.Content)
    ]
    wall_us = times[0] * 1000 if times else 0
    texts: dict[int, bytes] = {}

    def event(document: int, body: Body) -> Event:
        name = recording.paths.get(document, str(document))
        return Event(wall_us, wall_us, Actor.UNKNOWN, body, f"imported:{name}")

    for step in recording.steps:
        document = step.document
        if isinstance(step, vscode_recordings.Content):
            known = document in texts
            texts[document] = canonical_bytes(step.text)
            stated = Resynced(step.text, "the whole text was set") if known else Opened(step.text)
            yield event(document, stated)
            continue
        wall_us = step.time_ms * 1000
        raw = texts.get(document)
        if raw is None:
            continue
        if isinstance(step, vscode_recordings.Selection):
            for start, end in step.ranges:
                yield event(document, Selected(_code_points(raw, start), _code_points(raw, end)))
            continue
        # Places are in the text before all of them, so the last one goes first.
        for start, end, inserted in reversed(step.replacements):
            removed = _text(raw[2 * start : 2 * end])
            offset = _code_points(raw, start)
            raw = raw[: 2 * start] + canonical_bytes(inserted) + raw[2 * end :]
            yield event(
                document, Edited(offset, removed, inserted, Origin.UNKNOWN, VSCODE_RECORDINGS)
            )
        texts[document] = raw


def _code_points(raw: bytes, units: int) -> int:
    """Return how many code points so many UTF-16 units are."""
    return len(_text(raw[: 2 * units]))


def _text(raw: bytes) -> str:
    return raw.decode("utf-16-le", "surrogatepass")
