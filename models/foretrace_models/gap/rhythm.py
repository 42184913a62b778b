"""Rhythm: the gaps between events, how they come in bursts, and how long sessions are.

Source: Goh & Barabási, "Burstiness and memory in complex systems" (EPL 2008).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import fmean, median, pstdev

from foretrace_models.gap.streams import Session


def gaps_s(sessions: Iterable[Session]) -> list[list[int]]:
    """Return the seconds between the events of each session."""
    return [[after - before for before, after in pairwise(s.times_s)] for s in sessions]


def all_gaps_s(sessions: Iterable[Session]) -> list[int]:
    """Return the seconds before each event, rests between sessions included."""
    gaps: list[int] = []
    for session in sessions:
        if session.rest_before_s is not None:
            gaps.append(session.rest_before_s)
        gaps.extend(after - before for before, after in pairwise(session.times_s))
    return gaps


def burstiness(gaps: Sequence[float]) -> float | None:
    """Return (sigma - mu) / (sigma + mu) of gaps.

    -1 is a metronome, 0 pure chance (a Poisson process), near 1 are bursts with long rests. None
    where all gaps are nothing, or there are none.
    """
    if not gaps:
        return None
    mean, deviation = fmean(gaps), pstdev(gaps)
    return (deviation - mean) / (deviation + mean) if mean else None


def memory(series: Iterable[Sequence[float]]) -> float | None:
    """Return the correlation of each gap with the next, over several series of gaps.

    It is of the logarithm of a second more than the gap, as a few long ones would decide it all.
    Above 0 short gaps come together, and long ones do. None where there is nothing to correlate.
    """
    logs = [[math.log1p(gap) for gap in gaps] for gaps in series]
    pairs = [pair for own in logs for pair in pairwise(own)]
    if not pairs:
        return None
    before, after = zip(*pairs, strict=True)
    spread: float = pstdev(before) * pstdev(after)
    if not spread:
        return None
    means = fmean(before), fmean(after)
    together = fmean((a - means[0]) * (b - means[1]) for a, b in pairs)
    return together / spread


def quantile(values: Sequence[float], share: float) -> float | None:
    """Return the value that so large a share of all is not above; None of nothing."""
    if not values:
        return None
    return sorted(values)[min(len(values) - 1, math.ceil(share * len(values)) - 1)]


def session_events(sessions: Sequence[Session]) -> float:
    """Return how many events the session in the middle has."""
    return median(len(session) for session in sessions)


def session_minutes(sessions: Sequence[Session]) -> float:
    """Return how long the session in the middle lasts."""
    return median(session.lasts_s for session in sessions) / 60


def sessions_per_thousand(sessions: Sequence[Session]) -> float:
    """Return how many sessions there are for a thousand events."""
    return 1000 * len(sessions) / sum(map(len, sessions))
