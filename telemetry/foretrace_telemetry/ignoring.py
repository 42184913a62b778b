"""Files that a person does not want recorded, as `.traceignore` files say in the form of git's.

Such a file speaks for the folder that it lies in and for all below; the one nearest to a document
has the last word. One that cannot be read is taken to mean everything.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define

from foretrace_telemetry.privacy import path_of

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

NAME = ".traceignore"

_RECHECK_SECONDS = 0.5

_Stamp = tuple[int, int, int]


@define
class _Answer:
    reason: str | None
    good_until: float


@define
class _Parsed:
    stamp: _Stamp
    spec: GitIgnoreSpec | None


class IgnoreFiles:
    """Says for each document whether a `.traceignore` names it.

    The files are looked at again at most twice a second for each document, and read only when they
    changed.
    """

    def __init__(self) -> None:
        self._answers: dict[str, _Answer] = {}
        self._parsed: dict[Path, _Parsed] = {}

    def denial(self, uri: str) -> str | None:
        """Return which file says that a document is not to be recorded, or None."""
        now = time.monotonic()
        answer = self._answers.get(uri)
        if answer is None or now >= answer.good_until:
            reason = self._reason(uri)
            self._answers[uri] = answer = _Answer(reason, now + _RECHECK_SECONDS)
        return answer.reason

    def _reason(self, uri: str) -> str | None:
        path = path_of(uri)
        if path is None:
            return None
        try:
            places = {path, path.resolve()}
        except (OSError, RuntimeError, ValueError) as error:
            return f"nobody can tell which file that is: {error}"
        for place in places:
            for folder in place.parents:
                verdict = self._verdict(folder / NAME, place)
                if verdict:
                    return f"{folder / NAME} says that it is not to be recorded"
                if verdict is False:
                    break
        return None

    def _verdict(self, file: Path, path: Path) -> bool | None:
        """Return whether a file has a path ignored; None where it says nothing of it."""
        try:
            status = file.stat()
        except (FileNotFoundError, NotADirectoryError):
            self._parsed.pop(file, None)
            return None
        except OSError:
            return True
        stamp = status.st_mtime_ns, status.st_size, status.st_ino
        parsed = self._parsed.get(file)
        if parsed is None or parsed.stamp != stamp:
            parsed = self._parsed[file] = _Parsed(stamp, _read(file))
        if parsed.spec is None:
            return True
        return parsed.spec.check_file(path.relative_to(file.parent)).include


def _read(file: Path) -> GitIgnoreSpec | None:
    """Return what a file says, or None where that cannot be known."""
    from pathspec import GitIgnoreSpec  # only here: most folders have no such file

    try:
        return GitIgnoreSpec.from_lines(file.read_text(encoding="utf-8-sig").splitlines())
    except (OSError, ValueError):
        return None
