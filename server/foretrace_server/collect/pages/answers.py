"""What every page is answered with: HTML from a template, and headers that let nothing else in."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import jinja2
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from foretrace_server.collect.pages import charts, legible

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_MINUTE_SECONDS = 60
_HOUR_SECONDS = 3600


def environment() -> jinja2.Environment:
    """Return the templates, with what they need to write figures and the names of others."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("foretrace_server.collect.pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        name=legible.name,
        words=legible.words,
        when=when,
        day=day,
        zone=zone,
        duration=duration,
        number=number,
        share=share,
        clock=clock,
    )
    made.globals.update(charts=charts)
    return made


class Guarded:
    """An app, each of whose answers has the headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the headers."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [(k.lower().encode(), v.encode()) for k, v in _HEADERS.items()]
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        await self._app(scope, receive, guarded)


class Answers:
    """Makes answers of templates."""

    def __init__(self, course: str) -> None:
        self._environment = environment()
        self._course = course

    def page(
        self,
        template: str,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **told: Any,
    ) -> Response:
        """Return a page."""
        text = self._environment.get_template(f"{template}.html").render(
            {"course": self._course, "now_us": time.time_ns() // 1000, **told}
        )
        raw = text.encode("utf-8", "replace")
        return Response(raw, status, headers, media_type="text/html; charset=utf-8")


def elsewhere(path: str) -> Response:
    """Return what sends a browser to another page, which it then gets."""
    return RedirectResponse(path, 303)


def when(wall_us: int) -> str:
    """Return a wall time as date and time of the machine that serves the course."""
    return f"{_local(wall_us):%Y-%m-%d %H:%M}"


def clock(wall_us: int) -> str:
    """Return the time of day of a wall time, to the second."""
    return f"{_local(wall_us):%H:%M:%S}"


def day(wall_us: int) -> str:
    """Return the day of a wall time."""
    return f"{_local(wall_us):%Y-%m-%d}"


def zone(wall_us: int) -> str:
    """Return the time zone that the machine which serves the course has at a wall time."""
    offset = _local(wall_us).utcoffset()
    return str(timezone(offset)) if offset else "UTC"


def duration(seconds: float) -> str:
    """Return a time on task in the two units that one would say it in."""
    if seconds < _MINUTE_SECONDS:
        return f"{seconds:.0f} s"
    if seconds < _HOUR_SECONDS:
        return f"{seconds / _MINUTE_SECONDS:.0f} min"
    hours, rest = divmod(int(seconds), _HOUR_SECONDS)
    return f"{hours:,} h {rest // _MINUTE_SECONDS:02} min"


def number(value: float) -> str:
    """Return a number as one reads it."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def share(value: float) -> str:
    """Return a share of one in per cent; only what is all of it is 100 %."""
    percent = value * 100
    if 99 < percent < 100:
        return "> 99 %"
    if 0 < percent < 1:
        return "< 1 %"
    return f"{percent:.0f} %"


def _local(wall_us: int) -> datetime:
    return datetime.fromtimestamp(wall_us / 1e6, timezone.utc).astimezone()
