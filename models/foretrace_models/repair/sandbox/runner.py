"""The caller's side of the sandbox: starts processes behind the boundary and gives them jobs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from foretrace_models.repair.sandbox import spares
from foretrace_models.repair.sandbox.harness import Program, Result, Run
from foretrace_models.repair.sandbox.process import SandboxError
from foretrace_models.repair.sandbox.view import interpreter_paths, program_paths

BOUNDARIES = ("namespaces", "landlock")
_START_SECONDS = 10.0
# A process that is there answers in time unless the machine is too busy: its end is told at once.
_GRACE_SECONDS = 10.0


@frozen
class Limits:
    """How long one run may take: of the processor, and by the clock."""

    cpu_seconds: float
    wall_seconds: float


class Sandbox:
    """Runs programs of one folder, each request in a fresh process."""

    def __init__(
        self, folder: Path, *, unbounded: bool = False, boundaries: Sequence[str] = BOUNDARIES
    ) -> None:
        """Start the processes behind the boundary.

        Args:
            folder: where the program lies; it sees the files beside it.
            unbounded: whether to go on where the system grants no boundary.
            boundaries: those to try, in this order.

        Raises:
            SandboxError: no boundary was granted, or this system is not one that can fork.
        """
        if not hasattr(os, "fork"):
            raise SandboxError("running programs to check fixes needs Linux or macOS")
        setup = {
            "folder": str(folder),
            "readable": interpreter_paths() + program_paths(folder),
            "boundaries": list(boundaries),
        }
        self._servers = spares.taken()
        try:
            for server in self._servers:
                server.send(setup)
            answers = [server.receive(_START_SECONDS) for server in self._servers]
        except SandboxError:
            self.close()
            raise
        self.boundary: str | None = answers[0]["boundary"]
        if self.boundary is None and not unbounded:
            self.close()
            refusals = "; ".join(answers[0]["refusals"])
            raise SandboxError(f"this system grants no boundary to run programs behind: {refusals}")

    def run(
        self, programs: Sequence[Program], runs: Sequence[Run], limits: Limits
    ) -> list[list[Result]]:
        """Make the same runs of each program; return their results, program by program.

        Programs may share a process, with those of later calls too, until one of them ends it.
        Beside the statuses of `harness.execute` there are `died`, with which a program's results
        end, and `not made`, for the runs after one that timed out.

        Raises:
            SandboxError: a process behind the boundary is gone.
        """
        results: list[list[Result]] = [[] for _ in programs]
        todo = list(range(len(programs)))
        while todo:
            shares = [todo[n :: len(self._servers)] for n in range(len(self._servers))]
            for server, share in zip(self._servers, shares, strict=True):
                if share:
                    server.send(_request([programs[n] for n in share], runs, limits, apart=False))
            todo = []
            patience = limits.wall_seconds * len(runs) * len(programs) + _GRACE_SECONDS
            for server, share in zip(self._servers, shares, strict=True):
                if share:
                    made = server.receive(patience)["results"]
                    for n, result in zip(share, made, strict=False):
                        results[n] = result
                    todo += share[len(made) :]
        return results

    def run_apart(self, program: Program, runs: Sequence[Run], limits: Limits) -> list[Result]:
        """Make runs of a program, each in a process of its own; return their results.

        Raises:
            SandboxError: a process behind the boundary is gone.
        """
        results: list[Result] = []
        for first in range(0, len(runs), len(self._servers)):
            pairs = list(zip(self._servers, runs[first:], strict=False))
            for server, run in pairs:
                server.send(_request([program], [run], limits, apart=True))
            for server, _ in pairs:
                answer = server.receive(limits.wall_seconds + _GRACE_SECONDS)
                results.append(answer["results"][0][0])
        return results

    def close(self) -> None:
        """End the processes and whatever runs in them."""
        for server in self._servers:
            server.close()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _request(
    programs: Sequence[Program], runs: Sequence[Run], limits: Limits, *, apart: bool
) -> dict[str, Any]:
    return {
        "apart": apart,
        "programs": programs,
        "runs": runs,
        "cpu_seconds": limits.cpu_seconds,
        "wall_seconds": limits.wall_seconds,
    }
