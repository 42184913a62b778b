"""The steps of students who were watched, and where two experts would have stepped in."""

from __future__ import annotations

from attrs import frozen

from foretrace_models.timing.steps import Deed, Step
from foretrace_telemetry.readers import fitech
from foretrace_telemetry.readers.fitech import SUBGOAL, Mark, StepSequence

# So many steps from a mark it is as good to speak: a step is a token, a few seconds.
REACH = 3
_DEEDS = {
    fitech.RUN: Deed.RUN,
    fitech.SUBMIT: Deed.HAND_IN,
    "File.Init": Deed.OPEN,
    "File.RequestHelp": Deed.ASK,
}


@frozen
class Watched:
    """One student's steps on one assignment, and the experts' marks of them."""

    person: str
    assignment: str
    steps: tuple[Step, ...]
    marks: tuple[Mark, ...]
    is_subgoal: tuple[bool, ...]

    def near(self, place: int, marked: frozenset[int], before: int, after: int) -> bool:
        """Return whether one of some steps lies so many before or after a step, or is it."""
        return any(place - before <= other <= place + after for other in marked)

    def marked(self, marks: tuple[Mark, ...], subgoal: bool | None = None) -> frozenset[int]:
        """Return which steps have one of some marks, for a sub-goal, for something else, or any."""
        return frozenset(
            place
            for place, (mark, is_subgoal) in enumerate(
                zip(self.marks, self.is_subgoal, strict=True)
            )
            if mark in marks and subgoal in (None, is_subgoal)
        )


def watched_in(sequences: list[StepSequence]) -> list[Watched]:
    """Return what was seen of students, without the experts' words."""
    return [
        Watched(
            sequence.person,
            sequence.assignment,
            tuple(Step(_deed(step), step.text, step.elapsed_s) for step in sequence.steps),
            tuple(step.mark for step in sequence.steps),
            tuple(step.why == SUBGOAL for step in sequence.steps),
        )
        for sequence in sequences
    ]


def _deed(step: fitech.Step) -> Deed:
    if step.edit == "format" and step.kind not in _DEEDS:
        return Deed.FORMAT
    return _DEEDS.get(step.kind, Deed.EDIT)
