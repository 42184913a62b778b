"""The dashboard's addresses: who may see what, and which page answers.

Everything but signing in needs a visit. What blocks is done in threads, a few at a time, so that
what laptops send is never kept waiting by somebody who looks.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from typing_extensions import override

from foretrace_server.collect.course import Course
from foretrace_server.collect.keeper import BusyError, Keeper, WithdrawnError
from foretrace_server.collect.pages.answers import Answers, Guarded, elsewhere
from foretrace_server.collect.pages.asking import Asked, FormError, check_form, read_form
from foretrace_server.collect.pages.codes import VALID_SECONDS, Codes
from foretrace_server.collect.pages.figures import FigurePages, NotReadyError
from foretrace_server.collect.pages.handing_out import ExportPages, ExportProblemError
from foretrace_server.collect.pages.students import StudentPages
from foretrace_server.collect.pages.visits import VISIT_SECONDS, Failures, Visits
from foretrace_telemetry.playback import TooLargeError
from foretrace_telemetry.session_writer import ForgottenError
from foretrace_telemetry.store import NoTracesError, UnreadableEventError

log = logging.getLogger(__name__)

_API = "/v1/"
_AT_ONCE = 4
_RETRY_SECONDS = 5
_STATIC = Path(__file__).parent / "static"
_UNAVAILABLE: tuple[type[Exception], ...] = (BusyError, ForgottenError, OSError, sqlite3.Error)

_Page = Callable[[Asked], Response]


class Site(Mount):
    """All addresses but those of the API."""

    @override
    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope.get("path", "").startswith(_API):
            return Match.NONE, {}
        return super().matches(scope)


def make_site(course: Course, keeper: Keeper, over_tls: bool) -> Site:
    """Return the dashboard of a course. `over_tls` says whether browsers reach it by TLS."""
    answers = Answers(course.name)
    door = _Door(course, answers, over_tls)
    figures = FigurePages(course, keeper, answers)
    students = StudentPages(course, keeper, answers, figures.insight)
    exports = ExportPages(course, keeper, answers)
    page, form = door.page, door.form
    app = Starlette(
        routes=[
            Route("/sign-in", door.sign_in, methods=["GET"]),
            Route("/sign-in", door.try_code, methods=["POST"]),
            Route("/sign-out", door.sign_out, methods=["POST"]),
            Route("/", page(figures.overview), methods=["GET"]),
            Route("/assignments", page(figures.assignments), methods=["GET"]),
            Route("/assignments/{assignment}", page(figures.assignment), methods=["GET"]),
            Route("/assignments/{assignment}/students", page(figures.progress), methods=["GET"]),
            Route("/assignments/{assignment}/students", form(figures.open), methods=["POST"]),
            Route("/sections", page(figures.sections), methods=["GET"]),
            Route("/students", page(students.roster), methods=["GET"]),
            Route("/students/{subject}", page(students.student), methods=["GET"]),
            Route("/students/{subject}", form(students.open), methods=["POST"]),
            Route("/students/{subject}/{session}", page(students.replay), methods=["GET"]),
            Route("/exports", page(exports.exports), methods=["GET"]),
            Route("/exports", form(exports.download), methods=["POST"]),
            Route("/looks", page(students.looks), methods=["GET"]),
            Route("/help", page(figures.help), methods=["GET"]),
            Mount("/static", StaticFiles(directory=_STATIC)),
        ],
        exception_handlers={
            HTTPException: partial(_wrong, answers),
            FormError: partial(_problem, answers, 400),
            NoTracesError: partial(_problem, answers, 404),
            TooLargeError: partial(_problem, answers, 413),
            UnreadableEventError: partial(_problem, answers, 500),
            ExportProblemError: partial(_problem, answers, 500),
            WithdrawnError: partial(_gone, answers),
            NotReadyError: partial(_not_ready, answers),
            **dict.fromkeys(_UNAVAILABLE, partial(_unavailable, answers)),
            Exception: partial(_failed, answers),
        },
    )
    return Site("/", Guarded(app))


class _Door:
    """Lets in who has a code, and nobody else."""

    def __init__(self, course: Course, answers: Answers, over_tls: bool) -> None:
        self._answers = answers
        self._codes = Codes(course)
        self._visits = Visits()
        self._failures = Failures()
        self._over_tls = over_tls
        # Only over TLS does a browser take a cookie of that name.
        self._cookie = "__Host-foretrace" if over_tls else "foretrace"
        self._limiter = CapacityLimiter(_AT_ONCE)

    async def sign_in(self, request: Request) -> Response:
        return self._asked_for_code(request.query_params.get("code", ""))

    async def try_code(self, request: Request) -> Response:
        form = await read_form(request)
        host = request.client.host if request.client else ""
        # First: behind a proxy all browsers have one address, and nobody keeps the instructor out.
        if not await to_thread.run_sync(self._codes.take, form.get("code", "")):
            if self._failures.are_too_many(host):
                return self._asked_for_code("", 429, "Too many codes were tried. Wait a minute.")
            self._failures.note(host)
            log.warning("somebody tried to sign in to the dashboard with a code that is not valid")
            words = f"This code is not valid. Each is good once, for {VALID_SECONDS // 60} minutes."
            return self._asked_for_code("", 403, words)
        answer = elsewhere("/")
        answer.set_cookie(
            self._cookie,
            self._visits.begin(),
            max_age=VISIT_SECONDS,
            secure=self._over_tls,
            httponly=True,
            samesite="strict",
        )
        log.info("somebody signed in to the dashboard")
        return answer

    async def sign_out(self, request: Request) -> Response:
        visit = self._visits.of(request.cookies.get(self._cookie, ""))
        if visit is not None:
            check_form(await read_form(request), visit)
            self._visits.end(request.cookies[self._cookie])
        answer = elsewhere("/sign-in")
        answer.delete_cookie(self._cookie, secure=self._over_tls, httponly=True, samesite="strict")
        return answer

    def page(self, make: _Page) -> Callable[[Request], Awaitable[Response]]:
        """Have a page made for who signed in."""
        return partial(self._made, make, False)

    def form(self, take: _Page) -> Callable[[Request], Awaitable[Response]]:
        """Have a form taken of who signed in, if it stood in a page of theirs."""
        return partial(self._made, take, True)

    async def _made(self, make: _Page, has_form: bool, request: Request) -> Response:
        visit = self._visits.of(request.cookies.get(self._cookie, ""))
        if visit is None:
            return elsewhere("/sign-in")
        form: Mapping[str, str] = {}
        if has_form:
            form = await read_form(request)
            check_form(form, visit)
        asked = Asked(visit, request.path_params, request.query_params, form)
        return await to_thread.run_sync(make, asked, limiter=self._limiter)

    def _asked_for_code(self, code: str, status: int = 200, words: str = "") -> Response:
        return self._answers.page("sign_in", status, code=code, problem=words)


async def _wrong(answers: Answers, _: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _said(answers, error.status_code, "There is no such page.")


async def _problem(answers: Answers, status: int, _: Request, error: Exception) -> Response:
    words = str(error)
    return _said(answers, status, words[:1].upper() + words[1:])


async def _gone(answers: Answers, *_: Any) -> Response:
    return _said(answers, 404, "This student withdrew. Nothing of theirs is here any more.")


async def _not_ready(answers: Answers, *_: Any) -> Response:
    return answers.page("not_ready", 503, {"Refresh": f"{_RETRY_SECONDS}"})


async def _unavailable(answers: Answers, _: Request, error: Exception) -> Response:
    log.error("a page cannot be made now (%s)", type(error).__name__)
    return _said(answers, 503, "The course cannot be read or written now. Try again in a moment.")


async def _failed(answers: Answers, *_: Any) -> Response:
    return _said(
        answers, 500, "This page cannot be made: a fault of Foretrace's. The log says more."
    )


def _said(answers: Answers, status: int, words: str) -> Response:
    return answers.page("problem", status, words=words)
