"""The courses that a person joined, each with its address and the token that says who they are.

They stand in a file of their own, so that they outlive a damaged database: a course must hear that
somebody left it. Like all of the data folder, it is for its owner only.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import cattrs
from attrs import asdict, evolve, field, frozen

from foretrace_telemetry import class_help
from foretrace_telemetry.home import Home, replace_privately
from foretrace_telemetry.locking import holding

_VERSION = 1
_PATIENCE_SECONDS = 5.0
_MOST_TOKEN_CHARACTERS = 4096


class CoursesUnreadableError(ValueError):
    """The file of courses is not what it should be; nothing is sent."""


@frozen
class Course:
    """A course that was joined, or left and is still to hear so, or did, and gave the receipt.

    What was recorded before `joined_wall_us` is not sent. `notice` is what was told then. `key` is
    the public key of its policies and `subject` who the person is to it; both are empty where it
    told neither.
    """

    address: str
    name: str
    token: str = field(repr=False)
    joined_wall_us: int
    notice: str = ""
    key: str = ""
    subject: str = ""
    left_wall_us: int | None = None
    receipt: dict[str, Any] | None = field(default=None, hash=False)

    @property
    def is_joined(self) -> bool:
        """Whether it gets what is recorded."""
        return self.left_wall_us is None

    @property
    def is_to_hear(self) -> bool:
        """Whether it was left, and did not answer that it knows."""
        return self.left_wall_us is not None and self.receipt is None


_converter = cattrs.Converter(forbid_extra_keys=True)


def checked_address(text: str) -> str:
    """Return the address of a course as it is kept.

    Raises:
        ValueError: nothing may be sent to it; the message says why.
    """
    address = text.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"{text!r} is no address: {error}") from error
    if parts.scheme not in ("http", "https") or not host or not address.isascii():
        raise ValueError(f"{text!r} is no address; one looks like https://course.example.org")
    if any(not character.isprintable() or character.isspace() for character in address):
        raise ValueError(f"{text!r} has characters that no address has")
    if parts.username is not None or parts.password is not None:
        raise ValueError("an address has no name or password in it; the token says who you are")
    if parts.query or parts.fragment:
        raise ValueError(f"{text!r} has more than a host and a path; leave out ? and #")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError(
            f"what is sent to {address} could be read on its way; the address must begin with "
            "https:// (http:// is for a course on this computer)"
        )
    return address


def is_loopback(host: str) -> bool:
    """Return whether a host is this computer."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def checked_token(text: str) -> str:
    """Return a token without what stands around it.

    Raises:
        ValueError: it is none.
    """
    token = text.strip()
    if not token:
        raise ValueError("the token is empty")
    printable = token.isascii() and token.isprintable() and " " not in token
    if len(token) > _MOST_TOKEN_CHARACTERS or not printable:
        raise ValueError("that is no token: it is one word of letters, digits and signs")
    return token


def read_courses(home: Home) -> list[Course]:
    """Return all courses that were joined, in that order.

    Raises:
        CoursesUnreadableError: the file cannot be read, or not understood.
    """
    try:
        value = json.loads(home.courses.read_bytes())
        if value["version"] != _VERSION:
            raise ValueError(f"version {value['version']} is not known")
        return [_converter.structure(each, Course) for each in value["courses"]]
    except FileNotFoundError:
        return []
    except Exception as error:  # whatever is wrong with it, nothing is sent
        # Not the error's own words, which may have a token in them.
        raise CoursesUnreadableError(
            f"{home.courses} cannot be read ({type(error).__name__}), so nothing is sent; "
            "put it right, or remove it and join again"
        ) from None


def join(home: Home, course: Course) -> None:
    """Keep a course, in the place of what was kept of its address before.

    Raises:
        CoursesUnreadableError: the file cannot be read.
        HeldError: another program keeps changing it.
        OSError: the file cannot be written.
    """
    _change(
        home,
        lambda courses: [*(each for each in courses if each.address != course.address), course],
    )


def leave(home: Home, address: str, now_wall_us: int) -> Course:
    """Note that a course was left, once, and drop what it offered as help; return it.

    Raises:
        KeyError: it was never joined.
        CoursesUnreadableError, HeldError, OSError: as `join`.
    """
    left = _evolve(
        home,
        address,
        lambda course: evolve(course, left_wall_us=course.left_wall_us or now_wall_us),
    )
    # After that, for a round of sending that goes on keeps none of a course that was left.
    class_help.drop(home, address)
    return left


def pin(home: Home, address: str, key: str, subject: str) -> Course:
    """Keep by which key a course signs its policies, and for whom, unless that is known already.

    Raises:
        KeyError: it was never joined.
        CoursesUnreadableError, HeldError, OSError: as `join`.
    """
    return _evolve(
        home,
        address,
        lambda each: evolve(each, key=each.key or key, subject=each.subject or subject),
    )


def heard(home: Home, address: str, receipt: dict[str, Any]) -> Course:
    """Keep what a course answered when it was left; its token serves no more, and goes.

    Raises:
        KeyError: it was never joined.
        CoursesUnreadableError, HeldError, OSError: as `join`.
    """
    return _evolve(home, address, lambda course: evolve(course, receipt=receipt, token=""))


def _evolve(home: Home, address: str, change: Callable[[Course], Course]) -> Course:
    changed: list[Course] = []

    def all_of_them(courses: list[Course]) -> list[Course]:
        changed.extend(change(each) for each in courses if each.address == address)
        if not changed:
            raise KeyError(address)
        return [changed[0] if each.address == address else each for each in courses]

    _change(home, all_of_them)
    return changed[0]


def _change(home: Home, change: Callable[[list[Course]], list[Course]]) -> None:
    home.create()
    with holding(home.path / "courses.lock", _PATIENCE_SECONDS):
        courses = change(read_courses(home))
        value = {"version": _VERSION, "courses": [asdict(course) for course in courses]}
        replace_privately(home.courses, json.dumps(value, indent=1).encode())
