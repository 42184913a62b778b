"""Which data lies in a folder, and what is measured on it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import frozen

from foretrace_models.intent import shipping
from foretrace_models.learned import card
from foretrace_server.bench.fit import Fit
from foretrace_server.bench.intent import commands, questions, statements, states, transfer
from foretrace_server.bench.intent.judge import Judge
from foretrace_server.bench.resume import Rows
from foretrace_telemetry.readers import abb, cups, procodebench, realhumaneval

Tell = Callable[[str], None]


@frozen
class Run:
    """What to measure; `limit` is the most items, taken by the seed.

    Of each sample of an intent, so many `statements` are judged. With `simulated`, it is
    measured as well what can be learned of ABB's developers from simulated ones.
    """

    data: Path
    fit: Fit = Fit.SHIPPED
    limit: int | None = None
    seed: int = 7
    resume: Path | None = None
    judge: Judge | None = None
    statements: int = 3
    simulated: bool = False


_MEASURES: tuple[tuple[str, Callable[[Path], Path | None], Callable[..., dict[str, Any]]], ...] = (
    (states.DATASET, cups.find, states.measure),
    (commands.DATASET, abb.find, commands.measure),
    (questions.DATASET, realhumaneval.find, questions.measure),
)


def measure_folder(run: Run, tell: Tell) -> dict[str, Any]:
    """Return the figures of the data in a folder as a JSON object.

    Raises:
        OSError: a file cannot be read or written.
        ValueError: no data that is known lies there, or it cannot be measured.
        WeightsError: the shipped weights cannot be used.
    """
    told = {"seed": run.seed, "limit": run.limit}
    for dataset, find, measure in _MEASURES:
        if (file := find(run.data)) is not None:
            kept = _rows(run, file)
            figures = measure(file, run.fit, run.limit, run.seed, kept, tell)
            if run.simulated and dataset == commands.DATASET:
                figures["learned_from"] = transfer.measure(file, run.limit, run.seed, kept, tell)
            return {"dataset": f"{dataset} ({run.data.name})", **told, **figures}
    if (file := procodebench.find(run.data)) is not None:
        figures = statements.measure(
            file, run.limit, run.seed, _rows(run, file), tell, run.judge, run.statements
        )
        return {"dataset": f"{statements.DATASET} ({run.data.name})", **told, **figures}
    raise ValueError(
        f"{run.data} holds no data about what people do that is known: there are CUPS "
        f"({cups.EVENTS}), ABB ({abb.EVENTS}), RealHumanEval ({realhumaneval.CHAT}), and samples "
        f"of intents ({procodebench.NAMES[0]})"
    )


def _rows(run: Run, file: Path) -> Rows:
    """Return the rows that a run has so far, with all that they depend on."""
    shipped = [folder / card.CARD for folder in sorted(shipping.SHIPPED.iterdir())]
    weights = b"".join(each.read_bytes() for each in shipped if run.fit is Fit.SHIPPED)
    return Rows(
        run.resume,
        {
            "bench": "intent",
            "data": run.data.name,
            "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
            "fit": run.fit.value,
            "shipped": hashlib.sha256(weights).hexdigest(),
            "limit": run.limit,
            "seed": run.seed,
            "judge": run.judge.model if run.judge is not None else None,
            "statements": run.statements,
        },
    )
