"""Sets of real traces to learn from and to measure on: which of them lies in a folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from attrs import frozen

from foretrace_telemetry.readers import cpack, exercism_versions, itap
from foretrace_telemetry.traces import Trace


@frozen
class TraceSet:
    """The traces of people in a folder; `sha256` is of the file that they were read from."""

    name: str
    licence: str
    sha256: str
    traces: tuple[Trace, ...]


@frozen
class _Known:
    name: str
    file: str
    licence: str
    read: Callable[[Path], Iterator[Trace]]


_KNOWN = (
    _Known("itap", itap.SEQUENCES, "MIT", itap.read_traces),
    _Known("cpack", cpack.SUBMISSIONS, "MIT", cpack.read),
    _Known("exercism", exercism_versions.VERSIONS, "MIT and Apache-2.0", exercism_versions.read),
)
# Each is enough to recognise its set.
FILES = tuple(known.file for known in _KNOWN)


def read_traces(folder: Path) -> TraceSet:
    """Return the traces in a folder.

    Raises:
        OSError: a file cannot be read.
        ValueError: a file is not what its name says, or no set that is known lies there.
    """
    for known in _KNOWN:
        file = folder / known.file
        if file.is_file():
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            return TraceSet(known.name, known.licence, digest, tuple(known.read(folder)))
    names = ", ".join(f"{known.name} ({known.file})" for known in _KNOWN)
    raise ValueError(f"{folder} holds no traces of people; what is known are {names}")
