"""The gate that every event passes before it is kept: consent first, then the path.

What consent comes to under the policy of the machine is settled where consent is read.

It is closed by default, and closed whenever the answer cannot be read.
"""

from __future__ import annotations

import os
import time
from datetime import datetime, timezone

from foretrace_telemetry.clock import Moment
from foretrace_telemetry.consent import Consent, Content, read_consent
from foretrace_telemetry.digest import pseudonym_of
from foretrace_telemetry.home import Home
from foretrace_telemetry.ignoring import IgnoreFiles
from foretrace_telemetry.machine_policy import WatchedMachinePolicy
from foretrace_telemetry.privacy import denial

_RECHECK_SECONDS = 0.1


class Gate:
    """Says for each document what may be kept of it now.

    The consent log and the policy of the machine are looked at again at most ten times a second,
    and read only when they changed, so that a decision made in another process holds here within
    that time.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._denials: dict[str, str | None] = {}
        self._ignore_files = IgnoreFiles()
        # When each document was opened here, and those that were forgotten since.
        self._opened: dict[str, Moment] = {}
        self._forgotten: set[str] = set()
        self.machine = WatchedMachinePolicy()
        self._next_check = 0.0
        self._policy = self.machine.policy
        self._stamp = self._current_stamp()
        self._consent = self._read()

    @property
    def consent(self) -> Consent:
        """What the person allowed, as of now."""
        now = time.monotonic()
        if now >= self._next_check:
            self._next_check = now + _RECHECK_SECONDS
            stamp, policy = self._current_stamp(), self.machine.policy
            if stamp != self._stamp or policy is not self._policy or self._has_ended():
                self._stamp, self._policy = stamp, policy
                self._consent = self._read()
        return self._consent

    def look_again(self) -> None:
        """Have the next answer heed a decision that was just made in this process."""
        self._next_check = 0.0

    @property
    def content(self) -> Content | None:
        """What may be kept of any document now: None means nothing."""
        consent = self.consent
        return None if consent.paused else consent.content

    def content_for(self, uri: str | None) -> Content | None:
        """Return what may be kept of a document, or of an event that concerns none."""
        content = self.content
        if content is None or uri is None:
            return content
        if self.denial(uri) is not None:
            return None
        return Content.METADATA if uri in self._forgotten else content

    def opened(self, uri: str, moment: Moment) -> None:
        """Note that a document was opened: what was forgotten of it before matters no more."""
        self._opened[uri] = moment
        self._forgotten.discard(uri)

    def forget(self, documents: frozenset[str] | None, wall_us: int, now: Moment) -> None:
        """Keep only metadata of documents that were forgotten, until they are opened again.

        `documents` holds what stands for their names; None means every document. They were
        forgotten at `wall_us`, by another process. One that was opened later by both clocks was
        opened again: the wall's may have been put back in between.

        Raises:
            OSError: the key of digests can be neither read nor made.
        """
        key = self._home.key()
        now_wall_us, now_monotonic_us = now
        monotonic_us = now_monotonic_us - max(0, now_wall_us - wall_us)
        self._forgotten.update(
            uri
            for uri, (opened_wall_us, opened_monotonic_us) in list(self._opened.items())
            if (opened_wall_us <= wall_us or opened_monotonic_us <= monotonic_us)
            and (documents is None or pseudonym_of(uri, key) in documents)
        )

    def is_forgotten(self, uri: str | None) -> bool:
        """Return whether a document was forgotten since it was opened."""
        return uri in self._forgotten

    def denial(self, uri: str) -> str | None:
        """Return why a document is not recorded, or None if it may be."""
        try:
            reason = self._denials[uri]
        except KeyError:
            reason = self._denials[uri] = denial(uri, self._home)
        return reason or self._ignore_files.denial(uri)

    def _read(self) -> Consent:
        self._read_at = datetime.now(timezone.utc)
        return read_consent(self._home, self._read_at)

    def _has_ended(self) -> bool:
        """Return whether the time of a permission or a pause is over, or may not be after all."""
        now = datetime.now(timezone.utc)
        if now < self._read_at:  # the clock was put back
            return True
        ends = (self._consent.expires_at, self._consent.paused_until)
        return any(end is not None and now >= end for end in ends)

    def _current_stamp(self) -> tuple[int, ...] | None:
        try:
            status = os.stat(self._home.consent_log)  # noqa: PTH116 - half the cost of Path.stat
        except OSError:
            return None
        # The time of its last change of any kind: who may read it can change, too.
        return status.st_ctime_ns, status.st_mtime_ns, status.st_size, status.st_ino
