"""Compressed files with a JSON object on each line."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

Read = TypeVar("Read")


def read_lines(path: Path, read: Callable[[dict[str, Any]], Read]) -> Iterator[Read]:
    """Iterate over what `read` makes of each line; empty ones are left out.

    Raises:
        OSError: the file cannot be read.
        ValueError: a line is not what `read` takes; the message names it.
    """
    number = 0
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                number += 1
                if line.strip():
                    yield read(json.loads(line))
    except (EOFError, gzip.BadGzipFile, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"line {number} of {path} cannot be read: {error!r}") from error
