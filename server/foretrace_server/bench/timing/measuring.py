"""The benchmark of timing: which data set a folder has, and its figures."""

from __future__ import annotations

from typing import Any

from foretrace_server.bench.timing import stepping, taking
from foretrace_server.bench.timing.run import Progress, Run
from foretrace_telemetry.readers import cups, fitech


def measure(run: Run, tell: Progress) -> dict[str, Any]:
    """Return the figures of a run over what its folder has: CUPS, or else FITech.

    Raises:
        OSError: a file cannot be read or written.
        ValueError: the folder has neither, or what it has cannot be measured; the message says why.
    """
    if (file := cups.find(run.data)) is not None:
        return taking.measure(file, run, tell)
    if (file := fitech.find(run.data)) is not None:
        return stepping.measure(file, run, tell)
    raise ValueError(
        f"{run.data} has neither CUPS ({cups.EVENTS}) nor FITech ({fitech.TABLE} with its columns)"
    )
