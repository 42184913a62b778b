"""Calling a course over HTTP, and what its answers mean.

Nothing is called where the policy of the machine forbids sending: whatever Foretrace asks of a
course, it asks here.

Proxies are those of the environment or the system, certificates those that the system trusts. No
redirection is followed: the token is for one address.
"""

from __future__ import annotations

import http.client
import json
import ssl
import urllib.request
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from attrs import frozen
from typing_extensions import override

from foretrace_telemetry.machine_policy import read_machine_policy
from foretrace_telemetry.sending.courses import is_loopback

_MOST_ANSWER_BYTES = 2**20
_MOST_REASON_CHARACTERS = 300
# What is wrong with the segment, rather than with the way or the course.
_REFUSALS = (400, 413, 415, 422)


class UnreachableError(Exception):
    """The course did not answer, or nobody could make sense of it; the message says how."""


class SendingForbiddenError(UnreachableError):
    """The course was not asked, for the policy of the machine forbids it."""


@frozen
class Answer:
    """What a course answered: a status, a JSON object, and when it wants to be asked again.

    `tag` is what it calls this version of what was asked for.
    """

    status: int
    value: Mapping[str, Any]
    retry_after_seconds: float | None = None
    tag: str | None = None

    @property
    def reason(self) -> str:
        """What the course says is wrong, fit to be printed."""
        said = self.value.get("message") or self.value.get("error")
        words = printable(str(said)).replace("\n", " ")[:_MOST_REASON_CHARACTERS] if said else ""
        return words or f"it answers {self.status}"


class Meaning(Enum):
    """What to do after an answer to a segment."""

    TAKEN = "taken"
    GAP = "gap"
    DIFFERS = "differs"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LATER = "later"


def meaning_of(answer: Answer) -> Meaning:
    """Return what an answer to a segment means; LATER where it is the course's own trouble."""
    error = answer.value.get("error")
    if answer.status == 200 and _is_number(answer.value.get("through")):
        return Meaning.TAKEN
    if answer.status == 409 and error == "gap" and _is_number(answer.value.get("through")):
        return Meaning.GAP
    if answer.status == 409 and error == "differs" and _is_number(answer.value.get("through")):
        return Meaning.DIFFERS
    if answer.status == 403 and error == "withdrawn":
        return Meaning.WITHDRAWN
    # A proxy or a gate on the way says 403, too, but not in the words of a course.
    if answer.status in (*_REFUSALS, 403, 409) and isinstance(error, str):
        return Meaning.REFUSED
    return Meaning.LATER


def _is_number(value: Any) -> bool:
    return type(value) is int and value >= 0


class Line:
    """The way to one course."""

    def __init__(self, address: str, token: str | None = None) -> None:
        self._address = address
        self._token = token
        handlers: list[urllib.request.BaseHandler] = [
            _NoRedirection(),
            urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        ]
        if is_loopback(urlsplit(address).hostname or ""):
            # No proxy knows what this computer calls itself.
            handlers.append(urllib.request.ProxyHandler({}))
        self._opener = urllib.request.build_opener(*handlers)

    def ask(
        self,
        method: str,
        path: str,
        timeout_seconds: float,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Make a request and return the answer, whatever its status.

        Raises:
            SendingForbiddenError: the policy of the machine forbids it.
            UnreachableError: there is none.
        """
        if (forbidden := read_machine_policy().sending_words) is not None:
            raise SendingForbiddenError(forbidden)
        request = urllib.request.Request(  # noqa: S310 - addresses are checked when kept
            self._address + path,
            body,
            {"User-Agent": "foretrace", **(headers or {})},
            method=method,
        )
        if self._token is not None:
            request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        try:
            with self._opener.open(request, timeout=timeout_seconds) as response:
                return _answer(response.status, response.headers, response)
        except HTTPError as error:
            with error:
                return _answer(error.code, error.headers, error)
        except URLError as error:
            raise UnreachableError(f"{self._address} cannot be reached: {error.reason}") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            words = str(error) or type(error).__name__
            raise UnreachableError(f"{self._address} cannot be reached: {words}") from error


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    @override
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _answer(status: int, headers: Any, response: Any) -> Answer:
    try:
        raw = response.read(_MOST_ANSWER_BYTES + 1)
        value = json.loads(raw) if len(raw) <= _MOST_ANSWER_BYTES else None
    except (ValueError, RecursionError):
        value = None
    # What is no JSON object, no course said.
    return Answer(
        status,
        value if isinstance(value, dict) else {},
        _seconds(headers.get("Retry-After"), headers.get("Date")),
        headers.get("ETag"),
    )


def _seconds(wanted: str | None, now: str | None) -> float | None:
    """Return the seconds of Retry-After: a number, or a time by the clock of who says it."""
    if wanted is None:
        return None
    if wanted.strip().isdecimal():
        return float(wanted)
    try:
        later = parsedate_to_datetime(wanted) - parsedate_to_datetime(now or "")
    except (TypeError, ValueError):
        return None
    return max(0.0, later.total_seconds())


def printable(text: str) -> str:
    """Return a text of others without what a terminal would obey."""
    return "".join(each if each.isprintable() or each == "\n" else "\ufffd" for each in text)
