"""The keeper: the one thread that writes what a course is sent, reads it, and erases it.

Nothing comes between looking and writing: not in this thread, which does one thing after the other,
nor in another process, for both are one transaction. Segments that wait are written in one, so that
the disk is waited for once. Each is on the disk before its sender is told so, or nothing of it is.
What is forgotten is gone from the tables at once, and from the bytes of the files when these are
scoured next.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import takewhile
from queue import SimpleQueue
from typing import Any, TypeVar

from attrs import asdict, filters, frozen

from foretrace_models.repair.class_help import encoded
from foretrace_server.collect.course import SOURCE, Course
from foretrace_server.collect.enrolment import Enrolments
from foretrace_server.collect.forgetting import Forgotten, forget_here
from foretrace_server.collect.helping import offered_in
from foretrace_server.collect.looks import Look, Looks
from foretrace_server.collect.receipts import erased_of
from foretrace_server.collect.receiving import Refusal, following
from foretrace_server.collect.scouring import Scouring
from foretrace_telemetry.erase import Selection, forget, is_scoured
from foretrace_telemetry.events import Recorded
from foretrace_telemetry.exchange.forgetting import Forgetting
from foretrace_telemetry.exchange.segments import SegmentSession, last_of
from foretrace_telemetry.rewrite import drop_unused, is_to_be_scoured
from foretrace_telemetry.session_writer import UnwritableEventError
from foretrace_telemetry.store import NoTracesError, SessionInfo, Store
from foretrace_telemetry.transaction import writing

log = logging.getLogger(__name__)

WITHDRAWN = "withdrawn"
_MOST_WAITING = 200
_MOST_TOGETHER = 50
_BUSY_SECONDS = 5.0
_but_the_sessions = filters.exclude("sessions")
_Answer = TypeVar("_Answer")


class BusyError(Exception):
    """So much waits to be written that no more is taken."""


class WithdrawnError(Exception):
    """Somebody withdrew: nothing of theirs is taken."""


@frozen
class _Segment:
    """A segment that waits to be written, and its answer to be."""

    answer: Future[int | Refusal]
    subject: str
    session: SegmentSession
    events: Sequence[Recorded]


@frozen
class Withdrawal:
    """The receipt of a withdrawal: what was erased, and what was made of it before.

    `derived` went with it; `exports` are out of reach. Where it is not `complete`, old bytes stay
    until another program has read to its end, or the disk has room.
    """

    sessions: int
    events: int
    documents: int
    derived: tuple[str, ...]
    exports: tuple[dict[str, Any], ...]
    complete: bool

    def for_the_subject(self) -> dict[str, Any]:
        """Return what the subject is told: all but where the exports of the instructor lie."""
        exports = [
            {name: value for name, value in export.items() if name != "path"}
            for export in self.exports
        ]
        return {**asdict(self), "exports": exports}


class Keeper:
    """Keeps a course's events. Each call returns at once with what will be the answer."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._enrolments = Enrolments(course)
        self._looks = Looks(course)
        self._thread = ThreadPoolExecutor(1, "foretrace-keeper")
        self._waiting = threading.BoundedSemaphore(_MOST_WAITING)
        self._segments: SimpleQueue[_Segment] = SimpleQueue()
        self._store: Store | None = None
        self._scouring = Scouring()
        self._timer: threading.Timer | None = None

    def begin(self) -> Future[None]:
        """Open the store, and finish what was begun to be erased.

        Raises, as all of these do in time:
            OSError: the folder or a file cannot be made.
            sqlite3.Error: the store cannot be read or written.
        """
        return self._asked(self._begin)

    def keep(
        self, subject: str, session: SegmentSession, events: Sequence[Recorded]
    ) -> Future[int | Refusal]:
        """Write those events of a segment that are new; answer the last that is here then.

        Raises:
            BusyError: too much waits already. This one at once, of all of these.
            WithdrawnError: the subject withdrew. This one in time.
        """
        answer: Future[int | Refusal] = Future()
        self._hold_place(answer)
        self._segments.put(_Segment(answer, subject, session, events))
        self._thread.submit(self._keep_all)
        return answer

    def sessions(self, subject: str) -> Future[dict[str, int]]:
        """Answer the sessions of a subject by the names that the laptop has, and their last."""
        return self._asked(self._sessions, subject)

    def help(self, subject: str) -> Future[bytes]:
        """Answer what is offered to the class, as a file of class help.

        Raises:
            WithdrawnError: the subject withdrew. This one in time.
        """
        return self._asked(self._help, subject)

    def withdraw(self, subject: str) -> Future[Withdrawal]:
        """Take nothing more of a subject, erase what is here, and answer the receipt."""
        return self._asked(self._withdraw, subject)

    def look(self, looks: Sequence[Look]) -> Future[None]:
        """Note that students are looked at, of those who did not withdraw.

        Raises:
            WithdrawnError: all of them did. This one in time.
        """
        return self._asked(self._look, looks)

    def forget(self, subject: str, forgetting: Forgetting) -> Future[Forgotten]:
        """Forget what a subject forgot of a session of their own, and answer the receipt."""
        return self._asked(self._forget, subject, forgetting)

    def close(self) -> None:
        """Do what was asked for, leave nothing that was forgotten, and close the store."""
        self._thread.submit(self._end)
        self._thread.shutdown()

    def _asked(self, call: Callable[..., _Answer], *arguments: Any) -> Future[_Answer]:
        answer: Future[_Answer] = Future()
        self._hold_place(answer)

        def work() -> None:
            if not answer.set_running_or_notify_cancel():
                return
            try:
                answer.set_result(call(*arguments))
            except BaseException as error:
                answer.set_exception(error)

        self._thread.submit(work)
        return answer

    def _hold_place(self, answer: Future[Any]) -> None:
        """Take one of the places of those who wait, until there is an answer."""
        if not self._waiting.acquire(blocking=False):
            raise BusyError
        answer.add_done_callback(lambda _: self._waiting.release())

    def _begin(self) -> None:
        for subject in self._enrolments.withdrawn():
            self._erase(subject)
        self._scour()

    def _keep_all(self) -> None:
        """Write the segments that wait, together; where that fails, each by itself."""
        waiting: list[_Segment] = []
        while len(waiting) < _MOST_TOGETHER and not self._segments.empty():
            segment = self._segments.get()
            if segment.answer.set_running_or_notify_cancel():
                waiting.append(segment)
        if len(waiting) > 1 and self._keep_together(waiting):
            return
        for segment in waiting:
            self._keep_together([segment])

    def _keep_together(self, segments: list[_Segment]) -> bool:
        """Write segments in one transaction and answer them; False where that is to be done singly.

        What is wrong with one of them is its own answer; what the store cannot do concerns all.
        """
        answers: list[int | Refusal | Exception] = []
        try:
            store = self._opened()
            with writing(store.db):
                for each in segments:
                    try:
                        with writing(store.db):
                            answers.append(self._keep(store, each))
                    except (WithdrawnError, UnwritableEventError) as error:
                        answers.append(error)
        except Exception as error:
            if len(segments) > 1:
                return False
            answers = [error]
        for each, found in zip(segments, answers, strict=True):
            if isinstance(found, Exception):
                each.answer.set_exception(found)
            else:
                each.answer.set_result(found)
        if self._store is not None:
            with contextlib.suppress(sqlite3.Error):  # who sent something was answered already
                self._scour_later(self._store)
        return True

    def _keep(self, store: Store, segment: _Segment) -> int | Refusal:
        subject, session, events = segment.subject, segment.session, segment.events
        name = _name_here(session.name, subject)
        if self._enrolments.has_withdrawn(subject):
            raise WithdrawnError
        try:
            writer = store.continue_session(name)
        except NoTracesError:
            writer = None
        through = writer.last_sequence if writer else 0
        # All at once, as a reading that is not at its end would stand in the way of writing.
        kept = list(_between(store, name, events)) if through else []
        new = following(events, through, kept)
        if isinstance(new, Refusal):
            return new
        if new:
            if writer is None:
                info = SessionInfo(
                    name,
                    session.started_wall_us,
                    session.foretrace_version,
                    session.editor,
                    subject,
                    SOURCE,
                )
                writer = store.begin_session(info)
            writer.append_whole(new)
        return writer.last_sequence if writer else 0

    def _sessions(self, subject: str) -> dict[str, int]:
        lasts = self._opened().last_sequences(subject)
        return {name.removesuffix(f"-{subject}"): last for name, last in lasts.items()}

    def _help(self, subject: str) -> bytes:
        if self._enrolments.has_withdrawn(subject):
            raise WithdrawnError
        return encoded(offered_in(self._opened().db))

    def _withdraw(self, subject: str) -> Withdrawal:
        self._enrolments.withdraw(subject)
        erased = self._erase(subject)
        if not erased.complete:  # nobody may ask again
            self._scour_later(self._opened())
        return erased

    def _erase(self, subject: str) -> Withdrawal:
        store = self._opened()
        sessions = frozenset(store.last_sequences(subject))
        if _has_content(store, subject):
            # Later texts of the documents' names are those of others: all of this subject's go.
            forget(self._course.home, Selection(sessions, and_later_texts=False), WITHDRAWN)
            log.info("what was collected of %s was erased", subject)
        elif is_to_be_scoured(store.db):
            self._scour()
        # Last: where these cannot be written, the work is gone all the same, and it is tried again.
        self._looks.forget(subject)
        erased = erased_of(store.db, WITHDRAWN, sessions)
        return Withdrawal(
            len(sessions),
            erased.events,
            erased.documents,
            erased.derived,
            tuple(asdict(each, filter=_but_the_sessions) for each in erased.exports),
            not is_to_be_scoured(store.db),
        )

    def _look(self, looks: Sequence[Look]) -> None:
        withdrawn = set(self._enrolments.withdrawn())
        kept = [look for look in looks if look.subject not in withdrawn]
        if not kept:
            raise WithdrawnError
        self._looks.note(kept)
        # Another process may have erased somebody just now.
        for subject in {look.subject for look in kept}.intersection(self._enrolments.withdrawn()):
            self._looks.forget(subject)

    def _forget(self, subject: str, forgetting: Forgetting) -> Forgotten:
        store, name = self._opened(), _name_here(forgetting.session, subject)
        forgotten = forget_here(store, self._course.home.key(), name, forgetting)
        self._scour_later(store)
        return forgotten

    def _scour_later(self, store: Store) -> None:
        """Have the files be scoured when it is time to, if they are to be."""
        if self._timer is None and is_to_be_scoured(store.db):
            wait_seconds = self._scouring.wait_seconds(time.monotonic())
            self._timer = threading.Timer(wait_seconds, self._scour_now)
            self._timer.daemon = True
            self._timer.start()

    def _scour_now(self) -> None:
        with contextlib.suppress(RuntimeError):  # it was closed in between
            self._thread.submit(self._scour)

    def _scour(self) -> None:
        """Leave nothing in the bytes of what was forgotten, if anything was."""
        self._timer = None
        if not self._course.home.traces.exists():
            return
        store = self._opened()
        if not is_to_be_scoured(store.db):
            return
        began = time.monotonic()
        # SQLite would go through all events for each name of a document that goes.
        store.db.execute("PRAGMA foreign_keys = OFF")
        try:
            with writing(store.db):
                drop_unused(store.db)
            is_scoured(store)
        except sqlite3.Error as error:  # the disk is full, say: it is tried again
            log.error("the files cannot be scoured now (%s)", type(error).__name__)
        store.db.execute("PRAGMA foreign_keys = ON")
        self._scouring.done(began, time.monotonic())
        self._scour_later(store)

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        try:
            self._scour()
        finally:
            self._close()
            if self._timer is not None:  # it was tried in vain: the next start tries again
                self._timer.cancel()

    def _opened(self) -> Store:
        if self._store is not None and not self._store.is_in_place():
            self._close()
        if self._store is None:
            self._store = Store.create(self._course.home, _BUSY_SECONDS)
        return self._store

    def _close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None


def _name_here(session: str, subject: str) -> str:
    """Return the name of a session in the course: two laptops may have the same."""
    return f"{session}-{subject}"


def _between(store: Store, name: str, events: Sequence[Recorded]) -> Iterator[Recorded]:
    """Iterate over what is here of the numbers that these events have."""
    first, last = events[0].sequence, last_of(events[-1])
    return takewhile(lambda each: each.sequence <= last, store.events(name, first=first))


def _has_content(store: Store, subject: str) -> bool:
    found = store.db.execute(
        "SELECT 1 FROM events JOIN sessions ON sessions.id = events.session "
        "WHERE subject = ? AND kind != 'erased' LIMIT 1",
        [subject],
    )
    return found.fetchone() is not None
