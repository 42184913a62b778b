"""Pages of students: the roster by pseudonym, and behind a form one student and their sessions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby

from starlette.exceptions import HTTPException
from starlette.responses import Response

from foretrace_server.collect.course import Course
from foretrace_server.collect.enrolment import Enrolments
from foretrace_server.collect.insight.account import assignment_of
from foretrace_server.collect.insight.insight import Insight
from foretrace_server.collect.insight.told import SubjectTold
from foretrace_server.collect.keeper import Keeper, WithdrawnError
from foretrace_server.collect.looks import Look, Looks, What
from foretrace_server.collect.pages.answers import Answers, elsewhere
from foretrace_server.collect.pages.asking import Asked
from foretrace_server.collect.pages.days import days_of
from foretrace_server.collect.pages.figures import key_of
from foretrace_server.collect.pages.opening import noted, purpose_in
from foretrace_server.collect.pages.replaying import Replays

_MOST_LOOKS = 20_000
_MOST_DIGITS = 9


class StudentPages:
    """The pages of students. `insight` gives what is known of the class now."""

    def __init__(
        self, course: Course, keeper: Keeper, answers: Answers, insight: Callable[[], Insight]
    ) -> None:
        self._enrolments = Enrolments(course)
        self._looks = Looks(course)
        self._keeper = keeper
        self._answers = answers
        self._insight = insight
        self._replays = Replays(course.home)

    def roster(self, asked: Asked) -> Response:
        """Who is enrolled, by pseudonym."""
        return self._answers.page("roster", visit=asked.visit, rows=self._insight().roster())

    def student(self, asked: Asked) -> Response:
        """One student, once they were opened; before that the form that opens them."""
        told = self._told(asked)
        purpose = asked.visit.purpose_of(told.row.subject)
        if purpose is None:
            return self._answers.page("opening", visit=asked.visit, row=told.row)
        return self._answers.page(
            "student",
            visit=asked.visit,
            told=told,
            purpose=purpose,
            days=days_of(told.sessions),
            key_of=key_of,
        )

    def open(self, asked: Asked) -> Response:
        """Note that a student is looked at, and show them."""
        subject = self._told(asked).row.subject
        purpose = purpose_in(asked.form)
        noted(self._keeper, [subject], What.PAGE, purpose)
        asked.visit.open(subject, purpose)
        return elsewhere(f"/students/{subject}")

    def replay(self, asked: Asked) -> Response:
        """A session of a student who was opened, at a step."""
        told = self._told(asked)
        subject = told.row.subject
        purpose = asked.visit.purpose_of(subject)
        if purpose is None:
            return elsewhere(f"/students/{subject}")
        session = self._session(asked, told)
        if session not in asked.visit.replayed:
            noted(
                self._keeper, [subject], What.REPLAY, purpose, session.removesuffix(f"-{subject}")
            )
            asked.visit.replayed.add(session)
        document, step = _whole(asked, "document", 0), _whole(asked, "step", 1)
        if "event" in asked.query:
            document, step = self._replays.place_of(session, _whole(asked, "event", 1))
        shown = self._replays.show(session, document, step)
        return self._answers.page(
            "replay",
            visit=asked.visit,
            row=told.row,
            shown=shown,
            document=document,
            assignment_of=assignment_of,
        )

    def looks(self, asked: Asked) -> Response:
        """What was opened, when and what for."""
        return self._answers.page(
            "looks", visit=asked.visit, occasions=_occasions(self._looks.newest(_MOST_LOOKS))
        )

    def _told(self, asked: Asked) -> SubjectTold:
        subject = asked.path["subject"]
        told = self._insight().subject(subject)
        if told is None:
            raise HTTPException(404)
        # What was rolled up can be a moment older than a withdrawal.
        if self._enrolments.has_withdrawn(subject):
            raise WithdrawnError
        return told

    def _session(self, asked: Asked, told: SubjectTold) -> str:
        for each in told.sessions:
            if key_of(each.name) == asked.path["session"]:
                return each.name
        raise HTTPException(404)


def _occasions(looks: Iterable[Look]) -> list[tuple[Look, int]]:
    """Return what was opened in one go once, with how many students that showed."""
    in_one_go = groupby(looks, lambda look: (look.looked_wall_us, look.what, look.purpose))
    return [(first, 1 + sum(1 for _ in rest)) for _, rest in in_one_go for first in [next(rest)]]


def _whole(asked: Asked, name: str, otherwise: int) -> int:
    written = asked.query.get(name, "")
    is_number = written.isascii() and written.isdecimal() and len(written) <= _MOST_DIGITS
    return int(written) if is_number else otherwise
