"""A class of 74 students of the ITAP tutor as a course has it: enrolled, and what each sent."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from foretrace_server.collect.course import SOURCE, Course, create
from foretrace_server.collect.enrolment import Enrolments
from foretrace_telemetry.events import Event
from foretrace_telemetry.exchange.incoming import ImportReport
from foretrace_telemetry.readers import itap
from foretrace_telemetry.store import SessionInfo, Store

STUDENTS = 74
SECTIONS = ("Friday", "Monday", "Wednesday")
_REST_US = 3600 * 1_000_000


def class_of_itap(folder: Path, data: Path) -> Course:
    """Make a course in a folder, and give it the log as if the students' laptops had sent it.

    `data` is the folder with real data.

    The log has the whole of each student's work in one go: a rest of an hour ends a session.
    """
    log = data / "csedm2019_itap" / itap.SEQUENCES
    course = create("Introduction to Programming", folder)
    sent = list(itap.read(log, ImportReport(itap.FORMAT, str(log))))
    students = tuple(str(each.info.subject) for each in sent)
    # Sections are made up: the log has none.
    sections = {each: SECTIONS[number % len(SECTIONS)] for number, each in enumerate(students)}
    Enrolments(course).enrol(students, sections=sections)
    key, store = course.key(), Store.create(course.home)
    try:
        for each in sent:
            subject = course.subject_of(str(each.info.subject), key)
            for number, events in enumerate(_sessions(each.events()), start=1):
                name = f"itap-{number:03}-{subject}"
                info = SessionInfo(name, events[0].wall_us, "", each.info.editor, subject, SOURCE)
                store.begin_session(info).append_whole(events)
    finally:
        store.close()
    return course


def _sessions(events: Iterator[Event]) -> Iterator[list[Event]]:
    number, before_us = 0, 0

    def session_of(event: Event) -> int:
        nonlocal number, before_us
        number += event.wall_us - before_us > _REST_US
        before_us = event.wall_us
        return number

    for _, group in groupby(events, session_of):
        yield list(group)
