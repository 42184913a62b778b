"""Visits: who signed in, until when, and whom they opened meanwhile. In memory only.

Whoever restarts the server signs everybody out.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict, deque

from attrs import define, field, frozen

VISIT_SECONDS = 8 * 3600
OPENED_SECONDS = 3600
_TOKEN_BYTES = 32
_MOST_VISITS = 100
_MOST_FAILURES = 10
_FAILURE_SECONDS = 60.0
_MOST_HOSTS = 1000


@frozen
class Opened:
    """A student who was opened, for a purpose, and until when that counts (steady clock)."""

    purpose: str
    until_seconds: float


@define
class Visit:
    """One browser that signed in.

    `form_token` stands in each form that it is given: nobody else's page can know it. `told` has of
    each assignment that is open the students of whom it was noted.
    """

    until_seconds: float
    form_token: str = field(factory=lambda: secrets.token_urlsafe(_TOKEN_BYTES), repr=False)
    opened: dict[str, Opened] = field(factory=dict)
    replayed: set[str] = field(factory=set)
    told: dict[str, set[str]] = field(factory=dict)

    def purpose_of(self, subject: str) -> str | None:
        """Return what a student is open for now; None where they are not."""
        opened = self.opened.get(subject)
        if opened is None or time.monotonic() > opened.until_seconds:
            return None
        return opened.purpose

    def open(self, subject: str, purpose: str) -> None:
        """Have a student open for an hour."""
        self.opened[subject] = Opened(purpose, time.monotonic() + OPENED_SECONDS)
        self.replayed.clear()
        self.told.pop(subject, None)


class Visits:
    """The visits that go on; any thread may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._visits: OrderedDict[bytes, Visit] = OrderedDict()

    def begin(self) -> str:
        """Begin a visit, and return the token of its cookie."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        with self._lock:
            self._visits[_hash(token)] = Visit(time.monotonic() + VISIT_SECONDS)
            while len(self._visits) > _MOST_VISITS:
                self._visits.popitem(last=False)
        return token

    def of(self, token: str) -> Visit | None:
        """Return the visit of a cookie, None where there is none (any more)."""
        with self._lock:
            visit = self._visits.get(_hash(token))
            if visit is not None and time.monotonic() > visit.until_seconds:
                del self._visits[_hash(token)]
                visit = None
        return visit

    def end(self, token: str) -> None:
        """End a visit."""
        with self._lock:
            self._visits.pop(_hash(token), None)


class Failures:
    """Failures to sign in, by host: after ten in a minute it is told to wait, none is logged."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failed: OrderedDict[str, deque[float]] = OrderedDict()

    def are_too_many(self, host: str) -> bool:
        """Return whether a host is to wait."""
        with self._lock:
            return len(self._recent(host)) >= _MOST_FAILURES

    def note(self, host: str) -> None:
        """Note that a host failed."""
        with self._lock:
            recent = self._recent(host)
            recent.append(time.monotonic())
            self._failed[host] = recent
            self._failed.move_to_end(host)
            while len(self._failed) > _MOST_HOSTS:
                self._failed.popitem(last=False)

    def _recent(self, host: str) -> deque[float]:
        since = time.monotonic() - _FAILURE_SECONDS
        return deque(at for at in self._failed.get(host, ()) if at > since)


def _hash(token: str) -> bytes:
    # What is looked up is a hash, so that the time it takes tells nothing of any token.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
