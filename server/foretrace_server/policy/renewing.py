"""Renewing: each course that was joined is asked once in a while what it allows."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from foretrace_server.policy.keeping import fetch
from foretrace_server.policy.signed import PolicyRefusedError
from foretrace_telemetry.home import Home
from foretrace_telemetry.locking import HeldError
from foretrace_telemetry.sending.calling import Line, UnreachableError
from foretrace_telemetry.sending.courses import Course, CoursesUnreadableError, read_courses

log = logging.getLogger(__name__)

_RENEW_SECONDS = 60.0
_TIMEOUT_SECONDS = 15.0


class Renewing:
    """Renews the policies that are kept, and knows which were refused, and why."""

    def __init__(
        self, home: Home, line: Callable[[Course], Line], may_ask: Callable[[], bool]
    ) -> None:
        """`line` gives the way to a course; nothing is asked once `may_ask` says no."""
        self._home = home
        self._line = line
        self._may_ask = may_ask
        self._due = 0.0
        self._refusals: dict[str, str] = {}

    @property
    def trouble(self) -> str | None:
        """Why a policy was refused; where a course is only not reached, the last good one holds."""
        return next(iter(self._refusals.values()), None)

    def renew_if_due(self) -> None:
        """Ask every course, unless they were asked a short time ago."""
        if (now := time.monotonic()) < self._due:
            return
        self._due = now + _RENEW_SECONDS
        try:
            courses = [each for each in read_courses(self._home) if each.is_joined]
            found = {each.address: self._refusal(each) for each in courses}
        except (CoursesUnreadableError, HeldError, OSError) as error:
            log.warning("what courses allow cannot be kept: %s", error)
            return
        except Exception as error:  # whatever it is, what was recorded goes on being sent
            log.error("asking for policies failed: %s", type(error).__name__)
            return
        self._refusals = {address: words for address, words in found.items() if words is not None}

    def _refusal(self, course: Course) -> str | None:
        """Renew one policy; return why what came was refused, None where it was not."""
        before = self._refusals.get(course.address)
        if not self._may_ask():
            return before
        try:
            fetch(self._home, course, self._line(course), _TIMEOUT_SECONDS)
        except UnreachableError as error:
            log.info("no policy came, the last one holds: %s", error)
            return before
        except PolicyRefusedError as error:
            words = f"the policy that {course.address} tells is refused: {error}"
            if words != before:
                log.warning("%s", words)
            return words
        return None
