"""The card of weights: what they were made of, by which command, and how good they are."""

from __future__ import annotations

import json
from pathlib import Path

import cattrs
from attrs import asdict, field, frozen

from foretrace_models.who import person_digest

CARD = "card.json"


class WeightsError(ValueError):
    """A folder holds no weights that can be used; the message says why."""


@frozen
class Learned:
    """A data set that weights learned from; `seen` are its people, as digests."""

    name: str
    sha256: str
    licence: str
    examples: int
    seen: tuple[str, ...]


@frozen
class Card:
    """What weights are. `metrics` has what was measured, by name; people were left out for it."""

    name: str
    licence: str
    command: str
    seed: int
    data: tuple[Learned, ...]
    features: tuple[str, ...]
    classes: tuple[str, ...]
    metrics: dict[str, float] = field(factory=dict)

    def has_seen(self, dataset: str, person: str) -> bool:
        """Return whether a person of a data set is among those that the weights learned from."""
        digest = person_digest(dataset, person)
        return any(digest in each.seen for each in self.data)


def read_card(folder: Path) -> Card:
    """Return the card of weights.

    Raises:
        WeightsError: it is missing or is no such card.
    """
    try:
        told = json.loads((folder / CARD).read_text(encoding="utf-8"))
        return cattrs.structure(told, Card)
    except (OSError, ValueError, cattrs.BaseValidationError) as error:
        raise WeightsError(f"{folder / CARD} is not the card of weights: {error}") from error


def write_card(folder: Path, card: Card) -> None:
    """Write the card of weights.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CARD).write_text(json.dumps(asdict(card), indent=2) + "\n", encoding="utf-8")
