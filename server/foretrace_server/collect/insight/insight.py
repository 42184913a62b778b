"""Insight: the one thing to ask about a class. It answers from roll-ups, never from events."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from functools import cached_property

from attrs import define

from foretrace_server.collect.course import Course
from foretrace_server.collect.enrolment import Enrolled, Enrolments
from foretrace_server.collect.insight.keeping import RollUp, RollUps
from foretrace_server.collect.insight.merging import all_integrity, all_works
from foretrace_server.collect.insight.telling import (
    Person,
    is_named,
    told_assignments,
    told_overview,
    told_row,
    told_sections,
)
from foretrace_server.collect.insight.told import (
    IDLE_LIMIT_SECONDS,
    AssignmentTold,
    ClassOverview,
    RosterRow,
    SectionTold,
    SessionTold,
    SubjectTold,
    SubjectWork,
)


class Insight:
    """What is known of a class, as it was when last refreshed. Any thread may ask.

    All calls but `open` and `refresh` answer from memory, without waiting for the disk.
    """

    def __init__(self, course: Course, idle_limit_seconds: int = IDLE_LIMIT_SECONDS) -> None:
        """Know nothing yet: `refresh` comes first."""
        self._course = course
        self._enrolments = Enrolments(course)
        self._roll_ups = RollUps(course.home, idle_limit_seconds)
        self._refreshing = threading.Lock()
        self._people: dict[str, tuple[RollUp, Person]] = {}
        self._told = _Told(course.name, 0, idle_limit_seconds, {})

    @classmethod
    def open(cls, course: Course) -> Insight:
        """Return what is known of a course, refreshed. It blocks: never on an event loop.

        Raises:
            ForgottenError, OSError, sqlite3.Error: see `refresh`.
        """
        insight = cls(course)
        insight.refresh()
        return insight

    def refresh(self) -> None:
        """Take in what came, or was forgotten, since. It blocks, for little where little came.

        Raises:
            ForgottenError: something is forgotten over and over; try again later.
            OSError: a file cannot be read or made.
            sqlite3.Error: a database cannot be read or written.
        """
        with self._refreshing:
            now_wall_us = time.time_ns() // 1000
            everybody = self._enrolments.everybody()
            here = [each.subject for each in everybody if not each.withdrawn]
            roll_ups = self._roll_ups.refresh(here)
            before, self._people = self._people, {}
            for enrolled in everybody:
                roll_up = roll_ups.get(enrolled.subject, {})
                kept = before.get(enrolled.subject)
                if kept is None or kept[0] is not roll_up or kept[1].enrolled != enrolled:
                    kept = roll_up, _person(enrolled, roll_up)
                self._people[enrolled.subject] = kept
            people = {subject: person for subject, (_, person) in self._people.items()}
            limit = self._roll_ups.idle_limit_seconds
            self._told = _Told(self._course.name, now_wall_us, limit, people)

    def class_overview(self) -> ClassOverview:
        """Return the class at a glance."""
        return self._told.overview

    def assignments(self) -> tuple[AssignmentTold, ...]:
        """Return what five people or more worked on, in the order in which the class began it."""
        return self._told.overview.assignments

    def assignment(self, assignment: str) -> AssignmentTold | None:
        """Return one assignment in aggregates, None where nobody worked on it."""
        return self._told.by_assignment.get(assignment)

    def sections(self) -> tuple[SectionTold, ...]:
        """Return the sections beside each other, by name; none where the roster names none."""
        return self._told.sections

    def roster(self) -> tuple[RosterRow, ...]:
        """Return each who is enrolled, by pseudonym."""
        return tuple(map(told_row, self._told.people.values()))

    def progress(self, assignment: str) -> tuple[SubjectWork, ...]:
        """Return each person's work on an assignment, by pseudonym."""
        return tuple(
            SubjectWork(subject, person.enrolled.section, work)
            for subject, person in self._told.people.items()
            for work in person.works
            if work.assignment == assignment
        )

    def subject(self, pseudonym: str) -> SubjectTold | None:
        """Return all that is told of one person, None where nobody is enrolled so."""
        person = self._told.people.get(pseudonym)
        if person is None:
            return None
        integrity = all_integrity([each.integrity for each in person.sessions])
        return SubjectTold(told_row(person), person.works, person.sessions, integrity)


@define(slots=False)
class _Told:
    """One state of what is known, and what is worked out of it when it is first asked for."""

    course: str
    as_of_wall_us: int
    idle_limit_seconds: int
    people: Mapping[str, Person]

    @cached_property
    def by_assignment(self) -> dict[str, AssignmentTold]:
        told = told_assignments([*self.people.values()])
        return {each.assignment: each for each in told}

    @cached_property
    def overview(self) -> ClassOverview:
        return told_overview(
            self.course,
            self.as_of_wall_us,
            self.idle_limit_seconds,
            [*self.people.values()],
            [*self.by_assignment.values()],
        )

    @cached_property
    def sections(self) -> tuple[SectionTold, ...]:
        named = filter(is_named, self.by_assignment.values())
        return told_sections([*self.people.values()], [*named])


def _person(enrolled: Enrolled, roll_up: RollUp) -> Person:
    # Of a session that was forgotten whole nothing is told.
    sessions = {name: each for name, each in roll_up.items() if each.integrity.events}
    works = all_works(work for each in sessions.values() for work in each.works)
    told = sorted(
        (
            SessionTold(name, each.started_wall_us, each.ended_wall_us, each.editor, each.integrity)
            for name, each in sessions.items()
        ),
        key=lambda each: (each.started_wall_us, each.name),
    )
    return Person(enrolled, works, tuple(told))
