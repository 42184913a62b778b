"""Where streams come from, and simulated ones written down in the format of a log of commands."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from sys import intern

from foretrace_models.gap.streams import Stream
from foretrace_server.analysing.recorded_streams import recorded_streams
from foretrace_telemetry.home import Home
from foretrace_telemetry.readers import abb
from foretrace_telemetry.store import NoTracesError, Store

RECORDED = "recorded"
_LOG = ".csv.gz"
_LINES = (".jsonl", ".jsonl.gz")
_LATEST_S = 1e11  # the year 5138: milliseconds are later


def read_streams(source: str) -> tuple[str, list[Stream]]:
    """Return what a source is, in words, and its streams.

    A source is the word `recorded`, or the path of a data folder of Foretrace, of a log of commands
    or the folder that it lies in, or of a file with a JSON object on each line.

    Raises:
        OSError: it cannot be read.
        ValueError: it is none of these, or what it holds is not what it should be.
    """
    if source == RECORDED:
        return "what is recorded here", _recorded(Home.default())
    path = Path(source)
    if Home(path).traces.is_file():
        return f"what is recorded in {path.name}", _recorded(Home(path))
    log = path if path.is_file() and path.name.endswith(_LOG) else abb.find(path)
    if log is not None:
        return f"the log {path.name}", list(_logged(log))
    if path.is_file() and path.name.endswith(_LINES):
        return f"the lines of {path.name}", _from_lines(path)
    raise ValueError(
        f"{source} has nothing to compare; name a folder with {abb.EVENTS}, a file that ends with "
        f"{_LOG} or {_LINES[0]}, a data folder of Foretrace, or {RECORDED!r}"
    )


def write_streams(streams: Iterable[Stream], file: Path) -> None:
    """Write streams as a log of commands, byte for byte the same for the same streams.

    Raises:
        OSError: the file cannot be written.
    """
    with (
        file.open("wb") as raw,
        gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed,
        io.TextIOWrapper(packed, encoding="utf-8", newline="") as text,
    ):
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(abb.COLUMNS)
        for stream in streams:
            for time_s, event in zip(stream.times_s, stream.events, strict=True):
                at = datetime.fromtimestamp(time_s, timezone.utc)
                rows.writerow((f"{at:%Y-%m-%d %H:%M:%S}", stream.person, event))


def _recorded(home: Home) -> list[Stream]:
    try:
        with closing(Store.read(home)) as store:
            return recorded_streams(store)
    except NoTracesError as error:
        raise ValueError(str(error)) from error
    except sqlite3.Error as error:
        raise ValueError(f"{home.traces} cannot be read: {error}") from error


def _logged(file: Path) -> Iterator[Stream]:
    for log in abb.read(file):
        yield Stream(log.person, array("q", log.times_s), tuple(map(intern, log.messages)))


def _from_lines(file: Path) -> list[Stream]:
    """Read objects with `person`, `time_s` (seconds since 1970), `event` and if known `place`."""
    opener = gzip.open if file.name.endswith(".gz") else open
    rows: dict[str, list[tuple[int, str, str | None]]] = defaultdict(list)
    number = 0
    try:
        with opener(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                number += 1
                if line.strip():
                    person, row = _row(json.loads(line))
                    rows[person].append(row)
    except (EOFError, gzip.BadGzipFile, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"line {number} of {file} cannot be read: {error!r}") from error
    streams = []
    for person, own in rows.items():
        own.sort(key=lambda row: row[0])
        times_s, events, places = zip(*own, strict=True)
        known = places if any(place is not None for place in places) else None
        streams.append(Stream(person, array("q", times_s), events, known))
    return streams


def _row(value: dict[str, object]) -> tuple[str, tuple[int, str, str | None]]:
    person, time_s, event = value["person"], value["time_s"], value["event"]
    place = value.get("place")
    if not isinstance(person, str) or not isinstance(event, str):
        raise TypeError("person and event must be texts")
    if isinstance(time_s, bool) or not isinstance(time_s, (int, float)):
        raise TypeError("time_s must be a number")
    if not 0 <= time_s < _LATEST_S:
        raise ValueError("time_s must be seconds since 1970")
    if place is not None and not isinstance(place, str):
        raise TypeError("place must be a text")
    return person, (int(time_s), intern(event), place)
