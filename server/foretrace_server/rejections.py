"""Rejections: the changes that a person turned down, so that none of them is offered again."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable

from foretrace_server.offers import FixKey
from foretrace_telemetry.digest import digest_of
from foretrace_telemetry.secrets import find_secrets


class Rejections:
    """What was turned down in each document: in this session in memory, before it by digests."""

    def __init__(self) -> None:
        self._keys: defaultdict[str, set[FixKey]] = defaultdict(set)
        self._digests: dict[str, frozenset[str]] = {}
        self._digest_key = b""

    def add(self, uri: str, keys: Iterable[FixKey]) -> None:
        """Note that changes were turned down, not to be forgotten when the document is closed."""
        self._keys[uri].update(keys)

    def recalled(self, uri: str, digests: frozenset[str], digest_key: bytes) -> None:
        """Take over the digests of what was turned down in earlier sessions."""
        self._digests[uri] = digests
        self._digest_key = digest_key

    def has(self, uri: str, key: FixKey) -> bool:
        """Return whether a change was turned down."""
        if key in self._keys[uri]:
            return True
        return uri in self._digests and _digest(key, self._digest_key) in self._digests[uri]

    def clear(self) -> None:
        """Forget all of it."""
        self._keys.clear()
        self._digests.clear()


def digests_of(keys: Iterable[FixKey], digest_key: bytes) -> tuple[str, ...]:
    """Return what is recorded of changes: no digest of a line that has a secret."""
    return tuple(
        _digest(key, digest_key)
        for key in keys
        if not any(find_secrets(text, "") for change in key for text in change)
    )


def _digest(key: FixKey, digest_key: bytes) -> str:
    return digest_of(json.dumps(sorted(key)), digest_key)
