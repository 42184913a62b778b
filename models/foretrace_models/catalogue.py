"""The catalogue: which language models are on this machine, which one serves, what is missing.

Each model has a folder with a card, ``card.json``, that says where it comes from. The weights lie
beside the card, or stay in a folder of the person's own that the card names. Nothing here needs
torch, or loads it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cattrs
from attrs import asdict, frozen

from foretrace_telemetry.home import Home

DEFAULT_NAME = "smollm2-135m"
_CARD = "card.json"
_IN_USE = "in-use"
_PARTS = ("torch", "transformers")
INSTALL = "pip install 'foretrace[model]'"
FETCH = "foretrace model fetch"


class CatalogueError(Exception):
    """A model's card cannot be read; the message says which and what to do."""


@frozen
class Card:
    """Where a model comes from. `files` are the SHA-256 of its weights, by name."""

    name: str
    source: str
    licence: str
    files: dict[str, str]
    folder: str | None = None


@frozen
class Missing:
    """Something that the model needs and that is not here, and how to get it."""

    what: str
    remedy: str


def folder_of(home: Home, name: str) -> Path:
    """Return the folder of a model's card; names on the hub have a slash in them."""
    return home.models / name.replace("/", "--")


def weights_of(home: Home, card: Card) -> Path:
    """Return the folder of a model's weights."""
    return Path(card.folder) if card.folder else folder_of(home, card.name)


def cards(home: Home) -> list[Card]:
    """Return the cards of all models that were fetched."""
    paths = sorted(home.models.glob(f"*/{_CARD}"))
    return [cattrs.structure(json.loads(path.read_text("utf-8")), Card) for path in paths]


def card_in_use(home: Home) -> Card | None:
    """Return the card of the model that serves: the one fetched last. None without one.

    Raises:
        CatalogueError: the card cannot be read.
    """
    try:
        name = (home.models / _IN_USE).read_text("utf-8").strip()
        return read_card(home, name)
    except (FileNotFoundError, NotADirectoryError):
        return None


def read_card(home: Home, name: str) -> Card:
    """Return a model's card.

    Raises:
        FileNotFoundError: there is none.
        CatalogueError: it cannot be read.
    """
    path = folder_of(home, name) / _CARD
    try:
        return cattrs.structure(json.loads(path.read_text("utf-8")), Card)
    except FileNotFoundError:
        raise
    except Exception as error:
        raise CatalogueError(f"{path} cannot be read ({error}); run `{FETCH} {name}`") from error


def write_card(home: Home, card: Card) -> None:
    """Write a model's card, and have this model serve from now on."""
    folder = folder_of(home, card.name)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _CARD).write_text(json.dumps(asdict(card), indent=2) + "\n", "utf-8")
    (home.models / _IN_USE).write_text(card.name + "\n", "utf-8")


def missing(home: Home, name: str | None = None) -> list[Missing]:
    """Return what must be got before a model can serve, by default the one in use.

    Raises:
        FileNotFoundError: there is no model of that name.
    """
    found = missing_packages()
    try:
        card = read_card(home, name) if name else card_in_use(home)
    except CatalogueError as error:
        return [*found, Missing(str(error), FETCH)]
    if card is None:
        return [*found, Missing("the weights of a language model", FETCH)]
    gone = [name for name in card.files if not (weights_of(home, card) / name).exists()]
    if gone:
        words = f"{', '.join(gone)} of the model {card.name}"
        return [*found, Missing(words, f"{FETCH} {card.folder or card.name}")]
    return found


def missing_packages() -> list[Missing]:
    """Return the packages that every model needs and that are not here."""
    return [
        Missing(f"the package {part}", INSTALL)
        for part in _PARTS
        if importlib.util.find_spec(part) is None
    ]


def words_of(lacks: Sequence[Missing]) -> str:
    """Return whether a model is ready, in words for people."""
    words = ", ".join(f"{lack.what} ({lack.remedy})" for lack in lacks)
    return f"missing: {words}" if lacks else "ready"


def describe(home: Home, name: str | None = None) -> dict[str, Any]:
    """Return all this as a JSON object.

    Raises:
        FileNotFoundError: there is no model of that name.
    """
    lacks = missing(home, name)
    try:
        card = read_card(home, name) if name else card_in_use(home)
    except CatalogueError:
        card = None
    return {
        "available": not lacks,
        "reason": words_of(lacks),
        "name": card.name if card else None,
        "source": card.source if card else None,
        "licence": card.licence if card else None,
        "missing": [asdict(each) for each in lacks],
    }


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while part := file.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()
