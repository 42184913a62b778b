"""The last resort where the system grants no boundary: refuse, inside the interpreter, what harms.

An audit hook can be got around by a program that tries. It keeps an honest one from doing damage.
Source: Python, "Audit events table" and PEP 578.
"""

from __future__ import annotations

import os
import sys

_REFUSED = (
    *("os.chflags", "os.chmod", "os.chown", "os.exec", "os.fork", "os.forkpty", "os.kill"),
    *("os.killpg", "os.link", "os.mkdir", "os.posix_spawn", "os.remove", "os.removexattr"),
    *("os.rename", "os.rmdir", "os.setxattr", "os.spawn", "os.symlink", "os.system"),
    *("os.truncate", "os.utime", "pty.spawn", "shutil.", "signal.pthread_kill", "socket."),
    *("subprocess.Popen", "ctypes.dlopen", "ftplib.", "http.", "smtplib.", "urllib."),
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def install() -> None:
    """Put the hook on this process, for good."""

    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            flags = arguments[2]
            if isinstance(flags, int) and flags & _WRITING:
                raise PermissionError(1, "not allowed while a fix is being checked")
        elif event.startswith(_REFUSED):
            raise PermissionError(1, f"{event} is not allowed while a fix is being checked")

    sys.addaudithook(refuse)
