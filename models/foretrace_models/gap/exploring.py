"""Exploration: going back, looking before editing, and from how much one goes on to how much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import pairwise

from foretrace_models.gap.diversity import ngrams
from foretrace_models.gap.kinds import Kind, kind_of
from foretrace_models.gap.streams import Session


def event_revisits(sessions: Iterable[Session]) -> float | None:
    """Return how often a move to another event leads to one that the session had before."""
    return _revisits(session.events for session in sessions)


def place_revisits(sessions: Iterable[Session]) -> float | None:
    """Return how often a move to another file leads to one that the session had before.

    None where files are not known, or nobody moves.
    """
    return _revisits(
        [place for place in session.places if place is not None]
        for session in sessions
        if session.places is not None
    )


def _revisits(visits: Iterable[Sequence[Hashable]]) -> float | None:
    moves = back = 0
    for visited in visits:
        seen = set(visited[:1])
        for here, there in pairwise(visited):
            if here != there:
                moves += 1
                back += there in seen
                seen.add(there)
    return back / moves if moves else None


def straight_back(sessions: Iterable[Session]) -> float | None:
    """Return how often somebody who moved to another event goes straight back; None of no move."""
    moves = back = 0
    for session in sessions:
        events = session.events
        for before, here, there in zip(events, events[1:], events[2:], strict=False):
            if before != here:
                moves += 1
                back += before == there
    return back / moves if moves else None


def navigation_share(sessions: Iterable[Session]) -> float | None:
    """Return the share of navigation in navigation and edits; None where there is neither."""
    kinds = _kinds(sessions)
    both = kinds[Kind.NAVIGATION] + kinds[Kind.EDIT]
    return kinds[Kind.NAVIGATION] / both if both else None


def share_of(kind: Kind) -> Callable[[Iterable[Session]], float]:
    """Return what gives the share of a kind in all events."""

    def share(sessions: Iterable[Session]) -> float:
        kinds = _kinds(sessions)
        return kinds[kind] / max(1, sum(kinds.values()))

    return share


def _kinds(sessions: Iterable[Session]) -> Counter[Kind]:
    return Counter(kind_of(event) for session in sessions for event in session.events)


def branching(sessions: Sequence[Session]) -> float | None:
    """Return how many different events follow one, on average over the events; None of no pair."""
    pairs = ngrams(sessions, 2)
    firsts = {first for first, _ in pairs}
    return len(pairs) / len(firsts) if firsts else None


def switches(sessions: Sequence[Session]) -> float | None:
    """Return how often the next event is of another kind; None of no pair."""
    pairs = ngrams(sessions, 2)
    total = sum(pairs.values())
    changed = sum(n for (a, b), n in pairs.items() if kind_of(a) is not kind_of(b))
    return changed / total if total else None
