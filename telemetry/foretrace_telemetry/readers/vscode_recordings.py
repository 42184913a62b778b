"""Recordings of VS Code: a log of documents, selections and edits with times.

They are files ``*.w.json`` with a top-level ``log``; offsets count UTF-16 units. An edit is a list
of replacements, all of them places in the text before it. A text can be stored under a name and
restored by it later.

Source of the format: github.com/microsoft/vscode-copilot-chat, ``workspaceLog``.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from foretrace_telemetry.text import canonical_bytes


@frozen
class Content:
    """A document's text as a whole; the document may have had another before."""

    document: int
    text: str


@frozen
class Edit:
    """Replacements (start, end, text) of one moment, from the first place to the last.

    Places are in the text before all of them.
    """

    document: int
    time_ms: int
    replacements: tuple[tuple[int, int, str], ...]


@frozen
class Selection:
    """Where the cursors of a document are, as pairs of start and end."""

    document: int
    time_ms: int
    ranges: tuple[tuple[int, int], ...]


@define
class Recording:
    """What a file holds; kinds, and edits of texts, that are not known are counted and left out.

    `texts` holds the last text of each document.
    """

    name: str
    paths: dict[int, str] = field(factory=dict)
    steps: list[Content | Edit | Selection] = field(factory=list)
    texts: dict[int, str] = field(factory=dict)
    skipped: Counter[str] = field(factory=Counter)
    _stored: dict[str, str] = field(factory=dict)


def find(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the recordings of a folder, and the other files that have their ending.

    Raises:
        OSError: a file cannot be read.
    """
    recordings: list[Path] = []
    others: list[Path] = []
    for path in sorted(folder.rglob("*.w.json")):
        try:
            found = "log" in _top_level(path)
        except ValueError:
            found = False
        (recordings if found else others).append(path)
    return recordings, others


def read(path: Path) -> Recording:
    """Return what a recording holds.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not a recording.
    """
    data = _top_level(path)
    if "log" not in data:
        raise ValueError(f"{path} is not a recording: it has no 'log'")
    recording = Recording(path.name)
    for number, entry in enumerate(data["log"]):
        try:
            _take(recording, entry)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"entry {number} of {path} cannot be read: {error!r}") from error
    return recording


def _take(recording: Recording, entry: dict[str, Any]) -> None:
    kind = entry["kind"]
    if kind == "documentEncountered":
        recording.paths[entry["id"]] = entry["relativePath"].replace("\\", "/")
    elif kind == "setContent":
        _set_content(recording, entry["id"], entry["content"])
    elif kind == "storeContent":
        recording._stored[entry["contentId"]] = recording.texts[entry["id"]]
    elif kind == "restoreContent":
        _set_content(recording, entry["id"], recording._stored[entry["contentId"]])
    elif kind == "changed" and entry["id"] in recording.texts:
        edits = sorted(entry["edit"], key=lambda edit: edit[0])
        replacements = tuple((start, end, text) for start, end, text in edits)
        recording.steps.append(Edit(entry["id"], entry["time"], replacements))
        recording.texts[entry["id"]] = _replaced(recording.texts[entry["id"]], replacements)
    elif kind == "selectionChanged":
        ranges = tuple((start, end) for start, end in entry["selection"])
        recording.steps.append(Selection(entry["id"], entry["time"], ranges))
    else:
        recording.skipped[kind] += 1


def _set_content(recording: Recording, document: int, text: str) -> None:
    recording.steps.append(Content(document, text))
    recording.texts[document] = text


def _replaced(text: str, replacements: tuple[tuple[int, int, str], ...]) -> str:
    raw = canonical_bytes(text)  # two bytes a unit
    for start, end, inserted in reversed(replacements):
        raw = raw[: 2 * start] + canonical_bytes(inserted) + raw[2 * end :]
    return raw.decode("utf-16-le", "surrogatepass")


def _top_level(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is not JSON: {error}") from error
    return data if isinstance(data, dict) else {}
