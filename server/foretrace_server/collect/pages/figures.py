"""Pages of figures about the class: aggregates, and behind a form who stands where."""

from __future__ import annotations

import hashlib
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress

from starlette.exceptions import HTTPException
from starlette.responses import Response

from foretrace_server.collect.course import Course
from foretrace_server.collect.enrolment import Enrolments
from foretrace_server.collect.insight.insight import Insight
from foretrace_server.collect.insight.told import IDLE_LIMIT_SECONDS, AssignmentTold, SubjectWork
from foretrace_server.collect.keeper import Keeper
from foretrace_server.collect.looks import What
from foretrace_server.collect.pages.answers import Answers, elsewhere
from foretrace_server.collect.pages.asking import Asked
from foretrace_server.collect.pages.opening import noted, purpose_in

_REFRESH_SECONDS = 15.0
_PATIENCE_SECONDS = 0.2
_KEY_DIGITS = 16


class NotReadyError(Exception):
    """The figures of a course are being made for the first time."""


class Figures:
    """What is known of a class, brought up to date in a thread while somebody looks."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._lock = threading.Lock()
        self._insight: Insight | None = None
        self._making: Future[None] | None = None
        self._made_at = 0.0

    def insight(self) -> Insight:
        """Return what is known now.

        Raises:
            NotReadyError: it is being made for the first time.
            OSError: it could not be.
            sqlite3.Error: it could not be.
        """
        with self._lock:
            is_idle = self._making is None or self._making.done()
            if is_idle and time.monotonic() - self._made_at > _REFRESH_SECONDS:
                self._making = Future()
                # The end of the server does not wait for it: it is made anew from what is kept.
                threading.Thread(
                    target=self._make, args=[self._making], name="foretrace-insight", daemon=True
                ).start()
            making = self._making
        if making is not None:
            # Mostly little came since, and what is shown is new then.
            with suppress(FutureTimeoutError):
                making.result(_PATIENCE_SECONDS)
        if self._insight is None:
            raise NotReadyError
        return self._insight

    def _make(self, making: Future[None]) -> None:
        try:
            if self._insight is None:
                self._insight = Insight.open(self._course)
            else:
                self._insight.refresh()
        except Exception as error:  # whatever it is, who asks is to hear of it
            making.set_exception(error)
            return
        self._made_at = time.monotonic()
        making.set_result(None)


class FigurePages:
    """The pages of the class."""

    def __init__(self, course: Course, keeper: Keeper, answers: Answers) -> None:
        self._enrolments = Enrolments(course)
        self._keeper = keeper
        self._answers = answers
        self._figures = Figures(course)

    def insight(self) -> Insight:
        """Return what is known of the class; see `Figures.insight` for what it raises."""
        return self._figures.insight()

    def overview(self, asked: Asked) -> Response:
        """The class at a glance."""
        overview = self.insight().class_overview()
        return self._answers.page("overview", visit=asked.visit, overview=overview, key_of=key_of)

    def assignments(self, asked: Asked) -> Response:
        """All assignments beside each other."""
        return self._answers.page(
            "assignments",
            visit=asked.visit,
            assignments=self.insight().assignments(),
            key_of=key_of,
        )

    def assignment(self, asked: Asked) -> Response:
        """One assignment: progress, time, errors, signs of being stuck."""
        told = self._assignment(asked)
        return self._answers.page(
            "assignment", visit=asked.visit, told=told, key=key_of(told.assignment)
        )

    def progress(self, asked: Asked) -> Response:
        """Who stands where in an assignment, once that was opened."""
        told = self._assignment(asked)
        key = key_of(told.assignment)
        purpose = asked.visit.purpose_of(key)
        works = self._note(asked, told, purpose) if purpose is not None else []
        return self._answers.page(
            "progress", visit=asked.visit, told=told, key=key, purpose=purpose, works=works
        )

    def open(self, asked: Asked) -> Response:
        """Note that everybody's progress in an assignment is looked at, and show it."""
        told = self._assignment(asked)
        purpose = purpose_in(asked.form)
        key = key_of(told.assignment)
        asked.visit.open(key, purpose)
        self._note(asked, told, purpose)
        return elsewhere(f"/assignments/{key}/students")

    def sections(self, asked: Asked) -> Response:
        """Sections beside each other."""
        return self._answers.page(
            "sections", visit=asked.visit, sections=self.insight().sections(), key_of=key_of
        )

    def help(self, asked: Asked) -> Response:
        """What each figure means."""
        return self._answers.page("help", visit=asked.visit, idle_limit_seconds=IDLE_LIMIT_SECONDS)

    def _note(self, asked: Asked, told: AssignmentTold, purpose: str) -> list[SubjectWork]:
        """Note whose progress is looked at, once for each, and return it.

        Who only began since the page was opened is noted as well, before they are shown.
        """
        works = self._works(told)
        before = asked.visit.told.setdefault(key_of(told.assignment), set())
        new = [each.subject for each in works if each.subject not in before]
        if new:
            noted(self._keeper, new, What.PROGRESS, purpose)
            before.update(new)
        return works

    def _works(self, told: AssignmentTold) -> list[SubjectWork]:
        # What was rolled up can be a moment older than a withdrawal.
        withdrawn = set(self._enrolments.withdrawn())
        works = self.insight().progress(told.assignment)
        return [each for each in works if each.subject not in withdrawn]

    def _assignment(self, asked: Asked) -> AssignmentTold:
        for each in self.insight().assignments():
            if key_of(each.assignment) == asked.path["assignment"]:
                return each
        raise HTTPException(404)


def key_of(name: str) -> str:
    """Return what stands for a name in an address: names of others can be anything."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_KEY_DIGITS]
