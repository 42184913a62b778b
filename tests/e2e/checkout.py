"""A checkout as somebody gets it: what git knows, as it stands now."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.e2e.vscode import ROOT


def tracked(*folders: str) -> set[str]:
    """Return the files of the checkout that git knows, below some folders or all."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", *folders], cwd=ROOT, stdout=subprocess.PIPE, check=True
    )
    names = listed.stdout.decode().split("\0")
    return {name for name in names if (ROOT / name).is_file()}


def check_out(folder: Path) -> None:
    """Write all of them into a folder."""
    for name in tracked():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
