"""Watches the files of open documents for changes that do not come from the editor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

_CHANGES = {
    "modified": "modified",
    "created": "modified",
    "closed": "modified",
    "deleted": "deleted",
    "moved": "deleted",
}


class FileWatch:
    """Calls back, from a thread of its own, when a watched file was changed or removed.

    Folders are watched, not files: editors and git replace files instead of writing them.
    """

    def __init__(self, on_change: Callable[[Path, str], None]) -> None:
        self._on_change = on_change
        self._observer: BaseObserver | None = None
        self._files: set[Path] = set()
        self._folders: dict[Path, ObservedWatch] = {}

    def add(self, path: Path) -> None:
        """Watch a file; one whose folder does not exist is left alone."""
        if path in self._files or not path.parent.is_dir():
            return
        self._files.add(path)
        if path.parent in self._folders:
            return
        if self._observer is None:
            self._observer = Observer()
            self._observer.daemon = True
            self._observer.start()
        handler = _Handler(self._files, self._on_change)
        self._folders[path.parent] = self._observer.schedule(handler, str(path.parent))

    def remove(self, path: Path) -> None:
        """Stop watching a file."""
        self._files.discard(path)
        if any(file.parent == path.parent for file in self._files):
            return
        watch = self._folders.pop(path.parent, None)
        if watch is not None and self._observer is not None:
            self._observer.unschedule(watch)

    def close(self) -> None:
        """Stop watching anything."""
        if self._observer is not None:
            self._observer.stop()
            self._observer = None


class _Handler(FileSystemEventHandler):
    def __init__(self, files: set[Path], on_change: Callable[[Path, str], None]) -> None:
        self._files = files
        self._on_change = on_change

    def on_any_event(self, event: FileSystemEvent) -> None:
        change = _CHANGES.get(event.event_type)
        if change is None:
            return
        self._tell(Path(str(event.src_path)), change)
        if event.event_type == "moved":
            self._tell(Path(str(event.dest_path)), "modified")

    def _tell(self, path: Path, change: str) -> None:
        if path in self._files:
            self._on_change(path, change)
