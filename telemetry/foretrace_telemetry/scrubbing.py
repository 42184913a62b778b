"""When secrets leave the store: what scrubbing changes in it is written, and its bytes are scoured.

A secret that becomes whole while it is typed stands in the store in part. Its events are rewritten
before those that made it whole are written. To leave nothing of it in the bytes of the files takes
a copy of all that is there, so that is done soon after, when nothing else is to be done.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from itertools import islice

from foretrace_telemetry import rewrite
from foretrace_telemetry.consent import Content
from foretrace_telemetry.events import Event, Redacted
from foretrace_telemetry.home import Home
from foretrace_telemetry.scrub import Kept, Scrubber
from foretrace_telemetry.session_writer import SessionWriter
from foretrace_telemetry.store import Store

_SCOUR_AFTER_SECONDS = 0.5
# After scouring, so many times as long as it took is the least rest until the next.
_RESTS = 10
_LOOK_BACK_AT_ONCE = 4096


class Scrubbing:
    """Scrubs what one writer writes; all calls come from its thread."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._session: SessionWriter | None = None
        self._scrubber = Scrubber(home.key, self._past)
        self._scour_at: float | None = None
        self._rested_at = 0.0

    def begin(self, store: Store, session: SessionWriter) -> None:
        """Take over a session that begins, and what an earlier one was not able to scour."""
        self._session = session
        if rewrite.is_to_be_scoured(store.db):
            self._scour_soon()

    def end(self) -> None:
        """Let go of the session, the store of which is gone."""
        self._session = None
        self._scour_at = None
        self.start_anew()

    def start_anew(self) -> None:
        """Forget the texts: they will be stated anew."""
        self._scrubber = Scrubber(self._home.key, self._past)

    def scrub(self, waiting: list[Kept], new: Iterable[Kept]) -> None:
        """Append new events, without their secrets, to those that wait to be written.

        Raises:
            sqlite3.Error: earlier events of the session cannot be read.
        """
        self._scrubber.scrub(waiting, new)
        if self._scrubber.learned:
            self._scour_soon()

    def rewrite(self, store: Store, session: str) -> None:
        """Take what is a secret by now out of events that are in the store.

        Raises:
            OSError: the key of digests can be neither read nor made.
            sqlite3.Error: the store cannot be written; it is to be tried again.
        """
        rewritten = self._scrubber.rewritten
        # How much was taken out, which grows while a secret is typed, is written with the rest.
        if any(not isinstance(body, Redacted) for body in rewritten.values()):
            rewrite.rewrite(store.db, self._home.key(), session, rewritten)
            rewritten.clear()
        elif not rewritten:
            return
        self._scour_soon()

    def seconds_to_scouring(self) -> float | None:
        """Return in how many seconds there is something to scour, or None where there is not."""
        if self._scour_at is None:
            return None
        return max(0.0, self._scour_at - time.monotonic())

    def scour(self, store: Store, session: str, at_end: bool) -> None:
        """Leave nothing of what was taken out in the bytes of the files, if there is anything.

        What is known by now to be a secret is taken out of the whole session before that, `at_end`
        even if it was only just done.

        Raises:
            OSError: the key of digests can be neither read nor made.
            sqlite3.Error: the store cannot be written; it is to be tried again.
        """
        if self._scour_at is None:
            return
        started = time.monotonic()
        self._rewrite_all(store, session)
        if self._scrubber.learned and (at_end or started >= self._rested_at):
            self._look_back(store, session)
            self._rewrite_all(store, session)
        done = store.scour() and not self._scrubber.learned
        now = time.monotonic()
        self._rested_at = now + _RESTS * (now - started)
        self._scour_at = None
        if not done:
            self._scour_soon()

    def _rewrite_all(self, store: Store, session: str) -> None:
        if rewritten := self._scrubber.rewritten:
            rewrite.rewrite(store.db, self._home.key(), session, rewritten)
            rewritten.clear()

    def _look_back(self, store: Store, session: str) -> None:
        """Look for what is known by now in all that the session has in the store."""
        assert self._session is not None
        writer, first = self._session, 0

        def earlier(uri: str) -> Iterator[tuple[int, Event]]:
            return writer.newest_first(uri, before=first)

        again = self._scrubber.looking_back(earlier)
        listed: list[Event] = []
        events = store.events(session)
        while batch := list(islice(events, _LOOK_BACK_AT_ONCE)):
            first = batch[0].sequence
            waiting: list[Kept] = []
            again.scrub(waiting, [(each.event, Content.FULL) for each in batch])
            old = {id(each.event.body) for each in batch}
            scrubbed: list[Event] = []
            for event, _ in waiting:
                is_new = isinstance(event.body, Redacted) and id(event.body) not in old
                (listed if is_new else scrubbed).append(event)
            for each, event in zip(batch, scrubbed, strict=True):
                if event.body != each.event.body:
                    again.rewritten[each.sequence] = event.body
        if listed:
            writer.append(listed)
        self._scrubber.heed(again)
        self._scrubber.rewritten.update(again.rewritten)
        self._scrubber.learned = False

    def _scour_soon(self) -> None:
        if self._scour_at is None:
            self._scour_at = max(time.monotonic() + _SCOUR_AFTER_SECONDS, self._rested_at)

    def _past(self, uri: str) -> Iterator[tuple[int, Event]]:
        return iter(()) if self._session is None else self._session.newest_first(uri)
