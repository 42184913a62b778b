"""A policy as it travels: a document, signed with the key of the course.

What is signed is the very text of the document, behind words that no other document begins with. A
student's laptop takes a document only from the key that it knows the course by.
"""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import cattrs
from attrs import frozen
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from foretrace_models.repair.assignment import Level
from foretrace_server.policy.rules import MOST_CHARACTERS, MOST_RULES, YEARS, Policy, Span
from foretrace_telemetry.exchange.signing import fingerprint, is_signed

_FORMAT, _VERSION = "foretrace-policy", 1
_LATEST_WALL_US = int(datetime(YEARS.stop, 1, 2, tzinfo=timezone.utc).timestamp() * 1e6)
_PURPOSE = b"foretrace-policy\0"
_converter = cattrs.Converter(forbid_extra_keys=True, detailed_validation=False)
_converter.register_structure_hook(int, lambda value, _: _whole(value))
_converter.register_structure_hook(str, lambda value, _: _text(value))
# A level is a text, too, and not any text.
_converter.register_structure_hook(Level, lambda value, _: Level(value))


class PolicyRefusedError(Exception):
    """A policy is not taken; the message says why."""


@frozen
class SignedPolicy:
    """The text of a policy for one student, and the signature, in hexadecimal digits."""

    document: str
    signature: str


def sign(policy: Policy, key: Ed25519PrivateKey) -> SignedPolicy:
    """Return a policy signed."""
    document = {"format": _FORMAT, "version": _VERSION, **_converter.unstructure(policy)}
    text = json.dumps(document, separators=(",", ":"))
    return SignedPolicy(text, key.sign(_PURPOSE + text.encode()).hex())


def checked(signed: SignedPolicy, key: str) -> Policy:
    """Return a policy, if the holder of a key, in hexadecimal digits, signed it.

    Raises:
        PolicyRefusedError: somebody else signed it, or it says what this version does not know.
    """
    try:
        public_key, signature = bytes.fromhex(key), bytes.fromhex(signed.signature)
    except ValueError as error:
        raise PolicyRefusedError("its signature is none") from error
    message = _PURPOSE + signed.document.encode("utf-8", "surrogatepass")
    if not is_signed(message, signature, public_key):
        raise PolicyRefusedError("it is not signed by the course, or was changed since")
    try:
        document = json.loads(signed.document)
        if (document.pop("format"), document.pop("version")) != (_FORMAT, _VERSION):
            raise PolicyRefusedError("it is of a later version of Foretrace; update yours")
        policy = _converter.structure(document, Policy)
        _check_bounds(policy)
        return policy
    except PolicyRefusedError:
        raise
    except Exception as error:  # however wrong it is, nothing of it counts
        raise PolicyRefusedError(f"it cannot be read ({type(error).__name__})") from error


def check_successor(policy: Policy, course: str, subject: str, before: Policy | None) -> None:
    """See to it that a policy is of a course, for a student, and no older than the one before.

    `subject` is the pseudonym by which the course knows them, empty before it was told.

    Raises:
        PolicyRefusedError: it is not.
    """
    if policy.course != course:
        raise PolicyRefusedError("it is of another course")
    if subject and policy.subject != subject:
        raise PolicyRefusedError("it is for another student")
    if before is not None and policy.number < before.number:
        raise PolicyRefusedError(
            f"it has the number {policy.number}, and number {before.number} was here already"
        )


def key_words(key: str) -> str:
    """Return the short fingerprint of a public key, as people compare it.

    Raises:
        ValueError: it is no key in hexadecimal digits.
    """
    digits = fingerprint(bytes.fromhex(key))
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def is_key(value: Any) -> bool:
    """Return whether something is a public key in hexadecimal digits."""
    try:
        return isinstance(value, str) and len(bytes.fromhex(value)) == 32
    except ValueError:
        return False


def _check_bounds(policy: Policy) -> None:
    """See to it that a policy can be told in words, and asked at each moment.

    Raises:
        ValueError: it has more in it, or other moments and names, than a course can publish.
    """
    part = [policy.part] if policy.part is not None else []
    names = [policy.course, policy.subject]
    names += [rule.assignment for rule in policy.rules if rule.assignment is not None]
    names += [name for each in part for name in (each.study, each.condition, *each.told)]
    spans: list[Span] = [*policy.rules, *part]
    edges = (edge for each in spans for edge in (each.from_wall_us, each.until_wall_us))
    # The condition of a study is one rule more.
    if len(policy.rules) > MOST_RULES + 1:
        raise ValueError("it has too many rules")
    if not all(each.isprintable() and len(each) <= MOST_CHARACTERS for each in names):
        raise ValueError("it has a name that is none")
    if not all(edge is None or 0 <= edge <= _LATEST_WALL_US for edge in edges):
        raise ValueError("it has a moment that is none")


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise TypeError("that is no whole number")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("that is no text")
    return value
