"""ABB: what is learned from simulated developers of what real ones do next.

Developers are left out a fifth at a time. From the others, and from people who are simulated after
these, next commands are counted; of those who were left out, each way is scored on the same
commands, without their own habits. Counts have no order: simulated first and then real is both.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from foretrace_models.gap.streams import Stream
from foretrace_models.next_command.commands import commands_of
from foretrace_models.next_command.counts import Counts, Vocabulary, counts_of, moments
from foretrace_models.next_command.predicting import possible, shares
from foretrace_models.simulating.people import By, Gaps, Like, Way, simulated_people
from foretrace_models.traces.folds import folds
from foretrace_server.bench.intervals import Row, drawn_again
from foretrace_server.bench.resume import Rows
from foretrace_telemetry.readers import abb

Tell = Callable[[str], None]

_FOLDS = 5
_MOST_EVENTS = 4000
_MOST_OF_EACH = 400
_REAL = "real"
_SIMULATED = {
    "simulated": Way(By.MARKOV2, Like.EVERYBODY, Gaps.PAIR),
    "simulated_like_each": Way(By.MARKOV2, Like.PERSON, Gaps.PAIR),
}
_THEN_REAL = "_then_real"


def measure(file: Path, limit: int | None, seed: int, kept: Rows, tell: Tell) -> dict[str, Any]:
    """Return the figures of each way to learn as a JSON object.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not what it should be.
    """
    real = [
        Stream(log.person, log.times_s[:_MOST_EVENTS], log.messages[:_MOST_EVENTS])
        for log in abb.read(file)
    ]
    vocabulary = Vocabulary(command for stream in real for _, command in _commands(stream))
    most = _MOST_OF_EACH if limit is None else min(limit // len(real) + 1, _MOST_OF_EACH)
    rows: list[Row] = []
    for number, left_out in enumerate(folds([stream.person for stream in real], _FOLDS), start=1):
        scored = [stream for stream in real if stream.person in left_out]
        if not all(kept.get(_item(stream)) for stream in scored):
            tell(f"simulating, fold {number} of {_FOLDS}")
            learned = [stream for stream in real if stream.person not in left_out]
            pools = dict(_pools(learned, vocabulary, seed))
            for stream in scored:
                kept.add(_item(stream), _row(stream, pools, vocabulary, most, seed))
        rows += [kept.get(_item(stream)) or {} for stream in scored]
    return {way: _figures(rows, way, seed) for way in rows[0]["bits"]}


def _item(stream: Stream) -> str:
    return f"transfer/{stream.person}"


def _commands(stream: Stream) -> Iterator[tuple[int, str]]:
    return commands_of(zip(stream.times_s, stream.events, strict=True))


def _pools(
    real: Sequence[Stream], vocabulary: Vocabulary, seed: int
) -> Iterator[tuple[str, Counts]]:
    yield _REAL, _pool(real, vocabulary)
    for name, way in _SIMULATED.items():
        simulated = list(simulated_people(real, way, seed))
        yield name, _pool(simulated, vocabulary)
        yield name + _THEN_REAL, _pool([*simulated, *real], vocabulary)


def _pool(streams: Sequence[Stream], vocabulary: Vocabulary) -> Counts:
    pool = Counts()
    for stream in streams:
        pool.add(counts_of(moments(_commands(stream), vocabulary)))
    return pool


def _row(
    stream: Stream, pools: dict[str, Counts], vocabulary: Vocabulary, most: int, seed: int
) -> Row:
    told = list(moments(_commands(stream), vocabulary))
    chance = random.Random(f"{seed} {stream.person}")  # noqa: S311 - no secret
    chosen = chance.sample(told, min(most, len(told)))
    bits = dict.fromkeys(pools, 0.0)
    right = dict.fromkeys(pools, 0)
    for context, number in chosen:
        for way, pool in pools.items():
            said = possible(shares(pool, context, len(vocabulary)), context)
            bits[way] -= math.log2(said.of(number))
            right[way] += said.likeliest(1) == [number]
    return {
        "id": stream.person,
        "person": stream.person,
        "n": len(chosen),
        "bits": bits,
        "right": right,
    }


def _figures(rows: Sequence[Row], way: str, seed: int) -> dict[str, Any]:
    def top1(some: Sequence[Row]) -> float:
        return float(sum(row["right"][way] for row in some) / _total(some))

    def perplexity(some: Sequence[Row]) -> float:
        return float(2.0 ** (sum(row["bits"][way] for row in some) / _total(some)))

    def more_bits(some: Sequence[Row]) -> float:
        more = sum(row["bits"][way] - row["bits"][_REAL] for row in some)
        return float(more / _total(some))

    return {
        "top1": top1(rows),
        "perplexity": perplexity(rows),
        "bits_more_than_real": more_bits(rows),
        "intervals": {
            "top1": drawn_again(rows, top1, seed),
            "perplexity": drawn_again(rows, perplexity, seed),
            "bits_more_than_real": drawn_again(rows, more_bits, seed),
        },
    }


def _total(rows: Sequence[Row]) -> int:
    return sum(row["n"] for row in rows)
