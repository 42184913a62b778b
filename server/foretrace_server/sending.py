"""Sending: while the editor is open, what is recorded goes to the courses that were joined.

It happens in a thread of its own, which is there only while a course was joined and both the policy
of the machine and the editor allow it: where the person does not allow it (any more), a course is
still told what they forgot, and asked for its policy, with the token and nothing else. Neither a
keystroke nor the event loop ever waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from foretrace_telemetry.consent import Scope
from foretrace_telemetry.gate import Gate
from foretrace_telemetry.home import Home

if TYPE_CHECKING:
    from foretrace_server.policy.renewing import Renewing
    from foretrace_telemetry.sending.pushing import Pushed, Pusher

log = logging.getLogger(__name__)

_LOOK_SECONDS = 0.5
_PUSH_SECONDS = 15.0
# Editors that save by themselves do so every second.
_LEAST_SECONDS = 5.0
# What was typed is held back for so long: a password or a name is to be known for what it is.
SETTLED_SECONDS = 10.0
# What is left when the editor closes gets so long; the next editor sends the rest.
_LAST_SECONDS = 2.0
_REASON = "the course gets what is recorded from here on"


class Sending:
    """Sends for one session of the editor, and knows how that goes."""

    def __init__(self, home: Home, gate: Gate, restate: Callable[[str], None]) -> None:
        """`restate` has every open text stated anew, with a reason: a course saw none of it."""
        self._home = home
        self._gate = gate
        self._restate = restate
        self._is_allowed = True
        self._stamp: tuple[int, ...] | None = None
        self._joined: frozenset[str] = frozenset()
        self._to_hear = False
        # The courses for which there is a permission; a pause or the editor may hold them up.
        self._covered: frozenset[str] = frozenset()
        self._looking: asyncio.Task[None] | None = None
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()
        self._ending = threading.Event()
        self._ends_at: float | None = None
        self._sent_events = 0
        self._trouble: str | None = None
        self._renewing: Renewing | None = None

    def begin(self) -> None:
        """Begin to notice that a course is joined or left, and that sending is allowed or not."""
        self._look()
        self._looking = asyncio.create_task(self._look_on())

    def allow(self, is_allowed: bool) -> None:
        """Heed whether the editor lets anything be sent."""
        self._is_allowed = is_allowed
        self._look()

    def saved(self) -> None:
        """Send what is settled without waiting for the next time."""
        self._wake.set()

    def close(self) -> None:
        """Send what is left, for a short time, and end."""
        if self._looking is not None:
            with contextlib.suppress(RuntimeError):  # the loop may have ended before
                self._looking.cancel()
        self._ends_at = time.monotonic() + _LAST_SECONDS
        self._ending.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(_LAST_SECONDS)
            self._thread = None

    @property
    def status(self) -> dict[str, Any]:
        """What is sent, and why not, as the editor may show it."""
        return {
            "allowed": self._is_allowed,
            "courses": len(self._joined),
            "sent": self._sent_events,
            "trouble": self._why_not() or self._trouble or self._refused(),
        }

    def _refused(self) -> str | None:
        return self._renewing.trouble if self._renewing is not None else None

    def _why_not(self) -> str | None:
        """Return why nothing is sent to the courses that were joined; None where it is."""
        if not self._joined:
            return None
        if (forbidden := self._gate.machine.policy.unsent_words) is not None:
            return forbidden
        if not self._is_allowed:
            return "the editor does not allow anything to be sent"
        if not self._covered:
            return "you do not allow it: see foretrace consent show"
        return "recording is paused" if self._gate.consent.paused else None

    async def _look_on(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            self._look()

    def _look(self) -> None:
        self._read_courses()
        holds = self._gate.consent
        allows = holds.content is not None and Scope.INSTRUCTOR in holds.scopes
        covered = self._joined if allows else frozenset()
        if covered - self._covered:
            self._restate(_REASON)
        self._covered = covered
        runs = self._thread is not None and self._thread.is_alive()
        if self._is_needed() and not runs and not self._ending.is_set():
            self._thread = threading.Thread(target=self._run, name="foretrace-sending", daemon=True)
            self._thread.start()

    def _is_needed(self) -> bool:
        """Return whether there is anything to ask of a course.

        What it allows is asked for whether or not it gets what is recorded: help must not depend on
        that.
        """
        return self._may_send and (bool(self._joined) or self._to_hear)

    @property
    def _may_send(self) -> bool:
        return self._is_allowed and self._gate.machine.policy.may_send

    def _read_courses(self) -> None:
        """Read the file of courses where it changed."""
        try:
            found = self._home.courses.stat()
            stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
        except OSError:
            stamp = None
        if stamp == self._stamp:
            return
        self._stamp = stamp
        from foretrace_telemetry.sending.courses import CoursesUnreadableError, read_courses

        try:
            courses = read_courses(self._home)
        except CoursesUnreadableError as error:
            log.error("%s", error)
            courses, self._trouble = [], str(error)
        self._joined = frozenset(each.address for each in courses if each.is_joined)
        self._to_hear = any(each.is_to_hear for each in courses)

    def _run(self) -> None:
        from foretrace_server.policy.renewing import Renewing
        from foretrace_telemetry.sending.pushing import Pusher

        pusher = Pusher(self._home, self._may_ask)
        renewing = self._renewing = Renewing(self._home, pusher.line, self._may_ask)
        renewing.renew_if_due()
        self._wake.wait(_PUSH_SECONDS)
        while self._is_needed():
            self._wake.clear()
            is_last = self._ending.is_set()
            self._push(pusher)
            if is_last:
                return
            renewing.renew_if_due()
            self._ending.wait(_LEAST_SECONDS)
            self._wake.wait(_PUSH_SECONDS - _LEAST_SECONDS)

    def _push(self, pusher: Pusher) -> None:
        from foretrace_telemetry.sending.pushing import BusyError, Terms

        settled_wall_us = None
        if self._ends_at is None:
            settled_wall_us = time.time_ns() // 1000 - int(SETTLED_SECONDS * 1e6)
        try:
            self._note(pusher.push(Terms(settled_wall_us, deadline=self._ends_at)))
        except BusyError:
            pass  # another editor sends for this one, too
        except (OSError, sqlite3.Error, ValueError) as error:
            self._note_trouble(f"what waits to be sent cannot be read: {error}")
        except Exception as error:  # whatever it is, the next round may do better
            # Not the error's own words, which may have text in them.
            log.error("sending failed: %s", type(error).__name__)
            self._note_trouble(f"sending failed: {type(error).__name__}")

    def _note(self, pushed: Pushed) -> None:
        self._sent_events += pushed.events
        words = [f"{address}: {why}" for address, why in pushed.troubles.items()]
        self._note_trouble("; ".join(words) or None)

    def _note_trouble(self, trouble: str | None) -> None:
        if trouble is not None and trouble != self._trouble:
            log.warning("%s", trouble)
        self._trouble = trouble

    def _may_ask(self) -> bool:
        return self._may_send and (self._ends_at is None or time.monotonic() < self._ends_at)
