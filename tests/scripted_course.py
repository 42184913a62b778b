"""A course that answers as it is told: what the real one does only on a bad day."""

from __future__ import annotations

import json
import ssl
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from attrs import define, field

from foretrace_telemetry.events import Recorded
from foretrace_telemetry.exchange import forgetting
from foretrace_telemetry.exchange.forgetting import Forgetting
from foretrace_telemetry.exchange.segments import Segment, decode, last_of

TOKEN = "a-token"

# What a script says nothing of.
_APART = ("/v1/course", "/v1/sessions", "/v1/help", "/v1/looks", "/v1/policy")

Script = tuple[int, Any, dict[str, str]]


@define
class ScriptedCourse:
    """Keeps segments as the protocol says, but first gives the answers of its script, in order.

    One of `None` in the script takes the segment, and hangs up before it answers.
    """

    address: str = ""
    script: deque[Script | None] = field(factory=deque)
    requests: list[tuple[str, str]] = field(factory=list)
    tokens: list[str | None] = field(factory=list)
    segments: list[Segment] = field(factory=list)
    sessions: dict[str, list[Recorded]] = field(factory=dict)
    looks: list[dict[str, Any]] = field(factory=list)
    forgettings: list[Forgetting] = field(factory=list)
    withdrawn: bool = False
    notice: str = "We see it."
    help: Any = None
    # What it tells as its policy; without one it is a course that knows of none.
    policy: dict[str, Any] | None = None

    def through(self, session: str) -> int:
        events = self.sessions.get(session)
        return last_of(events[-1]) if events else 0

    def answer(self, path: str, body: bytes) -> Script:
        if path == "/v1/course":
            return 200, {"course": "Programming 1", "notice": self.notice, "version": 1}, {}
        if path == "/v1/sessions":
            return 200, {"sessions": {each: self.through(each) for each in self.sessions}}, {}
        if path == "/v1/looks":
            return 200, {"looks": self.looks}, {}
        if path == "/v1/help":
            return (404, {"error": "request"}, {}) if self.help is None else (200, self.help, {})
        if path == "/v1/policy":
            told = self.policy or {"error": "request", "message": "there is nothing here"}
            return 200 if self.policy else 404, told, {}
        if path == "/v1/withdraw":
            self.withdrawn = True
            events = sum(map(len, self.sessions.values()))
            self.sessions.clear()
            return 200, {"erased_events": events}, {}
        if path == "/v1/forget":
            self.forgettings.append(forgetting.decode(body))
            return 200, {"complete": True, "exports": []}, {}
        return self._take(decode([body]))

    def _take(self, segment: Segment) -> Script:
        if self.withdrawn:
            return 403, {"error": "withdrawn"}, {}
        name = segment.session.name
        self.segments.append(segment)
        kept = self.sessions.setdefault(name, [])
        if segment.last <= self.through(name):
            same = [e for e in kept if segment.first <= e.sequence <= segment.last]
            if tuple(same) != segment.events:
                return 409, {"error": "differs"}, {}
        elif segment.first != self.through(name) + 1:
            return 409, {"error": "gap", "through": self.through(name)}, {}
        else:
            kept += segment.events
        return 200, {"session": name, "through": segment.last}, {}


@contextmanager
def scripted_course(context: ssl.SSLContext | None = None) -> Iterator[ScriptedCourse]:
    """Run a course on this computer, over TLS where there is a context for it."""
    course = ScriptedCourse()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            course.requests.append((self.command, self.path))
            course.tokens.append(self.headers.get("Authorization"))
            if course.script and self.path not in _APART:
                script = course.script.popleft()
                if script is None:
                    course.answer(self.path, body)
                    self.close_connection = True
                    return
            else:
                script = course.answer(self.path, body)
            status, value, headers = script
            raw = value if isinstance(value, bytes) else json.dumps(value).encode()
            self.send_response_only(status)
            for name, text in headers.items():
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def handle_one_request(self) -> None:
            with suppress(ConnectionError):  # who asked went away
                super().handle_one_request()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "http" if context is None else "https"
        course.address = f"{scheme}://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        try:
            yield course
        finally:
            server.shutdown()
