"""The dashboard of a course, as somebody without a browser asks for its pages."""

from __future__ import annotations

import http.client
import re
import time
from html import unescape
from urllib.parse import urlencode

from attrs import define, field, frozen

from foretrace_server.collect.pages.codes import Codes
from tests.courses import Served

_READY_SECONDS = 60.0


@frozen
class Page:
    """What was answered."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def text(self) -> str:
        """The page as it is written."""
        return self.raw.decode("utf-8")

    @property
    def words(self) -> str:
        """What can be read of it, on one line."""
        body = re.sub(r"<(script|title)\b.*?</\1>", " ", self.text, flags=re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


@define
class Dashboard:
    """A dashboard with the cookie of who signed in, if anybody did."""

    served: Served
    cookie: str = ""
    _form_token: str = field(default="", repr=False)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Page:
        """Send one request over a connection of its own; no redirection is followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.served.port, timeout=60)
        sent = {"Cookie": self.cookie} if self.cookie else {}
        connection.request(method, path, body, {**sent, **(headers or {})})
        response = connection.getresponse()
        page = Page(response.status, dict(response.headers.items()), response.read())
        connection.close()
        return page

    def get(self, path: str) -> Page:
        """Get a page once the figures are there."""
        deadline = time.monotonic() + _READY_SECONDS
        while (page := self.ask("GET", path)).status == 503 and "refresh" in page.headers:
            assert time.monotonic() < deadline, "the figures are not made"
            time.sleep(0.05)
        if found := re.search(r'name="form_token" value="([^"]+)"', page.text):
            self._form_token = found[1]
        return page

    def post(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> Page:
        """Send a form, with the token of the page that was got last."""
        body = urlencode({"form_token": self._form_token, **fields}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, body, {**kind, **(headers or {})})

    def sign_in(self) -> Page:
        """Sign in with a code that was made for it."""
        page = self.post("/sign-in", code=Codes(self.served.course).make())
        self.cookie = page.headers["set-cookie"].partition(";")[0]
        self.get("/help")
        return page

    def open(self, subject: str, purpose: str = "to help with loops") -> Page:
        """Open a student, and return their page."""
        self.get(f"/students/{subject}")
        answer = self.post(f"/students/{subject}", purpose=purpose)
        assert answer.status == 303, answer.words
        return self.get(f"/students/{subject}")


def signed_in(served: Served) -> Dashboard:
    """Return the dashboard of a course as who signed in has it."""
    dashboard = Dashboard(served)
    dashboard.sign_in()
    return dashboard
