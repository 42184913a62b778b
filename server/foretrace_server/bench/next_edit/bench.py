"""The benchmark of next edits: samples of real streams, asked about one by one."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from foretrace_models.next_edit.keeping import KNOWLEDGE, SHIPPED
from foretrace_models.next_edit.keeping import load as load_knowledge
from foretrace_models.next_edit.knowledge import Knowledge
from foretrace_server.bench.fit import Fit, refuse_the_known
from foretrace_server.bench.intervals import Row
from foretrace_server.bench.next_edit.figures import (
    SPOKEN,
    calibration,
    differences_of,
    figures_of,
    parts_of,
    patterns_of,
)
from foretrace_server.bench.next_edit.judging import is_exact, is_right, reverses
from foretrace_server.bench.next_edit.learning import counted, lesson_of, weighed
from foretrace_server.bench.next_edit.proposers import BASELINES, ENGINE, Proposer, engine
from foretrace_server.bench.next_edit.rewrites import (
    figures_of_rewrites,
    rewriter_of,
    rewrites,
)
from foretrace_server.bench.next_edit.samples import Sample, samples_of
from foretrace_server.bench.next_edit.streams import Stream, load
from foretrace_server.bench.resume import Rows

Tell = Callable[[str], None]

_NEAR_LINES = 2
_TOLD_EVERY = 200


@frozen
class Run:
    """What to measure; `limit` is the most samples, of each person as many as of any other.

    With `fit` the engine knows what is shipped, or for each person what all others here teach.
    Where it is silent, the language model `model` is asked, if one is named.
    """

    data: tuple[Path, ...]
    fit: Fit = Fit.SHIPPED
    limit: int | None = None
    seed: int = 7
    resume: Path | None = None
    model: str | None = None


def measure(run: Run, tell: Tell) -> dict[str, Any]:
    """Return all figures as a JSON object.

    Raises:
        NoStreamsError: a folder holds no streams.
        KnownError: what is shipped is to be scored on people whom it learned from.
        NoFittingError: there is nothing to learn with, or too little to learn from.
        WeightsError: what is shipped cannot be read.
        OtherRunError: the rows of the resumed file are of another run.
        OSError: a file cannot be read or written.
        CatalogueError: the card of the language model cannot be read.
        ValueError: a file is not what its name says, or the language model cannot be asked.
    """
    rewriter = rewriter_of(run.model) if run.model else None
    streams = [stream for folder in run.data for stream in load(folder)]
    dataset = " + ".join(sorted({stream.dataset for stream in streams}))
    if run.fit is Fit.SHIPPED:
        _refuse_the_known(streams)
    samples = samples_of(streams, run.limit, run.seed)
    tell(f"{len(samples):,} samples of {len(streams):,} streams")
    about = {
        "bench": "next-edit",
        "dataset": dataset,
        "streams": len(streams),
        "fit": run.fit.value,
        "limit": run.limit,
        "seed": run.seed,
        "shipped": _shipped_digest() if run.fit is Fit.SHIPPED else None,
    }
    if rewriter is not None:
        about["model"] = rewriter.digest
    kept = Rows(run.resume, about)
    rows = []
    knowledge_of = _knowledge(run, streams, tell)
    for sample in samples:
        row = kept.get(sample.id)
        if row is None:
            row = _row(sample, {ENGINE: engine(knowledge_of(sample.person)), **BASELINES})
            kept.add(sample.id, row)
        rows.append(row)
        if len(rows) % _TOLD_EVERY == 0:
            tell(f"{len(rows):,}/{len(samples):,} samples")
    answers = [row["proposers"][ENGINE] for row in rows]
    rewritten = None
    if rewriter is not None:
        asked = asyncio.run(rewrites(samples, knowledge_of, rewriter, kept, tell))
        rewritten = {"model": rewriter.name, **figures_of_rewrites(asked, run.seed)}
    return {
        "dataset": dataset,
        "n": len(rows),
        "n_ordered": sum(row["is_ordered"] for row in rows),
        "people": len({row["person"] for row in rows}),
        "fit": run.fit.value,
        "seed": run.seed,
        "limit": run.limit,
        "fixed_silence": 1 - SPOKEN,
        "proposers": {name: figures_of(rows, name, run.seed) for name in (ENGINE, *BASELINES)},
        "differences": {name: differences_of(rows, ENGINE, name, run.seed) for name in BASELINES},
        "datasets": parts_of(rows, ENGINE),
        "patterns": patterns_of(rows, ENGINE),
        "rewrites": rewritten,
        "calibration": {
            "edits": calibration([(a["confidence"], a["right"]) for a in answers if a["spoke"]]),
            "places": calibration(
                [
                    (answer["place_confidence"], answer["hit_1"])
                    for answer, row in zip(answers, rows, strict=True)
                    if row["is_ordered"]
                ]
            ),
        },
    }


def _refuse_the_known(streams: Sequence[Stream]) -> None:
    card = load_knowledge()[1]
    for dataset in sorted({stream.dataset for stream in streams}):
        people = {stream.person for stream in streams if stream.dataset == dataset}
        refuse_the_known(card, dataset, people)


def _shipped_digest() -> str:
    return hashlib.sha256((SHIPPED / KNOWLEDGE).read_bytes()).hexdigest()


def _knowledge(run: Run, streams: Sequence[Stream], tell: Tell) -> Callable[[str], Knowledge]:
    """Return what gives the knowledge that a person is to be asked with."""
    if run.fit is Fit.SHIPPED:
        known_to_all = load_knowledge()[0]
        return lambda _: known_to_all
    tell("learning, for each person from all others")
    # Whatever is scored, everybody teaches.
    lessons = [lesson_of(sample) for sample in samples_of(streams, None, run.seed)]
    # Weights of places depend only on those whose order is known: for others they are the same.
    ordered = {lesson.person for lesson in lessons if lesson.lines}
    everybody = weighed(counted(lessons), lessons)
    known: dict[str, Knowledge] = {}

    def without(person: str) -> Knowledge:
        if person not in known:
            others = [each for each in lessons if each.person != person]
            counts = counted(others)
            known[person] = (
                weighed(counts, others)
                if person in ordered
                else evolve(everybody, counts=counts.counts)
            )
        return known[person]

    return without


def _row(sample: Sample, proposers: dict[str, Proposer]) -> Row:
    return {
        "id": sample.id,
        "person": sample.person,
        "dataset": sample.dataset,
        "is_ordered": sample.is_ordered,
        "proposers": {name: _answer(sample, proposer) for name, proposer in proposers.items()},
    }


def _answer(sample: Sample, proposer: Proposer) -> dict[str, Any]:
    begun = time.perf_counter()
    proposed = proposer(sample.moment)
    seconds = time.perf_counter() - begun
    lines, text, edits = proposed.lines, sample.moment.text, proposed.edits
    spoke = bool(edits)
    return {
        "hit_1": sample.place in lines[:1],
        "hit_3": sample.place in lines[:3],
        "near_1": any(abs(sample.place - line) <= _NEAR_LINES for line in lines[:1]),
        "place_confidence": proposed.place_confidence,
        "spoke": spoke,
        "confidence": proposed.confidence,
        "pattern": proposed.pattern,
        "exact": spoke and is_exact(text, edits, sample.texts[0]),
        "right": spoke and is_right(text, edits, sample.texts),
        "reverses": spoke and reverses(sample.moment, edits),
        "seconds": seconds,
    }
