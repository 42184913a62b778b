"""Samples of intents: whether one of the first few statements says what was meant.

Pass@K is the share of samples where a judge finds what was meant in at least one of K statements
("An Empirical Study of Proactive Coding Assistants in Real-World Software Development"). Without a
judge it is told how many of the words that were meant a statement has.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from foretrace_models.intent.predicting import believe, ranking
from foretrace_models.intent.symbols import Context
from foretrace_models.intent.words import statement
from foretrace_server.bench.intent.judge import Judge
from foretrace_server.bench.intent.likeness import shared_words
from foretrace_server.bench.intervals import Row, drawn_again
from foretrace_server.bench.resume import Rows
from foretrace_telemetry.readers import procodebench

Tell = Callable[[str], None]

DATASET = "procodebench"
_WAYS = ("statements", "shuffled")


def measure(
    file: Path, limit: int | None, seed: int, kept: Rows, tell: Tell, judge: Judge | None, most: int
) -> dict[str, Any]:
    """Return the figures as a JSON object; `most` is K.

    Raises:
        JudgeError: the judge does not answer.
        OSError: the file cannot be read.
        ValueError: it is not what it should be.
        WeightsError: the shipped weights cannot be used.
    """
    samples = procodebench.read(file)
    chance = random.Random(seed)  # noqa: S311 - no secret
    if limit is not None and limit < len(samples):
        samples = chance.sample(samples, limit)
    told = [_statements(sample, most) for sample in samples]
    others = list(told)
    chance.shuffle(others)
    rows: list[Row] = []
    for sample, *of_ways in zip(samples, told, others, strict=True):
        row = kept.get(sample.id)
        if row is None:
            row = {"id": sample.id, "person": sample.person}
            for way, statements in zip(_WAYS, of_ways, strict=True):
                row[way] = _scores(statements, sample.intent, judge)
            kept.add(sample.id, row)
            tell(f"{len(rows) + 1} of {len(samples)} samples")
        rows.append(row)
    return {
        "n": len(rows),
        "people": len({row["person"] for row in rows}),
        "k": most,
        "judge": judge.model if judge is not None else None,
        **_figures(rows, "statements", most, seed),
        "baselines": {"shuffled": _figures(rows, "shuffled", most, seed)},
    }


def _statements(sample: procodebench.Sample, most: int) -> list[str]:
    context = Context(procodebench.URI, sample.text)
    belief, line = believe(sample.events, context)
    ranked = ranking(belief)[:most] if belief is not None else ()
    return [statement(activity, context, line) for activity, _ in ranked]


def _scores(statements: Sequence[str], meant: str, judge: Judge | None) -> list[dict[str, Any]]:
    return [
        {
            "words": shared_words(each, meant),
            "agrees": judge.agrees(each, meant) if judge is not None else None,
        }
        for each in statements
    ]


def _figures(rows: Sequence[Row], way: str, most: int, seed: int) -> dict[str, Any]:
    def best_words(some: Sequence[Row]) -> float | None:
        return fmean(max((each["words"] for each in row[way]), default=0.0) for row in some)

    def passed(first: int) -> Callable[[Sequence[Row]], float | None]:
        return lambda some: fmean(any(each["agrees"] for each in row[way][:first]) for row in some)

    is_judged = any(each["agrees"] is not None for row in rows for each in row[way])
    passes = {f"pass@{first}": passed(first) for first in sorted({1, most})} if is_judged else {}
    figures = {"words_in_common": best_words, **passes}
    return {
        **{name: figure(rows) for name, figure in figures.items()},
        "intervals": {name: drawn_again(rows, figure, seed) for name, figure in figures.items()},
    }
