"""The package of the extension: what is in it, and that packaging has nothing to complain of."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from foretrace_server import __version__
from tests.e2e.conftest import VSIX
from tests.e2e.vscode import ROOT, node

CLIENT = ROOT / "client-vscode"
# What an extension is made of; the rest of the folder makes it or tests it.
SHIPPED = (
    "LICENSE",
    "README.md",
    "icon.png",
    "l10n/",
    "out/",
    "package",
    "walkthrough/",
    "wheels/",
)
# The packager gives these two names of its own.
RENAMED = {"LICENSE.txt": "LICENSE", "readme.md": "README.md"}


def vsce(*arguments: str) -> str:
    """Run the packager of extensions and return what it prints."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [node(), CLIENT / "node_modules/@vscode/vsce/vsce", *arguments, "--no-dependencies"],
        cwd=CLIENT,
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_package_has_in_it_what_runs_and_nothing_that_only_makes_it() -> None:
    listed = vsce("ls").split()
    assert [path for path in listed if not path.startswith(SHIPPED)] == []
    assert [path for path in listed if path.endswith((".ts", ".map"))] == []
    assert f"wheels/foretrace-{__version__}-py3-none-any.whl" in listed
    with zipfile.ZipFile(VSIX) as archive:
        packed = [name.removeprefix("extension/") for name in archive.namelist()]
    metadata = ["[Content_Types].xml", "extension.vsixmanifest"]
    assert sorted(RENAMED.get(name, name) for name in packed) == sorted([*listed, *metadata])


def test_packaging_has_nothing_to_complain_of(tmp_path: Path) -> None:
    printed = vsce("package", "--allow-missing-repository", "--out", str(tmp_path / "again.vsix"))
    complaints = [line for line in printed.splitlines() if "WARNING" in line or "ERROR" in line]
    assert complaints == []
    assert "DONE" in printed
