"""What becomes of a segment: the course ends up with each event once, however the parts come."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretrace_server.collect.receiving import Reason, Refusal, following
from foretrace_telemetry.events import Actor, Body, Edited, Erased, Event, Recorded
from foretrace_telemetry.exchange.segments import last_of


def recorded(sequence: int, body: Body | None = None) -> Recorded:
    return Recorded("s", sequence, Event(sequence, 1, Actor.USER, body or Edited(0, "", "a")))


def erased(first: int, last: int) -> Recorded:
    return recorded(first, Erased(first, last, "forgotten"))


class Course:
    """What a course has of a session."""

    def __init__(self, *events: Recorded) -> None:
        self.events = list(events)

    @property
    def through(self) -> int:
        return last_of(self.events[-1]) if self.events else 0

    def receive(self, *events: Recorded) -> Refusal | None:
        first = events[0].sequence
        kept = [each for each in self.events if last_of(each) >= first]
        new = following(events, self.through, kept)
        if isinstance(new, Refusal):
            return new
        for event in new:
            self.events.append(Recorded("s", self.through + 1, event))
        return None


@given(st.integers(), st.integers(1, 40), st.sets(st.integers(1, 40)))
def test_whatever_is_lost_doubled_or_out_of_order_all_is_there_once(
    seed: int, count: int, tombstones: set[int]
) -> None:
    chance = random.Random(seed)
    events: list[Recorded] = []
    following_sequence = 1
    for number in range(1, count + 1):
        last = following_sequence + (chance.randrange(5) if number in tombstones else 0)
        body = erased(following_sequence, last) if number in tombstones else None
        events.append(body or recorded(following_sequence))
        following_sequence = last + 1
    course = Course()
    while course.through < last_of(events[-1]):
        start = chance.randrange(count)
        part = events[start : start + chance.randint(1, 10)]
        refusal = course.receive(*part)
        if refusal is not None:
            assert (refusal.reason, refusal.through) == (Reason.GAP, course.through)
            course.receive(*(each for each in events if each.sequence > course.through))
    assert course.events == events


def test_what_is_missing_before_is_named() -> None:
    refusal = Course(recorded(1)).receive(recorded(3))
    assert isinstance(refusal, Refusal)
    assert (refusal.reason, refusal.through) == (Reason.GAP, 1)
    assert "event 2 comes first" in refusal.message


@pytest.mark.parametrize(
    "again",
    [
        recorded(2, Edited(0, "", "b")),
        erased(2, 2),
        erased(2, 9),
    ],
)
def test_another_event_under_a_number_that_is_there_is_refused(again: Recorded) -> None:
    course = Course(recorded(1), recorded(2), recorded(3))
    refusal = course.receive(recorded(1), again)
    assert isinstance(refusal, Refusal)
    assert (refusal.reason, refusal.through) == (Reason.DIFFERS, 3)
    assert "event 2" in refusal.message
    assert course.events == [recorded(1), recorded(2), recorded(3)]


def test_what_the_course_forgot_is_the_same_whatever_it_was() -> None:
    course = Course(recorded(1), erased(2, 5), recorded(6))
    assert course.receive(recorded(3), erased(4, 5), recorded(6), recorded(7)) is None
    assert course.receive(erased(2, 5)) is None
    assert course.through == 7
    # What goes beyond that is not.
    assert isinstance(course.receive(erased(2, 6)), Refusal)
