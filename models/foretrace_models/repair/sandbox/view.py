"""What a checked program may see of the disk: the interpreter, and the files beside the program."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from foretrace_telemetry.privacy import is_denied_name

ASSIGNMENT_FILE = "foretrace.toml"
_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_MOST_ENTRIES = 500


def interpreter_paths() -> list[str]:
    """Return the files and folders that the running interpreter needs, none inside another."""
    wanted = {*_SYSTEM, *_DEVICES, sys.prefix, sys.base_prefix, sys.exec_prefix}
    wanted.add(str(Path(sys.executable).resolve().parent))
    paths = sorted(path for path in wanted if os.path.lexists(path))
    return [p for p in paths if not any(p.startswith(f"{q}/") for q in paths if q != p)]


def program_paths(folder: Path) -> list[str]:
    """Return what a program may see of the folder that it lies in.

    That is everything but hidden and secret files, and never the assignment file, which holds
    the expected values. Of a home folder, or one that holds it, only the Python files are shown.
    """
    only_python = Path.home().is_relative_to(folder)
    shown = []
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return []
    for entry in entries:
        if entry.name.startswith(".") or entry.name == ASSIGNMENT_FILE:
            continue
        if is_denied_name(entry.name) or entry.is_symlink():
            continue
        if only_python and not (entry.is_file() and entry.name.endswith(".py")):
            continue
        shown.append(entry.path)
    return shown[:_MOST_ENTRIES]
