"""A lesson: many laptops type and send at once while laptops, the way and the course fail them.

A laptop is a process of its own, and dies by SIGKILL in the middle of a share of its rounds of
sending. The course is the real `foretrace collect serve`; once it is killed and started again, and
for a while its disk is full, where a disk can be mounted for it.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import statistics
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timezone
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from foretrace_server.collect.course import Course
from foretrace_telemetry.consent import Content, Scope, grant
from foretrace_telemetry.home import Home
from foretrace_telemetry.sending import courses
from tests.courses import Served, make_course, served
from tests.disks import Disk, disk_in_a_file
from tests.laptops.comparing import Compared, compared
from tests.laptops.laptop import Begun, Done, Ended, Plan, live
from tests.laptops.usage import Usage
from tests.laptops.way import Way
from tests.laptops.work import Work, works

KILLED_SHARE = 0.05
FAULTY_SHARE = 0.10
GAP_SECONDS = 1.0
# Shorter lessons hurry, so that each laptop sends more than once or twice.
_WITHOUT_HURRY_SECONDS = 120.0
# Laptops are not opened all at once.
_SPREAD_SECONDS = 15.0
_REST_SECONDS = 300.0
_SERVER_KILLED_AT, _SERVER_AWAY_SECONDS = 0.4, 3.0
_DISK_FULL_AT, _DISK_FULL_SHARE = 0.6, 0.1
_LOOK_SECONDS = 0.5
_TELL_SECONDS = 10.0
_FIRST_SPAN_SECONDS = 0.2
_DISK_BYTES = 512 * 2**20


@frozen
class Round:
    """A round of sending that came to its end, as the laptop saw it.

    It is `quiet` where nothing went wrong on the way, the course was there and its disk had room.
    """

    seconds: float
    segments: int
    events: int
    troubled: bool
    quiet: bool


@define
class Lesson:
    """How many there are, for how long, how much is to go wrong, and what came of it."""

    laptops: int
    seconds: float
    killed_share: float = KILLED_SHARE
    faulty_share: float = FAULTY_SHARE
    rounds: list[Round] = field(factory=list)
    kills: int = 0
    refused: int = 0
    unsent: int = 0
    lost: list[str] = field(factory=list)
    faults: dict[str, int] = field(factory=dict)
    requests: int = 0
    server_kills: int = 0
    full_seconds: float = 0.0
    rest_seconds: float = 0.0
    usage: Usage = field(factory=Usage)
    compared: Compared = field(factory=Compared)
    course_bytes: int = 0
    laptops_bytes: int = 0
    laptops_cpu_seconds: float = 0.0

    @property
    def pushes(self) -> int:
        """How many rounds had something to send, those that a laptop did not survive included."""
        return len(self.rounds) + self.kills


def hold(
    lesson: Lesson,
    folder: Path,
    homes: Path,
    data: Path,
    seed: int = 7,
    tell: Callable[[str], None] = lambda _: None,
) -> None:
    """Hold a lesson, and note what comes of it: the course in one empty folder, laptops in another.

    Raises:
        OSError: the data or the folder cannot be used.
        ValueError: the data are not what they should be.
    """
    own = list(works(data, lesson.laptops, int(lesson.seconds / GAP_SECONDS), seed))
    students = [f"student {number}" for number in range(lesson.laptops)]
    with ExitStack() as stack:
        disk = stack.enter_context(disk_in_a_file(folder / "disk", _DISK_BYTES))
        course, tokens = make_course(folder / "disk" / "course", *students)
        log = folder / "serve.log"
        room = _Room(lesson, course, disk, homes, log, random.Random(seed), tell)
        asyncio.run(room.hold([tokens[student] for student in students], own))
        tell("comparing")
        key = course.key()
        own_homes = {
            course.subject_of(student, key): Home(room.folder_of(number))
            for number, student in enumerate(students)
        }
        lesson.compared = compared(course, own_homes)
        lesson.course_bytes = _bytes_of(course.home)
        lesson.laptops_bytes = sum(map(_bytes_of, own_homes.values()))


@define
class _Seat:
    """A laptop's place: its plan, and the process that lives it now."""

    number: int
    plan: Plan
    process: Any = None
    told: Connection | None = None
    begun: int = 0
    in_round: bool = False
    is_quiet: bool = True
    is_done: bool = False


@define
class _Room:
    """All of a lesson that is there at once."""

    _lesson: Lesson
    _course: Course
    _disk: Disk | None
    _homes: Path
    _log: Path
    _chance: random.Random
    _tell: Callable[[str], None]
    _seats: dict[str, _Seat] = field(factory=dict)
    _spans: deque[float] = field(factory=lambda: deque([_FIRST_SPAN_SECONDS], 100))
    _kills_on_their_way: int = 0
    _is_over: bool = False
    _starting: asyncio.Lock = field(factory=asyncio.Lock)
    _restarts: set[asyncio.Task[None]] = field(factory=set)
    _all_done: asyncio.Event = field(factory=asyncio.Event)
    _context: Any = None

    def folder_of(self, number: int) -> Path:
        """Return the data folder of a laptop."""
        return self._homes / f"laptop-{number}"

    async def hold(self, tokens: list[str], own: list[tuple[Work, ...]]) -> None:
        lesson = self._lesson
        self._context = multiprocessing.get_context("forkserver")
        # What each laptop's process would import is there when it is forked off.
        self._context.set_forkserver_preload([__name__, "foretrace_telemetry.sending.pushing"])
        way = Way(lesson.faulty_share, self._chance, lambda token: _disturb(self._seats[token]))
        listening = await way.open()
        address = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        begins = time.monotonic() + 1 + len(tokens) / 50
        for number, (token, work) in enumerate(zip(tokens, own, strict=True)):
            self._join(number, address, token)
            first = begins + self._chance.uniform(0, min(_SPREAD_SECONDS, lesson.seconds / 4))
            until = begins + _SPREAD_SECONDS + lesson.seconds + _REST_SECONDS
            hurry = min(1.0, lesson.seconds / _WITHOUT_HURRY_SECONDS)
            plan = Plan(self.folder_of(number), work, first, GAP_SECONDS, until, hurry)
            self._seats[token] = _Seat(number, plan)
        with ExitStack() as stack:
            server = stack.enter_context(self._served())
            way.port = server.port
            lesson.usage.follow(server.process.pid)
            for seat in self._seats.values():
                await self._start(seat)
            self._tell(f"{len(tokens)} laptops are there")
            going = asyncio.create_task(self._fail_all(way, server, stack, begins))
            watching = asyncio.create_task(self._watch(begins))
            server = await going
            await self._wait_for_all()
            lesson.rest_seconds = time.monotonic() - begins - lesson.seconds
            watching.cancel()
            await way.settled()
            listening.close()
            lesson.usage.look()
            await asyncio.to_thread(server.stop)
        lesson.requests = way.requests
        lesson.faults = {
            fault.value: number for fault, number in sorted(way.faults.items(), key=str)
        }

    def _join(self, number: int, address: str, token: str) -> None:
        home = Home(self.folder_of(number))
        now = datetime.now(timezone.utc)
        grant(home, [Scope.INSTRUCTOR], Content.FULL, "simulated", now)
        now_wall_us = time.time_ns() // 1000
        courses.join(home, courses.Course(address, self._course.name, token, now_wall_us))

    def _served(self) -> Any:
        return served(self._course, "--log-file", str(self._log))

    async def _fail_all(self, way: Way, server: Served, stack: ExitStack, begins: float) -> Served:
        """Let the course fail when its time has come; return what serves it at the end."""
        seconds = self._lesson.seconds
        await _until(begins + _SERVER_KILLED_AT * seconds)
        way.port = None
        self._lesson.usage.look()
        server.kill()
        self._lesson.server_kills += 1
        self._tell("the server was killed")
        self._disturb_all()
        await asyncio.sleep(min(_SERVER_AWAY_SECONDS, seconds / 10))
        server = await asyncio.to_thread(stack.enter_context, self._served())
        self._lesson.usage.follow(server.process.pid)
        way.port = server.port
        self._disturb_all()
        await _until(begins + _DISK_FULL_AT * seconds)
        if self._disk is not None:
            started = time.monotonic()
            filler = await asyncio.to_thread(self._disk.fill)
            self._tell("the disk is full")
            while time.monotonic() < started + _DISK_FULL_SHARE * seconds:
                self._disturb_all()
                await asyncio.sleep(0.1)
            filler.unlink()
            self._lesson.full_seconds = time.monotonic() - started
            self._disturb_all()
            self._tell("the disk has room again")
        await _until(begins + seconds)
        way.share = 0.0
        self._is_over = True
        self._tell("what is left is sent")
        return server

    async def _wait_for_all(self) -> None:
        """Wait until all laptops are done; those that give up and never say so count as unsent."""
        try:
            await asyncio.wait_for(self._all_done.wait(), _SPREAD_SECONDS + 2 * _REST_SECONDS)
        except asyncio.TimeoutError:
            self._lesson.unsent += sum(not each.is_done for each in self._seats.values())
        await asyncio.gather(*self._restarts)

    def _disturb_all(self) -> None:
        for seat in self._seats.values():
            _disturb(seat)

    async def _start(self, seat: _Seat) -> None:
        told, teller = self._context.Pipe(duplex=False)
        seat.process = self._context.Process(target=live, args=(seat.plan, teller), daemon=True)
        async with self._starting:
            await asyncio.to_thread(seat.process.start)
        teller.close()
        seat.told = told
        asyncio.get_running_loop().add_reader(told.fileno(), self._hear, seat, told)

    def _hear(self, seat: _Seat, told: Connection) -> None:
        try:
            while told.poll():
                self._heard(seat, told.recv())
        except (EOFError, OSError):
            asyncio.get_running_loop().remove_reader(told.fileno())
            told.close()
            if not seat.is_done and seat.told is told:
                self._restart(seat)

    def _heard(self, seat: _Seat, told: Begun | Ended | Done) -> None:
        if isinstance(told, Begun):
            seat.begun += 1
            seat.in_round = seat.is_quiet = True
            self._perhaps_kill(seat)
        elif isinstance(told, Ended):
            seat.in_round = False
            self._lesson.refused += told.refused
            if told.segments or told.troubled or told.refused:
                quiet = seat.is_quiet and not told.troubled
                self._lesson.rounds.append(
                    Round(told.seconds, told.segments, told.events, told.troubled, quiet)
                )
                self._spans.append(told.seconds)
        else:
            seat.is_done = True
            self._lesson.unsent += not told.is_sent
            self._lesson.lost += told.lost
            self._lesson.laptops_cpu_seconds += told.cpu_seconds
            if all(each.is_done for each in self._seats.values()):
                self._all_done.set()

    def _perhaps_kill(self, seat: _Seat) -> None:
        """Have the laptop die within this round, at a moment of chance, if it is time for one."""
        killed = self._lesson.kills + self._kills_on_their_way
        if self._is_over or killed >= self._lesson.killed_share * (self._lesson.pushes + 1):
            return
        self._kills_on_their_way += 1
        delay = self._chance.uniform(0, 2 * statistics.median(self._spans))
        asyncio.get_running_loop().call_later(delay, self._kill, seat, seat.begun)

    def _kill(self, seat: _Seat, begun: int) -> None:
        self._kills_on_their_way -= 1
        if seat.in_round and seat.begun == begun and not seat.is_done:
            seat.in_round = False
            seat.process.kill()
            self._lesson.kills += 1

    def _restart(self, seat: _Seat) -> None:
        async def restart() -> None:
            await asyncio.to_thread(seat.process.join)
            await asyncio.sleep(self._chance.uniform(0, 1))
            await self._start(seat)

        task = asyncio.create_task(restart())
        self._restarts.add(task)
        task.add_done_callback(self._restarts.discard)

    async def _watch(self, begins: float) -> None:
        tells = begins
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            self._lesson.usage.look()
            if time.monotonic() >= tells:
                tells = time.monotonic() + _TELL_SECONDS
                events = sum(each.events for each in self._lesson.rounds)
                done = sum(each.is_done for each in self._seats.values())
                self._tell(
                    f"{time.monotonic() - begins:.0f} s: {len(self._lesson.rounds)} rounds, "
                    f"{events} events, {self._lesson.kills} killed, {done} laptops done"
                )


def _disturb(seat: _Seat) -> None:
    seat.is_quiet = False


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - time.monotonic()))


def _bytes_of(home: Home) -> int:
    return sum(path.stat().st_size for path in home.path.glob("traces.db*"))
