"""Recording: what the editor tells of documents goes to the recorder, in order and at once.

Nothing here awaits, reads or writes: pygls runs asynchronous handlers out of order, and what is to
be kept is written by the writer's thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cattrs import BaseValidationError
from lsprotocol import types

from foretrace_server import __version__
from foretrace_telemetry.consent import Content
from foretrace_telemetry.events import BODIES, Body, Event, RecordingChanged, Selected
from foretrace_telemetry.gate import Gate
from foretrace_telemetry.home import Home
from foretrace_telemetry.privacy import path_of
from foretrace_telemetry.recorder import Change, OpenDocument, Recorder
from foretrace_telemetry.rows import body_from_json
from foretrace_telemetry.store import SessionInfo
from foretrace_telemetry.text import Position, PositionEncoding
from foretrace_telemetry.watch import FileWatch
from foretrace_telemetry.writer import Writer

log = logging.getLogger(__name__)

Observer = Callable[[Event], None]

_REMEMBERED_EVENTS = 200
_LOOK_SECONDS = 0.5
_DISK_SETTLE_SECONDS = 0.2
_LARGEST_FILE_BYTES = 4 << 20
# What a client may report: not what the recorder itself sees, nor what this server does.
CLIENT_KINDS = frozenset(BODIES) - {
    *("open", "edit", "resync", "save", "close", "outside", "cells", "suggestion", "recording"),
    *("redaction", "erased", "foreign", "condition"),
}


class Recording:
    """The session's recorder, with what it writes to and who looks on."""

    def __init__(self, home: Home, editor: str, encoding: PositionEncoding) -> None:
        self.gate = Gate(home)
        self.recent: deque[Event] = deque(maxlen=_REMEMBERED_EVENTS)
        self.observers: list[Observer] = [self.recent.append]
        self._loop = asyncio.get_running_loop()
        started_us = time.time_ns() // 1000
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"
        info = SessionInfo(name, started_us, __version__, editor)
        self.writer = Writer(home, self.gate, info, self._lost)
        self.recorder = Recorder(self.gate, self.writer.put, self._observe, home.key, encoding)
        self._watch = FileWatch(self._changed_on_disk)
        self._settling: dict[Path, asyncio.TimerHandle] = {}
        self._was_recording: Content | None = None
        self._looking: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Begin to notice that recording is allowed, paused or stopped from elsewhere."""
        self._looking = asyncio.create_task(self._look())

    def opened(self, params: types.DidOpenTextDocumentParams) -> None:
        """Take over a document that the client opened."""
        document = params.text_document
        self.recorder.opened(document.uri, document.version, document.language_id, document.text)
        self._watch_file(document.uri)

    def changed(self, params: types.DidChangeTextDocumentParams) -> bool:
        """Apply changes; False where the document is not open, and they are ignored."""
        uri = params.text_document.uri
        if self.recorder.get(uri) is None:
            log.warning("a change of a document that is not open is ignored")
            return False
        changes = [change_of(change) for change in params.content_changes]
        self.recorder.changed(uri, params.text_document.version, changes)
        return True

    def saved(self, params: types.DidSaveTextDocumentParams) -> bool:
        """Note a save; False where the document is not open."""
        uri = params.text_document.uri
        if self.recorder.get(uri) is None:
            return False
        self.recorder.saved(uri, params.text)
        return True

    def closed(self, uri: str) -> None:
        """Let go of a document."""
        if self.recorder.get(uri) is not None:
            self.recorder.closed(uri)
            if (path := path_of(uri)) is not None:
                self._watch.remove(path)

    def reported(self, params: Any, name_of: Callable[[str], str] = str) -> tuple[Body, str | None]:
        """Note what a client reports with ``foretrace/event``; return it and its document.

        `name_of` gives what a document is called here.

        Raises:
            ValueError: it does not say what it should.
        """
        if not isinstance(params, dict):
            raise ValueError("the parameters must be an object")
        kind, uri = params.get("kind"), params.get("uri")
        # The gate wants to know of what is not open, too: it may be a file that is never recorded.
        document = name_of(uri) if isinstance(uri, str) else None
        state = self.recorder.get(document) if document is not None else None
        if kind not in CLIENT_KINDS:
            known = ", ".join(sorted(CLIENT_KINDS))
            raise ValueError(f"{kind!r} is not a kind that a client reports; those are {known}")
        try:
            body = _body(kind, params.get("data"), state)
        except (KeyError, TypeError, ValueError, BaseValidationError) as error:
            raise ValueError(f"the data of {kind!r} do not fit it") from error
        version = params.get("version")
        self.recorder.noted(body, document, version=version if isinstance(version, int) else None)
        return body, document

    def close(self) -> None:
        """Write what is left and let go of everything."""
        if self._looking is not None:
            with contextlib.suppress(RuntimeError):  # the loop may have ended before
                self._looking.cancel()
        self._watch.close()
        self.writer.close()

    def _watch_file(self, uri: str) -> None:
        # A cell is not what lies on disk: its notebook is.
        path = path_of(uri) if "#" not in uri else None
        if path is not None and self.gate.content_for(uri) is not None:
            self._watch.add(path)

    def _observe(self, event: Event) -> None:
        for observer in self.observers:
            observer(event)

    async def _look(self) -> None:
        while True:
            content = self.gate.content
            if content is not self._was_recording:
                self._was_recording = content
                if content is None:
                    self._watch.close()
                    self._watch = FileWatch(self._changed_on_disk)
                else:
                    self.recorder.noted(RecordingChanged(content.value, self.gate.consent.reason))
                    for state in self.recorder:
                        self._watch_file(state.uri)
            await asyncio.sleep(_LOOK_SECONDS)

    def _lost(self, reason: str) -> None:
        self._loop.call_soon_threadsafe(self.recorder.restate_all, reason)

    def _changed_on_disk(self, path: Path, change: str) -> None:
        self._loop.call_soon_threadsafe(self._await_settling, path, change)

    def _await_settling(self, path: Path, change: str) -> None:
        # Programs empty a file before they write it anew, and editors tell of a save only after.
        if (earlier := self._settling.get(path)) is not None:
            earlier.cancel()
        self._settling[path] = self._loop.call_later(
            _DISK_SETTLE_SECONDS, self._note_disk, path, change
        )

    def _note_disk(self, path: Path, change: str) -> None:
        del self._settling[path]
        uri = next((s.uri for s in self.recorder if path_of(s.uri) == path), None)
        if uri is None or self.gate.content_for(uri) is None:
            return
        text = None
        if change == "modified":
            try:
                if path.stat().st_size > _LARGEST_FILE_BYTES:
                    return
                # The editor's text has the file's line ends, so they must not be translated.
                text = path.read_bytes().decode("utf-8-sig")
            except UnicodeDecodeError:
                pass
            except OSError:
                return  # it is gone again; its removal is told by an event of its own
        self.recorder.changed_outside(uri, change, text)


def change_of(change: types.TextDocumentContentChangeEvent) -> Change:
    """Return a change of the protocol as the recorder wants it."""
    if isinstance(change, types.TextDocumentContentChangePartial):
        start, end = change.range.start, change.range.end
        return Change(
            change.text,
            Position(start.line, start.character),
            Position(end.line, end.character),
        )
    return Change(change.text)


def _body(kind: str, data: Any, state: OpenDocument | None) -> Body:
    if kind == Selected.kind:
        if state is None:
            raise ValueError("a selection needs an open document")
        start, end = (
            Position(int(data["range"][edge]["line"]), int(data["range"][edge]["character"]))
            for edge in ("start", "end")
        )
        document = state.document
        return Selected(document.offset_near(start), document.offset_near(end))
    return body_from_json(kind, data)
