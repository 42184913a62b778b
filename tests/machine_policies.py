"""A machine with a policy: a process sees one in the place that only an administrator can write.

The folder of the machine's settings is overlaid, for this process and its children alone (Linux).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from foretrace_telemetry.home import Home
from tests.command import environment_of

_OVERLAY = 'mount -t overlay overlay -o "ro,lowerdir=$0:/etc" /etc && exec "$@"'


@frozen
class Machine:
    """Says what its policy is; what begins with `prefix` runs on it."""

    file: Path
    prefix: tuple[str, ...]

    def rule(self, text: str) -> None:
        """Put a policy in its place."""
        draft = self.file.with_name("draft")
        draft.write_text(text)
        draft.replace(self.file)

    def foretrace(
        self, home: Home, *arguments: str, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the command on it to its end."""
        return subprocess.run(
            [*self.prefix, sys.executable, "-m", "foretrace_server", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            env=environment_of(home, **environment),
            check=False,
        )

    def foretrace_json(self, home: Home, *arguments: str) -> dict[str, Any]:
        """Run the command with ``--json``, and return the one object that it prints."""
        answer = json.loads(self.foretrace(home, *arguments, "--json").stdout)
        assert isinstance(answer, dict)
        return answer


def make_machine(folder: Path) -> Machine:
    """Return a machine without a policy; the test is skipped where there can be none."""
    (folder / "layer").mkdir(parents=True)
    (folder / "settings").mkdir()
    # Through a link, for what lies in an overlay must not change.
    (folder / "layer" / "foretrace").symlink_to(folder / "settings")
    as_root = () if shutil.which("unshare") and os.geteuid() == 0 else ("--map-root-user",)
    layer = str(folder / "layer")
    prefix = ("unshare", "--mount", *as_root, "sh", "-c", _OVERLAY, layer)
    if shutil.which("unshare") is None or subprocess.run([*prefix, "true"], check=False).returncode:
        pytest.skip("the system lets no folder be overlaid for one process")
    return Machine(folder / "settings" / "policy.toml", prefix)
