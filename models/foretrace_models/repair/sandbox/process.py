"""A process of the sandbox, as its caller has it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import foretrace_models
from foretrace_models.repair.sandbox.namespaces import SCRATCH

# What a program sees of its surroundings; a fixed hash seed makes two runs of it alike.
_ENVIRONMENT = {
    "HOME": SCRATCH,
    "LANG": "C.UTF-8",
    "PATH": "",
    "PYTHONHASHSEED": "0",
    "TMPDIR": SCRATCH,
}
# Isolated from everything that the user's account or the current folder could bring in; the
# server's modules need the standard library only.
_START = """
import sys
sys.path.append(sys.argv[1])
from foretrace_models.repair.sandbox.server import main
main()
"""
_PACKAGES = Path(foretrace_models.__file__).parent.parent


class SandboxError(RuntimeError):
    """Programs cannot be run: there is no boundary, or its process does not answer."""


class ServerProcess:
    """One process that is to go behind the boundary, and the pipes to it."""

    def __init__(self) -> None:
        """Start it; it waits to be told of a folder."""
        self._process = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
            [sys.executable, "-I", "-c", _START, str(_PACKAGES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_ENVIRONMENT,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests = self._process.stdin
        self._answers = self._process.stdout

    @property
    def is_there(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def send(self, message: dict[str, Any]) -> None:
        """Send a message.

        Raises:
            SandboxError: nobody reads it.
        """
        try:
            self._requests.write(json.dumps(message).encode() + b"\n")
            self._requests.flush()
        except OSError as error:
            raise SandboxError(f"the sandbox is gone: {error}") from error

    def receive(self, timeout_seconds: float) -> dict[str, Any]:
        """Return the next message from it.

        Raises:
            SandboxError: there is none in time, or the process has ended.
        """
        deadline = time.monotonic() + timeout_seconds
        parts: list[bytes] = []
        while not (parts and parts[-1].endswith(b"\n")):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._answers], [], [], left)[0]:
                raise SandboxError("the sandbox does not answer")
            parts.append(os.read(self._answers.fileno(), 1 << 16))
            if not parts[-1]:
                raise SandboxError("the sandbox ended")
        return dict(json.loads(b"".join(parts)))

    def close(self) -> None:
        """End it and whatever runs in it."""
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(OSError):
            self._requests.close()
        self._answers.close()
