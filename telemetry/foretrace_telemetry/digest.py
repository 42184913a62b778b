"""Keyed hashes of texts and names.

A plain hash of a short text is as good as a copy of it; one keyed with a secret of the data
folder tells only whether two texts in that folder are equal.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import PurePosixPath

from foretrace_telemetry.text import canonical_bytes


def digest_of(text: str, key: bytes) -> str:
    """Return the keyed hash of a text, in hexadecimal digits."""
    return hmac.new(key, canonical_bytes(text), hashlib.sha256).hexdigest()


def pseudonym_of(uri: str, key: bytes) -> str:
    """Return a name that stands for a document: equal for equal ones, with its suffix kept."""
    return f"withheld:{digest_of(uri, key)[:16]}{PurePosixPath(uri).suffix}"
