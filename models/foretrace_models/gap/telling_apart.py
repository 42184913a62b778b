"""Whether a model can tell real windows from simulated ones: a classifier two-sample test.

It learns on some people, real and simulated, and is asked about the others. An AUC of 0.5 is a coin
tossed; 1 means that every simulated window gives itself away.

Source: Lopez-Paz & Oquab, "Revisiting Classifier Two-Sample Tests" (ICLR 2017).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence

from attrs import frozen

from foretrace_models.gap.distances import auc
from foretrace_models.gap.intervals import Estimate, drawn_again
from foretrace_models.gap.samples import Person
from foretrace_models.gap.windows import Window, looks_of, pace_of, windows_of
from foretrace_models.learned.fitting import Example, NoFittingError, fit
from foretrace_models.traces.folds import folds

FEWEST_PEOPLE = 10
_FOLDS = 5
_COMMON_EVENTS = 30
_WINDOWS_EACH = 20
_DRAWS = 200
_SIGNS = 5
_REAL, _SIMULATED = "real", "simulated"

_Seen = dict[str, list[dict[str, float]]]


@frozen
class Sign:
    """One thing by which windows give themselves away: the AUC that it has alone.

    Below 0.5 the simulated windows have more of it.
    """

    name: str
    auc: float


@frozen
class Told:
    """How well real and simulated windows are told apart by what is `seen` of them.

    `signs` are those that tell most, the clearest first.
    """

    seen: str
    auc: Estimate
    windows: int
    signs: tuple[Sign, ...]


def tell_apart(real: Sequence[Person], simulated: Sequence[Person], seed: int) -> tuple[Told, ...]:
    """Return how well they are told apart, by what is seen of them.

    Raises:
        NoFittingError: scikit-learn is missing, or there are too few people to learn from.
    """
    if min(len(real), len(simulated)) < FEWEST_PEOPLE:
        raise NoFittingError(f"there are fewer than {FEWEST_PEOPLE} people on a side")
    names = {person.name for person in (*real, *simulated)}
    sides = [_windows(side, seed) for side in (real, simulated)]
    counts = Counter(
        event for side in sides for own in side.values() for each in own for event in each.events
    )
    common = [event for event, _ in sorted(counts.items(), key=_often)[:_COMMON_EVENTS]]
    ways: dict[str, Callable[[Window], dict[str, float]]] = {
        "events": lambda window: looks_of(window, common),
        "times": pace_of,
        "events and times": lambda window: {**looks_of(window, common), **pace_of(window)},
    }
    groups = folds(names, _FOLDS)
    return tuple(_told(seen, way, sides, groups, seed) for seen, way in ways.items())


def _often(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]


def _windows(people: Sequence[Person], seed: int) -> dict[str, list[Window]]:
    found = {}
    for person in people:
        windows = list(windows_of(person))
        chance = random.Random(f"{seed} {person.name}")  # noqa: S311 - no secret
        found[person.name] = chance.sample(windows, min(_WINDOWS_EACH, len(windows)))
    return found


def _told(
    seen: str,
    way: Callable[[Window], dict[str, float]],
    sides: Sequence[dict[str, list[Window]]],
    groups: Sequence[frozenset[str]],
    seed: int,
) -> Told:
    seen_of = [
        {name: [way(window) for window in own] for name, own in side.items()} for side in sides
    ]
    scores: list[dict[str, list[float]]] = [{}, {}]
    for group in groups:
        model = fit(
            [
                Example(numbers, label)
                for label, side in zip((_REAL, _SIMULATED), seen_of, strict=True)
                for name, own in side.items()
                if name not in group
                for numbers in own
            ],
            seed,
        )
        for side, scored in zip(seen_of, scores, strict=True):
            for name in group & side.keys():
                scored[name] = [model.probabilities(numbers)[_REAL] for numbers in side[name]]
    asked = sorted({name for scored in scores for name in scored})

    def of(names: Sequence[str]) -> float:
        real, simulated = (
            [score for name in names for score in scored.get(name, ())] for scored in scores
        )
        return auc(real, simulated) if real and simulated else 0.5

    low, high = drawn_again(lambda chance: of(chance.choices(asked, k=len(asked))), seed, _DRAWS)
    windows = sum(len(own) for scored in scores for own in scored.values())
    return Told(seen, Estimate(of(asked), low, high), windows, _signs(*seen_of))


def _signs(real: _Seen, simulated: _Seen) -> tuple[Sign, ...]:
    ours, theirs = ([each for own in side.values() for each in own] for side in (real, simulated))
    signs = [
        Sign(name, auc([each[name] for each in ours], [each[name] for each in theirs]))
        for name in ours[0]
    ]
    return tuple(sorted(signs, key=lambda sign: -abs(sign.auc - 0.5))[:_SIGNS])
