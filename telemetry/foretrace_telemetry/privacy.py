"""Files that are never recorded, whatever was consented to. Decided by name, before any reading."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import unquote, urlsplit
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


def path_of(uri: str) -> Path | None:
    """Return the path of a ``file:`` address, or None for any other."""
    parts = urlsplit(uri)
    if parts.scheme != "file":
        return None
    return Path(url2pathname(unquote(parts.path)))


def is_denied_name(name: str) -> bool:
    """Return whether a file or folder of this name is one that nothing should look into."""
    return any(fnmatch(name.lower(), pattern) for pattern in DENIED_NAMES)


def denial(uri: str, home: Home) -> str | None:
    """Return why a document must not be recorded, or None if it may be.

    Both the name as given and the file that a link leads to are looked at.
    """
    path = path_of(uri)
    if path is None:
        return f"only files are recorded, not {urlsplit(uri).scheme or 'unnamed'}: documents"
    for candidate in (path, path.resolve()):
        for part in candidate.parts:
            if is_denied_name(part):
                return f"files named like {part} are never recorded"
        if candidate.is_relative_to(home.path.resolve()):
            return "Foretrace does not record its own folder"
    return None
