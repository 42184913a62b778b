"""Logs that hold no source text: of an exception they tell the type and the places, not the words.

An exception's message may quote what a person wrote: a syntax error does, and so does a message of
the protocol that does not fit.
"""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from types import TracebackType

_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]


class _WithoutWords(logging.Formatter):
    def formatException(  # noqa: N802 - logging's name
        self, ei: _ExceptionInfo | tuple[None, None, None]
    ) -> str:
        kind, _, trace = ei
        places = [
            f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
            for frame in traceback.extract_tb(trace, limit=-8)
        ]
        return "\n".join([*places, kind.__name__ if kind is not None else ""])


def set_up(level: str, file: Path | None = None) -> None:
    """Log from this level on to a file, or to standard error.

    Raises:
        OSError: the file cannot be written.
    """
    handler: logging.Handler = logging.StreamHandler()
    if file is not None:
        handler = logging.FileHandler(file, encoding="utf-8")
    handler.setFormatter(_WithoutWords(_FORMAT))
    logging.basicConfig(level=level.upper(), handlers=[handler])
