"""The model of activities as it is shipped, and as it is kept."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from foretrace_models.intent.activities import Activity
from foretrace_models.intent.belief import Hidden
from foretrace_models.intent.symbols import Symbol
from foretrace_models.learned.card import Card, WeightsError, read_card, write_card
from foretrace_models.learned.classifier import Classifier
from foretrace_models.learned.keeping import load as load_classifier
from foretrace_models.learned.tensors import read_tensors

SHIPPED = Path(__file__).parent / "shipped"
ACTIVITIES, BESIDE_SUGGESTIONS = SHIPPED / "activities", SHIPPED / "beside_suggestions"
NEXT_COMMAND = SHIPPED / "next_command"
WEIGHTS = "weights.safetensors"


def save(folder: Path, hidden: Hidden, card: Card) -> None:
    """Write a model of activities and its card into a folder.

    Raises:
        OSError: a file cannot be written.
    """
    import numpy as np
    from safetensors.numpy import save_file

    write_card(folder, card)
    tensors = {
        "start": np.array(hidden.start, np.float32),
        "transitions": np.array(hidden.transitions, np.float32),
        "emissions": np.array(hidden.emissions, np.float32),
    }
    save_file(tensors, folder / WEIGHTS)


def load(folder: Path) -> tuple[Hidden, Card]:
    """Return the model of activities of a folder, and its card.

    Raises:
        WeightsError: one of the files is missing or is not what it should be.
    """
    card, told = read_card(folder), read_tensors(folder / WEIGHTS)
    try:
        start, moves, brought = told["start"], told["transitions"], told["emissions"]
    except KeyError as error:
        raise WeightsError(f"{folder / WEIGHTS} has no {error}") from error
    if len(brought) != len(Activity) * len(Symbol) or len(moves) != len(Activity) ** 2:
        raise WeightsError(f"{folder / WEIGHTS} is of other activities, or of other symbols")
    return Hidden(start, _rows(moves, len(Activity)), _rows(brought, len(Symbol))), card


def _rows(numbers: tuple[float, ...], width: int) -> tuple[tuple[float, ...], ...]:
    each = iter(numbers)
    return tuple(zip(*[each] * width, strict=True))


@cache
def hidden() -> Hidden:
    """Return the shipped model of activities, learned from developers of Visual Studio.

    Raises:
        WeightsError: it is missing or spoiled.
    """
    return load(ACTIVITIES)[0]


@cache
def beside_suggestions() -> tuple[Classifier, Card]:
    """Return the shipped classifier for while suggestions are shown, and its card.

    It learned from the programmers of CUPS, who said themselves what they were doing.

    Raises:
        WeightsError: it is missing or spoiled.
    """
    return load_classifier(BESIDE_SUGGESTIONS)
