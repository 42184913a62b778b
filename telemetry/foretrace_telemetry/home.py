"""The data folder: where it is, what lies in it, and how it is made private.

``FORETRACE_HOME`` names it; without that it is the platform's folder for application data.
Foretrace writes nothing outside of it but the files of the workspace that a person edits.
"""

from __future__ import annotations

import contextlib
import glob
import os
import secrets
import time
from pathlib import Path

from attrs import frozen

KEY_BYTES = 32
_DRAFT_BYTES = 8
# Nobody takes that long to write one.
_DRAFT_SECONDS = 60.0


@frozen
class Home:
    """The data folder and the names of what lies in it. Making one touches no disk."""

    path: Path

    @classmethod
    def default(cls) -> Home:
        """Return the folder that the environment names."""
        if named := os.environ.get("FORETRACE_HOME"):
            return cls(Path(named).expanduser().absolute())
        from platformdirs import user_data_path  # only here: most runs name the folder

        return cls(user_data_path("foretrace", appauthor=False))

    @property
    def consent_log(self) -> Path:
        """The decisions about recording, one JSON object a line."""
        return self.path / "consent.jsonl"

    @property
    def traces(self) -> Path:
        """The recorded events, an SQLite database."""
        return self.path / "traces.db"

    @property
    def write_ahead_log(self) -> Path:
        """What SQLite has not yet moved into the database."""
        return self.traces.with_name(f"{self.traces.name}-wal")

    @property
    def key_file(self) -> Path:
        """The key of every digest in the store."""
        return self.path / "key"

    @property
    def signing_key(self) -> Path:
        """The key with which bundles are signed; made when something is first exported."""
        return self.path / "signing-key"

    @property
    def courses(self) -> Path:
        """The courses that were joined, with the token of each; see `sending.courses`."""
        return self.path / "courses.json"

    @property
    def class_help(self) -> Path:
        """What the courses that were joined offer as help, a file each."""
        return self.path / "class-help"

    @property
    def policies(self) -> Path:
        """The last policy of each course that was joined, as the course signed it."""
        return self.path / "policies.json"

    @property
    def models(self) -> Path:
        """The weights of language models, a folder each."""
        return self.path / "models"

    def create(self) -> None:
        """Make the folder, readable by its owner only.

        Raises:
            OSError: the folder cannot be made.
        """
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)

    def key(self) -> bytes:
        """Return the key of this folder's digests, made at random on first use.

        A plain hash of a short text can be guessed back; one keyed with this cannot, for as long
        as the key stays here.

        Raises:
            OSError: the key can be neither read nor made.
        """
        if not self.key_file.exists():
            self.create()
            _remove_old_drafts(self.key_file)
            draft = self.path / f"{self.key_file.name}.{secrets.token_hex(_DRAFT_BYTES)}"
            try:
                _write_privately(draft, secrets.token_bytes(KEY_BYTES))
                # Linking is the one step that both makes the whole key appear and loses to
                # another process that was first.
                os.link(draft, self.key_file)
            except FileExistsError:
                pass
            finally:
                draft.unlink(missing_ok=True)
        return self.key_file.read_bytes()

    def existing_key(self) -> bytes | None:
        """Return the key of this folder's digests, or None where there is none (any more).

        Raises:
            OSError: the key cannot be read.
        """
        try:
            return self.key_file.read_bytes()
        except FileNotFoundError:
            return None


def replace_privately(path: Path, content: bytes) -> None:
    """Put a file in the place of another one, whole, for its owner only.

    Drafts of a process that was killed at it go: there may be a token in them.

    Raises:
        OSError: it cannot be written; what was there stays.
    """
    _remove_old_drafts(path)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(_DRAFT_BYTES)}")
    try:
        _write_privately(draft, content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _write_privately(path: Path, content: bytes) -> None:
    """Write a new file and wait until the disk has it."""
    path.touch(mode=0o600)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _remove_old_drafts(path: Path) -> None:
    for draft in path.parent.glob(f"{glob.escape(path.name)}.{'[0-9a-f]' * 2 * _DRAFT_BYTES}"):
        with contextlib.suppress(FileNotFoundError):  # another process did
            if time.time() - draft.lstat().st_mtime > _DRAFT_SECONDS:
                draft.unlink()
