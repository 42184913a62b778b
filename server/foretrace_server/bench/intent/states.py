"""CUPS: which activity somebody was in while a suggestion was on their screen.

A row for each suggestion whose programmer knew what they were doing. What is said of a person was
learned from others only, and nobody is told what a person said of an earlier suggestion.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from foretrace_models.intent import shipping
from foretrace_models.intent.activities import OF_CUPS
from foretrace_models.intent.of_cups import labelled
from foretrace_models.intent.predicting import LEAST_CONFIDENCE
from foretrace_models.intent.stretches import Features
from foretrace_models.learned.classifier import Classifier
from foretrace_models.learned.fitting import Example, fit
from foretrace_server.bench.fit import Fit, refuse_the_known
from foretrace_server.bench.intent.figures import (
    above,
    accuracy,
    answered,
    best,
    brier_skill,
    calibration_error,
    macro_f1,
)
from foretrace_server.bench.intervals import Row, drawn_again
from foretrace_server.bench.resume import Rows
from foretrace_telemetry.readers import cups

Tell = Callable[[str], None]

DATASET = "cups"
_FEWEST_PEOPLE = 2
_BASELINES = ("majority", "last_event", "nearest_peer", "shuffled")


@frozen
class Segment:
    """One suggestion: what is known once it is over, and what its programmer says of the time."""

    id: str
    person: str
    numbers: Features
    event: str
    state: str

    @property
    def activity(self) -> str:
        """The activity that the state is one of."""
        return OF_CUPS[self.state].value


def segments_of(file: Path) -> list[Segment]:
    """Return the segments of a file whose state is known, by person and in order.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not what it should be.
    """
    return [segment for session in cups.read(file) for segment in _segments(session)]


def _segments(session: cups.CupsSession) -> Iterator[Segment]:
    for number, stretch, numbers, state in labelled(session):
        if state not in OF_CUPS:
            known = ", ".join(OF_CUPS)
            raise ValueError(f"{state!r} is no state of CUPS; there are {known}")
        shown = stretch.shown
        outcome = shown.outcome.value if shown is not None and shown.outcome else "open"
        event = f"{outcome} after {'typing' if stretch.was_typing else 'a rest'}"
        yield Segment(f"{session.person}/{number}", session.person, numbers, event, state)


def measure(file: Path, how: Fit, limit: int | None, seed: int, kept: Rows, tell: Tell) -> Any:
    """Return the figures as a JSON object.

    Raises:
        NoFittingError: there is nothing to fit with.
        OSError: the file cannot be read.
        ValueError: it is not what it should be, or the shipped weights know its people.
        WeightsError: the shipped weights cannot be used.
    """
    segments = segments_of(file)
    people = sorted({segment.person for segment in segments})
    if len(people) < _FEWEST_PEOPLE:
        raise ValueError(
            f"the file has suggestions of {len(people)} people who knew what they were doing; "
            f"it takes {_FEWEST_PEOPLE}, since baselines are what others did"
        )
    shipped = None
    if how is Fit.SHIPPED:
        shipped, card = shipping.beside_suggestions()
        refuse_the_known(card, DATASET, people)
    rows: list[Row] = []
    scored = _chosen(segments, limit, seed)
    for person in people:
        own = [segment for segment in scored if segment.person == person]
        others = [segment for segment in segments if segment.person != person]
        rows += _rows_of(own, others, shipped, seed, kept, tell)
    return _figures(rows, how, seed)


def _chosen(segments: Sequence[Segment], limit: int | None, seed: int) -> list[Segment]:
    if limit is None or limit >= len(segments):
        return list(segments)
    chance = random.Random(seed)  # noqa: S311 - no secret
    numbers = sorted(chance.sample(range(len(segments)), limit))
    return [segments[number] for number in numbers]


def _rows_of(
    own: Sequence[Segment],
    others: Sequence[Segment],
    shipped: Classifier | None,
    seed: int,
    kept: Rows,
    tell: Tell,
) -> Iterator[Row]:
    """Iterate over the rows of one person; what is fitted is fitted only if a row is missing."""
    if all(kept.get(segment.id) for segment in own):
        yield from (kept.get(segment.id) or {} for segment in own)
        return
    tell(f"person {own[0].person}: {len(own)} segments")
    by_activity = shipped or fit([Example(each.numbers, each.activity) for each in others], seed)
    by_state = None
    if shipped is None:
        by_state = fit([Example(each.numbers, each.state) for each in others], seed)
    baselines = _Baselines(others, by_activity.features)
    for segment in own:
        row = kept.get(segment.id)
        if row is None:
            said = by_activity.probabilities(segment.numbers)
            row = {
                "id": segment.id,
                "person": segment.person,
                "truth": segment.activity,
                "said": said,
                "answer": best(said),
                "prior": by_activity.prior,
                "majority": best(by_activity.prior),
                "last_event": baselines.by_event(segment),
                "nearest_peer": baselines.nearest(segment),
            }
            if by_state is not None:
                row["state"] = {
                    "truth": segment.state,
                    "said": by_state.probabilities(segment.numbers),
                    "prior": by_state.prior,
                }
            kept.add(segment.id, row)
        yield row


class _Baselines:
    """What is said of a segment without a model, from the segments of others."""

    def __init__(self, others: Sequence[Segment], names: Sequence[str]) -> None:
        self._others = others
        by_event: dict[str, list[str]] = defaultdict(list)
        for segment in others:
            by_event[segment.event].append(segment.activity)
        self._by_event = {event: _commonest(own) for event, own in by_event.items()}
        self._commonest = _commonest([segment.activity for segment in others])
        self._names = names
        columns = [[each.numbers[name] for each in others] for name in names]
        self._spreads = [(max(column) - min(column)) or 1.0 for column in columns]

    def by_event(self, segment: Segment) -> str:
        """Return what others mostly did where a suggestion came and went like this one."""
        return self._by_event.get(segment.event, self._commonest)

    def nearest(self, segment: Segment) -> str:
        """Return what the other whose numbers are nearest did."""

        def distance(other: Segment) -> float:
            return sum(
                abs(other.numbers[name] - segment.numbers[name]) / spread
                for name, spread in zip(self._names, self._spreads, strict=True)
            )

        return min(self._others, key=distance).activity


def _commonest(classes: Sequence[str]) -> str:
    return Counter(classes).most_common(1)[0][0]


def _figures(rows: list[Row], how: Fit, seed: int) -> dict[str, Any]:
    _deal_out(rows, seed)
    accuracies = {name: accuracy(rows, name) for name in _BASELINES}
    scores = {name: macro_f1(rows, name) for name in _BASELINES}
    best_accuracy = max(accuracies, key=lambda name: accuracies[name] or 0.0)
    best_score = max(scores, key=lambda name: scores[name] or 0.0)
    return {
        "fit": how.value,
        "n": len(rows),
        "people": len({row["person"] for row in rows}),
        "classes": dict(Counter(row["truth"] for row in rows).most_common()),
        "accuracy": accuracy(rows),
        "macro_f1": macro_f1(rows),
        "brier_skill": brier_skill(rows),
        "calibration_error": calibration_error(rows),
        "answered": answered(rows, LEAST_CONFIDENCE),
        "baselines": {
            "best_accuracy": accuracies[best_accuracy],
            "best_macro_f1": scores[best_score],
            "accuracy": accuracies,
            "macro_f1": scores,
        },
        "above_best_accuracy": above(rows, accuracy, best_accuracy, seed),
        "above_best_macro_f1": above(rows, macro_f1, best_score, seed),
        "intervals": {
            "accuracy": drawn_again(rows, accuracy, seed),
            "macro_f1": drawn_again(rows, macro_f1, seed),
            "brier_skill": drawn_again(rows, brier_skill, seed),
        },
        "cups_states": _figures_of_states(rows, seed),
    }


def _figures_of_states(rows: Sequence[Row], seed: int) -> dict[str, Any] | None:
    """Return the figures of CUPS' own states, where these were told, too."""
    states = [
        {"id": row["id"], "person": row["person"], **row["state"]} for row in rows if "state" in row
    ]
    if not states:
        return None
    for row in states:
        row["answer"], row["majority"] = best(row["said"]), best(row["prior"])
    return {
        "accuracy": accuracy(states),
        "macro_f1": macro_f1(states),
        "brier_skill": brier_skill(states),
        "majority_accuracy": accuracy(states, "majority"),
        "brier_skill_interval": drawn_again(states, brier_skill, seed),
    }


def _deal_out(rows: Sequence[Row], seed: int) -> None:
    """Give each row the answer to some row of the same person, by chance."""
    by_person: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_person[row["person"]].append(row)
    chance = random.Random(seed)  # noqa: S311 - no secret
    for own in by_person.values():
        answers = [row["answer"] for row in own]
        chance.shuffle(answers)
        for row, answer in zip(own, answers, strict=True):
            row["shuffled"] = answer
