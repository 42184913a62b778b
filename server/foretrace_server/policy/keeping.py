"""Keeping: the last good policy of each course that a person joined, on their computer.

It is asked for with the token and nothing else. What is not signed with the key that the course
was joined with, is for somebody else, or is older than what is here, is refused. The last good one
holds then, and also where the course cannot be reached.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from attrs import asdict, evolve, frozen

from foretrace_server.policy.rules import Policy
from foretrace_server.policy.signed import (
    PolicyRefusedError,
    SignedPolicy,
    check_successor,
    checked,
    is_key,
)
from foretrace_telemetry.home import Home, replace_privately
from foretrace_telemetry.locking import holding
from foretrace_telemetry.sending.calling import Answer, Line, UnreachableError
from foretrace_telemetry.sending.courses import Course, pin, read_courses

log = logging.getLogger(__name__)

POLICY = "/v1/policy"
_PATIENCE_SECONDS = 5.0
_NOT_THERE = 404


@frozen
class Told:
    """A policy as a course told it, and the key that it says is its own."""

    signed: SignedPolicy
    key: str


def ask(line: Line, timeout_seconds: float) -> Told | None:
    """Ask a course for the policy of whoever has the token; None where it knows of no policies.

    Raises:
        UnreachableError: it does not answer, or answers something else.
    """
    answer = line.ask("GET", POLICY, timeout_seconds)
    if answer.status == _NOT_THERE:
        return None
    if answer.status != 200:
        raise UnreachableError(f"the course does not tell its policy: {answer.reason}")
    return _told(answer)


def take(home: Home, course: Course, told: Told) -> Policy:
    """Keep a policy that a course told, if it is a good one, and return it.

    Raises:
        PolicyRefusedError: it is not; what is here stays.
        CoursesUnreadableError, HeldError, OSError: nothing can be kept now.
    """
    if course.key and told.key != course.key:
        raise PolicyRefusedError("it has another key than the one that the course was joined with")
    policy = checked(told.signed, told.key)
    home.create()
    with holding(home.path / "policies.lock", _PATIENCE_SECONDS):
        kept = _read(home)
        course = evolve(course, key=told.key, subject=course.subject or policy.subject)
        check_successor(policy, course.name, course.subject, _of(course, kept))
        if kept.get(course.address) != asdict(told.signed):
            kept[course.address] = asdict(told.signed)
            content = json.dumps({"policies": kept}, indent=1).encode()
            replace_privately(home.policies, content)
    return policy


def fetch(home: Home, course: Course, line: Line, timeout_seconds: float) -> Policy | None:
    """Ask a course that was joined for its policy, and keep it; None where it knows of none.

    Raises:
        UnreachableError: it does not answer.
        PolicyRefusedError: it is no good one.
        CoursesUnreadableError, HeldError, OSError: nothing can be kept now.
    """
    told = ask(line, timeout_seconds)
    if told is None:
        return None
    policy = take(home, course, told)
    if not (course.key and course.subject):
        pin(home, course.address, told.key, policy.subject)
    return policy


def kept_policy(home: Home, course: Course) -> Policy | None:
    """Return the last good policy of a course, None where there is none.

    Raises:
        OSError: the file cannot be read.
    """
    return _of(course, _read(home)) if course.is_joined else None


def kept_policies(home: Home) -> dict[str, Policy]:
    """Return the last good policy of each course that is joined, by the address of the course.

    Raises:
        CoursesUnreadableError: nobody knows which are.
        OSError: the file cannot be read.
    """
    kept = _read(home)
    joined = (course for course in read_courses(home) if course.is_joined)
    policies = {course.address: _of(course, kept) for course in joined}
    return {address: policy for address, policy in policies.items() if policy is not None}


def _told(answer: Answer) -> Told:
    value = answer.value
    document, signature, key = (value.get(name) for name in ("policy", "signature", "key"))
    if not isinstance(document, str) or not isinstance(signature, str) or not is_key(key):
        raise UnreachableError("the course answers something else than its policy")
    return Told(SignedPolicy(document, signature), str(key))


def _of(course: Course, kept: dict[str, Any]) -> Policy | None:
    """Return what is kept of a course, if that is still good: it may be of an earlier joining."""
    try:
        policy = checked(SignedPolicy(**kept[course.address]), course.key)
        check_successor(policy, course.name, course.subject, None)
    except (KeyError, TypeError, AttributeError, PolicyRefusedError):
        return None
    return policy


def _read(home: Home) -> dict[str, Any]:
    try:
        kept = json.loads(home.policies.read_bytes())["policies"]
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError) as error:
        # What cannot be read is fetched anew.
        log.warning("%s cannot be read (%s)", home.policies, type(error).__name__)
        return {}
    return kept if isinstance(kept, dict) else {}
