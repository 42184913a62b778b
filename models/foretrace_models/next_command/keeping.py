"""Pooled counts as safetensors beside their card; what hardly anybody did is left out."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from foretrace_models.learned.card import Card, WeightsError, read_card, write_card
from foretrace_models.learned.tensors import Tensors, read_tensors
from foretrace_models.next_command.counts import Context, Counts, Vocabulary

WEIGHTS = "weights.safetensors"
# After two commands and more, what one person did once says nothing of others.
_LEAST_COUNT = 1.01
_KEPT_WHOLE = 1


def save(folder: Path, counts: Counts, card: Card) -> None:
    """Write pooled counts and their card, whose classes are the commands, into a folder.

    Raises:
        OSError: a file cannot be written.
    """
    import numpy as np
    from safetensors.numpy import save_file

    kept = pruned(counts).followers
    write_card(folder, card)
    save_file(
        {
            "contexts.lengths": np.array([len(context) for context in kept], np.uint8),
            "contexts.commands": np.array(list(chain.from_iterable(kept)), np.uint16),
            "followers.sizes": np.array([len(of) for of in kept.values()], np.uint16),
            "followers.commands": np.array(list(chain.from_iterable(kept.values())), np.uint16),
            "followers.counts": np.array(
                [count for of in kept.values() for count in of.values()], np.float16
            ),
        },
        folder / WEIGHTS,
    )


def pruned(counts: Counts) -> Counts:
    """Return counts without what was too rare to keep."""
    left = Counts(counts.order, counts.damping)
    for context, of in counts.followers.items():
        often = {
            number: count
            for number, count in of.items()
            if count > _LEAST_COUNT or len(context) <= _KEPT_WHOLE
        }
        if often:
            left.followers[context] = often
    return left


def load(folder: Path) -> tuple[Counts, Vocabulary, Card]:
    """Return the pooled counts of a folder, with their commands and their card.

    Raises:
        WeightsError: one of the files is missing or is not what it should be.
    """
    card = read_card(folder)
    try:
        return _counts(read_tensors(folder / WEIGHTS)), Vocabulary(card.classes), card
    except (KeyError, ValueError) as error:
        raise WeightsError(f"{folder / WEIGHTS} cannot be used: {error!r}") from error


def _counts(told: Tensors) -> Counts:
    counts = Counts()
    commands = told["contexts.commands"]
    numbers, values = told["followers.commands"], told["followers.counts"]
    at = start = 0
    for length, size in zip(told["contexts.lengths"], told["followers.sizes"], strict=True):
        context: Context = tuple(commands[at : at + length])
        part = slice(start, start + size)
        counts.followers[context] = dict(zip(numbers[part], values[part], strict=True))
        at, start = at + length, start + size
    return counts
