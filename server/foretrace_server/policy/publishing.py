"""Publishing: what a course's policies were, each under a number, and the last one signed.

They stand in the course's folder, the newest last, as the instructor wrote them; none is ever taken
out, so that it can be told later what held when.
"""

from __future__ import annotations

import json
import time

from attrs import frozen
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from foretrace_server.collect.course import Course
from foretrace_server.policy.dealing import policy_for
from foretrace_server.policy.reading import CoursePolicy, PolicyError, Study, read_policy
from foretrace_server.policy.signed import SignedPolicy, sign
from foretrace_telemetry.exchange.signing import signing_key
from foretrace_telemetry.home import replace_privately
from foretrace_telemetry.locking import holding

_PATIENCE_SECONDS = 5.0


class PublishedUnreadableError(OSError):
    """What was published, or the key that signs it, cannot be read any more."""


@frozen
class Published:
    """A policy that was published: its number, when, and the file as it was written."""

    number: int
    published_wall_us: int
    text: str

    @property
    def policy(self) -> CoursePolicy:
        """What it says."""
        return read_policy(self.text.encode())


def publish(course: Course, raw: bytes) -> Published:
    """Publish what an instructor wrote, under the next number.

    Raises:
        PolicyError: it is no policy, or changes the conditions of a study that was published.
        OSError: the folder cannot be written, or what was published cannot be read.
        HeldError: another program is publishing.
    """
    policy = read_policy(raw)
    with holding(course.home.path / "policies.lock", _PATIENCE_SECONDS):
        before = published(course)
        for each in before:
            _check_study(policy.study, each)
        new = Published(len(before) + 1, time.time_ns() // 1000, raw.decode("utf-8-sig"))
        told = [{"published_wall_us": e.published_wall_us, "text": e.text} for e in (*before, new)]
        content = json.dumps({"policies": told}, indent=1)
        replace_privately(course.policies, content.encode("utf-8") + b"\n")
    return new


def published(course: Course) -> list[Published]:
    """Return all that was published, the newest last.

    Raises:
        OSError: it cannot be read.
    """
    try:
        told = json.loads(course.policies.read_bytes())["policies"]
        found = [
            Published(number, int(each["published_wall_us"]), str(each["text"]))
            for number, each in enumerate(told, 1)
        ]
        for each in found:
            read_policy(each.text.encode())
    except FileNotFoundError:
        return []
    except (ValueError, KeyError, TypeError) as error:
        raise PublishedUnreadableError(f"{course.policies} cannot be read: {error!r}") from error
    return found


def signed_for(course: Course, subject: str) -> SignedPolicy:
    """Return the policy of one student, signed; number 0 where none was published.

    Raises:
        OSError: a key or what was published cannot be read.
    """
    found = published(course)
    policy = found[-1].policy if found else CoursePolicy()
    told = policy_for(policy, course.name, len(found), subject, course.key())
    return sign(told, _key(course))


def public_key(course: Course) -> str:
    """Return the key that the policies of a course are signed with, in hexadecimal digits.

    Raises:
        OSError: it can be neither read nor made.
    """
    return _key(course).public_key().public_bytes_raw().hex()


def _key(course: Course) -> Ed25519PrivateKey:
    try:
        return signing_key(course.home)
    except ValueError as error:
        raise PublishedUnreadableError(f"{course.home.signing_key} is no key") from error


def _check_study(study: Study | None, before: Published) -> None:
    former = before.policy.study
    if study is None or former is None or study.id != former.id:
        return
    if study.conditions != former.conditions:
        raise PolicyError(
            f"the study {study.id} was published before with other conditions, ceilings or shares "
            f"(policy {before.number}); students would change sides, so give it another id"
        )
