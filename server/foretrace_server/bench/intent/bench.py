"""Which data lies in a folder, and what is measured on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import frozen

from foretrace_server.bench.fit import Fit
from foretrace_server.bench.intent import commands, states
from foretrace_server.bench.resume import Rows
from foretrace_telemetry.readers import abb, cups

Tell = Callable[[str], None]


@frozen
class Run:
    """What to measure; `limit` is the most items, taken by the seed."""

    data: Path
    fit: Fit = Fit.SHIPPED
    limit: int | None = None
    seed: int = 7
    resume: Path | None = None


_MEASURES: tuple[tuple[str, Callable[[Path], Path | None], Callable[..., dict[str, Any]]], ...] = (
    (states.DATASET, cups.find, states.measure),
    (commands.DATASET, abb.find, commands.measure),
)


def measure_folder(run: Run, tell: Tell) -> dict[str, Any]:
    """Return the figures of the data in a folder as a JSON object.

    Raises:
        OSError: a file cannot be read or written.
        ValueError: no data that is known lies there, or it cannot be measured.
        WeightsError: the shipped weights cannot be used.
    """
    for dataset, find, measure in _MEASURES:
        file = find(run.data)
        if file is not None:
            run_is = {
                "bench": "intent",
                "data": run.data.name,
                "fit": run.fit.value,
                "limit": run.limit,
                "seed": run.seed,
            }
            kept = Rows(run.resume, run_is)
            figures = measure(file, run.fit, run.limit, run.seed, kept, tell)
            told = {"dataset": f"{dataset} ({run.data.name})", "seed": run.seed, "limit": run.limit}
            return {**told, **figures}
    raise ValueError(
        f"{run.data} holds no data about what people do that is known: there are CUPS "
        f"({cups.EVENTS}) and ABB ({abb.EVENTS})"
    )
