"""Files that are never recorded, whatever was consented to. Decided by name, before any reading."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from foretrace_telemetry.home import Home

DENIED_NAMES = (
    ".env",
    ".env.*",
    "*.pem",
    "*.key",
    "*.p12",
    "*.pfx",
    "*.kdbx",
    "id_rsa*",
    "id_dsa*",
    "id_ecdsa*",
    "id_ed25519*",
    ".netrc",
    ".pypirc",
    ".npmrc",
    ".git-credentials",
    ".pgpass",
    "secrets.*",
    "credentials*",
    ".ssh",
    ".aws",
    ".gnupg",
    ".kube",
    ".git",
)


_ESCAPED_DRIVE = re.compile(r"^(/[A-Za-z])%3A", re.IGNORECASE)


def path_of(uri: str) -> Path | None:
    """Return the path of a ``file:`` address, or None for any other and where it names no file."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if parts.scheme != "file":
        return None
    # VS Code escapes the colon of a drive, and `url2pathname` wants to see it.
    path = Path(url2pathname(_ESCAPED_DRIVE.sub(r"\1:", parts.path)))
    return path if path.is_absolute() and path.name else None


def is_denied_name(name: str) -> bool:
    """Return whether a file or folder of this name is one that nothing should look into."""
    return any(fnmatch(name.lower(), pattern) for pattern in DENIED_NAMES)


def denial(uri: str, home: Home) -> str | None:
    """Return why a document must not be recorded, or None if it may be.

    Both the name as given and the file that a link leads to are looked at.
    """
    path = path_of(uri)
    if path is None:
        return f"only files are recorded, not {uri.partition(':')[0] or 'unnamed'}: documents"
    try:
        target = path.resolve()
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a null byte
        return f"nobody can tell which file that is: {error}"
    for candidate in (path, target):
        for part in candidate.parts:
            if is_denied_name(part):
                return f"files named like {part} are never recorded"
        if candidate.is_relative_to(home.path.resolve()):
            return "Foretrace does not record its own folder"
    return None
