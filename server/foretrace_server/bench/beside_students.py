"""Fixes beside what the student wrote next and beside a peer's program: size, nearness, whose hand.

The student's own later edit is the most that a fix can be in their hand, and the nearest correct
program of a peer the least that is worth anything.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence

from foretrace_models.repair.edits import distance
from foretrace_server.bench import hands
from foretrace_server.bench.intervals import drawn_again
from foretrace_server.bench.repair.tasks import Row
from foretrace_server.bench.student_states import FailingState


def compared(
    failing: FailingState,
    fix: str | None,
    peer: str | None,
    programs: Mapping[str, Mapping[str, str]],
    seed: int,
) -> Row:
    """Return how a fix, the student's next state and a peer's program compare, as a JSON object.

    Sizes and distances are in tokens without comments. `programs` holds each student's last text
    for each problem.
    """
    code, after = failing.state.code, failing.after.code if failing.after else None
    row: Row = {
        "person": failing.state.student,
        "repaired": fix is not None,
        "works_next": failing.after is not None and failing.after.works,
        "size": _apart(code, fix),
        "next_size": _apart(code, after),
        "peer_size": _apart(code, peer),
        "fix_to_next": _apart(fix, after),
        "peer_to_next": _apart(peer, after),
    }
    pairs = hands.peers(failing.state.student, failing.state.problem, programs, seed)
    for name, measure in (("tokens", hands.by_tokens), ("habits", hands.by_habits)):
        for of, text in (("next", after), ("fix", fix), ("peer", peer)):
            told = [measure(code, text, *pair) for pair in pairs] if text is not None else []
            known = [each for each in told if each is not None]
            row[f"hand_{name}_{of}"] = statistics.fmean(known) if known else None
    return row


def summary(rows: Sequence[Row], seed: int) -> Row:
    """Return what the rows say together, with 95 % intervals by student.

    Sizes and distances are medians over the states where the fix and what it is compared with are
    both there; `hand_…` are areas under the curve over the same.
    """
    found: Row = {"states": len(rows), "students": len({row["person"] for row in rows})}
    found["rate"] = _told(rows, _mean_of("repaired"), seed)
    sized = _having(rows, "size", "next_size", "peer_size")
    found["compared"] = len(sized)
    for key in ("size", "next_size", "peer_size", "fix_to_next", "peer_to_next"):
        found[key] = _told(sized, _median_of(key), seed)
    nearer = [row for row in sized if row["fix_to_next"] != row["peer_to_next"]]
    found["nearer_than_peer"] = _told(nearer, _share_nearer, seed)
    for name in ("tokens", "habits"):
        keys = [f"hand_{name}_{of}" for of in ("next", "fix", "peer")]
        known = _having(rows, *keys)
        for key in keys:
            found[key] = {"n": len(known), **_told(known, _mean_of(key), seed)}
    return found


def _apart(one: str | None, other: str | None) -> int | None:
    if one is None or other is None:
        return None
    return distance(hands.leaves(one), hands.leaves(other))


def _having(rows: Sequence[Row], *keys: str) -> list[Row]:
    return [row for row in rows if all(row[key] is not None for key in keys)]


def _mean_of(key: str) -> Callable[[Sequence[Row]], float]:
    return lambda rows: statistics.fmean(row[key] for row in rows)


def _median_of(key: str) -> Callable[[Sequence[Row]], float]:
    return lambda rows: statistics.median(row[key] for row in rows)


def _share_nearer(rows: Sequence[Row]) -> float:
    return statistics.fmean(row["fix_to_next"] < row["peer_to_next"] for row in rows)


def _told(rows: Sequence[Row], statistic: Callable[[Sequence[Row]], float], seed: int) -> Row:
    """Return a statistic of the rows, and its interval by drawing students with all their rows."""
    if not rows:
        return {"value": None, "interval": None}
    return {"value": statistic(rows), "interval": drawn_again(rows, statistic, seed)}
