"""RealHumanEval: what programmers ask a chat model next, against what can be said before they do.

A statement is made from the task that somebody works on and from what they asked last. It is right
if the question that was asked is more like it than nine others are, drawn from all that others have
asked. Beside it stands, with `--fit loo`, what others asked: of the questions of others in a like
place, the one that is most like all of them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from foretrace_models.intent.activities import Activity
from foretrace_models.intent.symbols import Context
from foretrace_models.intent.words import statement
from foretrace_server.bench.fit import Fit
from foretrace_server.bench.intent.likeness import Rarity, shared_words
from foretrace_server.bench.intervals import Row, drawn_again
from foretrace_server.bench.resume import Rows
from foretrace_telemetry.readers import realhumaneval
from foretrace_telemetry.readers.realhumaneval import Turn

Tell = Callable[[str], None]

DATASET = "realhumaneval_chat"
_OTHERS = 9
_PEERS = 40
_FEWEST_PEOPLE = 2


def measure(file: Path, how: Fit, limit: int | None, seed: int, kept: Rows, tell: Tell) -> Any:
    """Return the figures as a JSON object.

    Raises:
        OSError: a file cannot be read.
        ValueError: it is not what it should be.
    """
    turns = realhumaneval.read(file)
    signatures = realhumaneval.read_signatures(file.parent)
    if len({turn.person for turn in turns}) < _FEWEST_PEOPLE:
        raise ValueError(f"{file} has questions of fewer than {_FEWEST_PEOPLE} people")
    rarity = Rarity(turn.question for turn in turns)
    chance = random.Random(seed)  # noqa: S311 - no secret
    places = list(range(len(turns)))
    if limit is not None and limit < len(turns):
        places = sorted(chance.sample(places, limit))
    rows = []
    for place in places:
        turn, item = turns[place], str(place)
        others = [other for other in turns if other.person != turn.person]
        # Each has a chance of its own, so that a run that goes on draws the same.
        chance = random.Random(f"{seed} {item}")  # noqa: S311 - no secret
        drawn = chance.sample(others, min(_OTHERS, len(others)))
        row = kept.get(item)
        if row is None:
            row = {"id": item, "person": turn.person}
            for way, said in _ways(turn, others, signatures, rarity, how, chance).items():
                own = rarity.alike(said, turn.question)
                nearer = sum(rarity.alike(said, other.question) >= own for other in drawn)
                row[way] = {
                    "found": nearer == 0,
                    "rank": 1.0 / (nearer + 1),
                    "words": shared_words(said, turn.question),
                }
            kept.add(item, row)
        rows.append(row)
        if len(rows) % 100 == 0:
            tell(f"{len(rows)} of {len(places)} questions")
    ways = [way for way in rows[0] if way not in ("id", "person")] if rows else []
    figures = {way: _figures(rows, way, seed) for way in ways}
    return {
        "fit": how.value,
        "n": len(rows),
        "people": len({row["person"] for row in rows}),
        **figures.pop("statement", {}),
        "baselines": figures,
        "by_chance": 1.0 / (_OTHERS + 1),
    }


def _ways(
    turn: Turn,
    others: Sequence[Turn],
    signatures: dict[str, str],
    rarity: Rarity,
    how: Fit,
    chance: random.Random,
) -> dict[str, str]:
    """Return what is said before a question, by how it was made."""
    context = Context("", f"{signatures.get(turn.task, '')}\n    pass\n")
    said = statement(Activity.WRITING, context, 1)
    ways = {
        "statement": " ".join([said, *turn.before[-1:]]),
        "last_question": turn.before[-1] if turn.before else "",
        "task": context.text,
        "another": chance.choice(others).question,
    }
    if how is Fit.LOO:
        ways["nearest_peers"] = _most_like_all(turn, others, ways["statement"], rarity)
    return ways


def _most_like_all(turn: Turn, others: Sequence[Turn], said: str, rarity: Rarity) -> str:
    """Return the question of others in a like place that is most like all of these.

    A like place is one with as many questions before, at the same task or one like it.
    """

    def likeness(other: Turn) -> float:
        is_begin = bool(other.before) == bool(turn.before)
        before = rarity.alike(said, " ".join([other.task, *other.before[-1:]]))
        return (other.task == turn.task) + is_begin + before

    peers = sorted(others, key=likeness, reverse=True)[:_PEERS]
    texts = [peer.question for peer in peers]
    return max(texts, key=lambda text: sum(rarity.alike(text, other) for other in texts))


def _figures(rows: Sequence[Row], way: str, seed: int) -> dict[str, Any]:
    def mean(name: str) -> Callable[[Sequence[Row]], float | None]:
        return lambda some: fmean(row[way][name] for row in some)

    figures = {name: mean(name) for name in ("found", "rank", "words")}
    return {
        **{name: figure(rows) for name, figure in figures.items()},
        "intervals": {name: drawn_again(rows, figure, seed) for name, figure in figures.items()},
    }
