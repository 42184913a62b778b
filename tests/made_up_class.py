"""A class of any size that nobody is in: it types, saves, runs and tests as a class would."""

from __future__ import annotations

import random
from collections.abc import Iterator
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

ASSIGNMENTS = 15
_PROGRAM = "def total(items):\n    result = 0\n    for item in items:\n        result += item\n"
_ERRORS = (None, "NameError", "TypeError", "IndexError", "ValueError")
_KEYSTROKES_A_SAVE = 40
_BEGIN_US = 1_790_000_000 * 1_000_000


def made_up_class(folder: Path, students: int, sessions: int, events: int) -> Course:
    """Make a course in a folder, with so many sessions of each student, of so many events each.

    The same numbers give the same class but for its keys.
    """
    course = create("A made-up class", folder)
    names = tuple(f"student {number}" for number in range(students))
    sections = {name: f"Section {number % 4 + 1}" for number, name in enumerate(names)}
    Enrolments(course).enrol(names, sections=sections)
    key, store = course.key(), Store.create(course.home)
    chance = random.Random(7)
    try:
        for name in names:
            subject = course.subject_of(name, key)
            for session in range(sessions):
                begin_us = _BEGIN_US + session * 86_400 * 1_000_000
                info = SessionInfo(
                    f"s{session}-{subject}", begin_us, "", "an editor", subject, SOURCE
                )
                assignment = (session * ASSIGNMENTS // sessions + chance.randrange(3)) % ASSIGNMENTS
                made = _session(chance, begin_us, f"file:///home/hw{assignment}.py", events)
                store.begin_session(info).append_whole([*made])
    finally:
        store.close()
    return course


def _session(chance: random.Random, begin_us: int, uri: str, events: int) -> Iterator[Event]:
    at_us = begin_us
    for number, body in enumerate(_bodies(chance, events), start=1):
        yield Event(at_us, at_us, Actor.USER, body, uri, number)
        at_us += int(chance.lognormvariate(-1, 1.5) * 1e6)


def _bodies(chance: random.Random, events: int) -> Iterator[Body]:
    yield Opened("", "python")
    typed = 0
    for number in range(1, events):
        place = number % _KEYSTROKES_A_SAVE
        if place == 1 and number > 1:
            yield Saved()
        elif place == 2 and number > 2:
            error = chance.choice(_ERRORS)
            yield RunFinished(int(error is not None), 120, error, 2 if error else None)
        elif place == 3 and number > 3:
            yield TestsFinished(chance.randrange(5), chance.randrange(3))
        else:
            letter = _PROGRAM[typed % len(_PROGRAM)]
            yield Edited(typed, "", letter, Origin.TYPED, "one-character")
            typed += 1
