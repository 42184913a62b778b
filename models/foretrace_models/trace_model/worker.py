"""The trace model's worker: a process of its own that proposes corrections of broken programs.

It loads the shipped weights on the first request, and ends when nothing was asked of it for a
while. Run as ``python -m foretrace_models.trace_model.worker``.
"""

from __future__ import annotations

import os
import queue
import time
from functools import cached_property
from pathlib import Path
from typing import Any

from attrs import asdict

from foretrace_models.language_model import use_threads
from foretrace_models.repair.assignment import assignment_of
from foretrace_models.service import Request, RequestError, Service, run
from foretrace_models.trace_model.card import SHIPPED, WeightsError
from foretrace_models.trace_model.proposer import Proposer
from foretrace_models.trace_model.weights import load
from foretrace_models.traces.moments import Task

_IDLE_SECONDS = 600.0
_NICE = 10
_LANGUAGE = "python"


class TraceWorker(Service):
    """Works off requests one at a time."""

    @cached_property
    def _proposer(self) -> Proposer:
        try:
            return Proposer(load(SHIPPED))
        except WeightsError as error:
            raise RequestError(str(error)) from error

    def serve(self) -> None:
        """Work off requests until closed, or until none came for long."""
        while True:
            try:
                request = self.next_request(_IDLE_SECONDS)
            except queue.Empty:
                return
            if request is None:
                return
            request.work_off(self._propose)

    def _propose(self, request: Request) -> dict[str, Any]:
        """Answer with corrections of a program, for the exercise that its folder says it is."""
        if request.method != "propose":
            raise KeyError(request.method)
        params = request.params
        deadline = time.monotonic() + float(params["seconds"])
        assignment = assignment_of(Path(params["path"]) if params["path"] else None)
        task = Task(_LANGUAGE, assignment.id if assignment else "")
        proposals = self._proposer.proposals(
            params["text"], task, lambda: request.cancelled or time.monotonic() > deadline
        )
        return {"proposals": [asdict(proposal) for proposal in proposals]}


def main() -> None:
    """Serve on standard input and output."""
    if hasattr(os, "nice"):
        os.nice(_NICE)
    use_threads(None)
    run(TraceWorker)


if __name__ == "__main__":
    main()
