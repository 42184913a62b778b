"""A real Emacs in a terminal of its own, driven by its keys."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import struct
import subprocess
import termios
import threading
import time
from pathlib import Path
from typing import Any

from typing_extensions import override

from foretrace_telemetry.home import Home
from tests.e2e.lsp_editor import LspEditor
from tests.processes import is_asleep

# A call waits no longer than this for an Emacs that does something else.
_KEY_SECONDS = 0.05
_CALL_SECONDS = 10.0
_ROWS, _COLUMNS = 40, 120
_KEYS = {"RET": "\r", "TAB": "\t", "SPC": " ", "DEL": "\x7f", "ESC": "\x1b"}
# So that a test can look inside; what a key does is left as it is.
_LOOKING_IN = """
(setq inhibit-startup-screen t make-backup-files nil native-comp-deferred-compilation nil)
(setq server-socket-dir "{folder}" server-name "socket")
(server-start)
"""


class Emacs(LspEditor):
    """One Emacs with a configuration of its own."""

    def __init__(self, folder: Path, home: Home, configuration: str) -> None:
        """Write the configuration, an `init.el`, where Emacs will look for it."""
        super().__init__(folder, home)
        # Of an xterm it would first ask what that can do, and nobody is there to answer.
        self.environment |= {"HOME": str(folder), "TERM": "linux", "LANG": "C.UTF-8"}
        self._sockets = folder / "sockets"
        self._sockets.mkdir(mode=0o700)
        self._keyboard = -1
        self._buffer = ""
        init = folder / ".emacs.d/init.el"
        init.parent.mkdir()
        inside = _LOOKING_IN.format(folder=self._sockets)
        init.write_text(f"{configuration}\n{inside}", encoding="utf-8")

    @override
    def start(self, file: Path) -> None:
        self._keyboard, terminal = pty.openpty()
        size = struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0)
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)
        self._buffer = file.name
        self.process = subprocess.Popen(
            # Emacs wants the terminal to be its controlling one.
            ["setsid", "--ctty", "emacs", "-nw", file],
            env=self.environment,
            cwd=self.workspace,
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
        )
        os.close(terminal)
        threading.Thread(target=_draw, args=(self._keyboard,), daemon=True).start()
        self.until(self.is_attached, "the server is attached")

    @override
    def leave(self) -> None:
        # Which also throws away what was typed ahead, so the rest comes later.
        self.keys("C-g")
        self.until(lambda: not self.lisp("(and (active-minibuffer-window) t)"), "nothing is open")
        self.command("kill-emacs")

    @override
    def keys(self, keys: str) -> None:
        # C-g while it still answers a call would end that, and nothing that a person sees.
        self.until(self._is_idle, "it waits for keys")
        for key in keys.split():
            self.type(_written(key))
            # What is typed into a prompt that is only just coming would be lost.
            time.sleep(_KEY_SECONDS)

    def type(self, text: str) -> None:
        """Type a text."""
        os.write(self._keyboard, text.encode())

    def command(self, name: str) -> None:
        """Run a command by its name."""
        self.keys("M-x")
        self.type(name)
        self.keys("RET")

    @override
    def save(self) -> None:
        self.keys("C-x C-s")
        self.until(lambda: not self.lisp("(buffer-modified-p)"), "it is saved")

    @property
    @override
    def text(self) -> str:
        return str(self.lisp("(save-restriction (widen) (buffer-string))"))

    @property
    @override
    def said(self) -> str:
        messages = "(with-current-buffer (messages-buffer) (buffer-string))"
        asked = "(with-current-buffer (window-buffer (minibuffer-window)) (buffer-string))"
        return f"{self.lisp(messages)}\n{self.lisp(asked)}"

    @property
    @override
    def problems(self) -> list[str]:
        return list(self.lisp("(vconcat (mapcar #'flymake-diagnostic-text (flymake-diagnostics)))"))

    def lisp(self, expression: str) -> Any:
        """Return the value of an expression in Lisp, as it is in the file's buffer."""
        answer = self.folder / "answer.json"
        inside = (
            f'(let ((value (with-current-buffer "{self._buffer}" {expression}))'
            "       (coding-system-for-write 'utf-8-unix))"
            f'  (with-temp-file "{answer}"'
            "     (insert (json-encode (if (stringp value) (substring-no-properties value)"
            "                            value)))))"
        )
        subprocess.run(
            ["emacsclient", "--socket-name", self._sockets / "socket", "--eval", inside],
            env=self.environment,
            capture_output=True,
            check=True,
            timeout=_CALL_SECONDS,
        )
        return json.loads(answer.read_text(encoding="utf-8"))

    def _is_idle(self) -> bool:
        assert self.process is not None
        return is_asleep(self.process.pid)

    def is_attached(self) -> bool:
        """Whether the server works for the file."""
        with contextlib.suppress(subprocess.CalledProcessError):  # it may not listen yet
            return bool(self.lisp("(and (eglot-current-server) t)"))
        return False


def _draw(terminal: int) -> None:
    """Take what is drawn on a terminal, or else the program that draws would wait."""
    with contextlib.suppress(OSError):  # Linux says so when the last program has left it
        while os.read(terminal, 1 << 16):
            pass


def _written(key: str) -> str:
    """Return what a terminal sends for a key, such as `C-x`, `M-w` or `RET`."""
    if key.startswith("M-"):
        return "\x1b" + _written(key[2:])
    if key.startswith("C-"):
        return "\0" if key == "C-SPC" else chr(ord(key[2].upper()) & 0x1F)
    return _KEYS.get(key, key)
