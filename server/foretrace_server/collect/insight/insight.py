"""Insight: the one thing to ask about a class. It answers from roll-ups, never from events."""

from __future__ import annotations

from foretrace_server.collect.course import Course
from foretrace_server.collect.insight.told import (
    AssignmentTold,
    ClassOverview,
    RosterRow,
    SectionTold,
    SubjectTold,
    SubjectWork,
)


class Insight:
    """What is known of a class, as it was when last refreshed. Any thread may ask.

    All calls but `open` and `refresh` answer from memory, without waiting for the disk.
    """

    @classmethod
    def open(cls, course: Course) -> Insight:
        """Return what is known of a course, refreshed. It blocks: never on an event loop.

        Raises:
            OSError: a file cannot be read or made.
            sqlite3.Error: a database cannot be read or written.
        """
        raise NotImplementedError

    def refresh(self) -> None:
        """Take in what came, or was forgotten, since. It blocks, for little where little came.

        Raises:
            OSError: a file cannot be read or made.
            sqlite3.Error: a database cannot be read or written.
        """
        raise NotImplementedError

    def class_overview(self) -> ClassOverview:
        """Return the class at a glance."""
        raise NotImplementedError

    def assignments(self) -> tuple[AssignmentTold, ...]:
        """Return what five people or more worked on, in the order in which the class began it."""
        raise NotImplementedError

    def assignment(self, assignment: str) -> AssignmentTold | None:
        """Return one assignment in aggregates, None where nobody worked on it."""
        raise NotImplementedError

    def sections(self) -> tuple[SectionTold, ...]:
        """Return the sections beside each other, by name; none where the roster names none."""
        raise NotImplementedError

    def roster(self) -> tuple[RosterRow, ...]:
        """Return each who is enrolled, by pseudonym."""
        raise NotImplementedError

    def progress(self, assignment: str) -> tuple[SubjectWork, ...]:
        """Return each person's work on an assignment, by pseudonym."""
        raise NotImplementedError

    def subject(self, pseudonym: str) -> SubjectTold | None:
        """Return all that is told of one person, None where nobody is enrolled so."""
        raise NotImplementedError
