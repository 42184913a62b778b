"""Whether suggestions are taken: what is said of each by what was learned from other people."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from foretrace_models.timing.copilot import Shown, shown_in
from foretrace_models.timing.features import numbers_of
from foretrace_models.timing.personal import Decided, logit, offset_of, sigmoid
from foretrace_server.bench.fit import Fit
from foretrace_server.bench.timing.judges import Judges, left_out_judges, shipped_judges
from foretrace_server.bench.timing.run import Progress, Row, Run
from foretrace_server.bench.timing.taking_figures import figures_of
from foretrace_telemetry.readers import cups

DATASET = "cups"


def measure(file: Path, run: Run, tell: Progress) -> dict[str, Any]:
    """Return the figures of a run over a file of CUPS.

    Raises:
        OSError: a file cannot be read or written.
        ValueError: one is not what it should be, its people were seen, or nothing can be fitted.
        WeightsError: the shipped weights are missing.
    """
    by_person: dict[str, list[Shown]] = defaultdict(list)
    for each in shown_in(cups.read(file)):
        by_person[each.person].append(each)
    if not by_person:
        raise ValueError(f"{file} has no suggestion that was accepted or rejected")
    if run.fit is Fit.SHIPPED:
        judges_of = shipped_judges(by_person, DATASET)
    else:
        judges_of = left_out_judges(by_person, run.seeds)
    rows = run.rows(DATASET, hashlib.sha256(file.read_bytes()).hexdigest())
    items = [_item(each) for own in by_person.values() for each in own]
    chosen = run.chosen(items)
    for number, (person, own) in enumerate(by_person.items(), start=1):
        left = {item for each in own if (item := _item(each)) in chosen and not rows.get(item)}
        for item, row in _rows(own, judges_of(person)) if left else ():
            if item in left:
                rows.add(item, row)
        tell(f"{number} of {len(by_person)} people")
    scored = [kept for item in items if item in chosen and (kept := rows.get(item))]
    return {
        "dataset": f"{DATASET} ({run.data.name})",
        "n": len(scored),
        "people": len({row["person"] for row in scored}),
        "taken": sum(row["taken"] for row in scored),
        "fit": run.fit.value,
        "seed": run.seed,
        "seeds": run.seeds if run.fit is Fit.LOO else [],
        **figures_of(scored, run.seed),
    }


def _item(shown: Shown) -> str:
    return f"{shown.person}/{shown.name}"


def _rows(own: Sequence[Shown], judges: Judges) -> Iterator[tuple[str, Row]]:
    """Yield the row of each of one person's suggestions, in order."""
    decided: list[list[Decided]] = [[] for _ in judges.by_fit]
    for each in own:
        numbers = numbers_of(each.moment)
        by_fit = []
        for judge, earlier in zip(judges.by_fit, decided, strict=True):
            told: dict[str, Any] = {
                kind: {"probability": of.probability(each), "threshold": of.threshold}
                for kind, of in judge.items()
            }
            log_odds = logit(told["acceptance"]["probability"])
            # What the person decided up to now; this one is added after it was judged.
            told["personal"] = sigmoid(log_odds + offset_of(earlier))
            earlier.append(Decided(log_odds, each.taken))
            by_fit.append(told)
        yield (
            _item(each),
            {
                "person": each.person,
                "taken": each.taken,
                "rate": judges.rate,
                "by_fit": by_fit,
                "taken_lately": numbers["taken_lately"],
                "last_taken": numbers["last_taken"],
                "characters": len(each.moment.text),
                "log_probability": each.moment.log_probability,
            },
        )
