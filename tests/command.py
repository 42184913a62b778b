"""The `foretrace` command as people run it: a process, what it prints, and its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from foretrace_telemetry.home import Home


def environment_of(home: Home, **environment: str) -> dict[str, str]:
    """Return the environment in which a command works in a data folder."""
    return {**os.environ, "FORETRACE_HOME": str(home.path), **environment}


def foretrace(home: Home, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end; nobody answers should it ask anything."""
    return subprocess.run(
        [sys.executable, "-m", "foretrace_server", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        env=environment_of(home, **environment),
        check=False,
    )


def foretrace_json(home: Home, *arguments: str) -> dict[str, Any]:
    """Run the command with ``--json`` to a good end, and return the one object that it prints."""
    done = foretrace(home, *arguments, "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert isinstance(answer, dict)
    return answer
