"""Streams: what people really changed in one document, in order, from all data that is known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from attrs import frozen

from foretrace_models.next_edit.moment import Keystroke, keystroke_of
from foretrace_models.repair.edits import TextEdit, edits_between, trimmed
from foretrace_telemetry.events import Edited, Opened, Resynced
from foretrace_telemetry.readers import editing_traces, exercism_versions, fitech, histories

_LANGUAGES = {
    ".c": "c", ".cpp": "cpp", ".h": "cpp", ".cs": "csharp", ".css": "css", ".dart": "dart",
    ".go": "go", ".html": "html", ".java": "java", ".js": "javascript", ".jsx": "javascriptreact",
    ".md": "markdown", ".py": "python", ".rs": "rust", ".svelte": "svelte", ".ts": "typescript",
    ".tsx": "typescriptreact", ".vue": "vue",
}  # fmt: skip
LICENCES = {
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
    several cursors do: no editor can ask in between.
    """

    dataset: str
    person: str
    name: str
    language: str
    text: str
    keystrokes: tuple[Keystroke, ...]
    at_once: frozenset[int] = frozenset()


def load(folder: Path) -> list[Stream]:
    """Return the streams of a folder and those below it.

    Raises:
        NoStreamsError: there are none.
        OSError: a file cannot be read.
        ValueError: a file is not what its name says.
    """
    found = [*_recordings(folder), *_traces(folder), *_fitech(folder), *_exercism(folder)]
    streams = [stream for stream in found if stream.keystrokes]
    if not streams:
        raise NoStreamsError(
            f"{folder} holds no streams of edits; what is known are recordings of VS Code "
            f"(*.w.json), editing traces (*.json.gz), FITech ({fitech.TABLE}) and Exercism's "
            f"histories ({exercism_versions.VERSIONS})"
        )
    return streams


def language_of(name: str) -> str:
    """Return the language id of a file by its ending, empty if that is not known."""
    return _LANGUAGES.get(PurePosixPath(name).suffix.lower(), "")


def _recordings(folder: Path) -> Iterator[Stream]:
    """Yield a stream for each document; one whose text was set anew begins another."""
    found = histories.recordings(folder)
    for incoming in found[1] if found else ():
        begun: dict[str, tuple[str, list[Keystroke]]] = {}
        done = []
        for event in incoming.events():
            body, uri = event.body, event.uri
            if isinstance(body, (Opened, Resynced)):
                if uri in begun:
                    done.append((uri, *begun[uri]))
                begun[uri] = (str(body.text), [])
            elif isinstance(body, Edited) and uri in begun:
                removed, inserted = str(body.removed), str(body.inserted)
                keystroke = Keystroke(body.offset, removed, inserted, event.wall_us)
                begun[uri][1].append(keystroke)
        for uri, text, keystrokes in [*done, *((uri, *rest) for uri, rest in begun.items())]:
            times = [keystroke.wall_us for keystroke in keystrokes]
            pairs = enumerate(zip(times, times[1:], strict=False), start=1)
            at_once = frozenset(number for number, (a, b) in pairs if a == b)
            yield Stream(
                "vscode-recordings", incoming.info.subject or "", uri, language_of(uri), text,
                tuple(keystrokes), at_once,
            )  # fmt: skip


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
        for before, step in zip(sequence.steps, sequence.steps[1:], strict=False):
            if step.text != before.text:
                edit = trimmed(before.text, TextEdit(0, len(before.text), step.text))
                gone = before.text[edit.start : edit.end]
                wall_us = int(step.elapsed_s * 1e6)
                keystrokes.append(Keystroke(edit.start, gone, edit.new_text, wall_us))
        yield Stream(
            "fitech", sequence.person, sequence.assignment, "dart", text, tuple(keystrokes)
        )


def _exercism(folder: Path) -> Iterator[Stream]:
    """Yield the histories of files; what one commit changed counts as made from top to bottom."""
    for file in sorted(folder.rglob(exercism_versions.VERSIONS)):
        for trace in exercism_versions.read(file.parent):
            keystrokes = []
            for before, state in zip(trace.states, trace.states[1:], strict=False):
                shift = 0
                for edit in edits_between(before.text, state.text):
                    gone = before.text[edit.start : edit.end]
                    keystrokes.append(Keystroke(edit.start + shift, gone, edit.new_text))
                    shift += len(edit.new_text) - len(gone)
            first = trace.states[0].text
            yield Stream(
                "exercism-histories", trace.coder, trace.exercise, "python", first,
                tuple(keystrokes),
            )  # fmt: skip
