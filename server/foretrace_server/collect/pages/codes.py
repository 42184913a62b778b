"""Codes: who can write to the course's folder is its instructor, and gets in with one, once.

A code is a file that is named by its hash, so that the command that makes one and the server that
takes it need nothing of each other. Removing it is what lets somebody in, and succeeds once.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import time
from pathlib import Path

from foretrace_server.collect.course import Course

VALID_SECONDS = 600
_CODE_BYTES = 15
_TOGETHER = 6


class Codes:
    """The codes of a course that were made and not yet used."""

    def __init__(self, course: Course) -> None:
        self._folder = course.home.path / "codes"

    def make(self) -> str:
        """Return a code that lets somebody in once, for `VALID_SECONDS`.

        Raises:
            OSError: the folder cannot be written.
        """
        self._folder.mkdir(mode=0o700, exist_ok=True)
        for path in self._folder.iterdir():
            if _age_seconds(path) > VALID_SECONDS:
                path.unlink(missing_ok=True)
        letters = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode().lower()
        groups = (letters[at : at + _TOGETHER] for at in range(0, len(letters), _TOGETHER))
        code = "-".join(groups)
        os.close(os.open(self._path_of(code), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        return code

    def take(self, code: str) -> bool:
        """Use a code up; return whether it was one that is valid.

        How long that takes depends on the hash of what was tried, which tells nobody a code.

        Raises:
            OSError: the folder cannot be written.
        """
        path = self._path_of(code)
        try:
            is_valid = _age_seconds(path) <= VALID_SECONDS
            path.unlink()
        except FileNotFoundError:
            return False
        return is_valid

    def _path_of(self, code: str) -> Path:
        letters = "".join(each for each in code.lower() if each.isalnum())
        return self._folder / hashlib.sha256(letters.encode("utf-8", "surrogatepass")).hexdigest()


def _age_seconds(path: Path) -> float:
    return time.time() - path.stat().st_mtime
