"""Cutting: the next events that may leave for a course, and what says that others stay."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from itertools import pairwise

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from foretrace_telemetry.consent import Action, Content, Scope, decide, grant
from foretrace_telemetry.coverage import Coverage
from foretrace_telemetry.events import (
    Actor,
    Body,
    ConditionHeld,
    Copied,
    Edited,
    Erased,
    Event,
    Opened,
    Recorded,
    Resynced,
    Saved,
    Withheld,
)
from foretrace_telemetry.home import Home
from foretrace_telemetry.identity import Identity
from foretrace_telemetry.replay import replay
from foretrace_telemetry.sending.cutting import NOT_COVERED, Cutter, Size, bounded

A = "file:///a.py"
COURSE = "https://course.example.org"
OTHER = "https://other.example.org"
NOBODY = Identity((), b"key")


def recorded(*bodies: Body, first: int = 1) -> list[Recorded]:
    """Return events that happen a microsecond after the other: number 7 at 7 µs."""
    made, number = [], first
    for body in bodies:
        uri = None if isinstance(body, Erased) else A
        made.append(Recorded("s", number, Event(number, number, Actor.USER, body, uri, number)))
        number = (body.last if isinstance(body, Erased) else number) + 1
    return made


def bodies(events: list[Recorded]) -> list[tuple[int, Body]]:
    return [(each.sequence, each.event.body) for each in events]


def test_what_happened_before_gives_way_to_one_event_without_its_time() -> None:
    events = recorded(Opened("old"), Edited(0, "", "x"), Copied(3), Resynced("xold", "now"))
    left = Cutter(COURSE, NOBODY).cut(events, 4)
    assert bodies(left) == [(1, Erased(1, 3, NOT_COVERED)), (4, Resynced("xold", "now"))]
    assert left[0].event.wall_us == 4
    assert replay(left).problems == []


def test_edits_of_a_text_that_never_left_stay_until_it_is_stated() -> None:
    events = recorded(Opened("old"), Edited(0, "", "x"), Saved(), Resynced("xold", "now"), Saved())
    left = Cutter(COURSE, NOBODY).cut(events, 2)
    assert bodies(left)[0] == (1, Erased(1, 3, NOT_COVERED))
    assert [sequence for sequence, _ in bodies(left)] == [1, 4, 5]
    assert replay(left).problems == []


def test_a_text_that_was_stated_before_counts_in_later_cuts() -> None:
    cutter = Cutter(COURSE, NOBODY)
    events = recorded(Opened("a"), Edited(0, "", "b"), Edited(0, "", "c"))
    assert cutter.cut(events[:1], 0) + cutter.cut(events[1:], 0) == events


def test_what_was_forgotten_in_part_after_it_was_sent_leaves_in_part() -> None:
    cutter = Cutter(COURSE, NOBODY)
    cutter.cut(recorded(Opened("a"), Copied(1), Copied(1)), 0)
    forgotten = recorded(Erased(2, 9, "forgotten"), Copied(1), first=2)
    left = cutter.cut(forgotten, 0)
    assert bodies(left) == [(4, Erased(4, 9, "forgotten")), (10, Copied(1))]
    assert cutter.through == 10
    assert cutter.cut(recorded(Erased(2, 9, "forgotten"), first=2), 0) == []


def test_what_consent_does_not_cover_stays(home: Home) -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)

    def at(minutes: int) -> int:
        return int((noon + timedelta(minutes=minutes)).timestamp()) * 1_000_000

    grant(home, [Scope.INSTRUCTOR], Content.FULL, "test", noon)
    decide(home, Action.PAUSE, "test", noon + timedelta(minutes=10))
    decide(home, Action.RESUME, "test", noon + timedelta(minutes=20))
    grant(home, [], Content.METADATA, "test", noon + timedelta(minutes=30))
    coverage = Coverage(home.consent_log.read_bytes().splitlines(True), Scope.INSTRUCTOR)
    told = [
        (-1, Opened("before")),
        (1, Opened("full")),
        (11, Copied(11)),
        (21, Edited(0, "", "x")),
        (31, Edited(0, "x", "with text")),
        (32, Opened(Withheld(3))),
    ]
    events = [
        Recorded("s", number, Event(at(minutes), number, Actor.USER, body, A))
        for number, (minutes, body) in enumerate(told, start=1)
    ]
    left = Cutter(COURSE, NOBODY).cut(events, 0, coverage)
    gone = [each.sequence for each in left if isinstance(each.event.body, Erased)]
    assert gone == [1, 3, 5]
    assert "before" not in repr(left)
    assert "with text" not in repr(left)


def test_a_course_gets_the_conditions_of_its_own_studies_and_of_no_other() -> None:
    events = recorded(
        Opened("a"),
        ConditionHeld("pace", "slow", COURSE),
        ConditionHeld("secret", "hints", OTHER),
        Edited(0, "", "x"),
        ConditionHeld("old", "whose nobody noted"),
        Saved(),
    )
    cutter = Cutter(COURSE, NOBODY)
    left = cutter.cut(events, 0)
    assert bodies(left) == [
        (1, Opened("a")),
        (2, ConditionHeld("pace", "slow")),
        (3, Erased(3, 3, NOT_COVERED)),
        (4, Edited(0, "", "x")),
        (5, Erased(5, 5, NOT_COVERED)),
        (6, Saved()),
    ]
    assert not {"secret", "hints", OTHER, "nobody"} & set(re.findall(r"[\w:/.]+", repr(left)))
    assert (replay(left).problems, replay(left).texts) == ([], {A: "xa"})
    assert cutter.through == 6


@given(st.lists(st.sampled_from([COURSE, OTHER, ""]), max_size=12), st.data())
def test_cut_in_whatever_runs_a_session_leaves_the_same_for_a_course(
    held: list[str], data: st.DataObject
) -> None:
    noted = [ConditionHeld("pace", str(number), each) for number, each in enumerate(held)]
    events = recorded(*(body for each in noted for body in (Copied(1), each)))
    ends = sorted(data.draw(st.sets(st.integers(0, len(events)), max_size=4)) | {len(events)})
    cutter, whole = Cutter(COURSE, NOBODY), Cutter(COURSE, NOBODY).cut(events, 0)
    stretches = [events[one:other] for one, other in pairwise([0, *ends])]
    assert [each for stretch in stretches for each in cutter.cut(stretch, 0)] == whole
    left = [each.event.body for each in whole if isinstance(each.event.body, ConditionHeld)]
    assert left == [evolve(each, course="") for each in noted if each.course == COURSE]


def test_what_is_sent_at_once_is_bounded_in_events_and_bytes() -> None:
    events = recorded(Opened("x" * 5000), *[Edited(0, "", "y")] * 20)
    assert bounded(events, None, Size(most_events=7)) == 7
    assert bounded(events, None, Size(most_bytes=6000)) in range(2, 8)
    assert bounded(events, None, Size(most_bytes=10)) == 1
    assert bounded(events, None) == 21
    assert bounded([], None) == 0


def test_what_was_typed_just_now_waits() -> None:
    events = recorded(Opened("x"), *[Edited(0, "", "y")] * 9)
    assert bounded(events, settled_wall_us=5) == 4
    assert bounded(events, settled_wall_us=1) == 0
