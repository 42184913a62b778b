"""Dealing: which condition of a study a student is in, and the policy that follows for them.

A condition is dealt by a keyed hash of the pseudonym: the same student always gets the same one, a
student who joins later moves nobody, and who has no key foretells nothing.
"""

from __future__ import annotations

import hashlib
import hmac

from foretrace_server.policy.reading import Condition, CoursePolicy, Study
from foretrace_server.policy.rules import Part, Policy, Rule

_HASH_BYTES = 8


def dealt(study: Study, subject: str, key: bytes) -> Condition:
    """Return the condition of a student: each is as likely as its share says."""
    message = f"foretrace condition\0{study.id}\0{subject}".encode()
    digest = hmac.new(key, message, hashlib.sha256).digest()[:_HASH_BYTES]
    shares = sum(each.share for each in study.conditions)
    place = int.from_bytes(digest, "big") * shares >> 8 * _HASH_BYTES
    for each in study.conditions:
        if place < each.share:
            return each
        place -= each.share
    raise AssertionError("a place lies below the sum of the shares")


def policy_for(policy: CoursePolicy, course: str, number: int, subject: str, key: bytes) -> Policy:
    """Return what a course's policy says to one student: of a study only their own condition."""
    if (study := policy.study) is None:
        return Policy(course=course, subject=subject, number=number, rules=policy.rules)
    condition = dealt(study, subject, key)
    begins_wall_us, ends_wall_us = study.from_wall_us, study.until_wall_us
    rule = Rule(ceiling=condition.ceiling, from_wall_us=begins_wall_us, until_wall_us=ends_wall_us)
    part = Part(
        study=study.id,
        condition=condition.name,
        told=tuple(each.name for each in study.conditions) if study.tell_conditions else (),
        from_wall_us=begins_wall_us,
        until_wall_us=ends_wall_us,
    )
    rules = (*policy.rules, rule)
    return Policy(course=course, subject=subject, number=number, rules=rules, part=part)
