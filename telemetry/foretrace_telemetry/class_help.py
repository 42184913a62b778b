"""The help of a class as a file: how it is sealed, and how it lies in a data folder.

What it means is for repair to say, and to check. Here it is a JSON object of a known form and
version, no larger than it may be, with the digest that it is to have.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, NoReturn

from foretrace_telemetry.home import Home, replace_privately

FORMAT = "foretrace-class-help"
VERSION = 1
MOST_BYTES = 2**19
_KEYS = {"format", "version", "sha256", "assignments"}


class HelpRefusedError(ValueError):
    """A file of class help is not what it should be; the message says why, and quotes nothing."""


def sealed(assignments: dict[str, Any]) -> bytes:
    """Return a file that holds what is offered for some assignments, with its digest.

    Raises:
        HelpRefusedError: it would be too large to be taken by anybody.
    """
    value = {
        "format": FORMAT,
        "version": VERSION,
        "sha256": digest_of(assignments),
        "assignments": assignments,
    }
    raw = json.dumps(value, ensure_ascii=True).encode()
    if len(raw) > MOST_BYTES:
        _refuse(f"it has {len(raw):,} bytes; {MOST_BYTES:,} may be sent")
    return raw


def digest_of(assignments: dict[str, Any]) -> str:
    """Return the SHA-256 of what is offered, in hexadecimal digits: two with the same are equal."""
    canonical = json.dumps(assignments, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def opened(raw: bytes) -> dict[str, Any]:
    """Return what a file offers by the ids of assignments, its form and digest checked.

    Raises:
        HelpRefusedError: it is too large, damaged, or of another form or version.
    """
    if len(raw) > MOST_BYTES:
        _refuse(f"it has more than {MOST_BYTES:,} bytes")
    try:
        value = json.loads(raw, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise HelpRefusedError("it is no JSON") from error
    return checked(value)


def checked(value: Any) -> dict[str, Any]:
    """Return what an object, as it was sent, offers by the ids of assignments.

    Raises:
        HelpRefusedError: it is damaged, or of another form or version.
    """
    if not isinstance(value, dict) or set(value) != _KEYS or value["format"] != FORMAT:
        _refuse(f"it is no {FORMAT}")
    if type(value["version"]) is not int or value["version"] != VERSION:
        _refuse(f"it is of a version that is not known here; this is {VERSION}")
    assignments = value["assignments"]
    if not isinstance(assignments, dict):
        _refuse("its assignments are no object")
    try:
        digest = digest_of(assignments)
    except (ValueError, RecursionError) as error:
        raise HelpRefusedError("it is nested too deeply") from error
    if value["sha256"] != digest:
        _refuse("its digest is another")
    return assignments


def path_of(home: Home, address: str) -> Path:
    """Return where the help of a course lies, by the address of the course."""
    return home.class_help / f"{hashlib.sha256(address.encode()).hexdigest()[:32]}.json"


def keep(home: Home, address: str, assignments: dict[str, Any]) -> None:
    """Keep what a course offers, in the place of what it offered before; nothing where it is empty.

    Raises:
        HelpRefusedError: it is too large.
        OSError: the file cannot be written or removed.
    """
    path = path_of(home, address)
    if not assignments:
        path.unlink(missing_ok=True)
        return
    raw = sealed(assignments)
    home.create()
    path.parent.mkdir(mode=0o700, exist_ok=True)
    replace_privately(path, raw)


def drop(home: Home, address: str) -> None:
    """Remove what a course offered.

    Raises:
        OSError: the file cannot be removed.
    """
    path_of(home, address).unlink(missing_ok=True)


def kept(home: Home) -> list[Path]:
    """Return the files of all courses that offer something."""
    return sorted(home.class_help.glob("*.json"))


def _refuse_constant(name: str) -> NoReturn:
    _refuse(f"{name} is no number of JSON")


def _refuse(why: str) -> NoReturn:
    raise HelpRefusedError(why)
