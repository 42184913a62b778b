"""Fetching: what a course offers as help comes to the laptop, and goes with the offer."""

from __future__ import annotations

import logging
import time

from foretrace_telemetry import class_help
from foretrace_telemetry.home import Home
from foretrace_telemetry.sending.calling import Answer
from foretrace_telemetry.sending.courses import CoursesUnreadableError, read_courses

log = logging.getLogger(__name__)

_AGAIN_SECONDS = 600.0
# Nothing is offered, or not to this person.
_NOTHING = (401, 403, 404)


class Fetching:
    """Fetches for one process: at its first round with a course, and every ten minutes."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._asked_at: dict[str, float] = {}
        self._tags: dict[str, str] = {}

    def is_due(self, address: str) -> bool:
        """Return whether a course is to be asked."""
        asked_at = self._asked_at.get(address)
        return asked_at is None or time.monotonic() - asked_at > _AGAIN_SECONDS

    def headers(self, address: str) -> dict[str, str]:
        """Return what to ask with: only for what is new, once something was told."""
        tag = self._tags.get(address)
        # Another process may have removed it: who leaves a course and joins it again is helped.
        is_here = class_help.path_of(self._home, address).exists()
        return {"If-None-Match": tag} if tag is not None and is_here else {}

    def fail(self, address: str, why: str) -> None:
        """Note that a course was asked in vain; it is not asked again at once."""
        self._asked_at[address] = time.monotonic()
        log.warning("what %s offers as help is not known: %s", address, why)

    def take(self, address: str, answer: Answer) -> None:
        """Keep what a course answered, or drop what it offers no more.

        What is not what it should be is refused whole, and nothing is kept. Nothing that was sent
        waits for this, so what goes wrong is only told in the log.
        """
        self._asked_at[address] = time.monotonic()
        try:
            if answer.status in _NOTHING:
                self._drop(address)
            elif answer.status == 200:
                self._keep(address, answer)
                if not self._is_joined(address):  # it was left meanwhile
                    self._drop(address)
        except OSError as error:
            log.warning("what %s offers as help cannot be kept: %s", address, error)

    def _keep(self, address: str, answer: Answer) -> None:
        try:
            class_help.keep(self._home, address, class_help.checked(dict(answer.value)))
        except class_help.HelpRefusedError as error:
            log.warning("what %s offers as help is refused: %s", address, error)
            self._drop(address)
            return
        if answer.tag is not None:
            self._tags[address] = answer.tag

    def _is_joined(self, address: str) -> bool:
        try:
            return any(
                each.address == address and each.is_joined for each in read_courses(self._home)
            )
        except CoursesUnreadableError:
            return False

    def _drop(self, address: str) -> None:
        self._tags.pop(address, None)
        class_help.drop(self._home, address)
