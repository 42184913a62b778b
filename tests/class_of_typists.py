"""A class of typists, made up: three sections that type programs, run them and test them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

from foretrace_server.collect.course import SOURCE, Course, create
from foretrace_server.collect.enrolment import Enrolments
from foretrace_telemetry.events import (
    Actor,
    Body,
    Edited,
    Event,
    Opened,
    Origin,
    RunFinished,
    Saved,
    TestsFinished,
)
from foretrace_telemetry.store import SessionInfo, Store

SECTIONS = ("Monday", "Wednesday", "Friday")
STUDENTS = 90
_BEGAN = datetime(2026, 10, 5, 9, 0, tzinfo=timezone.utc)
_PROGRAMS = {
    "mean": """\
def mean(numbers):
    total = 0
    for number in numbers:
        total += number
    return total / len(numbers)
""",
    "search": """\
def search(wanted, numbers):
    for place, number in enumerate(numbers):
        if number >= wanted:
            return place
    return len(numbers)
""",
    "vowels": """\
def vowels(word):
    count = 0
    for letter in word.lower():
        if letter in "aeiou":
            count += 1
    return count
""",
}
_ERRORS = ("NameError", "IndexError", "TypeError")


def class_of_typists(folder: Path) -> tuple[Course, dict[str, str]]:
    """Make a course in a folder with the work of its students; return it with their tokens."""
    course = create("Programming 1", folder)
    students = tuple(f"student {number}" for number in range(STUDENTS))
    sections = {each: SECTIONS[number % len(SECTIONS)] for number, each in enumerate(students)}
    issued = Enrolments(course).enrol(students, sections=sections)
    drawn = random.Random(7)
    with closing(Store.create(course.home)) as store:
        for number, each in enumerate(issued):
            for week, assignment in enumerate(_PROGRAMS):
                if drawn.random() < 0.1:
                    continue
                began = _BEGAN + timedelta(days=7 * week + number % 3 * 2, minutes=number)
                name = f"{began:%Y%m%d-%H%M%S}-{number:04}-{each.subject}"
                began_us = int(began.timestamp() * 1e6)
                info = SessionInfo(
                    name, began_us, "0.1.0", "Visual Studio Code", each.subject, SOURCE
                )
                events = list(_events(assignment, began_us, drawn))
                store.begin_session(info).append_whole(events)
    return course, {each.student: each.token for each in issued}


def _events(assignment: str, wall_us: int, drawn: random.Random) -> Iterator[Event]:
    uri = f"file:///home/student/{assignment}.py"
    passed_us = 0
    for number, body in enumerate(_work(_PROGRAMS[assignment], drawn)):
        passed_us += int(drawn.expovariate(0.5) * 1e6)
        if drawn.random() < 0.01:
            passed_us += 400_000_000
        yield Event(wall_us + passed_us, passed_us, Actor.USER, body, uri, number)


def _work(program: str, drawn: random.Random) -> Iterator[Body]:
    """Type a program letter by letter, with a slip that some take long to find."""
    yield Opened("", "python")
    slip = drawn.randrange(len(program) - 1)
    for offset, letter in enumerate(program):
        yield Edited(offset, "", "_" if offset == slip else letter, Origin.TYPED)
        if letter == "\n":
            yield Saved()
    for attempt in range(drawn.choice((1, 1, 2, 3, 7))):
        if attempt:
            yield Edited(len(program) + attempt - 1, "", "\n", Origin.TYPED)
            yield Saved()
        yield RunFinished(1, error_type=drawn.choice(_ERRORS[: 1 + attempt % 3]), line=2)
        yield TestsFinished(1, 3)
    yield Edited(slip, "_", program[slip], Origin.TYPED)
    yield Saved()
    if drawn.random() < 0.75:
        yield RunFinished(0)
        yield TestsFinished(4, 0)
