"""The single writer: a queue of events, and the thread that commits them to the store.

Events are committed at most 200 ms after they happened. When the disk is full or the file cannot
be written they wait in memory and are tried again; a damaged database is set aside, and where it is
damaged or was removed a new one is begun. Consent is asked once more before each commit.

Secrets are taken out of them before that, and out of earlier ones of which they make a secret.

Where events are lost, later edits do not follow on from what is kept: they are dropped until the
text of their document was stated anew, which `on_lost` is to see to.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import queue
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Sequence

from attrs import define, evolve, field

from foretrace_telemetry.clock import system_clock
from foretrace_telemetry.consent import Content
from foretrace_telemetry.digest import pseudonym_of
from foretrace_telemetry.erase import erasures_after
from foretrace_telemetry.events import (
    Closed,
    Edited,
    Event,
    Opened,
    Resynced,
    Saved,
    withhold,
)
from foretrace_telemetry.gate import Gate
from foretrace_telemetry.home import Home
from foretrace_telemetry.retention import expire
from foretrace_telemetry.scrub import Kept
from foretrace_telemetry.scrubbing import Scrubbing
from foretrace_telemetry.session_writer import ForgottenError, SessionWriter, newest_erasure
from foretrace_telemetry.store import SessionInfo, Store

log = logging.getLogger(__name__)

# What happens now is in the database this much later, the commit included. It leaves some time of
# the 200 ms to a machine that is busy.
_COMMITTED_WITHIN_SECONDS = 0.1
_LARGEST_BATCH = 4096
_RETRY_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_DAY_SECONDS = 24 * 3600.0
_MOST_WAITING = 200_000


@define
class WriterStatus:
    """How the writer fares. `trouble` is in words, and None when all is well."""

    session: str
    committed: int = 0
    waiting: int = 0
    trouble: str | None = None
    lost: int = 0
    last_commit_wall_us: int | None = None


@define
class _Flush:
    done: threading.Event = field(factory=threading.Event)


class Writer:
    """Takes events from the editor's thread and writes them from its own.

    Nothing is made on disk, and the thread is not started, before the first event.
    """

    def __init__(
        self, home: Home, gate: Gate, info: SessionInfo, on_lost: Callable[[str], None]
    ) -> None:
        self.status = WriterStatus(info.name)
        self._home = home
        self._gate = gate
        self._info = info
        self._on_lost = on_lost
        self._queue: queue.SimpleQueue[Kept | _Flush | None] = queue.SimpleQueue()
        self._waiting: list[Kept] = []
        # What was not looked through for secrets yet.
        self._new: list[Kept] = []
        self._scrubbing = Scrubbing(home)
        self._blind = False
        # The documents, by what is kept of them, whose text was stated and not lost since.
        self._stated: set[tuple[str | None, Content]] = set()
        self._store: Store | None = None
        self._session: SessionWriter | None = None
        self._begun = 0
        self._last_erasure: int | None = None
        self._expires_at = 0.0
        self._commit_seconds = 0.0
        self._thread: threading.Thread | None = None
        self._closed = False

    def put(self, event: Event, content: Content) -> None:
        """Queue an event with the content that consent covers. Never blocks.

        Nothing is taken any more once the writer was closed.
        """
        if self._closed:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="foretrace-writer", daemon=True)
            self._thread.start()
        self._queue.put((event, content))

    def flush(self, timeout_seconds: float = 5.0) -> bool:
        """Wait until what was put so far is committed; False if it could not be in time."""
        if self._thread is None:
            return True
        flush = _Flush()
        self._queue.put(flush)
        return flush.done.wait(timeout_seconds) and not self._waiting

    def close(self, timeout_seconds: float = 5.0) -> None:
        """Commit what is left and end the thread."""
        self._closed = True
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(timeout_seconds)
            self._thread = None

    def _run(self) -> None:
        failures = 0
        running = True
        while running:
            running, flushes = self._gather(self._patience(failures))
            failures = 0 if self._commit(bool(flushes), at_end=not running) else failures + 1
            for flush in flushes:
                flush.done.set()
        if self._waiting:
            log.error("%d events are lost: %s", len(self._waiting), self.status.trouble)
        self._let_go()

    def _patience(self, failures: int) -> float | None:
        """Return how long to wait for the first event; forever while nothing is left to do."""
        if not failures:
            return self._scrubbing.seconds_to_scouring()
        return _RETRY_SECONDS[min(failures, len(_RETRY_SECONDS)) - 1]

    def _gather(self, patience_seconds: float | None) -> tuple[bool, list[_Flush]]:
        """Move queued events to the waiting list; return whether to go on, and who waits."""
        flushes: list[_Flush] = []
        deadline = None if patience_seconds is None else time.monotonic() + patience_seconds
        retries = bool(self._waiting)
        while len(self._new) < _LARGEST_BATCH:
            timeout = None if deadline is None else max(0.0, deadline - time.monotonic())
            try:
                item = self._queue.get(timeout=timeout)
            except queue.Empty:
                break
            if item is None:
                return False, flushes
            if isinstance(item, _Flush):
                flushes.append(item)
                break
            if self._follows_on(*item):
                self._new.append(item)
            if not retries and len(self._new) == 1:
                # It may have waited for one commit already, and will wait for the next.
                patience_seconds = _COMMITTED_WITHIN_SECONDS - 2 * self._commit_seconds
                deadline = time.monotonic() + max(0.0, patience_seconds)
        self.status.waiting = len(self._waiting) + len(self._new)
        return True, flushes

    def _follows_on(self, event: Event, content: Content) -> bool:
        """Return whether replay can make sense of an event after those that came before."""
        document = event.uri, content
        if isinstance(event.body, (Opened, Resynced)):
            self._stated.add(document)
        return document in self._stated or not isinstance(event.body, (Edited, Saved, Closed))

    def _commit(self, at_once: bool, at_end: bool) -> bool:
        """Write what waits; return False if it could not be written and is to be tried again.

        What a secret leaves behind in the files is scoured when its time has come, or `at_once`.
        """
        scours = at_once or at_end or self._scrubbing.seconds_to_scouring() == 0
        if not (self._new or self._waiting or scours):
            return True
        if self._store is not None and not self._store.is_in_place():
            self._let_go()
            self._scrubbing.end()
            # What waits follows on from events that are gone; texts stated anew hold its effect.
            self._waiting, self._new = self._waiting + self._new, []
            self._lose(len(self._waiting), "the database was removed")
        found = self._file()
        started = time.monotonic()
        self._look_for_secrets()
        try:
            self._heed_forgetting()
            events = self._covered() if self._waiting else []
            if self._store is not None:
                self._scrubbing.rewrite(self._store, self.status.session)
            if events:
                self._write(events)
            self._commit_seconds = time.monotonic() - started
            if scours and self._store is not None:
                self._scrubbing.scour(self._store, self.status.session, at_end)
        except ForgottenError:
            return self._commit(at_once, at_end)
        except sqlite3.DatabaseError as error:
            if _is_damaged(error):
                self._set_aside(error, found)
            return self._failed(error)
        except OSError as error:
            return self._failed(error)
        self.status.trouble = None
        self._waiting.clear()
        self.status.waiting = 0
        self._expire()
        return True

    def _expire(self) -> None:
        """Once a day, from the first commit on, forget what was kept long enough."""
        keep_days = self._gate.consent.keep_days
        if self._store is None or keep_days is None or time.monotonic() < self._expires_at:
            return
        self._expires_at = time.monotonic() + _DAY_SECONDS
        try:
            receipt = expire(self._home, keep_days, time.time_ns() // 1000)
        except (OSError, sqlite3.Error) as error:
            log.error("what was kept for %d days cannot be forgotten: %s", keep_days, error)
        else:
            if receipt is not None:
                log.info("%d sessions were kept for %d days", len(receipt.sessions), keep_days)

    def _write(self, events: list[Event]) -> None:
        bad = self._session_writer().append(events)
        self.status.committed += len(events) - len(bad)
        self.status.last_commit_wall_us = time.time_ns() // 1000
        self._waiting.clear()
        for event in bad:
            self._lose(1, f"an event of kind {event.body.kind} could not be kept")

    def _look_for_secrets(self) -> None:
        """Have new events wait without their secrets; where that fails, nothing is kept."""
        new, self._new = self._new, []
        try:
            self._scrubbing.scrub(self._waiting, new)
        except Exception as error:  # whatever it is, what was not looked through is not written
            # Not the error's own words, which may have the text in them.
            log.error("secrets cannot be looked for: %s", type(error).__name__)
            self._scrubbing.start_anew()
            self._waiting += new
            # Texts that are stated anew once more would only fail once more.
            self._lose(len(self._waiting), "secrets cannot be looked for", restate=not self._blind)
            self._blind = True
        else:
            self._blind = self._blind and not new

    def _covered(self) -> list[Event]:
        """Return what consent covers of the waiting events, by its stricter word: then and now."""
        self._gate.look_again()
        now = self._gate.content
        if now is None:
            self._lose(len(self._waiting), "consent ended or recording was paused")
        elif now is Content.METADATA:
            # Text must not be kept any more, and edits without it do not follow on from its end.
            kept = [each for each in self._waiting if each[1] is Content.METADATA]
            if narrowed := len(self._waiting) - len(kept):
                self._lose(narrowed, "consent was narrowed to metadata", kept)
        elif any(self._is_forgotten(*each) for each in self._waiting):
            self._lose_forgotten()
        events = []
        for event, then in self._waiting:
            if then is Content.METADATA:
                name = event.uri and pseudonym_of(event.uri, self._home.key())
                events.append(evolve(event, body=withhold(event.body), uri=name))
            else:
                events.append(event)
        return events

    def _is_forgotten(self, event: Event, content: Content) -> bool:
        return content is Content.FULL and self._gate.is_forgotten(event.uri)

    def _lose_forgotten(self) -> None:
        kept = [each for each in self._waiting if not self._is_forgotten(*each)]
        count = len(self._waiting) - len(kept)
        self._lose(count, "what they concern was forgotten", kept)

    def _heed_forgetting(self) -> bool:
        """Keep no more text of what was forgotten; return whether anything was, since last time."""
        if self._store is None or self._session is None:
            return False
        newest, last = newest_erasure(self._store.db), self._last_erasure
        if newest == last:
            return False
        # First of all: what is forgotten from here on has the next commit refused.
        self._session.heed_forgetting()
        # What was forgotten before this program began may be recorded again. After that only the
        # number tells, for the clock may be put back.
        since_wall_us = self._info.started_wall_us if last is None else 0
        erasures = erasures_after(self._store.db, last or 0, since_wall_us)
        for erasure in erasures:
            self._gate.forget(erasure.documents, erasure.erased_wall_us, system_clock())
        self._last_erasure = max([newest, *(erasure.number for erasure in erasures)])
        # What is forgotten for its age alone concerns no document that goes on.
        if any(erasure.documents != frozenset() for erasure in erasures):
            self._scrubbing.rewrite(self._store, self.status.session)
            self._scrubbing.start_anew()
            self._lose_forgotten()
        return bool(erasures)

    def _session_writer(self) -> SessionWriter:
        if self._session is None:
            self._let_go()
            self._store = Store.create(self._home)
            # One that was set aside may be put back, so no two sessions have the same name.
            name = f"{self._info.name}-{self._begun + 1}" if self._begun else self._info.name
            self._session = self._store.begin_session(evolve(self._info, name=name))
            self._scrubbing.begin(self._store, self._session)
            self._begun += 1
            self.status.session = name
            self._last_erasure = None
            if self._heed_forgetting():
                raise ForgottenError
        return self._session

    def _failed(self, error: Exception) -> bool:
        trouble = f"{self._home.traces} cannot be written: {error}"
        if trouble != self.status.trouble:
            log.error("%s; %d events wait in memory", trouble, len(self._waiting))
        self.status.trouble = trouble
        excess = len(self._waiting) - _MOST_WAITING
        if excess > 0:
            reason = "too many events waited for a disk that could not be written"
            self._lose(excess, reason, self._waiting[excess:])
        self.status.waiting = len(self._waiting)
        return False

    def _lose(
        self, count: int, reason: str, kept: Sequence[Kept] = (), restate: bool = True
    ) -> None:
        """Give up events, and of those that wait still, what only they gave a sense to."""
        if count:
            log.warning("%d events are not kept: %s", count, reason)
        self.status.lost += count
        self._stated.clear()
        self._waiting = [each for each in kept if self._follows_on(*each)]
        if restate:
            self._on_lost(reason)

    def _let_go(self) -> None:
        if self._store is not None:
            self._store.close()
        self._store = self._session = None

    def _file(self) -> tuple[int, int] | None:
        """Return by what the database's file is told from another that takes its place."""
        try:
            status = self._home.traces.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def _set_aside(self, error: Exception, found: tuple[int, int] | None) -> None:
        """Keep a damaged database under another name, so that recording goes on in a new one."""
        self._let_go()
        self._scrubbing.end()
        # Another editor may have done so by now, and begun a new one that is sound.
        if self._file() == found:
            name = self._name_aside()
            for suffix in ("-wal", "-shm", ""):
                path = self._home.traces.with_name(self._home.traces.name + suffix)
                with contextlib.suppress(FileNotFoundError):
                    path.rename(path.with_name(name + suffix))
            log.error("the database was damaged (%s) and is set aside as %s", error, name)
        self._lose(len(self._waiting), "the database was damaged and set aside")

    def _name_aside(self) -> str:
        mark = time.strftime("%Y%m%dT%H%M%S")
        names = (f"damaged-{mark}-{n}-{self._home.traces.name}" for n in itertools.count(1))
        return next(name for name in names if not self._home.traces.with_name(name).exists())


def _is_damaged(error: sqlite3.DatabaseError) -> bool:
    if sys.version_info >= (3, 11):
        return error.sqlite_errorcode in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    return "malformed" in str(error) or "not a database" in str(error)
