"""Editing traces: keystroke-level histories of one text, with the text that they lead to.

Source of the format: github.com/josephg/editing-traces, ``sequential_traces``.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from foretrace_telemetry.text import Replacement


@frozen
class EditingTrace:
    """A history of one text; places count code points. A patch is (place, length, inserted)."""

    name: str
    start_text: str
    end_text: str
    transactions: tuple[tuple[tuple[int, int, str], ...], ...]

    def replacements(self) -> Iterator[Replacement]:
        """Iterate over all patches with the text that each removes."""
        text = self.start_text
        for transaction in self.transactions:
            for place, length, inserted in transaction:
                yield Replacement(place, text[place : place + length], inserted)
                text = text[:place] + inserted + text[place + length :]


def find(folder: Path) -> list[Path]:
    """Return the trace files of a folder and those below it."""
    return sorted(folder.rglob("*.json.gz"))


def is_trace(path: Path) -> bool:
    """Return whether a file is an editing trace; it must be read whole for that.

    Raises:
        OSError: the file cannot be read.
    """
    try:
        read(path)
    except ValueError:
        return False
    return True


def read(path: Path) -> EditingTrace:
    """Return the trace of a file.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not a trace.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            data = json.load(file)
    except (EOFError, ValueError, gzip.BadGzipFile) as error:
        raise ValueError(f"{path} is not JSON in gzip: {error}") from error
    if not isinstance(data, dict) or "txns" not in data:
        raise ValueError(f"{path} is not an editing trace: it has no 'txns'")
    name = path.name.removesuffix(".json.gz")
    try:
        transactions = tuple(
            tuple((place, length, inserted) for place, length, inserted in transaction["patches"])
            for transaction in data["txns"]
        )
        return EditingTrace(name, data["startContent"], data["endContent"], transactions)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is not an editing trace: {error!r}") from error
