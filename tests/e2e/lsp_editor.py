"""What editors other than VS Code have in common in tests: a folder, a server, and patience."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

from foretrace_telemetry.home import Home
from tests.processes import command_of, descendants, have_ended

_SECONDS = 60.0


class LspEditor(ABC):
    """An editor with a workspace, and with nothing of the person who runs it."""

    def __init__(self, folder: Path, home: Home) -> None:
        self.folder = folder
        self.workspace = folder / "project"
        self.workspace.mkdir(parents=True)
        self.process: subprocess.Popen[bytes] | None = None
        self.environment = {
            **os.environ,
            "FORETRACE_HOME": str(home.path),
            # The `foretrace` of these tests comes first.
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }

    @abstractmethod
    def start(self, file: Path) -> None:
        """Start it with a file open, and wait until the server works for that."""

    @abstractmethod
    def leave(self) -> None:
        """Leave it as a person does."""

    @abstractmethod
    def keys(self, keys: str) -> None:
        """Press keys, written as the editor's own people write them."""

    @abstractmethod
    def save(self) -> None:
        """Save the file in front."""

    @property
    @abstractmethod
    def text(self) -> str:
        """The text in front."""

    @property
    @abstractmethod
    def said(self) -> str:
        """All that it has shown to the person, questions too."""

    @property
    @abstractmethod
    def problems(self) -> list[str]:
        """What is marked in the file in front, in words."""

    @property
    def server(self) -> int:
        """The id of the process of its server."""
        assert self.process is not None
        started = descendants(self.process.pid)
        (server,) = (each for each in started if "foretrace lsp" in command_of(each))
        return server

    def stop(self) -> None:
        """Leave it, and check that all ends that it started."""
        if self.process is None:
            return
        process = self.process
        started = descendants(process.pid)
        try:
            self.leave()
            process.wait(_SECONDS)
        finally:
            self.process = None
            process.kill()
        assert have_ended(started)

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait until something holds."""
        deadline = time.monotonic() + _SECONDS
        while not condition():
            assert time.monotonic() < deadline, f"{what}: {self.said}"
            time.sleep(0.1)
