"""The course over HTTP: what is asked, by whom, and how much of it is read before it is answered.

An ASGI app. It touches no file on the event loop: the keeper writes, in its thread. Answers and the
log quote nothing that somebody sent.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from enum import Enum
from typing import Any

import anyio
from anyio import CapacityLimiter, to_thread
from attrs import asdict, filters
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from foretrace_server.collect.connections import Framed
from foretrace_server.collect.course import Course
from foretrace_server.collect.enrolment import Enrolment, Enrolments
from foretrace_server.collect.keeper import BusyError, Keeper, WithdrawnError
from foretrace_server.collect.looks import Looks
from foretrace_server.collect.pages.site import make_site
from foretrace_server.collect.receiving import Reason, Refusal, covered
from foretrace_server.policy.publishing import public_key, signed_for
from foretrace_telemetry.events import Recorded
from foretrace_telemetry.exchange import forgetting
from foretrace_telemetry.exchange.forgetting import ForgettingError
from foretrace_telemetry.exchange.segments import (
    LIMITS,
    VERSION,
    Segment,
    SegmentInvalidError,
    SegmentTooLargeError,
    SegmentUnreadableError,
    decode,
)
from foretrace_telemetry.session_writer import ForgottenError, UnwritableEventError
from foretrace_telemetry.store import UnreadableEventError

log = logging.getLogger(__name__)

CONTENT_TYPE = "application/x-ndjson"
_RETRY_AFTER_SECONDS = 10
_BODY_SECONDS = 60.0
# A segment takes many times its size while it is read.
_DECODED_AT_ONCE = 2
_UNAVAILABLE: tuple[type[Exception], ...] = (
    *(BusyError, OSError, sqlite3.Error),
    *(ForgottenError, UnreadableEventError),
)


class Problem(Enum):
    """Why something is not done: the status, and the word for it."""

    UNREADABLE = 400, "unreadable"
    UNKNOWN_TOKEN = 401, "unknown-token"
    NOT_COVERED = 403, Reason.NOT_COVERED.value
    WITHDRAWN = 403, "withdrawn"
    NOT_THERE = 404, "request"
    NOT_SO = 405, "request"
    SLOW = 408, "slow"
    DIFFERS = 409, Reason.DIFFERS.value
    GAP = 409, Reason.GAP.value
    TOO_LARGE = 413, "too-large"
    TYPE = 415, "type"
    INVALID = 422, "invalid"
    UNAVAILABLE = 503, "unavailable"


class _ProblemError(Exception):
    """Something is not done, and this is to be answered."""

    def __init__(
        self, problem: Problem, message: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.problem = problem
        self.headers = headers


def make_app(course: Course, over_tls: bool = False) -> Starlette:
    """Return the app of a course; it opens the store when it starts, and closes it at the end.

    `over_tls` says whether it is reached by TLS, done here or by a proxy.
    """
    keeper = Keeper(course)
    calls = _Calls(course, keeper)
    return Starlette(
        routes=[
            Route("/v1/segments", calls.segments, methods=["POST"]),
            Route("/v1/sessions", calls.sessions, methods=["GET"]),
            Route("/v1/forget", calls.forget, methods=["POST"]),
            Route("/v1/help", calls.help, methods=["GET"]),
            Route("/v1/withdraw", calls.withdraw, methods=["POST"]),
            Route("/v1/policy", calls.policy, methods=["GET"]),
            Route("/v1/course", calls.course, methods=["GET"]),
            Route("/v1/looks", calls.looks, methods=["GET"]),
            make_site(course, keeper, over_tls),
        ],
        middleware=[Middleware(Framed)],
        exception_handlers={
            _ProblemError: _problem,
            HTTPException: _not_there,
            **dict.fromkeys(_UNAVAILABLE, _unavailable),
        },
        lifespan=calls.lifespan,
    )


class _Calls:
    """What can be asked of a course."""

    def __init__(self, course: Course, keeper: Keeper) -> None:
        self._course = course
        self._enrolments = Enrolments(course)
        self._looks = Looks(course)
        self._keeper = keeper
        self._decoding = CapacityLimiter(_DECODED_AT_ONCE)

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        await asyncio.wrap_future(self._keeper.begin())
        try:
            yield
        finally:
            await to_thread.run_sync(self._keeper.close)

    async def course(self, _: Request) -> Response:
        key = await to_thread.run_sync(public_key, self._course)
        course = self._course
        return JSONResponse(
            {"course": course.name, "notice": course.notice, "version": VERSION, "key": key}
        )

    async def policy(self, request: Request) -> Response:
        enrolment = await self._sender(request)
        if enrolment.withdrawn:
            raise _withdrawn()
        signed = await to_thread.run_sync(signed_for, self._course, enrolment.subject)
        key = await to_thread.run_sync(public_key, self._course)
        return JSONResponse({"policy": signed.document, "signature": signed.signature, "key": key})

    async def sessions(self, request: Request) -> Response:
        enrolment = await self._sender(request)
        if enrolment.withdrawn:
            raise _withdrawn()
        found = await asyncio.wrap_future(self._keeper.sessions(enrolment.subject))
        return JSONResponse({"sessions": found})

    async def help(self, request: Request) -> Response:
        enrolment = await self._sender(request)
        try:
            raw = await asyncio.wrap_future(self._keeper.help(enrolment.subject))
        except WithdrawnError as error:
            raise _withdrawn() from error
        tag = f'"{hashlib.sha256(raw).hexdigest()}"'
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(raw, headers=headers, media_type="application/json")

    async def withdraw(self, request: Request) -> Response:
        enrolment = await self._sender(request)
        erased = await asyncio.wrap_future(self._keeper.withdraw(enrolment.subject))
        return JSONResponse(erased.for_the_subject())

    async def forget(self, request: Request) -> Response:
        enrolment = await self._sender(request)
        if _kind_of(request) != "application/json":
            raise _ProblemError(Problem.TYPE, "it is sent with Content-Type: application/json")
        parts = await _body(request, forgetting.MOST_BYTES)
        try:
            wanted = await to_thread.run_sync(forgetting.decode, b"".join(parts))
        except ForgettingError as error:
            raise _ProblemError(Problem.INVALID, str(error)) from error
        forgotten = await asyncio.wrap_future(self._keeper.forget(enrolment.subject, wanted))
        log.info("%s forgot something of session %s", enrolment.subject, wanted.session)
        return JSONResponse(asdict(forgotten))

    async def looks(self, request: Request) -> Response:
        enrolment = await self._sender(request)
        found = await to_thread.run_sync(self._looks.of, enrolment.subject)
        hidden = filters.exclude("subject")
        return JSONResponse({"looks": [asdict(look, filter=hidden) for look in found]})

    async def segments(self, request: Request) -> Response:
        enrolment = await self._sender(request)
        if enrolment.withdrawn:
            raise _withdrawn()
        _check_type(request)
        parts = await _body(request, LIMITS.most_bytes)
        segment, events = await to_thread.run_sync(self._read, parts, limiter=self._decoding)
        if isinstance(events, Refusal):
            return _refused(events)
        keeping = self._keeper.keep(enrolment.subject, segment.session, events)
        try:
            through = await asyncio.wrap_future(keeping)
        except WithdrawnError as error:
            raise _withdrawn() from error
        except UnwritableEventError as error:
            raise _ProblemError(Problem.INVALID, f"{error}") from error
        if isinstance(through, Refusal):
            return _refused(through)
        log.info(
            "events %d to %d of session %s of %s are here",
            *(segment.first, segment.last, segment.session.name, enrolment.subject),
        )
        return JSONResponse({"session": segment.session.name, "through": segment.last})

    def _read(self, parts: list[bytes]) -> tuple[Segment, tuple[Recorded, ...] | Refusal]:
        try:
            segment = decode(parts)
        except SegmentUnreadableError as error:
            raise _ProblemError(Problem.UNREADABLE, str(error)) from error
        except SegmentTooLargeError as error:
            raise _too_large(str(error)) from error
        except SegmentInvalidError as error:
            raise _ProblemError(Problem.INVALID, str(error)) from error
        return segment, covered(segment, self._course.home.key())

    async def _sender(self, request: Request) -> Enrolment:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        enrolment = None
        if scheme.lower() == "bearer":
            enrolment = await to_thread.run_sync(self._enrolments.of_token, token.strip())
        if enrolment is None:
            raise _ProblemError(
                Problem.UNKNOWN_TOKEN,
                "this course does not know the token; ask the instructor for one",
                {"WWW-Authenticate": "Bearer"},
            )
        return enrolment


def _check_type(request: Request) -> None:
    if _kind_of(request) != CONTENT_TYPE:
        raise _ProblemError(Problem.TYPE, f"a segment is sent with Content-Type: {CONTENT_TYPE}")
    if request.headers.get("content-encoding", "").strip().lower() != "gzip":
        raise _ProblemError(Problem.TYPE, "a segment is sent with Content-Encoding: gzip")


def _kind_of(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _body(request: Request, most_bytes: int) -> list[bytes]:
    """Return the body in parts; one that is too large is not read any further."""
    too_large = _too_large(f"it may have up to {most_bytes} bytes; send fewer at once")
    told = request.headers.get("content-length", "0")
    if told.isdecimal() and int(told) > most_bytes:
        raise too_large
    parts, count = [], 0
    try:
        with anyio.fail_after(_BODY_SECONDS):
            async for part in request.stream():
                count += len(part)
                if count > most_bytes:
                    raise too_large
                parts.append(part)
    except TimeoutError as error:
        raise _ProblemError(
            Problem.SLOW, f"it did not come within {_BODY_SECONDS:.0f} s"
        ) from error
    except ClientDisconnect as error:
        raise _ProblemError(Problem.UNREADABLE, "the connection ended too early") from error
    return parts


def _too_large(message: str) -> _ProblemError:
    # What was not read stands in the way of the next request on the same connection.
    return _ProblemError(Problem.TOO_LARGE, message, {"Connection": "close"})


def _withdrawn() -> _ProblemError:
    return _ProblemError(
        Problem.WITHDRAWN, "you withdrew from this course, or were taken out; nothing is taken"
    )


def _refused(refusal: Refusal) -> Response:
    further = {} if refusal.through is None else {"through": refusal.through}
    return _answer(Problem[refusal.reason.name], refusal.message, further=further)


async def _problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, _ProblemError)
    return _answer(error.problem, str(error), error.headers)


async def _not_there(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    problem = Problem.NOT_SO if error.status_code == Problem.NOT_SO.value[0] else Problem.NOT_THERE
    return _answer(problem, "there is nothing here to be asked so")


async def _unavailable(_: Request, error: Exception) -> Response:
    log.error("the course cannot be written or read now (%s)", type(error).__name__)
    return _answer(
        Problem.UNAVAILABLE,
        "the course cannot take anything now; try again later",
        {"Retry-After": str(_RETRY_AFTER_SECONDS)},
    )


def _answer(
    problem: Problem,
    message: str,
    headers: Mapping[str, str] | None = None,
    further: Mapping[str, Any] | None = None,
) -> Response:
    status, error = problem.value
    return JSONResponse({"error": error, "message": message, **(further or {})}, status, headers)
