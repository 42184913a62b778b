"""ABB: which command a developer of Visual Studio gives next.

Of each developer's log, the first half is what was seen of them before; commands after it are
scored. What others do was counted without them; what they did themselves up to then is known, as
it would be in an editor. Beside it stand what is said without their own habits, and two commands
with back-off, with and without them.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import frozen

from foretrace_models.intent.shipping import NEXT_COMMAND
from foretrace_models.next_command import keeping
from foretrace_models.next_command.commands import TimedCommand, commands_of
from foretrace_models.next_command.counts import (
    Context,
    Counts,
    Vocabulary,
    counts_of,
    moments,
)
from foretrace_models.next_command.predicting import Shares, possible, shares
from foretrace_server.bench.fit import Fit, refuse_the_known
from foretrace_server.bench.intervals import Row, drawn_again
from foretrace_server.bench.resume import Rows
from foretrace_telemetry.readers import abb

Tell = Callable[[str], None]

DATASET = "abb"
_MOST_OF_EACH = 500
_TOP = 5
_BASELINE_ORDER = 2
# Of the baseline, every command of everybody counts the same; what is shipped has kept no such
# counts, so that its baseline is the same people's damped ones.
_UNDAMPED = 1.0

Moments = Sequence[tuple[Context, int]]


@frozen
class Log:
    """What one developer did, as commands after what came before them."""

    person: str
    moments: Moments


@frozen
class Pool:
    """What many developers did: counted for the model, and for two commands with back-off."""

    counts: Counts
    markov2: Counts

    @contextmanager
    def without(self, own: Moments) -> Iterator[None]:
        """Leave a developer out for as long as the context lasts."""
        parts = counts_of(own, self.counts.order), counts_of(own, _BASELINE_ORDER)
        for counts, part in zip((self.counts, self.markov2), parts, strict=True):
            counts.remove(part)
        yield
        for counts, part in zip((self.counts, self.markov2), parts, strict=True):
            counts.add(part)


def pool_of(logs: Sequence[Log]) -> Pool:
    """Return the counts of developers together."""
    pool = Pool(Counts(), Counts(_BASELINE_ORDER, _UNDAMPED))
    for log in logs:
        pool.counts.add(counts_of(log.moments, pool.counts.order))
        pool.markov2.add(counts_of(log.moments, _BASELINE_ORDER))
    return pool


def measure(file: Path, how: Fit, limit: int | None, seed: int, kept: Rows, tell: Tell) -> Any:
    """Return the figures as a JSON object.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not what it should be, or the shipped weights know its people.
        WeightsError: the shipped weights cannot be used.
    """
    tell("reading the logs")
    logs = [log for log in abb.read(file) if next(commands_of(_timed(log)), None) is not None]
    if not logs:
        raise ValueError(f"{file} has no commands")
    most = _most_of_each([log.person for log in logs], limit, seed)
    shipped = None
    if how is Fit.SHIPPED:
        counts, known, card = keeping.load(NEXT_COMMAND)
        refuse_the_known(card, DATASET, [log.person for log in logs])
        shipped = counts, known
    filtered = _measured(logs, commands_of, True, shipped, "filtered", most, kept, tell)
    figures = {"fit": how.value, **_figures(filtered, seed)}
    if shipped is None:
        raw = _measured(logs, iter, False, None, "raw", most, kept, tell)
        figures["raw"] = _figures(raw, seed)
    return figures


def _most_of_each(people: Sequence[str], limit: int | None, seed: int) -> dict[str, int]:
    """Return how many commands of each developer are scored: with a limit, so many of all."""
    if limit is None or limit >= _MOST_OF_EACH * len(people):
        return dict.fromkeys(people, _MOST_OF_EACH)
    drawn = list(people)
    random.Random(seed).shuffle(drawn)  # noqa: S311 - no secret
    each, more = divmod(limit, len(people))
    return {person: each + (number < more) for number, person in enumerate(drawn)}


def _measured(
    logs: Sequence[abb.CommandLog],
    select: Callable[[Iterator[TimedCommand]], Iterator[TimedCommand]],
    is_filtered: bool,
    shipped: tuple[Counts, Vocabulary] | None,
    name: str,
    most: Mapping[str, int],
    kept: Rows,
    tell: Tell,
) -> list[Row]:
    """Return a row for each developer: sums over the commands that were scored."""
    if all(kept.get(f"{name}/{log.person}") for log in logs):
        return kept.of(name)
    vocabulary = Vocabulary(shipped[1].names if shipped is not None else ())
    read = [
        Log(
            log.person,
            list(moments(select(_timed(log)), vocabulary, Counts().order)),
        )
        for log in logs
    ]
    if shipped is not None:
        pool = _shipped_pool(shipped[0])
    else:
        tell(f"counting {sum(len(log.moments) for log in read):,} commands, {name}")
        pool = pool_of(read)
    for log in read:
        item = f"{name}/{log.person}"
        if kept.get(item) is None:
            tell(f"{name}: developer {log.person}")
            own = log.moments if shipped is None else ()
            with pool.without(own):
                kept.add(item, _row(log, pool, len(vocabulary), is_filtered, most[log.person]))
    return kept.of(name)


def _shipped_pool(counts: Counts) -> Pool:
    """Return what is shipped, beside the two commands that the same people make up."""
    markov2 = Counts(_BASELINE_ORDER)
    markov2.followers = {
        context: of for context, of in counts.followers.items() if len(context) <= _BASELINE_ORDER
    }
    return Pool(counts, markov2)


def _timed(log: abb.CommandLog) -> Iterator[TimedCommand]:
    return zip(log.times_s, log.messages, strict=True)


def _row(log: Log, pool: Pool, commands: int, is_filtered: bool, most: int) -> Row:
    half = len(log.moments) // 2
    own = counts_of(log.moments[:half], pool.counts.order)
    row: Row = Counter(n=0)
    for context, number in log.moments[half : half + most]:
        ways = {
            "": shares(pool.counts, context, commands, own),
            "others_": shares(pool.counts, context, commands),
            "markov2_": shares(pool.markov2, context, commands),
            "markov2_own_": shares(pool.markov2, context, commands, own),
        }
        for way, said in ways.items():
            _score(row, way, possible(said, context) if is_filtered else said, number)
        row["n"] += 1
        own.note(context, number)
    return {"id": log.person, "person": log.person, **row}


def _score(row: Row, way: str, said: Shares, number: int) -> None:
    likeliest = said.likeliest(_TOP)
    row[f"{way}top1"] += likeliest[:1] == [number]
    row[f"{way}top5"] += number in likeliest
    row[f"{way}bits"] -= math.log2(said.of(number))


def _figures(rows: Sequence[Row], seed: int) -> dict[str, Any]:
    def share(name: str) -> Callable[[Sequence[Row]], float | None]:
        return lambda some: _ratio(_sum(some, name), some)

    def perplexity(way: str) -> Callable[[Sequence[Row]], float | None]:
        return lambda some: 2.0 ** (_ratio(_sum(some, f"{way}bits"), some) or 0.0)

    def above(name: str, baseline: str) -> Callable[[Sequence[Row]], float | None]:
        return lambda some: _ratio(_sum(some, name) - _sum(some, baseline), some)

    def bits_saved(way: str, baseline: str) -> Callable[[Sequence[Row]], float | None]:
        return above(f"{baseline}bits", f"{way}bits")

    told = {
        "top1": share("top1"),
        "top5": share("top5"),
        "perplexity": perplexity(""),
        "others_top1": share("others_top1"),
        "others_top5": share("others_top5"),
        "others_perplexity": perplexity("others_"),
    }
    compared = {
        "top1": above("top1", "markov2_top1"),
        "bits": bits_saved("", "markov2_"),
        "others_top1": above("others_top1", "markov2_top1"),
        "others_bits": bits_saved("others_", "markov2_"),
        "top1_own": above("top1", "markov2_own_top1"),
        "bits_own": bits_saved("", "markov2_own_"),
    }
    return {
        "n": int(_sum(rows, "n")),
        "people": len(rows),
        **{name: figure(rows) for name, figure in told.items()},
        "baselines": {
            "markov2_top1": share("markov2_top1")(rows),
            "markov2_top5": share("markov2_top5")(rows),
            "markov2_perplexity": perplexity("markov2_")(rows),
            "markov2_own_top1": share("markov2_own_top1")(rows),
            "markov2_own_perplexity": perplexity("markov2_own_")(rows),
        },
        "above_markov2": {
            name: {"difference": figure(rows), "interval": drawn_again(rows, figure, seed)}
            for name, figure in compared.items()
        },
        "intervals": {name: drawn_again(rows, figure, seed) for name, figure in told.items()},
    }


def _ratio(total: float, rows: Sequence[Row]) -> float | None:
    scored = _sum(rows, "n")
    return total / scored if scored else None


def _sum(rows: Sequence[Row], name: str) -> float:
    return float(sum(row.get(name, 0) for row in rows))
