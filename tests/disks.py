"""Disks that are small, full or cannot be written, made for a test, where the system lets them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from attrs import frozen


@frozen
class Disk:
    """A file system of its own in a folder."""

    path: Path

    def change(self, options: str) -> None:
        """Change how it is mounted, to ``ro`` or ``size=8m`` for example."""
        subprocess.run(["mount", "-o", f"remount,{options}", str(self.path)], check=True)

    def fill(self) -> Path:
        """Leave no space on it; return the file whose removal gives it back."""
        filler = self.path / "filler"
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            with suppress(OSError):  # most of it at once; what it is off by, a little at a time
                os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(self.path).free)
            file.seek(0, os.SEEK_END)
            while True:
                file.write(bytes(1024))
        return filler


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


@contextmanager
def small_disk(folder: Path, size: str = "4m") -> Iterator[Disk]:
    """Mount a disk on a folder that is made for it."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if not _is_root() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def disk_in_a_file(folder: Path, size_bytes: int) -> Iterator[Disk | None]:
    """Make a folder, with a disk of its own on it where one can be mounted.

    The disk lies in a file beside it, so that what is to reach a disk does so.
    """
    folder.mkdir()
    image = folder.with_suffix(".img")
    with image.open("wb") as file:
        file.truncate(size_bytes)
    commands = (
        ["mkfs.ext4", "-q", "-m", "0", str(image)],
        ["mount", "-o", "loop", str(image), str(folder)],
    )
    try:
        for command in commands:
            subprocess.run(command, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        yield None
        return
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def read_only(folder: Path, original: Path | None = None) -> Iterator[Path]:
    """Make a folder that cannot be written, empty or a copy of another."""
    if _is_root():  # whom permissions do not hold back
        with small_disk(folder) as disk:
            if original is not None:
                shutil.copytree(original, folder, dirs_exist_ok=True)
            disk.change("ro")
            yield folder
        return
    if original is None:
        folder.mkdir()
    else:
        shutil.copytree(original, folder)
    folder.chmod(0o500)
    yield folder
    folder.chmod(0o700)
