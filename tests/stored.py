"""What lies in a data folder after the server wrote to it."""

from __future__ import annotations

from pathlib import Path

from foretrace_telemetry.events import Body, Recorded
from foretrace_telemetry.home import Home
from foretrace_telemetry.replay import Replay, replay
from foretrace_telemetry.store import NoTracesError, Store
from tests.command import foretrace


def sessions(home: Home) -> list[list[Recorded]]:
    """Return the events of each session, the oldest session first."""
    store = Store.read(home)
    try:
        return [list(store.events(summary.name)) for summary in store.sessions()]
    finally:
        store.close()


def bodies(home: Home) -> list[Body]:
    """Return what happened so far in all sessions, as far as it is on disk; nothing before that."""
    try:
        return [each.event.body for events in sessions(home) for each in events]
    except NoTracesError:
        return []


def recorded(home: Home) -> list[Recorded]:
    """Return all events of the only session."""
    (events,) = sessions(home)
    return events


def replayed(home: Home) -> Replay:
    """Return what replaying the only session gives."""
    return replay(recorded(home), home.key())


def assert_replays_to_disk(home: Home, file: Path) -> None:
    """Check with the command that people have, and compare the text of the last session."""
    checked = foretrace(home, "traces", "replay", "--check")
    assert checked.returncode == 0, checked.stdout
    assert "Replay is exact" in checked.stdout
    last = replay(sessions(home)[-1], home.key())
    assert last.texts[file.as_uri()] == file.read_bytes().decode()


def contents(folder: Path) -> dict[str, bytes | None]:
    """Return all files of a folder with their bytes, and all folders in it, with None."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def raw(home: Home) -> bytes:
    """Return the bytes of all files of a data folder, one after the other."""
    return b"\n".join(content or b"" for content in contents(home.path).values())
