"""Streams: what people really changed in one document, in order, from all data that is known."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from attrs import frozen

from foretrace_models.next_edit.moment import Keystroke, keystroke_of
from foretrace_models.repair.edits import TextEdit, edits_between, trimmed
from foretrace_telemetry.events import Edited, Opened, Resynced
from foretrace_telemetry.exchange.incoming import Incoming
from foretrace_telemetry.readers import editing_traces, fitech, histories, trace_sets

_LANGUAGES = {
    ".c": "c", ".cpp": "cpp", ".h": "cpp", ".cs": "csharp", ".css": "css", ".dart": "dart",
    ".go": "go", ".html": "html", ".java": "java", ".js": "javascript", ".jsx": "javascriptreact",
    ".md": "markdown", ".py": "python", ".rs": "rust", ".svelte": "svelte", ".ts": "typescript",
    ".tsx": "typescriptreact", ".vue": "vue",
}  # fmt: skip
_STATES = {"itap": "itap", "cpack": "cpack", "exercism": "exercism-histories"}
LICENCES = {
    "itap": "MIT",
    "cpack": "MIT",
    "vscode-recordings": "MIT",
    "editing-traces": "CC-BY-4.0",
    "fitech": "CC-BY-SA-4.0",
    "exercism-histories": "MIT and Apache-2.0",
}


class NoStreamsError(ValueError):
    """A folder holds nothing that is known."""


@frozen
class Stream:
    """One person's changes of one document, from its first text on.

    `at_once` are the numbers of keystrokes that came together with the one before, as those of
    several cursors do: no editor can ask in between. It `is_ordered` unless only states are
    known, and not in which order the changes between two of them were made.
    """

    dataset: str
    person: str
    name: str
    language: str
    text: str
    keystrokes: tuple[Keystroke, ...]
    at_once: frozenset[int] = frozenset()
    is_ordered: bool = True


def load(folder: Path) -> list[Stream]:
    """Return the streams of a folder and those below it.

    Raises:
        NoStreamsError: there are none.
        OSError: a file cannot be read.
        ValueError: a file is not what its name says.
    """
    found = [*_recordings(folder), *_traces(folder), *_fitech(folder), *_states(folder)]
    streams = [stream for stream in found if stream.keystrokes]
    if not streams:
        raise NoStreamsError(
            f"{folder} holds no streams of edits; what is known are recordings of VS Code "
            f"(*.w.json), editing traces (*.json.gz), FITech ({fitech.TABLE}) and traces of states "
            f"({', '.join(trace_sets.FILES)})"
        )
    return streams


def language_of(name: str) -> str:
    """Return the language id of a file by its ending, empty if that is not known."""
    return _LANGUAGES.get(PurePosixPath(name).suffix.lower(), "")


def _recordings(folder: Path) -> Iterator[Stream]:
    found = histories.recordings(folder)
    for incoming in found[1] if found else ():
        yield from _of_session("vscode-recordings", incoming)


def _of_session(dataset: str, incoming: Incoming) -> Iterator[Stream]:
    """Yield a stream for each document; one whose text was set anew begins another."""
    begun: dict[str, tuple[str, list[Keystroke]]] = {}
    done: list[tuple[str, str, list[Keystroke]]] = []
    for event in incoming.events():
        body, uri = event.body, event.uri or ""
        if isinstance(body, (Opened, Resynced)):
            if uri in begun:
                done.append((uri, *begun[uri]))
            begun[uri] = (str(body.text), [])
        elif isinstance(body, Edited) and uri in begun:
            removed, inserted = str(body.removed), str(body.inserted)
            begun[uri][1].append(Keystroke(body.offset, removed, inserted, event.wall_us))
    for uri, text, keystrokes in [*done, *((uri, *rest) for uri, rest in begun.items())]:
        times = enumerate(itertools.pairwise(each.wall_us for each in keystrokes), start=1)
        yield Stream(
            dataset,
            incoming.info.subject or "",
            uri,
            language_of(uri),
            text,
            tuple(keystrokes),
            frozenset(number for number, (earlier, later) in times if earlier == later),
        )


def _traces(folder: Path) -> Iterator[Stream]:
    for file in editing_traces.find(folder):
        if not editing_traces.is_trace(file):
            continue
        trace = editing_traces.read(file)
        at_once: set[int] = set()
        number = 0
        for transaction in trace.transactions:
            at_once.update(range(number + 1, number + len(transaction)))
            number += len(transaction)
        keystrokes = tuple(keystroke_of(each) for each in trace.replacements())
        yield Stream(
            "editing-traces", trace.name, trace.name, language_of(trace.name), trace.start_text,
            keystrokes, frozenset(at_once),
        )  # fmt: skip


def _fitech(folder: Path) -> Iterator[Stream]:
    table = fitech.find(folder)
    for sequence in fitech.read(table) if table else ():
        text = sequence.steps[0].text
        keystrokes = []
        for before, step in itertools.pairwise(sequence.steps):
            if step.text != before.text:
                edit = trimmed(before.text, TextEdit(0, len(before.text), step.text))
                gone = before.text[edit.start : edit.end]
                wall_us = int(step.elapsed_s * 1e6)
                keystrokes.append(Keystroke(edit.start, gone, edit.new_text, wall_us))
        yield Stream(
            "fitech", sequence.person, sequence.assignment, "dart", text, tuple(keystrokes)
        )


def _states(folder: Path) -> Iterator[Stream]:
    """Yield the traces of a folder as streams.

    What changed from one state to the next is put from top to bottom: nobody knows the order.
    """
    for own in sorted({file.parent for name in trace_sets.FILES for file in folder.rglob(name)}):
        found = trace_sets.read_traces(own)
        dataset = _STATES[found.name]
        for trace in found.traces:
            keystrokes = []
            for before, after in itertools.pairwise(trace.states):
                shift = 0
                for edit in edits_between(before.text, after.text):
                    gone = before.text[edit.start : edit.end]
                    keystrokes.append(Keystroke(edit.start + shift, gone, edit.new_text))
                    shift += len(edit.new_text) - len(gone)
            text = trace.states[0].text
            yield Stream(
                dataset,
                trace.coder,
                trace.exercise,
                trace.language,
                text,
                tuple(keystrokes),
                is_ordered=False,
            )
