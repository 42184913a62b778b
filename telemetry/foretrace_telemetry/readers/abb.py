"""ABB's logs of Visual Studio: the commands and events of developers over a year, without code.

``events.csv.gz`` with the columns `timestamp`, `developer_id` and `message`, times in seconds.

Source: github.com/abb-iss/DeveloperInteractionLogs; Damevski et al., "Mining Sequences of
Developer Interactions in Visual Studio for Usage Smells" (TSE 2017).
"""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path

from attrs import frozen

EVENTS = "events.csv.gz"
COLUMNS = ["timestamp", "developer_id", "message"]


@frozen
class CommandLog:
    """What one developer did, in order of time: a time in seconds for each message."""

    person: str
    times_s: tuple[int, ...]
    messages: tuple[str, ...]


def find(path: Path) -> Path | None:
    """Return the log at a path, or None where there is none."""
    file = path if path.name == EVENTS else path / EVENTS
    return file if file.is_file() else None


def read(file: Path) -> list[CommandLog]:
    """Return the logs of a file, one for each developer.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not what it should be; the message names the line.
    """
    rows: dict[str, list[tuple[int, str]]] = defaultdict(list)
    number = 1
    try:
        with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
            reader = csv.reader(lines)
            if next(reader, None) != COLUMNS:
                raise ValueError(f"its columns are not {', '.join(COLUMNS)}")
            for time, person, message in reader:
                number += 1
                rows[person].append((_seconds(time), message))
    except (EOFError, gzip.BadGzipFile, ValueError, csv.Error) as error:
        raise ValueError(f"line {number} of {file} cannot be read: {error}") from error
    logs = []
    for person, own in rows.items():
        own.sort(key=lambda row: row[0])
        logs.append(CommandLog(person, *map(tuple, zip(*own, strict=True))))
    return logs


@lru_cache(maxsize=4096)
def _seconds(time: str) -> int:
    return int(datetime.fromisoformat(time).replace(tzinfo=timezone.utc).timestamp())
