"""Histories of real editing, as an editor tells them, with the texts that they must lead to.

The texts and the places are worked out by slicing strings, apart from the code that is measured.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import define, field, frozen
from lsprotocol import types

from foretrace_telemetry.readers import editing_traces, vscode_recordings
from foretrace_telemetry.text import canonical_bytes

EDITING_TRACES = "editing_traces"
VSCODE_RECORDINGS = "vscode_edit_recordings"
_EDITS_BETWEEN_SAVES = 500

Params = (
    types.DidOpenTextDocumentParams
    | types.DidChangeTextDocumentParams
    | types.DidSaveTextDocumentParams
    | types.DidCloseTextDocumentParams
)


@frozen
class Source:
    """A file with a history in it."""

    dataset: str
    path: Path

    @property
    def name(self) -> str:
        """What it is called in results."""
        return self.path.name.split(".json")[0].removesuffix(".w")


@frozen
class Message:
    """One notification of an editor: its method and its parameters."""

    method: str
    params: Params


@define
class History:
    """What an editor tells. `texts` are the last ones, by document; `edits` counts changes."""

    messages: list[Message] = field(factory=list)
    texts: dict[str, str] = field(factory=dict)
    edits: int = 0
    saves: int = 0


class NoHistoriesError(ValueError):
    """A folder holds no histories of a kind that can be read."""


def find(folder: Path) -> tuple[list[Source], list[Path]]:
    """Return the histories in a folder and those below it, and what only looks like some.

    Raises:
        NoHistoriesError: there are none.
        OSError: the folder cannot be read.
    """
    recordings, others = vscode_recordings.find(folder)
    sources = [Source(VSCODE_RECORDINGS, path) for path in recordings]
    for path in editing_traces.find(folder):
        if editing_traces.is_trace(path):
            sources.append(Source(EDITING_TRACES, path))
        else:
            others.append(path)
    if not sources:
        raise NoHistoriesError(
            f"{folder} holds no histories of editing: neither editing traces (*.json.gz with "
            "'txns') nor recordings of VS Code (*.w.json with 'log')"
        )
    return sources, others


def chosen(sources: Sequence[Source], limit: int | None, seed: int) -> list[Source]:
    """Return the order in which to take them: as they come, or by chance where not all are."""
    if limit is None:
        return list(sources)
    return random.Random(seed).sample(sources, len(sources))  # noqa: S311 - no secret


def load(source: Source, folder_uri: str, limit: int | None = None) -> History:
    """Return the history of a file with at most so many edits; its documents lie in a folder.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not what its name says.
    """
    teller = _Teller(f"{folder_uri}/{source.name}", limit)
    if source.dataset == EDITING_TRACES:
        _tell_trace(teller, editing_traces.read(source.path))
    else:
        _tell_recording(teller, vscode_recordings.read(source.path))
    return teller.end()


def _tell_trace(teller: _Teller, trace: editing_traces.EditingTrace) -> None:
    teller.set_text("", trace.start_text)
    for transaction in trace.transactions:
        changes = ((place, place + length, text) for place, length, text in transaction)
        if not teller.change("", changes):
            return
    if teller.text("") != trace.end_text:
        raise ValueError(f"{trace.name} does not lead to the text that it says it leads to")


def _tell_recording(teller: _Teller, recording: vscode_recordings.Recording) -> None:
    for step in recording.steps:
        if isinstance(step, vscode_recordings.Content):
            # One character for each unit, which is what places in these recordings count.
            teller.set_text(f".{step.document}", _units(step.text))
        elif isinstance(step, vscode_recordings.Edit):
            # Places are in the text before all of them, so the last one goes first.
            edits = ((start, end, _units(text)) for start, end, text in step.replacements[::-1])
            if not teller.change(f".{step.document}", edits):
                return
    for document, text in recording.texts.items():
        if teller.text(f".{document}") != text:
            raise ValueError(f"{recording.name} leads to two different texts")


class _Teller:
    """Turns places in texts into the messages of an editor that counts in UTF-16 units."""

    def __init__(self, stem: str, limit: int | None) -> None:
        self._history = History()
        self._stem = stem
        self._limit = limit
        self._texts: dict[str, str] = {}
        self._versions: dict[str, int] = {}
        self._since_save: dict[str, int] = {}

    def text(self, document: str) -> str:
        """Return a document's text as it now is."""
        return _joined(self._texts[document])

    def set_text(self, document: str, text: str) -> None:
        """Open a document, or replace its whole text."""
        known = document in self._texts
        self._texts[document] = text
        if known:
            self._changed(document, [types.TextDocumentContentChangeWholeDocument(_joined(text))])
            return
        self._versions[document] = self._since_save[document] = 0
        item = types.TextDocumentItem(self._stem + document, "plaintext", 0, _joined(text))
        self._tell(types.TEXT_DOCUMENT_DID_OPEN, types.DidOpenTextDocumentParams(item))

    def change(self, document: str, edits: Iterator[tuple[int, int, str]]) -> bool:
        """Tell edits of one moment, each of the text that the one before led to.

        Returns False once no more edits are wanted.
        """
        text = self._texts[document]
        changes: list[types.TextDocumentContentChangeEvent] = []
        for start, end, inserted in edits:
            if self._limit is not None and self._history.edits + len(changes) >= self._limit:
                break
            places = types.Range(_place(text, start), _place(text, end))
            changes.append(types.TextDocumentContentChangePartial(places, _joined(inserted)))
            text = text[:start] + inserted + text[end:]
        self._texts[document] = text
        if changes:
            self._changed(document, changes)
        return self._limit is None or self._history.edits < self._limit

    def end(self) -> History:
        """Save and close all documents; return what was told."""
        for document, text in self._texts.items():
            self._save(document)
            uri = self._stem + document
            identifier = types.TextDocumentIdentifier(uri)
            self._tell(types.TEXT_DOCUMENT_DID_CLOSE, types.DidCloseTextDocumentParams(identifier))
            self._history.texts[uri] = _joined(text)
        return self._history

    def _changed(self, document: str, changes: list[types.TextDocumentContentChangeEvent]) -> None:
        self._versions[document] += 1
        identifier = types.VersionedTextDocumentIdentifier(
            self._versions[document], self._stem + document
        )
        self._tell(
            types.TEXT_DOCUMENT_DID_CHANGE, types.DidChangeTextDocumentParams(identifier, changes)
        )
        self._history.edits += len(changes)
        self._since_save[document] += len(changes)
        if self._since_save[document] >= _EDITS_BETWEEN_SAVES:
            self._save(document)

    def _save(self, document: str) -> None:
        identifier = types.TextDocumentIdentifier(self._stem + document)
        params = types.DidSaveTextDocumentParams(identifier, self.text(document))
        self._tell(types.TEXT_DOCUMENT_DID_SAVE, params)
        self._history.saves += 1
        self._since_save[document] = 0

    def _tell(self, method: str, params: Params) -> None:
        self._history.messages.append(Message(method, params))


def _place(text: str, offset: int) -> types.Position:
    line = text.count("\n", 0, offset)
    start = text.rfind("\n", 0, offset) + 1
    if "\r" in text:
        line += text.count("\r", 0, offset) - text.count("\r\n", 0, offset)
        start = max(start, text.rfind("\r", 0, offset) + 1)
    return types.Position(line, len(canonical_bytes(text[start:offset])) // 2)


def _units(text: str) -> str:
    """Return a text with the two halves of a character apart."""
    if not text or max(text) <= "\uffff":
        return text
    raw = canonical_bytes(text)
    return "".join(chr(raw[n] | raw[n + 1] << 8) for n in range(0, len(raw), 2))


def _joined(text: str) -> str:
    """Return a text with the two halves of a character together."""
    return text if text.isascii() else canonical_bytes(text).decode("utf-16-le", "surrogatepass")
