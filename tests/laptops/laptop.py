"""One simulated laptop: a process that records what its student types, and sends it to the course.

It has a data folder and a consent of its own. Recording and sending are those of the language
server; only the editor is left out. It may be killed at any moment: the next process of the laptop
goes on at the text at which its student is by then, in a session of its own, as an editor does that
was started again.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from attrs import frozen
from typing_extensions import override

from foretrace_server import __version__, sending
from foretrace_server.commands.sending import PATIENCE_SECONDS
from foretrace_telemetry.gate import Gate
from foretrace_telemetry.home import Home
from foretrace_telemetry.recorder import Change, Recorder
from foretrace_telemetry.sending import pushing
from foretrace_telemetry.sending.pushing import BusyError, Pushed, Pusher, Terms
from foretrace_telemetry.store import SessionInfo
from foretrace_telemetry.text import Replacement
from foretrace_telemetry.writer import Writer
from tests.laptops.work import Work, applied

_EDITOR = "a simulated laptop"
# What is left at the end is sent by `foretrace collect push`, again and again.
_AGAIN_SECONDS = 0.5


@frozen
class Plan:
    """What a laptop does: its times are of the monotonic clock, which all processes share.

    A change is typed every `gap_seconds` from `begins` on; after `gives_up` nothing more is sent.
    With `hurry` less than 1 all that sending waits for takes only that part of its time.
    """

    folder: Path
    work: tuple[Work, ...]
    begins: float
    gap_seconds: float
    gives_up: float
    hurry: float


@frozen
class Begun:
    """A round of sending begins."""


@frozen
class Ended:
    """A round of sending ended; `troubled` says that not all of it got through."""

    seconds: float
    segments: int
    events: int
    refused: int
    troubled: bool


@frozen
class Done:
    """A laptop has no more to do; `lost` are the reasons for which events were not kept.

    `cpu_seconds` is what its last process took of the processors' time.
    """

    is_sent: bool
    cpu_seconds: float
    lost: tuple[str, ...]


def live(plan: Plan, teller: Connection) -> None:
    """Type and send until the end, and tell of each round; the life of one process."""
    os.environ["FORETRACE_HOME"] = str(plan.folder)
    home = Home.default()
    logging.basicConfig(filename=plan.folder / "log", level=logging.WARNING)
    for name in ("_PUSH_SECONDS", "_LEAST_SECONDS", "SETTLED_SECONDS"):
        setattr(sending, name, getattr(sending, name) * plan.hurry)

    class Timed(Pusher):
        @override
        def push(self, terms: Terms) -> Pushed:
            return _timed(super().push, terms, teller)

    pushing.Pusher = Timed  # type: ignore[misc]
    lost: list[str] = []
    asyncio.run(_typing(plan, home, lost))
    is_sent = _sends_the_rest(home, Timed, plan.gives_up)
    teller.send(Done(is_sent, time.process_time(), tuple(lost)))
    teller.close()


def _timed(push: Callable[[Terms], Pushed], terms: Terms, teller: Connection) -> Pushed:
    teller.send(Begun())
    started = time.perf_counter()
    pushed = push(terms)
    seconds = time.perf_counter() - started
    troubled = bool(pushed.troubles)
    teller.send(Ended(seconds, pushed.segments, pushed.events, pushed.refused, troubled))
    return pushed


async def _typing(plan: Plan, home: Home, lost: list[str]) -> None:
    gate = Gate(home)
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(4)}"
    info = SessionInfo(name, time.time_ns() // 1000, __version__, _EDITOR)
    writer = Writer(home, gate, info, lost.append)
    recorder = Recorder(gate, writer.put, lambda _: None, home.key)
    sends = sending.Sending(home, gate, recorder.restate_all)
    sends.begin()
    try:
        await _type(plan, recorder, sends)
    finally:
        writer.flush()
        await asyncio.to_thread(sends.close)
        writer.close()


async def _type(plan: Plan, recorder: Recorder, sends: sending.Sending) -> None:
    """Type each change when its time has come; what was to be typed before is there at once."""
    due = plan.begins
    for work in plan.work:
        text, is_open = work.start, False
        for number, change in enumerate(work.changes, start=1):
            due += plan.gap_seconds
            if is_open or due > time.monotonic():
                if not is_open:
                    recorder.opened(work.uri, 0, "python", text)
                    is_open = True
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                _change(recorder, work.uri, number, change)
                if number in work.saves:
                    recorder.saved(work.uri, recorder[work.uri].document.text)
                    sends.saved()
            text = applied(text, change)
        if is_open:
            recorder.closed(work.uri)


def _change(recorder: Recorder, uri: str, version: int, change: Replacement) -> None:
    document = recorder[uri].document
    start = document.position_at(change.offset)
    end = document.position_at(change.offset + len(change.removed))
    recorder.changed(uri, version, [Change(change.inserted, start, end)])


def _sends_the_rest(home: Home, pusher: type[Pusher], gives_up: float) -> bool:
    while time.monotonic() < gives_up:
        try:
            pushed = pusher(home).push(Terms(at_once=True, patience_seconds=PATIENCE_SECONDS))
        except BusyError:  # the editor's thread, which had not ended in time
            continue
        if not pushed.troubles and not pushed.refused:
            return True
        time.sleep(_AGAIN_SECONDS)
    return False
