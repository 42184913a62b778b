"""Who weights learned from: as digests of the names that the data have for them.

These are pseudonyms already; a digest only spares a card to list them. Who has the data can tell.
"""

from __future__ import annotations

import hashlib


def person_digest(dataset: str, person: str) -> str:
    """Return what a card calls a person of a data set."""
    return hashlib.sha256(f"{dataset} {person}".encode()).hexdigest()[:16]
