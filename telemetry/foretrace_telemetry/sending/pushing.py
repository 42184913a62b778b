"""Pushing: what waits goes to each course that was joined, a segment at a time, in order.

Before each segment consent is read anew, and once more when it was made; what cannot be read allows
nothing. One process pushes at a time. A segment is noted once the course has acknowledged it, and a
course that gets one twice says that it has it: whatever dies in between, nothing is lost, and
nothing stands there twice. What was forgotten here a course hears first, whatever it may see now:
that takes nothing but away.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from datetime import datetime, timezone
from typing import Any, NoReturn

from attrs import define, evolve, field, frozen

from foretrace_telemetry.consent import Scope, read_consent
from foretrace_telemetry.coverage import Coverage
from foretrace_telemetry.events import Recorded
from foretrace_telemetry.exchange import forgetting
from foretrace_telemetry.exchange.forgetting import Forgetting, lost_of
from foretrace_telemetry.exchange.segments import Segment, SegmentSession, encode, last_of
from foretrace_telemetry.home import Home
from foretrace_telemetry.identity import Identity
from foretrace_telemetry.locking import HeldError, holding
from foretrace_telemetry.sending.calling import (
    Answer,
    Line,
    Meaning,
    SendingForbiddenError,
    UnreachableError,
    meaning_of,
)
from foretrace_telemetry.sending.courses import Course, heard, read_courses
from foretrace_telemetry.sending.cutting import SIZE, Cutter, Size, bounded
from foretrace_telemetry.sending.fetching import Fetching
from foretrace_telemetry.sending.outbox import Outbox, Run
from foretrace_telemetry.sending.untold import Untold, is_receipt
from foretrace_telemetry.session_writer import newest_erasure
from foretrace_telemetry.store import Store
from foretrace_telemetry.transaction import writing

SEGMENTS, SESSIONS, FORGET, WITHDRAW, COURSE, HELP = (
    "/v1/segments",
    "/v1/sessions",
    "/v1/forget",
    "/v1/withdraw",
    "/v1/course",
    "/v1/help",
)
_HEADERS = {
    SEGMENTS: {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"},
    FORGET: {"Content-Type": "application/json"},
}
# So answers a course of a version that knows of no forgetting.
_UNKNOWN = (404, 405)
_TIMEOUT_SECONDS = 30.0
_LEAST_TIMEOUT_SECONDS = 0.1
# Cutters follow the texts of sessions that go on; those of sessions that ended need not be kept.
_MOST_CUTTERS = 8


class BusyError(Exception):
    """Another process is pushing."""


@define
class Pushed:
    """What a round came to. `troubles` says of each course, by its address, why it got no more.

    `forgotten` counts the sessions of which courses forgot what was forgotten here.
    """

    segments: int = 0
    events: int = 0
    refused: int = 0
    forgotten: int = 0
    troubles: dict[str, str] = field(factory=dict)


@frozen
class Terms:
    """Under which terms a round goes.

    Events are sent that happened before `settled_wall_us`, all of them where it is None. A course
    that is left alone for a while is asked all the same with `at_once`, and offered once more what
    it refused. No answer is waited for after `deadline`, by the monotonic clock. Another process
    that is pushing is waited for with patience.
    """

    settled_wall_us: int | None = None
    at_once: bool = False
    deadline: float | None = None
    patience_seconds: float = 0.0
    size: Size = SIZE


class _StopError(Exception):
    """The course gets no more in this round, for the reason that it carries."""


def may_send(home: Home) -> Coverage | None:
    """Return what may be sent now, None where nothing may: consent is read anew.

    Raises:
        OSError: the log of decisions cannot be read.
    """
    holds = read_consent(home, datetime.now(timezone.utc))
    if holds.content is None or holds.paused or Scope.INSTRUCTOR not in holds.scopes:
        return None
    return Coverage(home.consent_log.read_bytes().splitlines(keepends=True), Scope.INSTRUCTOR)


class Pusher:
    """Pushes for one process, round after round."""

    def __init__(self, home: Home, allowed: Callable[[], bool] = lambda: True) -> None:
        """`allowed` is asked before each request; nothing is sent once it says no."""
        self._home = home
        self._allowed = allowed
        self._cutters: dict[tuple[str, str], Cutter] = {}
        self._greeted: set[str] = set()
        self._lines: dict[Course, Line] = {}
        self.fetching = Fetching(home)

    def push(self, terms: Terms) -> Pushed:
        """Send what waits, and tell courses that were left; return what that came to.

        Raises:
            BusyError: another process is pushing.
            CoursesUnreadableError: nobody knows where to.
            OSError: the data folder cannot be read or written.
            sqlite3.Error: the store cannot be read or written.
        """
        pushed = Pushed()
        courses = [each for each in read_courses(self._home) if each.is_joined or each.is_to_hear]
        if not self._home.traces.exists():  # nothing was ever sent, and nothing waits
            courses = [each for each in courses if each.is_to_hear]
        if not courses:
            return pushed
        try:
            with (
                holding(self._home.path / "sending.lock", terms.patience_seconds),
                closing(Store.create(self._home)) as store,
            ):
                for course in courses:
                    _Round(self, self._home, store, course, terms, pushed).go()
        except HeldError as error:
            raise BusyError("another program is sending just now") from error
        return pushed

    def allowed(self) -> bool:
        """Return whether requests may be made."""
        return self._allowed()

    def line(self, course: Course) -> Line:
        """Return the way to a course, made once: it reads all certificates that are trusted."""
        if (line := self._lines.get(course)) is None:
            line = self._lines[course] = Line(course.address, course.token)
        return line

    def is_greeted(self, course: str) -> bool:
        """Return whether a course told this process before what it has."""
        return course in self._greeted

    def greet(self, course: str) -> None:
        """Note that a course told what it has."""
        self._greeted.add(course)

    def cutter(self, store: Store, course: str, session: str, runs: list[Run]) -> Cutter:
        """Return what cuts on where the course's answers end."""
        through = runs[-1].last if runs else 0
        cutter = self._cutters.pop((course, session), None)
        if cutter is None or cutter.through != through:
            cutter = Cutter(course, Identity.of_this_machine(self._home.key()))
            for run in runs:
                cutter.cut(_events(store, session, run.first - 1, run.last), run.since_wall_us)
                cutter.through = run.last
        # The one that was used last stands last.
        self._cutters[course, session] = cutter
        while len(self._cutters) > _MOST_CUTTERS:
            del self._cutters[next(iter(self._cutters))]
        return cutter

    def drop_cutter(self, course: str, session: str) -> None:
        """Have a session be cut anew from its beginning."""
        self._cutters.pop((course, session), None)


class _Round:
    """One course in one round."""

    def __init__(
        self,
        pusher: Pusher,
        home: Home,
        store: Store,
        course: Course,
        terms: Terms,
        pushed: Pushed,
    ) -> None:
        self._pusher = pusher
        self._home = home
        self._store = store
        self._course = course
        self._terms = terms
        self._pushed = pushed
        self._outbox = Outbox(store.db, course.address)
        self._untold = Untold(store.db, course.address)

    def go(self) -> None:
        """Send what waits for the course, or tell it that it was left."""
        trouble = self._outbox.trouble()
        if trouble is not None and not self._terms.at_once and trouble.keeps_off(_now_wall_us()):
            self._pushed.troubles[self._course.address] = trouble.reason
            return
        try:
            if self._course.is_to_hear:
                self._withdraw()
            else:
                self._have_forgotten()
                self._send()
        except SendingForbiddenError as error:
            # The course has no trouble, so it is not left alone for a while.
            self._pushed.troubles[self._course.address] = str(error)
        except UnreachableError as error:
            self._fail(str(error))
        except _StopError as error:
            self._pushed.troubles[self._course.address] = str(error)

    def _withdraw(self) -> None:
        answer = self._ask("POST", WITHDRAW, b"")
        if answer.status != 200:
            self._fail(answer.reason, answer.retry_after_seconds)
            return
        if answer.value.get("complete") is False:
            self._fail("it erased what it had, but not yet from the bytes of its files")
            return
        self._outbox.drop()
        heard(self._home, self._course.address, dict(answer.value))

    def _have_forgotten(self) -> None:
        """Tell the course what was forgotten here; it is told again until its files are scoured."""
        for each in self._untold.all():
            receipt: dict[str, Any] = {}
            complete = True
            for part in each.parts():
                answer = self._ask("POST", FORGET, forgetting.encode(part))
                if answer.status in _UNKNOWN or meaning_of(answer) is Meaning.REFUSED:
                    # That is no reason to send it nothing more.
                    self._pushed.troubles[self._course.address] = (
                        f"it cannot be told what you forgot here: {answer.reason}"
                    )
                    return
                if answer.status != 200:
                    self._stop(answer)
                receipt = dict(answer.value)
                complete = complete and receipt.get("complete") is True
            if not is_receipt(receipt):
                self._pushed.troubles[self._course.address] = (
                    "it does not say in a way that is known what it forgot"
                )
            elif complete:
                self._untold.heard(each, receipt)
                self._pushed.forgotten += 1

    def _note_forgotten(self, lost: Forgetting) -> None:
        if lost:
            with writing(self._store.db):
                self._untold.note(lost)

    def _send(self) -> None:
        if self._terms.at_once:
            self._outbox.offer_again()
        coverage = self._coverage()
        since_wall_us = self._since(coverage)
        waiting = list(self._outbox.waiting(since_wall_us))
        if waiting and not self._pusher.is_greeted(self._course.address):
            self._greet(since_wall_us)
        for each in waiting:
            self._send_session(each.session)
        if waiting:
            self._outbox.succeed()
        self._fetch_help()

    def _fetch_help(self) -> None:
        """Learn from time to time what the class offers as help; not while the editor closes."""
        fetching, address = self._pusher.fetching, self._course.address
        if self._terms.deadline is None and fetching.is_due(address):
            try:
                answer = self._ask("GET", HELP, headers=fetching.headers(address))
            except UnreachableError as error:
                fetching.fail(address, str(error))
            else:
                fetching.take(address, answer)

    def _greet(self, since_wall_us: int) -> None:
        """Learn what the course has: a process may have died before it noted an answer."""
        answer = self._ask("GET", SESSIONS)
        sessions = answer.value.get("sessions")
        if answer.status != 200 or not isinstance(sessions, dict):
            self._stop(answer)
        own = self._store.own_names()
        for session, through in sessions.items():
            if session in own and type(through) is int and through >= 0:
                runs = self._outbox.runs(session)
                had = runs[-1].last if runs else 0
                if through > had:  # what was forgotten since is told, for it left before
                    arrived = _events(self._store, session, had, through)
                    self._note_forgotten(lost_of(session, arrived, through))
                self._outbox.resume(session, through, since_wall_us, _now_wall_us())
        self._pusher.greet(self._course.address)

    def _send_session(self, session: str) -> None:
        """Send what is settled of a session, unless the course refused something before it."""
        resumed = False
        while True:
            runs = self._outbox.runs(session)
            if runs and runs[-1].refusal is not None:
                return
            coverage = self._coverage()
            since_wall_us = self._since(coverage)
            cutter = self._pusher.cutter(self._store, self._course.address, session, runs)
            erasure = newest_erasure(self._store.db)
            events = _events(self._store, session, cutter.through, None, self._terms.size)
            count = bounded(events, self._terms.settled_wall_us, self._terms.size)
            first = cutter.through + 1
            left = cutter.cut(events[:count], since_wall_us, coverage)
            if not left:
                return
            run = Run(first, cutter.through, since_wall_us)
            consent = _decoded(coverage.lines)
            segment = Segment(self._info(session), run.first, run.last, consent, tuple(left))
            if self._coverage().lines != coverage.lines:  # something was decided meanwhile
                self._pusher.drop_cutter(self._course.address, session)
                continue
            answer = self._offer(session, encode(segment))
            if meaning_of(answer) is Meaning.TAKEN and answer.value["through"] >= run.last:
                self._acknowledge(session, run, erasure)
            else:
                again = self._take_refusal(segment, run, answer, resumed)
                resumed = resumed or again

    def _offer(self, session: str, segment: bytes) -> Answer:
        try:
            return self._ask("POST", SEGMENTS, segment)
        except UnreachableError:
            # Whether the course has it, it will tell; the cutter is past it.
            self._pusher.drop_cutter(self._course.address, session)
            raise

    def _acknowledge(self, session: str, run: Run, erasure: int) -> None:
        """Note that the course has a run; `erasure` was the newest one when it was read."""
        with writing(self._store.db):
            self._outbox.acknowledge(session, run, _now_wall_us())
            if newest_erasure(self._store.db) != erasure:
                # While it was on its way nobody knew that the course is to hear of it.
                events = _events(self._store, session, run.first - 1, run.last)
                if lost := lost_of(session, events, run.last):
                    self._untold.note(lost)
        self._pushed.segments += 1
        self._pushed.events += run.last - run.first + 1

    def _take_refusal(self, segment: Segment, run: Run, answer: Answer, resumed: bool) -> bool:
        """Note that the course did not take a run; return whether to try it once more."""
        session = segment.session.name
        meaning, now_wall_us = meaning_of(answer), _now_wall_us()
        self._pusher.drop_cutter(self._course.address, session)
        if meaning is Meaning.GAP and not resumed:
            through = answer.value["through"]
            self._outbox.resume(session, through, run.since_wall_us, now_wall_us)
            return True
        if meaning is Meaning.DIFFERS and not resumed:
            # It came before, its answer did not, and something of it was forgotten in between.
            lost = lost_of(session, segment.events, answer.value["through"])
            if lost:
                self._note_forgotten(lost)
                self._have_forgotten()
                return True
        if meaning not in (Meaning.REFUSED, Meaning.GAP, Meaning.DIFFERS):
            self._stop(answer)
        self._outbox.refuse(session, evolve(run, refusal=answer.reason), now_wall_us)
        self._pushed.refused += 1
        return False

    def _info(self, session: str) -> SegmentSession:
        (row,) = self._store.db.query(
            "SELECT name, started_wall_us, foretrace_version, editor, schema_version "
            "FROM sessions WHERE name = ?",
            [session],
        )
        return SegmentSession(**row)

    def _coverage(self) -> Coverage:
        coverage = may_send(self._home)
        if coverage is None:
            raise _StopError("you do not allow it now: see `foretrace consent show`")
        return coverage

    def _since(self, coverage: Coverage) -> int:
        begins_wall_us = coverage.begins_wall_us
        if begins_wall_us is None:
            raise _StopError("no permission covers it: see `foretrace consent show`")
        return max(begins_wall_us, self._course.joined_wall_us)

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        if not self._pusher.allowed():
            raise _StopError("the editor forbids sending, or is closing")
        timeout_seconds = _TIMEOUT_SECONDS
        if self._terms.deadline is not None:
            timeout_seconds = min(timeout_seconds, self._terms.deadline - time.monotonic())
            if timeout_seconds < _LEAST_TIMEOUT_SECONDS:
                raise _StopError("there was no time for more")
        line = self._pusher.line(self._course)
        every = {**_HEADERS.get(path, {}), **(headers or {})}
        return line.ask(method, path, timeout_seconds, body, every)

    def _stop(self, answer: Answer) -> NoReturn:
        reason = answer.reason
        if answer.status == 401:
            reason = "the course does not know your token; join again with a new one"
        elif meaning_of(answer) is Meaning.WITHDRAWN:
            reason = "the course takes nothing more from you: you were taken out, or left it"
        self._fail(reason, answer.retry_after_seconds)
        raise _StopError(reason)

    def _fail(self, reason: str, asked_seconds: float | None = None) -> None:
        self._pushed.troubles[self._course.address] = reason
        self._outbox.fail(reason, asked_seconds, _now_wall_us())


def _events(
    store: Store, session: str, through: int, last: int | None, size: Size | None = None
) -> list[Recorded]:
    """Return what was recorded after the event `through`, up to `last` if there is one.

    All at once: a reading that is not at its end would keep others from scouring the files.
    """
    most = None if size is None else size.most_events + 1
    found = store.events(session, first=through + 1, most=most)
    return [
        each
        for each in found
        if last_of(each) > through and (last is None or each.sequence <= last)
    ]


def _decoded(lines: Iterable[bytes]) -> tuple[str, ...]:
    """Return the lines of a log of decisions as they travel, each without its end."""
    raw = b"".join(lines).splitlines()
    return tuple(line.decode("utf-8", "surrogateescape") for line in raw)


def _now_wall_us() -> int:
    return time.time_ns() // 1000
