"""Rewrites: what a language model adds where the engine is silent, and what that costs."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from attrs import frozen

from foretrace_models.catalogue import FETCH, describe, read_card
from foretrace_models.next_edit.engine import next_edit
from foretrace_models.next_edit.knowledge import Knowledge
from foretrace_models.next_edit.proposal import NextEdit
from foretrace_models.next_edit.rewriting import REWRITE, asked_of, edit_of
from foretrace_server.bench.intervals import Row, drawn_again
from foretrace_server.bench.next_edit.figures import Figure, percentile
from foretrace_server.bench.next_edit.judging import is_exact, is_right, reverses
from foretrace_server.bench.next_edit.samples import Sample
from foretrace_server.bench.resume import Rows
from foretrace_server.model import Model
from foretrace_server.worker import Worker
from foretrace_telemetry.home import Home

# Longer than anybody waits, so that answers are judged and not this machine.
_LONGEST_SECONDS = 60.0
_TOLD_EVERY = 10

Tell = Callable[[str], None]


@frozen
class Rewriter:
    """A language model that was fetched; `digest` says of what weights."""

    name: str
    digest: str
    model: Model


def rewriter_of(name: str) -> Rewriter:
    """Return a language model by its name.

    Raises:
        CatalogueError: its card cannot be read.
        ValueError: it was not fetched, or cannot be asked.
    """
    home = Home.default()
    try:
        card = read_card(home, name)
        worker = Worker(
            "the model's process", "-m", "foretrace_models.model_worker", "--model", name
        )
        model = Model(worker, partial(describe, home, name))
        status = model.status
    except FileNotFoundError:
        raise ValueError(f"there is no model {name}; run `{FETCH} {name}`") from None
    if not status["available"]:
        raise ValueError(f"the model {name} cannot be asked: {status['reason']}")
    return Rewriter(card.name, " ".join(sorted(card.files.values())), model)


async def rewrites(
    samples: Sequence[Sample],
    knowledge_of: Callable[[str], Knowledge],
    rewriter: Rewriter,
    kept: Rows,
    tell: Tell,
) -> list[Row]:
    """Return a row for each sample at which the model was asked, because the engine is silent.

    Raises:
        ValueError: the model gives no answer.
    """
    rows = []
    try:
        for number, sample in enumerate(samples, start=1):
            item = f"rewrite {sample.id}"
            row = kept.get(item)
            if row is None:
                row = await _row(sample, knowledge_of(sample.person), rewriter)
                kept.add(item, row)
            if row["asked"]:
                rows.append(row)
            if number % _TOLD_EVERY == 0:
                tell(f"{number:,}/{len(samples):,} samples, {len(rows):,} of them asked about")
    finally:
        await rewriter.model.end()
    return rows


def figures_of_rewrites(rows: Sequence[Row], seed: int) -> dict[str, Any]:
    """Return the figures of rewrites, shares from 0 to 1, with intervals by person.

    All but the first are of those that rewrote.
    """
    figures: dict[str, Figure] = {
        "spoken": lambda own: _share(own, "spoke"),
        "exact_of_spoken": lambda own: _share(_spoken(own), "exact"),
        "right_of_spoken": lambda own: _share(_spoken(own), "right"),
        "reversals_of_spoken": lambda own: _share(_spoken(own), "reverses"),
    }
    seconds = [row["seconds"] for row in rows]
    return {
        "n": len(rows),
        "people": len({row["person"] for row in rows}),
        **{key: figure(rows) for key, figure in figures.items()},
        "intervals": {key: drawn_again(rows, figure, seed) for key, figure in figures.items()},
        "seconds": {"p50": percentile(seconds, 0.5), "p95": percentile(seconds, 0.95)},
        "counts": {
            key: sum(row[key] for row in _spoken(rows)) for key in ("spoke", "right", "exact")
        },
        "silences": dict(sorted(Counter(row["silence"] for row in rows if row["silence"]).items())),
    }


async def _row(sample: Sample, knowledge: Knowledge, rewriter: Rewriter) -> Row:
    row: Row = {"id": sample.id, "person": sample.person, "dataset": sample.dataset}
    asked = asked_of(sample.moment, next_edit(sample.moment, knowledge))
    if asked is None:
        return {**row, "asked": False}
    begun = time.perf_counter()
    answer = await rewriter.model.ask(REWRITE, asked.params, _LONGEST_SECONDS)
    seconds = time.perf_counter() - begun
    if answer is None:
        reason = rewriter.model.status["reason"]
        raise ValueError(f"the model {rewriter.name} gives no answer: {reason}")
    edit = edit_of(asked, answer)
    edits, silence = (edit.edits, None) if isinstance(edit, NextEdit) else ((), edit.reason.value)
    spoke, text = bool(edits), sample.moment.text
    return {
        **row,
        "asked": True,
        "spoke": spoke,
        "silence": silence,
        "exact": spoke and is_exact(text, edits, sample.texts[0]),
        "right": spoke and is_right(text, edits, sample.texts),
        "reverses": spoke and reverses(sample.moment, edits),
        "seconds": seconds,
    }


def _spoken(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["spoke"]]


def _share(rows: Sequence[Row], key: str) -> float | None:
    return sum(row[key] for row in rows) / len(rows) if rows else None
