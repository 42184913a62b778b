"""Calling the process that has torch, from one that must not have it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from foretrace_models.catalogue import INSTALL


class CallError(Exception):
    """What was asked for could not be done; the message says why."""


def call(
    task: str, request: dict[str, Any], each: Callable[[dict[str, Any]], object] = lambda _: None
) -> Any:
    """Have a process of its own do a task, and return what it gives; `process.py` has the tasks.

    `each` is told of every row that is done on the way. What the process says of its progress goes
    to standard error.

    Raises:
        CallError: it could not.
    """
    command = [sys.executable, "-m", "foretrace_models.trace_model.process", task]
    answer: dict[str, Any] = {}
    # `-m` looks for modules in the current folder first, which may be anybody's.
    with subprocess.Popen(  # noqa: S603 (our own command)
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=sys.prefix,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            json.dump(request, process.stdin)
            process.stdin.close()
        except BrokenPipeError:
            pass  # it has ended already, and says why
        for line in process.stdout:
            try:
                answer = json.loads(line)
            except ValueError:
                answer = {}
                break
            if "row" in answer:
                each(answer["row"])
    if "error" in answer:
        raise CallError(answer["error"])
    if "result" not in answer:
        raise CallError(
            f"the trace model's process ended with {process.returncode} (the reason stands above); "
            f"it needs {INSTALL}"
        )
    return answer["result"]
