"""What is known of next edits as JSON beside its card; numbers so few can be read by everybody."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import cattrs
from attrs import asdict

from foretrace_models.learned.card import Card, WeightsError, read_card, write_card
from foretrace_models.next_edit.knowledge import Knowledge

KNOWLEDGE = "knowledge.json"
SHIPPED = Path(__file__).parent / "shipped"


def save(folder: Path, knowledge: Knowledge, card: Card) -> None:
    """Write what is known and its card into a folder.

    Raises:
        OSError: a file cannot be written.
    """
    write_card(folder, card)
    text = json.dumps(asdict(knowledge), indent=1) + "\n"
    (folder / KNOWLEDGE).write_text(text, encoding="utf-8")


def load(folder: Path = SHIPPED) -> tuple[Knowledge, Card]:
    """Return what a folder says is known, and its card.

    Raises:
        WeightsError: one of the files is missing or is not what it should be.
    """
    card = read_card(folder)
    try:
        told = json.loads((folder / KNOWLEDGE).read_text(encoding="utf-8"))
        return cattrs.structure(told, Knowledge), card
    except (OSError, ValueError, cattrs.BaseValidationError) as error:
        raise WeightsError(f"{folder / KNOWLEDGE} cannot be used: {error!r}") from error


@cache
def shipped() -> Knowledge:
    """Return what comes with Foretrace.

    Raises:
        WeightsError: it is missing or is not what it should be.
    """
    return load()[0]
