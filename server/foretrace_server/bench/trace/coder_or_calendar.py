"""Is what is known of a coder the coder, or the time when they worked?

Each trace has a vector, its profile beside the others'. If vectors are of coders, those of one
coder in different periods are nearer to each other than those of different coders in the same
period. Whether they are by chance is told by dealing out the names of coders anew within each
period.

What is compared is the direction of a vector, after what exercise and length explain: how long it
is says how much there was to see, and a long one is far from all others.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from datetime import datetime, timezone
from enum import Enum
from statistics import fmean
from typing import Any

from attrs import astuple, frozen

from foretrace_models.coder.population import population_of
from foretrace_models.coder.profile import profile_of
from foretrace_telemetry.traces import Trace

DEALS = 199

Vector = tuple[float, ...]


class Period(Enum):
    """A stretch of the calendar."""

    WEEK = "week"
    QUARTER = "quarter"
    YEAR = "year"

    def of(self, wall_us: int) -> str:
        """Return which one a moment lies in."""
        moment = datetime.fromtimestamp(wall_us / 1e6, timezone.utc)
        if self is Period.WEEK:
            return moment.strftime("%G-%V")
        if self is Period.QUARTER:
            return f"{moment.year}-{(moment.month + 2) // 3}"
        return str(moment.year)


@frozen
class Sums:
    """Distances of pairs and how many they are, by whether coder and period are the same.

    `same_same` is the same coder in the same period, `same_other` the same coder in different ones,
    `other_same` different coders in the same period, `other_other` neither the same.
    """

    same_same: tuple[float, int]
    same_other: tuple[float, int]
    other_same: tuple[float, int]
    other_other: tuple[float, int]

    def __add__(self, more: Sums) -> Sums:
        """Return the sums over both."""
        return Sums(
            _plus(self.same_same, more.same_same),
            _plus(self.same_other, more.same_other),
            _plus(self.other_same, more.other_same),
            _plus(self.other_other, more.other_other),
        )

    @property
    def coder_beyond_calendar(self) -> float | None:
        """How much nearer the same coder in different periods is than others in the same one."""
        return _difference(self.other_same, self.same_other)

    @property
    def coder(self) -> float | None:
        """How much nearer the same coder is than others, both in different periods."""
        return _difference(self.other_other, self.same_other)


@frozen
class Dealt:
    """The sums as they are, and as they are after each of some deals of the coders' names.

    `within` has deals within each period, `across` deals over all of them.
    """

    sums: Sums
    within: tuple[Sums, ...]
    across: tuple[Sums, ...]

    def to_json(self) -> list[list[list[tuple[float, int]]]]:
        """Return the sums as JSON: as they are, then within and across."""
        several = ([self.sums], self.within, self.across)
        return [[list(astuple(sums)) for sums in each] for each in several]

    @classmethod
    def from_json(cls, value: list[list[list[list[float]]]]) -> Dealt:
        """Return the sums that JSON was made from."""
        (sums,), within, across = (
            tuple(Sums(*((pair[0], int(pair[1])) for pair in each)) for each in several)
            for several in value
        )
        return cls(sums, within, across)

    def __add__(self, more: Dealt) -> Dealt:
        """Return the sums over both, deal by deal."""
        return Dealt(
            self.sums + more.sums,
            tuple(a + b for a, b in zip(self.within, more.within, strict=True)),
            tuple(a + b for a, b in zip(self.across, more.across, strict=True)),
        )


def vectors_of(traces: Sequence[Trace]) -> list[Vector]:
    """Return where each trace stands among the others, by its profile."""
    profiles = [profile_of(trace) for trace in traces]
    population = population_of(profiles)
    return [population.vector(profile) for profile in profiles]


def dealt(traces: Sequence[Trace], vectors: Sequence[Vector], period: Period, seed: int) -> Dealt:
    """Return the sums over pairs of traces, which all have a time.

    Pairs for the same exercise are left out if traces are for several.
    """
    coders, exercises = [t.coder for t in traces], [t.exercise for t in traces]
    periods = _periods(traces, period)
    pairs = _Pairs(_directions(vectors, exercises, _lengths(traces)), exercises, periods)
    chance = random.Random(f"{seed} deals")  # noqa: S311 - no secret
    everywhere = ["" for _ in traces]
    return Dealt(
        pairs.sums(coders),
        tuple(pairs.sums(_shuffled(coders, periods, chance)) for _ in range(DEALS)),
        tuple(pairs.sums(_shuffled(coders, everywhere, chance)) for _ in range(DEALS)),
    )


def told(found: Dealt) -> dict[str, Any]:
    """Return the mean distances, the differences that answer the question, and their p-values."""
    sums = found.sums
    return {
        "distance": {
            "same_coder_same_period": _mean(sums.same_same),
            "same_coder_other_period": _mean(sums.same_other),
            "other_coder_same_period": _mean(sums.other_same),
            "other_coder_other_period": _mean(sums.other_other),
        },
        "pairs": {
            "same_coder_same_period": sums.same_same[1],
            "same_coder_other_period": sums.same_other[1],
            "other_coder_same_period": sums.other_same[1],
            "other_coder_other_period": sums.other_other[1],
        },
        "coder_beyond_calendar": _tested(
            sums.coder_beyond_calendar, [each.coder_beyond_calendar for each in found.within]
        ),
        "coder": _tested(sums.coder, [each.coder for each in found.across]),
    }


def explained(
    traces: Sequence[Trace], vectors: Sequence[Vector], period: Period
) -> dict[str, float | None]:
    """Return which share of the variance of vectors is explained by what, mean over their numbers.

    Shares are adjusted for the number of groups; each is for itself, so that they overlap. The last
    one is what the coder explains of what exercise and length leave.
    """
    coders, exercises = [t.coder for t in traces], [t.exercise for t in traces]
    periods, lengths = _periods(traces, period), _lengths(traces)
    numbers = [list(column) for column in zip(*vectors, strict=True)]
    left = [_without_groups(_without_line(n, lengths), exercises) for n in numbers]
    return {
        "exercise": _mean_share(numbers, lambda n: _without_groups(n, exercises), exercises),
        "length": _mean_share(numbers, lambda n: _without_line(n, lengths), ["", ""]),
        "period": _mean_share(numbers, lambda n: _without_groups(n, periods), periods),
        "coder": _mean_share(numbers, lambda n: _without_groups(n, coders), coders),
        "coder_after_exercise_and_length": _mean_share(
            left, lambda n: _without_groups(n, coders), coders
        ),
    }


def _periods(traces: Sequence[Trace], period: Period) -> list[str]:
    return [period.of(trace.last.wall_us or 0) for trace in traces]


def _lengths(traces: Sequence[Trace]) -> list[float]:
    return [math.log(1 + len(trace.last.text)) for trace in traces]


def _directions(
    vectors: Sequence[Vector], exercises: Sequence[str], lengths: Sequence[float]
) -> list[Vector]:
    """Return vectors of length 1, after what exercise and length explain."""
    left = [
        _without_groups(_without_line(column, lengths), exercises)
        for column in zip(*vectors, strict=True)
    ]
    rest = list(zip(*left, strict=True)) if left else [() for _ in vectors]
    return [tuple(value / (math.hypot(*row) or 1.0) for value in row) for row in rest]


class _Pairs:
    """The distances of all pairs of traces that are compared."""

    def __init__(
        self, vectors: Sequence[Vector], exercises: Sequence[str], periods: Sequence[str]
    ) -> None:
        several = len(set(exercises)) > 1
        self._periods = periods
        self._distances = [
            [
                None if several and exercises[i] == exercises[j] else math.dist(vectors[i], other)
                for j, other in enumerate(vectors[:i])
            ]
            for i in range(len(vectors))
        ]
        same, all_pairs = [0.0, 0], [0.0, 0]
        for i, row in enumerate(self._distances):
            for j, distance in enumerate(row):
                if distance is not None:
                    for kept in (all_pairs, same) if periods[i] == periods[j] else (all_pairs,):
                        kept[0] += distance
                        kept[1] += 1
        self._same = float(same[0]), int(same[1])
        self._all = float(all_pairs[0]), int(all_pairs[1])

    def sums(self, coders: Sequence[str]) -> Sums:
        """Return the sums with the coders as they are given."""
        own: dict[str, list[int]] = defaultdict(list)
        for place, coder in enumerate(coders):
            own[coder].append(place)
        same_sum = other_sum = 0.0
        same_count = other_count = 0
        for places in own.values():
            for n, i in enumerate(places):
                row, period = self._distances[i], self._periods[i]
                for j in places[:n]:
                    distance = row[j]
                    if distance is None:
                        continue
                    if self._periods[j] == period:
                        same_sum += distance
                        same_count += 1
                    else:
                        other_sum += distance
                        other_count += 1
        same_same, same_other = (same_sum, same_count), (other_sum, other_count)
        other_same = _minus(self._same, same_same)
        different = _minus(self._all, self._same)
        return Sums(same_same, same_other, other_same, _minus(different, same_other))


def _shuffled(names: Sequence[str], blocks: Sequence[str], chance: random.Random) -> list[str]:
    """Return names dealt out anew within each block."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, block in enumerate(blocks):
        places[block].append(place)
    dealt_out = list(names)
    for own in places.values():
        there = [names[place] for place in own]
        chance.shuffle(there)
        for place, name in zip(own, there, strict=True):
            dealt_out[place] = name
    return dealt_out


def _tested(difference: float | None, by_chance: Sequence[float | None]) -> dict[str, Any] | None:
    """Return a difference, what it is by chance, and its one-sided p-value; None if there is none.

    By chance it need not be 0: some periods have more of one coder's pairs than others.
    """
    if difference is None:
        return None
    known = [other for other in by_chance if other is not None]
    at_least = sum(other >= difference for other in known)
    return {
        "difference": difference,
        "by_chance": fmean(known) if known else None,
        "p": (1 + at_least) / (1 + len(known)),
    }


def _mean_share(
    numbers: Sequence[list[float]],
    without: Callable[[list[float]], list[float]],
    groups: Sequence[Hashable],
) -> float | None:
    """Return the mean share of variance that is gone without something, adjusted."""
    shares = []
    for values in numbers:
        freedom = len(values) - len(set(groups))
        whole = _squares(values)
        if whole > 0 and freedom > 0:
            rest = _squares(without(values))
            shares.append(1 - rest / whole * (len(values) - 1) / freedom)
    return fmean(shares) if shares else None


def _squares(values: Sequence[float]) -> float:
    middle = fmean(values)
    return sum((value - middle) ** 2 for value in values)


def _without_groups(values: Sequence[float], groups: Sequence[str]) -> list[float]:
    """Return what is left of values without the mean of their group."""
    own: dict[str, list[float]] = defaultdict(list)
    for value, group in zip(values, groups, strict=True):
        own[group].append(value)
    means = {group: fmean(several) for group, several in own.items()}
    return [value - means[group] for value, group in zip(values, groups, strict=True)]


def _without_line(values: Sequence[float], along: Sequence[float]) -> list[float]:
    """Return what is left of values without the straight line that fits them best."""
    middle, middle_along = fmean(values), fmean(along)
    spread = sum((x - middle_along) ** 2 for x in along)
    if not spread:
        return [value - middle for value in values]
    slope = (
        sum((x - middle_along) * (y - middle) for x, y in zip(along, values, strict=True)) / spread
    )
    return [y - middle - slope * (x - middle_along) for x, y in zip(along, values, strict=True)]


def _plus(a: tuple[float, int], b: tuple[float, int]) -> tuple[float, int]:
    return a[0] + b[0], a[1] + b[1]


def _minus(a: tuple[float, int], b: tuple[float, int]) -> tuple[float, int]:
    return a[0] - b[0], a[1] - b[1]


def _mean(sums: tuple[float, int]) -> float | None:
    return sums[0] / sums[1] if sums[1] else None


def _difference(far: tuple[float, int], near: tuple[float, int]) -> float | None:
    if not far[1] or not near[1]:
        return None
    return far[0] / far[1] - near[0] / near[1]
