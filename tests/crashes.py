"""Killing a server again and again while somebody types, and looking at what it has kept."""

from __future__ import annotations

import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from attrs import frozen

from foretrace_telemetry.events import Edited, Recorded
from foretrace_telemetry.home import Home
from foretrace_telemetry.replay import replay
from foretrace_telemetry.store import Store
from tests.wire import Wire

_LETTERS_AT_ONCE = 5
_PAUSE_SECONDS = 0.005
_FIRST_COMMIT_SECONDS = 40.0


@frozen
class Crash:
    """What was found after one kill.

    `oldest_lost_ms` is how long before the kill the first event happened that is not there, at the
    most: it came after the last that is there, and after its letter was sent. It is 0 if all are
    there. `behind_ms` is how long that last letter took from the editor to its event, and
    `problems` says what is wrong with what is there; there should be none.
    """

    sent: int
    kept: int
    oldest_lost_ms: float
    behind_ms: float
    problems: tuple[str, ...]


def kill_while_typing(home: Home, folder: Path, rounds: int, seed: int = 7) -> list[Crash]:
    """Kill so many servers, one after the other, at moments of the seed's choice.

    All write to one database, and each begins with what the one before has left behind.
    """
    chance = random.Random(seed)
    return [
        _crash(home, (folder / f"{number}.txt").as_uri(), chance.uniform(0.2, 1.2))
        for number in range(rounds)
    ]


def _crash(home: Home, uri: str, seconds: float) -> Crash:
    text = ""
    sent_at: list[float] = []
    with Wire(home) as server:
        server.begin()
        server.open(uri, "")
        _until_committed(server)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for _ in range(_LETTERS_AT_ONCE):
                letter = "abcdefghij"[len(text) % 10]
                sent_at.append(time.monotonic())
                server.type(uri, len(text) + 1, letter, character=len(text))
                text += letter
            time.sleep(_PAUSE_SECONDS)
        killed = time.monotonic()
        server.kill()
    events = _last_session(home)
    happened = [
        each.event.monotonic_us / 1e6 for each in events if isinstance(each.event.body, Edited)
    ]
    kept = len(happened)
    result = replay(events, home.key())
    problems = [*_damage(home), *result.problems]
    if result.resyncs:
        problems.append(f"{result.resyncs} resyncs")
    if result.texts[uri] != text[:kept]:
        problems.append("replay gives another text")
    last = happened[-1] if happened else 0.0
    lost_ms = (killed - max(last, sent_at[kept])) * 1000 if kept < len(text) else 0.0
    behind_ms = (last - sent_at[kept - 1]) * 1000 if happened else 0.0
    return Crash(len(text), kept, lost_ms, behind_ms, tuple(problems))


def _until_committed(server: Wire) -> None:
    """Wait for the first commit, which is a slow one: it brings in SQLite and makes the tables."""
    deadline = time.monotonic() + _FIRST_COMMIT_SECONDS
    while not (recording := server.status()["recording"])["committed"]:
        assert time.monotonic() < deadline, recording
        time.sleep(0.02)


def _last_session(home: Home) -> list[Recorded]:
    with closing(Store.read(home)) as store:
        *_, last = store.sessions()
        return list(store.events(last.name))


def _damage(home: Home) -> list[str]:
    """Return what SQLite finds wrong with the whole file."""
    with closing(sqlite3.connect(home.traces)) as connection:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
    return [] if found == ["ok"] else found
