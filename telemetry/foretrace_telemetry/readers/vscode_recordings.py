"""Recordings of VS Code: a log of documents, selections and edits with times.

They are files ``*.w.json`` with a top-level ``log``; offsets count UTF-16 units. An edit is a list
of replacements, all of them places in the text before it.

Source of the format: github.com/microsoft/vscode-copilot-chat, ``workspaceLog``.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from attrs import define, field, frozen


@frozen
class Content:
    """A document's text as a whole."""

    document: int
    text: str


@frozen
class Edit:
    """Replacements (start, end, text) of one moment; places are in the text before all of them."""

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
    """What a file holds. Kinds that are not known are counted and left out."""

    name: str
    paths: dict[int, str] = field(factory=dict)
    steps: list[Content | Edit | Selection] = field(factory=list)
    skipped: Counter[str] = field(factory=Counter)


def find(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the recordings of a folder, and the other files that have their ending."""
    recordings: list[Path] = []
    others: list[Path] = []
    for path in sorted(folder.rglob("*.w.json")):
        (recordings if "log" in _top_level(path) else others).append(path)
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
    for entry in data["log"]:
        _take(recording, entry)
    return recording


def _take(recording: Recording, entry: dict[str, Any]) -> None:
    kind = entry["kind"]
    if kind == "documentEncountered":
        recording.paths[entry["id"]] = entry["relativePath"].replace("\\", "/")
    elif kind == "setContent":
        recording.steps.append(Content(entry["id"], entry["content"]))
    elif kind == "changed":
        replacements = tuple((start, end, text) for start, end, text in entry["edit"])
        recording.steps.append(Edit(entry["id"], entry["time"], replacements))
    elif kind == "selectionChanged":
        ranges = tuple((start, end) for start, end in entry["selection"])
        recording.steps.append(Selection(entry["id"], entry["time"], ranges))
    else:
        recording.skipped[kind] += 1


def _top_level(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not JSON: {error}") from error
    return data if isinstance(data, dict) else {}
