"""Calling the process that has torch, from one that must not have it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from foretrace_models.catalogue import INSTALL


class CallError(Exception):
    """What was asked for could not be done; the message says why."""


def call(task: str, request: dict[str, Any]) -> Any:
    """Have a process of its own do a task, and return what it gives; `process.py` has the tasks.

    What it says of its progress goes to standard error.

    Raises:
        CallError: it could not.
    """
    command = [sys.executable, "-m", "foretrace_models.trace_model.process", task]
    # `-m` looks for modules in the current folder first, which may be anybody's.
    done = subprocess.run(  # noqa: S603 (our own command)
        command,
        input=json.dumps(request),
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=sys.prefix,
        check=False,
    )
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        raise CallError(
            f"the trace model's process ended with {done.returncode} (the reason stands above); "
            f"it needs {INSTALL}"
        ) from error
    if "error" in answer:
        raise CallError(answer["error"])
    return answer["result"]
